"""Builds the JupyterLab part when its sources changed, before hatchling packs the wheel.

npm runs only when it must: the built folder carries the hash of the sources it was built from. An sdist carries
folder and hash, and so installs where there is no npm.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("src", "style", "schema", "package.json", "package-lock.json", "tsconfig.json", "build-widget.mjs")

#: The widgets of the card and of the cockpit, which go into the package itself.
WIDGETS = [Path("qmagic", "display", "static", name) for name in ("card.js", "card.css", "cockpit.js", "cockpit.css")]

#: The launcher's card opens a copy of it where the server's folder has none.
TUTORIAL = Path("notebooks", "01_first_circuit.ipynb")


class LabextensionHook(BuildHookInterface):
    """Puts the built extension into ``qmagic/labextension``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds unless the built folder already is of these sources."""
        del version, build_data
        build(Path(self.root))


def build(root: Path) -> bool:
    """Brings ``qmagic/labextension`` up to date; returns whether anything had to be built.

    Raises:
        RuntimeError: npm is missing, or the build left nothing.
    """
    source, built = root / "labextension", root / "qmagic" / "labextension"
    stamp, wanted = built / "source.sha256", digest([*(source / name for name in SOURCES), root / TUTORIAL], root)
    missing = [path for path in WIDGETS if not (root / path).exists()]
    if stamp.exists() and stamp.read_text("utf-8").strip() == wanted and not missing:
        return False
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "qmagic's JupyterLab part has to be built, and npm is not on PATH (Node.js 20.19 or later has it)"
        )
    # pip's build environment has jupyter-builder beside the Python that runs us, not on PATH for sure
    environment = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
    _install_packages(source, npm, environment)
    subprocess.run([npm, "run", "--silent", "build:prod"], cwd=source, check=True, env=environment)
    expected = [built / "package.json", built / "static" / "style.js", *(root / path for path in WIDGETS)]
    absent = [path.relative_to(root).as_posix() for path in expected if not path.exists()]
    if absent:
        raise RuntimeError(f"the build of the JupyterLab part made no {', no '.join(absent)}")
    shutil.copy(root / TUTORIAL, built / "static" / TUTORIAL.name)
    stamp.write_text(wanted + "\n", "utf-8")
    return True


def _install_packages(source: Path, npm: str, environment: dict[str, str]) -> None:
    """Runs ``npm ci`` unless node_modules is what the lock file says."""
    stamp = source / "node_modules" / ".qmagic-lock.sha256"
    wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8").strip() == wanted:
        return
    subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--no-progress"], cwd=source, check=True, env=environment)
    stamp.write_text(wanted + "\n", "utf-8")


def digest(tops: Iterable[Path], root: Path) -> str:
    """Returns the SHA-256 over names and contents of all that a build reads."""
    total = hashlib.sha256()
    for top in tops:
        for path in sorted(path for path in (top.rglob("*") if top.is_dir() else [top]) if path.is_file()):
            total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
