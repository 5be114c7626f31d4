"""What `pip install` puts in place is what Jupyter finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_jupyter_lists_the_extension_as_enabled_and_ok():
    """`jupyter server extension list` names it enabled, and OK, with nothing done after the installation."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "server", "extension", "list"], capture_output=True, text=True, check=True,
        timeout=60,
    )  # fmt: skip
    lines = (done.stdout + done.stderr).splitlines()
    at = next(i for i, line in enumerate(lines) if "qmagic.serverextension" in line)
    assert "enabled" in lines[at]
    assert any("qmagic.serverextension" in line and "OK" in line for line in lines[at + 1 :]), lines


def test_the_installed_configuration_is_the_repositorys():
    """The file that switches it on is the one in jupyter-config/."""
    name = "qmagic.json"
    installed = Path(sys.prefix) / "etc" / "jupyter" / "jupyter_server_config.d" / name
    ours = Path(__file__).parents[2] / "jupyter-config" / "server-config" / name
    assert json.loads(installed.read_text()) == json.loads(ours.read_text())
