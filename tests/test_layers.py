"""Who may import whom, and how files are named and cut: docs/architecture.md, checked by reading the sources."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "qmagic"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)

#: Modules that everything may import, and that import only one another.
BASE = {
    "choices", "clouds", "errors", "jobs", "outcomes", "events", "money", "forecast", "ids", "options", "home",
    "protocol", "orders", "quotes", "results", "sessions", "statistics", "tapes", "version",
}  # fmt: skip

#: Which parts of ours each part may import, besides the base and itself.
MAY_IMPORT = {
    "client": set(),
    "cells": set(),
    "backends": set(),
    "providers": {"backends"},  # how observables are grouped, and what their shots say
    "engines": {"execute", "cells", "backends", "plans", "providers"},  # what worker, reader and provider host run
    "plans": {"backends", "providers"},
    "execute": {"cells", "backends", "plans"},
    "service": {"plans", "engines"},
    "display": {"client"},
    "run": {"cells", "client", "plans"},
    "primitives": {"cells", "client", "run"},
    "loops": {
        "client",
        "cells",
        "backends",
        "plans",
        "execute",
        "engines",
    },  # a kernel's side, and a process of its own
    "magics": {"cells", "client", "display", "run", "backends", "plans", "loops"},
    "serverextension": {"client"},
    "stub": {"backends", "cells", "plans"},  # its jobs are simulated: PUBs are read, circuits checked against a device
    "__main__": {"client", "service", "display", "stub"},
}

#: Lazily (inside a function) the base and the front may reach further, each for a reason.
MAY_IMPORT_LAZILY = {
    "results": {"display", "cells", "client"},  # a Result draws itself, reads its circuits back, has its state computed
    "client": {"results", "backends", "display"},  # a Job opens its result, and draws itself
    "__init__": {
        "client",
        "run",
        "backends",
        "magics",
        "primitives",
        "results",
        "plans",
        "loops",
    },  # the public names are lazy
    "backends": {"cells", "client", "run"},  # qmagic.backend(name).run submits
    "run": {"execute"},  # inside a job, it runs in place
    "plans": {"display"},  # a Plan draws itself
    "quotes": {"display"},  # and so does one of a cloud
}

#: A library may be imported only where these paths start.
ONLY_IN = {
    "IPython": ("magics/", "display/", "__init__.py"),
    "traitlets": ("magics/", "display/"),
    "qiskit_aer": ("backends/aer", "backends/noise", "backends/devices"),
    "qulacs": ("backends/statevector", "backends/lightning_gpu", "backends/gates", "backends/exact/fallback"),
    "numba": ("backends/exact/",),
    "llvmlite": ("backends/exact/simd",),
    "stim": ("backends/stim",),
    "qsimcirq": ("backends/qsim",),
    "sqlite3": ("service/", "stub/store"),
    "pyscf": ("loops/problems/electrons",),
    "qiskit_nature": ("loops/problems/nature",),
    "multiprocessing": (
        "service/",
        "engines/",
        "loops/line",
        "loops/inbox",
        "loops/process",
        "stub/workers",
    ),  # its Connection, the stub's pool; other processes are subprocesses
    "starlette": ("stub/",),
    "uvicorn": ("stub/serve",),
    "qiskit_ibm_runtime": ("providers/ibm", "stub/programs/ibm", "backends/devices"),
    "ibm_quantum_schemas": ("stub/programs/ibm",),
    "samplomatic": ("stub/programs/ibm",),
    "braket": ("stub/programs/braket", "cells/braket", "providers/braket"),
    "boto3": ("providers/braket",),
    "botocore": ("providers/braket",),
    "qiskit_ionq": ("providers/ionq",),
    "azure": ("providers/azure",),
    "qiskit_braket_provider": ("cells/braket",),
    "cirq": ("cells/cirq",),
    "sympy": ("cells/cirq",),
    "qdk": ("stub/programs/azure",),
    "zmq": ("client/", "service/", "engines/", "protocol.py"),
    "subprocess": ("client/", "service/", "engines/"),
    "matplotlib": ("display/",),
    "pandas": ("results/frames", "results/loop"),
    "jupyter_server": ("serverextension/",),
    "tornado": ("serverextension/",),
}

#: The service and the base never see these: a kernel that submits text, and the manager, stay light.
HEAVY = {"qiskit", "numpy", "scipy", "qiskit_aer", "qulacs", "pandas", "matplotlib"}
LIGHT = ("__init__.py", "__main__.py", "client/", "service/", "engines/local", "errors.py", "jobs.py", "outcomes.py",
         "events.py", "options.py", "home.py", "money.py", "forecast.py", "orders.py", "protocol.py", "quotes.py",
         "tapes.py")  # fmt: skip

VAGUE = {"helper", "helpers", "util", "utils", "core", "common", "misc", "handler", "manager_of"}

#: Files over 300 lines, and why they hold one idea all the same.
LONG: dict[str, str] = {}


@functools.cache
def imports(path: Path) -> tuple[tuple[str, bool], ...]:
    """Returns ``(module, lazy)`` for each import of a file that happens at run time."""
    tree = ast.parse(path.read_text("utf-8"))
    package = path.relative_to(ROOT).with_suffix("").parts
    package = package if path.name == "__init__.py" else package[:-1]

    def walk(node: ast.AST, lazy: bool) -> Iterator[tuple[str, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                for other in child.orelse:
                    yield from walk(other, lazy)
            elif isinstance(child, ast.Import):
                yield from ((alias.name, lazy) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                above = package[: len(package) - child.level + 1] if child.level else ()
                module = ".".join([*above, *([child.module] if child.module else [])])
                if module == "qmagic":
                    yield from ((f"qmagic.{alias.name}", lazy) for alias in child.names)
                else:
                    yield module, lazy
            else:
                yield from walk(child, lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    return tuple(walk(tree, lazy=False))


def part(path: Path) -> str:
    """Returns the part a file belongs to: its folder, or its own name at the top."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def starts(path: Path, beginnings: tuple[str, ...]) -> bool:
    """Tells whether the file's path inside the package starts with one of these."""
    return path.relative_to(PACKAGE).as_posix().startswith(beginnings)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_part_imports_only_what_it_may(path):
    """A part of ours imports the base, itself, and the parts that the table names."""
    own = part(path)
    for module, lazy in imports(path):
        names = module.split(".")
        if names[0] != "qmagic" or len(names) == 1:
            continue
        other = names[1]
        if other == own or other in BASE or not is_part(other):
            continue
        allowed = MAY_IMPORT.get(own, set()) | (MAY_IMPORT_LAZILY.get(own, set()) if lazy else set())
        assert other in allowed, f"{own} imports {module}, but may import only the base and {sorted(allowed)}"


def is_part(name: str) -> bool:
    """Tells whether qmagic.<name> is a module or package (not a name in ``__init__``)."""
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").exists()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_library_is_imported_only_in_its_place(path):
    """IPython, each simulator, SQLite, processes and sockets each have a place, and are imported nowhere else."""
    for module, _ in imports(path):
        places = ONLY_IN.get(module.split(".", maxsplit=1)[0])
        assert places is None or starts(path, places), f"{module} may be imported only in {places}"


@pytest.mark.parametrize(
    "path", [path for path in FILES if starts(path, LIGHT)], ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_what_must_stay_light_imports_nothing_heavy(path):
    """Service, client and base import no Qiskit, NumPy or simulator when they are imported."""
    for module, lazy in imports(path):
        assert lazy or module.split(".", maxsplit=1)[0] not in HEAVY, f"{module} is imported at the top"


def test_names_say_what_a_file_is_for():
    """No file or folder is named after nothing: helper, utils, core, common, misc."""
    for path in [*FILES, *(ROOT / "tests").rglob("*.py")]:
        words = {word for piece in path.relative_to(ROOT).with_suffix("").parts for word in piece.split("_")}
        assert not words & VAGUE, path


def test_a_file_holds_one_idea():
    """No file of the package is longer than 300 lines without a reason."""
    long = {path.relative_to(PACKAGE).as_posix(): len(path.read_text("utf-8").splitlines()) for path in FILES}
    long = {name: lines for name, lines in long.items() if lines > 300}
    assert long.keys() <= LONG.keys(), f"cut in two, or give a reason in LONG: {long}"
    assert LONG.keys() <= long.keys(), "a reason that is no longer needed"


def test_every_file_says_what_it_is_for():
    """Each file of the package opens with a docstring."""
    silent = [path for path in FILES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not silent
