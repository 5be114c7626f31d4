"""Follows what happens to all jobs, for as long as somebody listens: through the service's death and return.

A state machine of three: *served* (a service tells), *resting* (none runs and nothing waits for one, so nothing can
change: the store was read once), *offline* (jobs wait for a service that is gone; it is being started again).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from qmagic import home as homes
from qmagic.client import view
from qmagic.client.connection import PATIENCE, Connection, NoServiceError
from qmagic.errors import ServiceError
from qmagic.protocol import Heard, Listen, Push

__all__ = ["Offline", "follow"]

#: Seconds after which a quiet wait yields None, so that who follows can leave.
_TICK = 0.25
_RETRY, _LONGEST_RETRY = 0.25, 5.0
_NEWEST = 500


class Offline(str):
    """What was told before may no longer hold, and why."""

    __slots__ = ()


def follow(since: int = -1) -> Iterator[Heard | Push | Offline | None]:
    """Yields what happens after event number `since`, and None now and then when nothing does.

    A `Heard` comes first and after each `Offline`: it says that what follows holds again.

    Args:
        since: The last event that is known; -1 asks for a snapshot.
    """
    home, pause = homes.home_folder(), threading.Event().wait
    retry = _RETRY
    while True:
        line = Connection(home, viewer=True)
        try:
            for told in _served(line, since):
                since = _newest(told, since)
                retry = _RETRY
                yield told
            if line.deserted:
                yield Offline("The job service has gone.")
        except NoServiceError:
            try:
                for item in _resting(since):
                    since = _newest(item, since)
                    yield item
            except ServiceError as error:
                yield Offline(str(error))
                pause(retry)
                retry = min(2 * retry, _LONGEST_RETRY)
        except ServiceError as error:
            yield Offline(str(error))
            pause(retry)
            retry = min(2 * retry, _LONGEST_RETRY)
        finally:
            line.close()


def _served(line: Connection, since: int) -> Iterator[Heard | Push | None]:
    """Yields what a service tells, until it is gone.

    Raises:
        NoServiceError: None runs.
        ServiceError: It does not answer.
    """
    number = line.send("listen", Listen(since))
    silent = 0.0
    while line.alive or silent == 0.0:
        reply = line.hear(_TICK)
        if reply is None:
            silent += _TICK
            if number and silent > PATIENCE:
                raise ServiceError("The job service does not answer.")
            yield None
            continue
        silent = 0.0
        if reply.number == 0 and reply.error is None:
            push: Push = line.open(reply, Push)
            since = _newest(push, since)
            yield push
        elif reply.number == 0:
            number = line.send("listen", Listen(since))  # we were too slow
        elif reply.number == number:
            number = 0
            heard: Heard = line.open(reply, Heard)
            since = heard.seq
            yield heard


def _resting(since: int) -> Iterator[Heard | Offline | None]:
    """Yields how a home stands that nobody serves, until somebody does; starts a service where jobs wait for one."""
    found = view.resting(_NEWEST)
    if found.unfinished:
        many = "1 job waits" if found.unfinished == 1 else f"{found.unfinished} jobs wait"
        yield Offline(f"No job service runs; {many} for it. It is being started.")
        view.wake()
        return
    yield Heard(found.seq, [], None if since == found.seq else found)
    home, pause = homes.home_folder(), threading.Event().wait
    while homes.find_service(home) is None:
        pause(_TICK)
        yield None


def _newest(item: Heard | Push | Offline | None, since: int) -> int:
    if isinstance(item, Heard):
        return item.seq
    if isinstance(item, Push) and item.events:
        return max(since, item.events[-1].seq)
    return since
