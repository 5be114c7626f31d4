"""What the user typed, made into a job: `build` turns a cell into a `JobSpec`, `load` a source into circuits.

`build` runs in the kernel. OpenQASM text passes through it as text, without Qiskit or NumPy; Python objects become QPY.
`load` runs in a worker. What can be known to be wrong before a submit is raised by `build`; the rest, which needs the
circuits, by `validate.check` (in the kernel for objects, in the worker for text).
"""

from qmagic.cells.build import build
from qmagic.cells.load import load
from qmagic.cells.request import CellRequest

__all__ = ["CellRequest", "build", "load"]
