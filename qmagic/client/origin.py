"""Where a job was typed: the cell and the notebook, as far as the front end tells the kernel.

JupyterLab and VS Code send the cell's id in the metadata of the request that runs it, and ipykernel keeps that request.
IPython is never imported here: where it is not there already, nobody typed into a cell.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import msgspec

from qmagic.jobs import JobSpec

__all__ = ["origin", "with_origin"]

_LONGEST_ID = 300


def origin() -> tuple[str, str]:
    """Returns the id of the cell that runs now and the file of its notebook; "" for what is not known."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if not shell:
        return "", ""
    path = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__") or ""
    # a console has a session name too, which is no file
    path = str(path) if path and os.path.isfile(path) else ""
    try:
        cell = shell.get_parent()["metadata"]["cellId"]
    except (AttributeError, KeyError, TypeError, LookupError):
        return "", path  # a terminal, or a front end that does not tell
    return (cell, path) if isinstance(cell, str) and len(cell) <= _LONGEST_ID else ("", path)


def with_origin(specs: Sequence[JobSpec]) -> Sequence[JobSpec]:
    """Returns the specs with the cell that runs now, where they name none yet."""
    cell, path = origin()
    if not cell and not path:
        return specs
    return [
        spec if spec.cell_id or spec.notebook_path else msgspec.structs.replace(spec, cell_id=cell, notebook_path=path)
        for spec in specs
    ]
