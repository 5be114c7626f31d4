"""Outcomes that are too large to send: files in the home's folder of results."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

__all__ = ["write_result"]

#: Seconds between tries to write a result to a disk that is full.
_RETRY_SECONDS = 1.0


def write_result(folder: Path, name: str, data: bytes) -> None:
    """Writes a result durably; on a full disk a result that was computed waits for space."""
    while not _written(folder, name, data):
        time.sleep(_RETRY_SECONDS)


def _written(results: Path, name: str, data: bytes) -> bool:
    """Writes a result under a temporary name, then renames it; False when the disk is full."""
    temporary = results / f"{name}.part"
    try:
        results.mkdir(mode=0o700, exist_ok=True)
        with open(temporary, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        temporary.unlink(missing_ok=True)  # the store may use the space
        return False
    temporary.rename(results / name)
    descriptor = os.open(results, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return True
