"""``best(...)`` made into a device: asks the providers what the job would be on each of theirs."""

from __future__ import annotations

import msgspec

from qmagic.choices import Candidate, Choice, chosen, is_best, read_best
from qmagic.client.connection import connection
from qmagic.errors import InputError, QmagicError
from qmagic.jobs import JobSpec
from qmagic.sessions import AskRank

__all__ = ["choose", "placed"]

_PATIENCE = 150.0
_ENCODE = msgspec.msgpack.Encoder().encode


def choose(spec: JobSpec) -> Choice:
    """Returns where a job whose backend is ``best(...)`` would go, and why; nothing is submitted.

    A provider that cannot be asked (no access, no network) is left out, and named with the reason.

    Raises:
        InputError: The wish cannot be read, or no device can take the job.
    """
    wish = read_best(spec.backend)
    devices: dict[str, list[str]] = {}
    for place in wish.places:
        provider, _, device = place.partition(":")
        devices.setdefault(provider, []).extend([device] if device else [])
    line, found = connection(), list[Candidate]()
    for provider, names in devices.items():
        data = _ENCODE(msgspec.structs.replace(spec, backend=f"{provider}:best"))
        wanted = AskRank(provider=provider, devices=tuple(names), spec=data, environment=spec.environment)
        try:
            found += line.ask("rank", wanted, list[Candidate], timeout=_PATIENCE)
        except TimeoutError:
            found.append(Candidate(backend=provider, out=f"did not answer within {_PATIENCE:.0f} s"))
        except QmagicError as error:
            reason = str(error).splitlines()[0].removeprefix(f"{provider}: ")
            found.append(Candidate(backend=provider, out=f"cannot be asked ({reason})"))
    return chosen(found, wish)


def placed(spec: JobSpec) -> JobSpec:
    """Returns a job with its device chosen, where its backend is ``best(...)``.

    Raises:
        InputError: No device can take it, or it is to move on and there is nowhere to go.
    """
    if not is_best(spec.backend):
        if spec.failover and not spec.others:
            raise InputError(f"--failover needs devices to go to, such as best(ibm,braket); got {spec.backend!r}")
        return spec
    choice = choose(spec)
    first, *others = choice.backends
    return msgspec.structs.replace(spec, backend=first, others=tuple(others), why=choice.why, checked=False)
