r"""A result in a file of its own: `Result.save` and `load`.

The file, ``.qmagic`` by custom, holds what the store holds of a job and no code, so opening one that someone sent is
safe:

    bytes 0-7     ``qmagic\r\n`` (a transfer that changes line ends is noticed)
    bytes 8-9     the version of the format, big-endian; this is version 1
    bytes 10-41   SHA-256 of all that follows
    bytes 42-     zlib: MessagePack of [JobInfo, JobSpec or nil, Outcome]

A reader of an older version keeps reading newer fields it knows; a change it could not stand takes a new version
number.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qmagic.errors import DiskFullError, InputError, NotFoundError, nearest
from qmagic.jobs import JobInfo, JobSpec
from qmagic.outcomes import Outcome

if TYPE_CHECKING:
    from qmagic.results.result import Result

__all__ = ["load", "save"]

_MAGIC = b"qmagic\r\n"
_VERSION = 1
_HEAD = len(_MAGIC) + 2 + 32
#: No result comes near; a file that unpacks to more is not one of ours.
_LARGEST = 4 << 30


class _Saved(msgspec.Struct, frozen=True, array_like=True):
    info: JobInfo
    spec: JobSpec | None
    outcome: Outcome


_decode = msgspec.msgpack.Decoder(_Saved).decode


def save(result: Result, path: str | os.PathLike[str], *, overwrite: bool) -> Path:
    """Writes `result` to a new file and returns its path; nothing is left half written.

    A file that already holds this very result is left as it is, so that a cell can run again.

    Raises:
        InputError: The file exists with other content, and `overwrite` is not given; or it cannot be written.
        DiskFullError: The disk is full; nothing was changed.
    """
    target = Path(path).expanduser()
    content = _encode(result)
    if target.exists() and not overwrite:
        if target.is_file() and target.read_bytes() == content:
            return target
        raise InputError(f"{target} exists and holds something else; choose another name or pass overwrite=True")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno == 28:  # ENOSPC
            raise DiskFullError(f"the disk is full: {target} was not written") from error
        raise InputError(f"{target} cannot be written: {error.strerror}") from error
    return target


def load(path: str | os.PathLike[str]) -> Result:
    """Returns the result that `Result.save` wrote to `path`.

    Raises:
        NotFoundError: There is no such file.
        InputError: The file is not one of ours, is damaged, or was written by a newer qmagic.
    """
    from qmagic.results.result import Result

    source = Path(path).expanduser()
    try:
        content = source.read_bytes()
    except FileNotFoundError as error:
        known = [one.name for one in source.parent.glob("*.qmagic")] if source.parent.is_dir() else []
        raise NotFoundError(f"there is no file {source}{nearest(source.name, known)}") from error
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}") from error
    saved = _checked(content, source)
    return Result(saved.outcome, saved.info, saved.spec)


def _encode(result: Result) -> bytes:
    payload = zlib.compress(msgspec.msgpack.encode(_Saved(result.info, result.spec, result.outcome)), 6)
    return _MAGIC + _VERSION.to_bytes(2, "big") + hashlib.sha256(payload).digest() + payload


def _checked(content: bytes, source: Path) -> _Saved:
    if not content.startswith(_MAGIC):
        raise InputError(f"{source} is not a qmagic result; expected a file written by Result.save")
    version = int.from_bytes(content[8:10], "big")
    if version > _VERSION:
        raise InputError(
            f"{source} was written by a newer qmagic (format {version}, this one reads {_VERSION}); upgrade qmagic"
        )
    payload = content[_HEAD:]
    if hashlib.sha256(payload).digest() != content[10:_HEAD]:
        raise InputError(f"{source} is damaged: its checksum does not match; use another copy")
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(payload, _LARGEST)
        if not unpacker.eof:
            raise InputError(f"{source} is damaged or larger than {_LARGEST >> 30} GB")
        return _decode(data)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise InputError(f"{source} is damaged: {error}") from error
