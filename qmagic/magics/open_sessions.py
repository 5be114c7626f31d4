"""Open sessions, as ``%qjobs`` names them and ``%qcancel`` closes them: nobody should forget one."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from qmagic.errors import InputError
from qmagic.sessions import SessionInfo

__all__ = ["close_sessions", "open_sessions"]


def open_sessions() -> str:
    """Returns a line for each session or batch that is open, of all processes; "" where there is none."""
    from qmagic import client

    return "\n".join(map(_line, client.unclosed()))


def close_sessions(ids: Sequence[str]) -> list[str]:
    """Closes the sessions among some ids (unique beginnings will do), and returns the others.

    Raises:
        InputError: Several sessions begin so.
    """
    from qmagic import client

    held, others = client.unclosed() if ids else [], list[str]()
    for id in ids:
        meant = [one for one in held if id and one.id.startswith(id.lower())]
        if len(meant) > 1:
            raise InputError(
                f"{id!r} begins several session ids ({', '.join(one.id for one in meant)}); give more of it"
            )
        if meant:
            info = client.close_session(meant[0].id)
            print(f"{info.mode} {info.id} on {info.backend} is {info.state}")
        else:
            others.append(id)
    return others


def _line(info: SessionInfo) -> str:
    whose = "this kernel" if info.pid == os.getpid() else os.path.basename(info.notebook) or f"process {info.pid}"
    age = f"{max(0.0, time.time() - info.opened):,.0f} s of {info.limit:,} s"
    return (
        f"{info.mode} {info.id} on {info.backend} is {info.state}, {age}, held by {whose}; %qcancel {info.id} closes it"
    )
