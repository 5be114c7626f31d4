"""Runs the tutorials in a home of their own and stores their outputs: what `make notebooks` does.

Of the machine and the moment only job ids and times stay in the files; any other difference is one in the results.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def run(path: Path) -> None:
    """Runs one notebook from top to bottom; an error in a cell without the tag ``raises-exception`` ends it."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=folder).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of each message
    nbformat.write(notebook, path)


def main() -> None:
    """Runs the notebooks named on the command line, or all."""
    with tempfile.TemporaryDirectory(prefix="qm-") as folder:
        os.environ["QMAGIC_HOME"] = str(Path(folder) / "home")
        try:
            for path in map(Path, sys.argv[1:]) if sys.argv[1:] else sorted(NOTEBOOKS.glob("*.ipynb")):
                run(path.absolute())
                print(path.name)
        finally:
            subprocess.run([sys.executable, "-m", "qmagic", "stop"], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
