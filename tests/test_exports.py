"""The public names are what `__all__` says, and importing qmagic costs little."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "qmagic"


def modules_with_all() -> list[str]:
    """Returns the modules that have an ``__all__``; found by reading, so that one broken import fails one test."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        targets = (node.targets[0] for node in tree.body if isinstance(node, ast.Assign))
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


@pytest.mark.parametrize("name", modules_with_all())
def test_all_is_true(name):
    """Each name in `__all__` exists, once (its order is a lint rule)."""
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    for exported in module.__all__:
        assert getattr(module, exported, None) is not None, f"{name}.{exported}"


def test_dir_shows_the_public_names():
    """`dir(qmagic)` lists every public name, lazy ones too, so that Tab finds them."""
    import qmagic

    assert set(qmagic.__all__) <= set(dir(qmagic))


def loaded_after(code: str) -> set[str]:
    """Returns the top-level modules in a fresh interpreter after `code`."""
    script = f"{code}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "code",
    ["import qmagic", "import qmagic.client", "import qmagic.service", "import qmagic, IPython; import qmagic.magics"],
)
def test_importing_us_imports_nothing_heavy(code):
    """Importing qmagic, its client, its service or its magics imports no Qiskit, NumPy, simulator or plotting."""
    heavy = {"qiskit", "qiskit_aer", "qulacs", "numpy", "scipy", "pandas", "matplotlib", "stim", "jupyter_server"}
    assert not loaded_after(code) & heavy


def test_importing_qmagic_imports_no_ipython():
    """`import qmagic` in a script needs no IPython."""
    assert "IPython" not in loaded_after("import qmagic")
