"""The clouds as this home knows them: whose devices there may be, and what was told of them last, read from disk."""

from __future__ import annotations

import msgspec

from qmagic.client.stub import stub_place
from qmagic.clouds import CLOUDS
from qmagic.home import home_folder
from qmagic.quotes import CloudDevices

__all__ = ["providers", "remembered"]


def providers() -> list[str]:
    """Returns every provider that may have devices: the clouds, and the stub's where one runs."""
    return [*CLOUDS, *([f"{cloud}-stub" for cloud in CLOUDS] if stub_place() is not None else [])]


def remembered() -> list[CloudDevices]:
    """Returns what was told of devices last, from disk; asks nobody, and starts nothing."""
    found = []
    for provider in providers():
        try:
            data = (home_folder() / "devices" / f"{provider}.json").read_bytes()
            found.append(msgspec.json.decode(data, type=CloudDevices))
        except (OSError, msgspec.MsgspecError):
            continue  # never asked, or written by another version
    return found
