"""The door to what is known of clouds: their devices, what a job there would do, and jobs that wait for their user."""

from __future__ import annotations

import time

import msgspec

from qmagic.clouds import Device, device_of, provider_of
from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts
from qmagic.jobs import Environment
from qmagic.protocol import Retry
from qmagic.quotes import AskDevices, CloudDevices, CloudPlan
from qmagic.service.answering import Send, Verbs
from qmagic.service.budget import Budget
from qmagic.service.devices import Devices
from qmagic.service.finding import Answer
from qmagic.service.manager import Manager
from qmagic.service.remote_job import why_held

__all__ = ["CloudDoor"]


class CloudDoor:
    """Answers what clients ask of clouds.

    Args:
        hosts: Asks the providers.
        devices: What is known of their devices.
        budget: What jobs may cost.
        manager: Has the jobs.
        send: Sends an answer.
    """

    def __init__(
        self,
        hosts: Hosts,
        devices: Devices,
        budget: Budget,
        manager: Manager,
        send: Send,
    ) -> None:
        self._hosts, self._devices, self._budget, self._manager, self._send = hosts, devices, budget, manager, send

    @property
    def verbs(self) -> Verbs:
        """What may be asked here: the body, and who answers."""
        return {"devices": (AskDevices, self._ask_devices), "retry": (Retry, self._retry)}

    def plan(self, data: bytes, answer: Answer) -> bool:
        """Says what a job would do at its provider, encoded; returns False where it runs on this machine."""
        head = msgspec.msgpack.decode(data, type=_Head)
        provider = provider_of(head.backend)
        if not provider:
            return False
        began, found = time.monotonic(), _Found()

        def ready() -> None:
            if found.told is not None and found.devices is not None:
                plan = self._planned(head, found.told, found.devices, time.monotonic() - began)
                answer(msgspec.msgpack.encode(plan), None)

        def quoted(told: Told) -> None:
            found.told = told
            ready()

        def listed(devices: list[CloudDevices]) -> None:
            found.devices = devices
            ready()

        self._hosts.ask(provider, head.environment, "quote", "", "", data, quoted)
        self._devices.ask(AskDevices((provider,), head.environment, wait=True), listed)
        return True

    def _planned(self, head: _Head, told: Told, devices: list[CloudDevices], seconds: float) -> CloudPlan:
        device = _of_name([one for each in devices for one in each.devices], device_of(head.backend))
        plan = CloudPlan(backend=head.backend, kind=head.kind, device=device, planning=seconds)
        if told.quote is None:
            return msgspec.structs.replace(plan, error=why_held(told))
        refusal = self._budget.refusal(told.quote.price.bound)
        said = refusal or ("the budget has room for it" if self._budget.is_set else "")
        return msgspec.structs.replace(plan, quote=told.quote, budget=said, held=bool(refusal))

    def _ask_devices(self, client: bytes, number: int, wanted: AskDevices) -> None:
        self._devices.ask(wanted, lambda found: self._send(client, number, found))

    def _retry(self, client: bytes, number: int, wanted: Retry) -> None:
        self._send(client, number, {job: self._manager.retry(job) for job in wanted.ids})


class _Head(msgspec.Struct):
    """What of a job's spec is looked at here."""

    environment: Environment
    backend: str = ""
    kind: str = "sample"


class _Found:
    """What has come in for a plan."""

    told: Told | None = None
    devices: list[CloudDevices] | None = None


def _of_name(devices: list[Device], name: str) -> Device | None:
    """Returns a device by its name, or by what follows the provider's own prefix (``manila`` of ``ibm_manila``)."""
    same = [one for one in devices if one.name == name]
    return next(iter(same or [one for one in devices if one.name.endswith((f"_{name}", f"/{name}"))]), None)
