"""What a job would be on each device of a provider: its chances and its price, as its quote there would have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qmagic.choices import Candidate
from qmagic.engines.host_jobs import pubs_of
from qmagic.engines.placing import placed
from qmagic.engines.quoting import quoted
from qmagic.errors import InputError
from qmagic.providers.base import ProviderError, RemotePub

if TYPE_CHECKING:
    from qmagic.clouds import Device
    from qmagic.jobs import JobSpec
    from qmagic.providers.base import Provider

__all__ = ["candidates"]


def candidates(provider: Provider, cloud: str, spec: JobSpec, names: list[str], *, free: bool) -> list[Candidate]:
    """Returns the devices, as a job sees them.

    Args:
        provider: The adapter.
        cloud: Its name, such as ``"ibm-stub"``.
        spec: The job.
        names: The devices that are meant; all of the account where none is named.
        free: Whether the cloud is one that charges nothing: a stub.
    """
    pubs = pubs_of(spec)
    found = provider.devices()
    meant = [one for one in found if not names or any(_is(one, name) for name in names)]
    missing = [name for name in names if not any(_is(one, name) for one in found)]
    return [
        *(_candidate(provider, cloud, device, spec, pubs, free=free) for device in meant),
        *(Candidate(backend=f"{cloud}:{name}", out="is not there") for name in missing),
    ]


def _is(device: Device, name: str) -> bool:
    """Tells whether a name is meant for a device: ``manila`` for ``ibm_manila``, ``aria-1`` for ``qpu.aria-1``."""
    full = device.name.lower()
    return name.rpartition("/")[2].lower() in (full, full.partition("_")[2], full.removeprefix("qpu."))


def _candidate(
    provider: Provider, cloud: str, device: Device, spec: JobSpec, pubs: list[RemotePub], *, free: bool
) -> Candidate:
    backend, width = f"{cloud}:{device.name}", max(pub.circuit.num_qubits for pub in pubs)
    if device.status != "online":
        return Candidate(backend=backend, queue=device.queue, out=f"is not online ({device.status})")
    if device.qubits < width:
        return Candidate(backend=backend, queue=device.queue, out=f"has {device.qubits} qubits of {width}")
    there = msgspec.structs.replace(spec, backend=backend)
    try:
        quote = quoted(there, placed(there, pubs, provider), provider, free=free)
    except (ProviderError, InputError) as error:
        return Candidate(backend=backend, queue=device.queue, out=f"does not take it: {str(error).splitlines()[0]}")
    known = [one.forecast.success for one in quote.circuits if one.forecast is not None]
    success = [one for one in known if one is not None]
    bound = quote.price.bound
    return Candidate(
        backend=backend,
        success=min(success) if len(success) == len(pubs) else None,
        queue=device.queue,
        price=None if bound is None else bound.amount,
        currency="USD" if bound is None else bound.currency,
    )
