"""``--file x.qasm`` and ``--file x.qpy``: the bytes of a file that takes the place of a body."""

from __future__ import annotations

import os

from qmagic.errors import InputError, nearest

__all__ = ["is_qpy", "read"]

_MOST_BYTES = 256 * 1024 * 1024


def read(path: str, name: str) -> bytes:
    """Returns the content of a file.

    Args:
        path: Where it lies.
        name: As the user wrote it.

    Raises:
        InputError: It does not exist (names the nearest in its folder), is too large, or cannot be read.
    """
    try:
        size = os.path.getsize(path)
        if size > _MOST_BYTES:
            raise InputError(f"the file {name} has {size / 1e6:.0f} MB; the limit is {_MOST_BYTES / 1e6:.0f} MB")
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        folder = os.path.dirname(path) or "."
        there = os.listdir(folder) if os.path.isdir(folder) else ()
        raise InputError(f"there is no file {name}{nearest(os.path.basename(path), there)}") from None
    except OSError as error:
        raise InputError(f"the file {name} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name[:60]!r} is not the name of a file") from None


def is_qpy(data: bytes) -> bool:
    """Returns whether the data starts as QPY does."""
    return data.startswith(b"QISKIT")
