"""The defaults of a job, in three layers: built in, the project's ``[tool.qmagic]``, this session's ``%qconfig``.

A later layer wins, key by key, and a flag on the magic's line (or an argument of `qmagic.run`) wins over all of them.
The project's layer is read from the nearest ``pyproject.toml``, from the working folder upwards, that has a
``[tool.qmagic]`` table. Options of the *service* (workers, memory, retention) are not here: they live in the home
(`qmagic.home`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import msgspec

from qmagic.errors import InputError, NotFoundError, nearest

__all__ = ["EXPECTED", "RunOptions", "configure", "defaults", "layers", "reset"]

#: Most shots that one circuit may ask for.
MAX_SHOTS = 10**9

Shots = Annotated[int, msgspec.Meta(ge=1, le=MAX_SHOTS)]
Seed = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Level = Annotated[int, msgspec.Meta(ge=0, le=3)]


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a job gets where nothing was said.

    Attributes:
        shots: Shots of each circuit; None means 1,024 for counts and exact expectation values.
        seed: Seed of all random draws; None draws a new one for each job.
        backend: A backend's name, or ``"auto"``.
        noise: A device snapshot's name or noise parameters; None means no noise.
        transpile_to: The device snapshot that circuits are brought onto; None leaves them as they are.
        optimization_level: The transpiler's level, 0 to 3; None means 1.
        timeout: Seconds of run time after which a job fails; None means no limit.
        tags: Tags that each job gets, besides its own.
        keep: Whether an interrupt only stops waiting instead of cancelling the job.
        quiet: Whether results are not shown.
        debug: Whether errors come with Python's full traceback.
    """

    shots: Shots | None = None
    seed: Seed | None = None
    backend: str = "auto"
    noise: str | None = None
    transpile_to: str | None = None
    optimization_level: Level | None = None
    timeout: Positive | None = None
    tags: tuple[str, ...] = ()
    keep: bool = False
    quiet: bool = False
    debug: bool = False


#: What each option takes, in words.
EXPECTED = {
    "shots": f"a whole number from 1 to {MAX_SHOTS:,}",
    "seed": "a whole number, 0 or more",
    "backend": "a backend's name",
    "noise": "a device snapshot's name, or parameters such as depolarizing=0.01,t1=120us",
    "transpile_to": "a device snapshot's name",
    "optimization_level": "0, 1, 2 or 3",
    "timeout": "a number of seconds above 0",
    "tags": "a list of texts",
    "keep": "true or false",
    "quiet": "true or false",
    "debug": "true or false",
}

_TYPES: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(RunOptions)}
_session: dict[str, Any] = {}
# The project's layer by file: (modification time in ns, size) and what was read. A job looks at the file's date only.
_read: dict[str, tuple[tuple[int, int], dict[str, Any] | None]] = {}


def defaults() -> RunOptions:
    """Returns the options as they stand now, all layers combined.

    Raises:
        InputError: The project's table has an unknown key or a value of the wrong kind; the message names the file.
    """
    return RunOptions(**{**_project()[0], **_session})


def layers() -> list[tuple[str, Any, str]]:
    """Returns ``(name, value, where it comes from)`` for each option, in the order of `RunOptions`."""
    project, path = _project()
    current = defaults()
    return [
        (name, getattr(current, name), "%qconfig" if name in _session else str(path) if name in project else "built in")
        for name in _TYPES
    ]


def configure(**changes: Any) -> RunOptions:
    """Sets options for this session; all or, when one of them is wrong, none.

    Args:
        changes: New values by name. A text is read as the option's type (``"4096"`` is a number of shots); ``"none"``
            stands for None.

    Returns:
        The options as they stand now.

    Raises:
        NotFoundError: There is no such option.
        InputError: A value is of the wrong kind.
    """
    checked = {name: _checked(name, value, f"%qconfig {name}", from_text=True) for name, value in changes.items()}
    _session.update(checked)
    return defaults()


def reset() -> None:
    """Forgets what this session has set."""
    _session.clear()


def _checked(name: str, value: Any, where: str, *, from_text: bool = False) -> Any:
    if name not in _TYPES:
        raise NotFoundError(f"{where}: there is no option {name!r}{nearest(name, _TYPES)}")
    if from_text and isinstance(value, str):
        if value.lower() in ("none", "null"):
            value = None
        elif name == "tags":
            value = tuple(word for word in value.split(",") if word)
    try:
        return msgspec.convert(value, _TYPES[name], strict=not from_text)
    except msgspec.ValidationError:
        raise InputError(f"{where} = {value!r}, expected {EXPECTED[name]}") from None


def _project() -> tuple[dict[str, Any], Path | None]:
    """Returns the project's layer and its file."""
    folder, above = "", os.getcwd()
    while above != folder:
        folder, above = above, os.path.dirname(above)
        path = os.path.join(folder, "pyproject.toml")
        try:
            found = os.stat(path)
        except OSError:
            continue
        stamp = (found.st_mtime_ns, found.st_size)
        known = _read.get(path)
        if known is None or known[0] != stamp:
            known = _read[path] = (stamp, _table(Path(path)))
        if known[1] is not None:
            return known[1], Path(path)
    return {}, None


def _table(path: Path) -> dict[str, Any] | None:
    """Returns the checked ``[tool.qmagic]`` of a file, None where it has none."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if "qmagic" not in text:
        return None
    import tomllib  # most projects have no table of ours

    try:
        table = tomllib.loads(text).get("tool", {}).get("qmagic")
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}") from None
    if not isinstance(table, dict):
        return None
    where = f"[tool.qmagic] of {path}"
    return {
        name.replace("-", "_"): _checked(name.replace("-", "_"), value, f"{where}: {name}")
        for name, value in table.items()
    }
