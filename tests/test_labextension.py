"""The JupyterLab part is built from locked packages, belongs to this version, and is small."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import qmagic

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "labextension"
BUILT = ROOT / "qmagic" / "labextension"


def test_the_lock_file_names_no_host():
    """Packages come from whatever registry npm is configured with: the lock file holds versions and hashes only."""
    lock = json.loads((SOURCE / "package-lock.json").read_text("utf-8"))
    assert lock["packages"]
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_the_version_is_ours():
    """The extension's version is the Python package's."""
    assert json.loads((SOURCE / "package.json").read_text("utf-8"))["version"] == qmagic.__version__


def test_jupyterlab_and_the_server_find_their_parts():
    """After a plain install both lists say OK, and nothing has to be enabled by hand."""
    for command, name in (("labextension", "qmagic-labextension"), ("server extension", "qmagic.serverextension")):
        call = [sys.executable, "-m", "jupyter", *command.split(), "list"]
        done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=True)
        said = re.sub(r"\x1b\[\d+m", "", done.stdout + done.stderr)
        assert re.search(rf"{re.escape(name)}\s+(v\S+\s+)?enabled", said), said
        assert re.search(rf"{re.escape(name)}.*\bOK", said), said


def test_the_extension_is_small():
    """What a browser loads of us is at most 300 kB, compressed."""
    scripts = [*(BUILT / "static").glob("*.js")]
    assert scripts
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) <= 300_000


def test_every_shortcut_is_of_a_command_that_exists():
    """The settings schema names commands of ours only."""
    schema = json.loads((SOURCE / "schema" / "plugin.json").read_text("utf-8"))
    commands = set(re.findall(r"'(qmagic:[\w-]+)'", (SOURCE / "src" / "commands.ts").read_text("utf-8")))
    for shortcut in schema["jupyter.lab.shortcuts"]:
        assert shortcut["command"] in commands
