"""The same in a terminal's IPython: plain text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.magics.conftest import QASM


def test_a_terminal_shows_plain_text(home, tmp_path):
    """Results, lists and errors are text without HTML or escape sequences; names go on to the next cell."""
    script = [
        "%load_ext qmagic",
        f"%%qrun --shots 4096 --seed 7 --name bell\n{QASM}\n",  # two blank lines end a cell
        "print('counts', sorted(_.counts()))",
        "%qjobs",
        "%qrun --shot 3",
        "%qresult --quiet -o again",
        "print('again', sum(again.counts().values()))",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=nocolor", "--no-confirm-exit"],
        input="\n".join(script) + "\n",
        env=os.environ | {"IPYTHONDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "dumb"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    output = done.stdout
    assert "counts ['00', '11']" in output
    assert "again 4096" in output
    assert "NotFoundError: %qrun has no flag --shot; did you mean '--shots'?" in output
    assert "qubit 0 rightmost" in output
    assert "DONE" in output
    assert "<div" not in output
    assert "\x1b" not in output
    assert "Traceback" not in output + done.stderr
