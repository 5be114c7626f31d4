"""Questions of somebody who only looks (a Jupyter server, on behalf of a panel): none of them starts a service.

Where one runs, it is asked. Where none does, nothing can change, and a short process of its own reads the store.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from qmagic import home as homes
from qmagic.client.connection import NoServiceError, connection
from qmagic.client.pages import whole
from qmagic.client.start import find_or_start
from qmagic.errors import NotFoundError, ServiceError
from qmagic.jobs import JobInfo
from qmagic.orders import AskLoop
from qmagic.outcomes import Outcome, unpack
from qmagic.protocol import Diagnose, Draw, Ended, Find, Found, Listing, Reply, Request, ServiceStatus
from qmagic.tapes import LoopView

__all__ = [
    "ask_service",
    "found_job",
    "frozen_loop",
    "listing",
    "loop_view",
    "needs_service",
    "outcome_of",
    "resting",
    "status",
    "wake",
]

_LOOK_SECONDS = 10.0
#: Seconds after which a service that does not answer is given up.
_PATIENCE = 20.0
#: An outcome of more bytes than this is not opened for a look.
MOST_OPENED = 8 << 20

_ENCODE = msgspec.msgpack.Encoder().encode


def listing(wanted: Find) -> Listing:
    """Returns the jobs that are meant, newest first."""
    found: Listing = _ask("list", wanted, Listing)
    return found


def found_job(id: str) -> Found:
    """Returns a job with its spec and its events.

    Raises:
        NotFoundError: There is no such job.
    """
    found: list[Found] = _ask("find", Find(id=id, limit=2, spec=True, events=True), list[Found])
    for job in found:
        if job.info.id == id:
            return job
    raise NotFoundError(f"there is no job {id!r}")


def outcome_of(id: str) -> tuple[Outcome | None, str]:
    """Returns what came out of a job that is DONE, and "" or why that is not opened here."""
    ended: Ended | None = _ask("result", Find(id=id), Ended | None)
    if ended is None:
        return None, ""
    data = ended.outcome
    if ended.file:
        path = homes.home_folder() / "results" / ended.file
        try:
            if path.stat().st_size > MOST_OPENED:
                size = path.stat().st_size >> 20
                return None, f"The result is large ({size} MB); qmagic.job({id!r}).result() opens it in a notebook."
            data = path.read_bytes()
        except OSError as error:
            return None, f"The result cannot be read: {error.strerror}."
    return (unpack(data) if data else None), ""


def loop_view(id: str, since: int, *, points: bool) -> LoopView:
    """Returns how a loop stands, and its iterations after number `since`.

    Raises:
        NotFoundError: There is no such loop.
    """
    found: LoopView | None = _ask("loop", AskLoop(id, since, points), LoopView | None)
    if found is None:
        raise NotFoundError(f"there is no loop {id!r}")
    return found


def frozen_loop(info: JobInfo) -> dict[str, Any]:
    """Returns what a notebook stores of a loop that has ended without a result: what it reached, and why it ended."""
    from qmagic.display.loop import loop_card

    return loop_card(info, whole(functools.partial(loop_view, info.id, points=True)))


def status() -> ServiceStatus | None:
    """Returns the service's state; None when none runs."""
    try:
        found: ServiceStatus = connection().ask("status", None, ServiceStatus, timeout=_PATIENCE)
    except NoServiceError:
        return None
    return found


def ask_service(verb: str, body: Diagnose | Draw) -> bytes:
    """Asks what only a service can answer, after starting one where none runs; the answer is JSON."""
    wake()
    answer: bytes = connection().ask(verb, body, bytes, timeout=_PATIENCE)
    return answer


def wake() -> None:
    """Starts the service where none runs."""
    find_or_start(homes.home_folder())


def needs_service() -> bool:
    """Tells whether jobs wait for a service that does not run."""
    return homes.find_service(homes.home_folder()) is None and resting(1).unfinished > 0


def resting(limit: int) -> Listing:
    """Returns what the store of a home that nobody serves holds: its newest jobs, and how many have not ended.

    Raises:
        ServiceError: Somebody serves it, or should.
    """
    found: Listing = _look("list", Find(limit=limit), Listing)
    return found


def _ask(verb: str, wanted: Find | AskLoop, answer: Any) -> Any:
    try:
        return connection().ask(verb, wanted, answer, timeout=_PATIENCE)
    except NoServiceError:
        pass
    try:
        return _look(verb, wanted, answer)
    except ServiceError:
        # one has just started, or has to: it holds unfinished jobs, or brings an old store up to date
        wake()
        return connection().ask(verb, wanted, answer, timeout=_PATIENCE)


def _look(verb: str, wanted: Find | AskLoop, answer: Any) -> Any:
    home = homes.home_folder()
    if not (home / "store.sqlite").exists():
        return {"list": Listing(0, []), "find": []}.get(verb)
    data = _run(home, _ENCODE(Request(0, verb, msgspec.Raw(_ENCODE(wanted)))))
    reply = msgspec.msgpack.decode(data, type=Reply)
    if reply.error is not None:
        raise reply.error.error()
    return msgspec.msgpack.decode(reply.body, type=answer)


def _run(home: Path, data: bytes) -> bytes:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "qmagic.service.look", str(home)],
            input=data,
            capture_output=True,
            timeout=_LOOK_SECONDS,
            env={**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
            check=True,
        )
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ServiceError(f"the store of {home} cannot be read: {' '.join(last)}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceError(f"the store of {home} cannot be read: {error}") from None
    return done.stdout
