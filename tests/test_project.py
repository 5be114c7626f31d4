"""The project's own files agree with one another."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]


def tracked() -> list[Path]:
    """Returns the files that belong to the repository; all but ignored ones where git knows none yet."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """Returns ``(name, text)`` of each tracked file that is text."""
    found = []
    for path in tracked():
        try:
            found.append((path.relative_to(ROOT).as_posix(), path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_versions_agree():
    """pyproject.toml, the installed package, qmagic.__version__ and the changelog name one version."""
    import qmagic

    version = PROJECT["version"]
    assert qmagic.__version__ == version
    assert importlib.metadata.version("qmagic") == version
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## \[(.+?)\]", changelog, re.MULTILINE)
    assert newest is not None
    assert newest[1] in {version, "Unreleased"}


def test_each_dependency_has_bounds_and_a_reason():
    """A dependency says from which version, below which, and why, on its own line."""
    wanted = [*PROJECT["dependencies"], *(pin for pins in PROJECT["optional-dependencies"].values() for pin in pins)]
    for pin in wanted:
        line = next(line for line in PYPROJECT.splitlines() if line.strip().startswith(f'"{pin}"'))
        assert re.search(r"#\s+\S+", line), f"{pin} has no reason beside it"
        assert pin.startswith("qmagic[") or (">=" in pin and "<" in pin), f"{pin} has no bounds"


def test_each_ignored_rule_has_a_reason():
    """A lint rule is ignored only with a reason beside it."""
    ignored = PYPROJECT.partition("[tool.ruff.lint]")[2].partition("ignore = [")[2].partition("]")[0]
    for line in ignored.strip().splitlines():
        assert re.search(r'^\s*"[A-Z]+\d+",\s+# \S', line), line


def test_documents_name_real_make_targets():
    """Each `make ...` that a page tells people to type exists."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"`make ([a-z]+)|^\s*(?:\$ )?make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE):
            assert (target[0] or target[1]) in targets, f"{page.name}: make {target}"


def test_links_between_documents_lead_somewhere():
    """A relative link in a page points to a file that is there."""
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert link.startswith(("https://", "http://")) or (page.parent / link).exists(), f"{page.name}: {link}"


def test_documents_name_real_files():
    """Each file or folder of ours that a page names in code type exists."""
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        named = re.findall(r"`((?:qmagic|tests|docs|notebooks|tools)/[\w./-]*)`", page.read_text("utf-8"))
        missing = [name for name in named if not (ROOT / name).exists()]
        assert not missing, f"{page.name}: {missing}"


def test_no_file_names_a_machine():
    """No tracked file holds a path of the machine that it was written on."""
    place = re.compile(r"/work/|/root/|/home/(?!user\b|jovyan\b)[a-z]|/Users/[a-z]|/opt/(?:pypi|wheels)")
    own = Path(__file__).relative_to(ROOT).as_posix()
    named = [(name, match[0]) for name, text in texts() if name != own and (match := place.search(text))]
    assert not named


def test_notebooks_are_ready_to_read():
    """A tutorial holds its outputs, no error but a marked one, no widget state, and no kernel of somebody's machine."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf-8"))
        assert notebook["metadata"].get("kernelspec", {}).get("name") in {None, "python3"}, path.name
        assert "widgets" not in notebook["metadata"], path.name
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert all(cell["execution_count"] for cell in cells), f"{path.name}: a cell was not run"
        for cell in cells:
            errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
            assert not errors or "raises-exception" in cell["metadata"].get("tags", []), path.name


def test_scripts_are_executable():
    """What make and continuous integration start can be started."""
    for name in (".ci/run", "tools/setup.sh"):
        assert (ROOT / name).stat().st_mode & 0o111, name
