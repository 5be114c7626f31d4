"""What a job would be on each device of a provider: compiled there, with its success probability and its price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmagic.choices import Candidate
from qmagic.engines.host_jobs import pubs_of
from qmagic.jobs import JobSpec
from qmagic.providers.base import ProviderError, RemotePub

if TYPE_CHECKING:
    from qmagic.clouds import Device
    from qmagic.providers.base import Provider

__all__ = ["candidates"]

_USUAL_SHOTS = 1024


def candidates(provider: Provider, cloud: str, spec: JobSpec, names: list[str]) -> list[Candidate]:
    """Returns the devices, as a job sees them.

    Args:
        provider: The adapter.
        cloud: Its name, such as ``"ibm-stub"``.
        spec: The job.
        names: The devices that are meant; all of the account where none is named.
    """
    pubs = pubs_of(spec)
    found = provider.devices()
    meant = [one for one in found if not names or any(_is(one, name) for name in names)]
    missing = [name for name in names if not any(_is(one, name) for one in found)]
    return [
        *(_candidate(provider, cloud, device, pubs) for device in meant),
        *(Candidate(backend=f"{cloud}:{name}", out="is not there") for name in missing),
    ]


def _is(device: Device, name: str) -> bool:
    """Tells whether a name is meant for a device: ``manila`` for ``ibm_manila``, ``aria-1`` for ``qpu.aria-1``."""
    full = device.name.lower()
    return name.rpartition("/")[2].lower() in (full, full.partition("_")[2], full.removeprefix("qpu."))


def _candidate(provider: Provider, cloud: str, device: Device, pubs: list[RemotePub]) -> Candidate:
    from qmagic.plans.success import forecast
    from qmagic.providers.prices import cost

    backend, width = f"{cloud}:{device.name}", max(pub.circuit.num_qubits for pub in pubs)
    if device.status != "online":
        return Candidate(backend=backend, queue=device.queue, out=f"is not online ({device.status})")
    if device.qubits < width:
        return Candidate(backend=backend, queue=device.queue, out=f"has {device.qubits} qubits of {width}")
    try:
        target = provider.target(device.name)
        compiled = [provider.compiled(device.name, pub.circuit) for pub in pubs]
    except ProviderError as error:
        return Candidate(backend=backend, queue=device.queue, out=f"does not take it: {error}")
    told = [] if target is None else [forecast(circuit, target) for circuit in compiled]
    known = [one.success for one in told if one.success is not None]
    price = cost(
        cloud, device.name, compiled, [(pub.shots or _USUAL_SHOTS) * _points(pub) for pub in pubs],
        lengths=[one.seconds for one in told],
    )  # fmt: skip
    bound = price.bound
    return Candidate(
        backend=backend,
        success=min(known) if len(known) == len(pubs) else None,
        queue=device.queue,
        price=None if bound is None else bound.amount,
        currency="USD" if bound is None else bound.currency,
    )


def _points(pub: RemotePub) -> int:
    return max((values.size for values in pub.values.values()), default=1)
