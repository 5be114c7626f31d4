"""Questions to a provider that are about none of our jobs: the account's jobs, sessions. Their verbs and answers.

jobs      the limit as `key`                   list of `AccountJob`
describe  `remote`                             `AccountJob`
rank      devices as `key`, a job as `spec`    list of `Candidate`
up        the device as `key`                  how it stands, in `status`
price     an `OpenSession` as `spec`           `SessionPrice`
open      an `OpenSession` as `spec`           the provider's id, in `remotes`
session   `remote`, the device as `key`        `SessionState`
close     the same                             nothing
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from qmagic.engines.host_messages import Ask, Told
from qmagic.jobs import JobSpec
from qmagic.sessions import OpenSession, SessionPrice

if TYPE_CHECKING:
    from qmagic.providers.base import Provider

__all__ = ["VERBS", "answer"]

VERBS = frozenset(("rank", "up", "jobs", "describe", "price", "open", "session", "close"))

_ENCODE = msgspec.msgpack.Encoder().encode
_SPEC = msgspec.msgpack.Decoder(JobSpec).decode
_OPEN = msgspec.msgpack.Decoder(OpenSession).decode


def answer(provider: Provider, cloud: str, ask: Ask, is_free: Callable[[], bool]) -> Told:
    """Returns the answer to a question of these verbs.

    Args:
        provider: The adapter.
        cloud: Its name, such as ``"ibm-stub"``.
        ask: The question.
        is_free: Tells whether the cloud is one that charges nothing now: a stub.
    """
    from qmagic.providers.roads import health, history, sessions

    if ask.verb == "rank":
        from qmagic.engines.host_rank import candidates

        names = [name for name in ask.key.split(",") if name]
        return Told(ask.number, outcome=_ENCODE(candidates(provider, cloud, _SPEC(ask.spec), names, free=is_free())))
    if ask.verb == "up":
        return Told(ask.number, status=health(provider, cloud).standing_of(ask.key))
    if ask.verb == "jobs":
        return Told(ask.number, outcome=_ENCODE(history(provider, cloud).jobs(int(ask.key))))
    if ask.verb == "describe":
        return Told(ask.number, outcome=_ENCODE(history(provider, cloud).describe(ask.remote)))
    if ask.verb == "price":
        sessions(provider, cloud)  # who has none says so here
        return Told(ask.number, outcome=_ENCODE(_priced(cloud, _OPEN(ask.spec), free=is_free())))
    if ask.verb == "open":
        wanted, held = _OPEN(ask.spec), sessions(provider, cloud)
        opened = held.open_session(wanted.device, wanted.mode, wanted.seconds, f"qmagic-{wanted.id}")
        return Told(ask.number, remotes=[opened])
    if ask.verb == "session":
        return Told(ask.number, outcome=_ENCODE(sessions(provider, cloud).look_session(ask.remote, ask.key)))
    sessions(provider, cloud).close_session(ask.remote, ask.key)
    return Told(ask.number)


def _priced(cloud: str, wanted: OpenSession, *, free: bool) -> SessionPrice:
    from qmagic.providers.session_prices import session_price

    if free:
        return SessionPrice(by="nothing", how="the stub charges nothing (%qstub set price=real)")
    return session_price(cloud, wanted.device, wanted.mode)
