"""The devices of the clouds as they were last told: on disk in the home, answered from there, asked for anew behind it.

A stub that has never been asked is waited for a little, and a cloud where somebody means it; the others are not: their
devices come with their age. Who could not say (no account, not installed) is asked again after an hour, or on demand.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts
from qmagic.jobs import Environment
from qmagic.quotes import AskDevices, CloudDevices

__all__ = ["Devices"]

log = logging.getLogger(__name__)

#: Seconds for which what was told is new.
_NEW_SECONDS = 60.0
#: Seconds for which nobody without an account is asked again.
_FAILED_SECONDS = 3600.0
#: Seconds to wait for who was never asked before, and for an answer that was asked for.
_FIRST_SECONDS, _REFRESH_SECONDS = 15.0, 60.0

Then = Callable[[list[CloudDevices]], object]


@dataclasses.dataclass(slots=True)
class _Waiting:
    """Who waits for providers to be asked, until when (monotonic)."""

    providers: tuple[str, ...]
    awaited: set[str]
    until: float
    then: Then


class Devices:
    """What is known of the clouds' devices. All calls come from the service's thread.

    Args:
        home: The home's folder.
        hosts: Asks the providers.
    """

    def __init__(self, home: Path, hosts: Hosts) -> None:
        self._folder, self._hosts = home / "devices", hosts
        self._known: dict[str, CloudDevices] = {}
        self._asking: set[str] = set()
        self._waiting: list[_Waiting] = []

    def ask(self, wanted: AskDevices, then: Then) -> None:
        """Calls `then` with the devices of some providers: at once where they are known, whatever their age."""
        known = {provider: self._of(provider) for provider in wanted.providers}
        old = [provider for provider, of in known.items() if wanted.refresh or _is_old(of)]
        awaited = {
            provider
            for provider in old
            if wanted.refresh or (not known[provider].asked and (wanted.wait or provider.endswith("-stub")))
        }
        patience = _REFRESH_SECONDS if wanted.refresh else _FIRST_SECONDS
        self._waiting.append(_Waiting(wanted.providers, awaited, time.monotonic() + patience, then))
        for provider in old:
            self._refresh(provider, wanted.environment)
        self.look()

    def look(self) -> None:
        """Answers who need not, or will not, wait any longer. Called after each answer, and a few times a second."""
        now = time.monotonic()
        over = [one for one in self._waiting if not one.awaited & self._asking or one.until <= now]
        self._waiting = [one for one in self._waiting if one not in over]
        for one in over:
            one.then([self._told(provider) for provider in one.providers])

    def _told(self, provider: str) -> CloudDevices:
        return msgspec.structs.replace(self._of(provider), asking=provider in self._asking)

    def _refresh(self, provider: str, environment: Environment) -> None:
        if provider in self._asking:
            return
        self._asking.add(provider)

        def answered(told: Told) -> None:
            self._asking.discard(provider)
            self._keep(provider, told)
            self.look()

        self._hosts.ask(provider, environment, "devices", "", "", b"", answered)

    def _of(self, provider: str) -> CloudDevices:
        if provider not in self._known:
            try:
                read = msgspec.json.decode((self._folder / f"{provider}.json").read_bytes(), type=CloudDevices)
            except (OSError, msgspec.MsgspecError):
                read = CloudDevices(provider=provider)
            self._known[provider] = read
        return self._known[provider]

    def _keep(self, provider: str, told: Told) -> None:
        now, before = time.time(), self._of(provider)
        if told.trouble:
            made = msgspec.structs.replace(before, asked=now, trouble=told.trouble, reason=told.reason)
        else:
            devices = tuple(sorted(told.devices, key=lambda one: (one.simulator, one.name)))
            made = CloudDevices(provider=provider, devices=devices, read=now, asked=now)
        self._known[provider] = made
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            new = self._folder / f"{provider}.new"
            new.write_bytes(msgspec.json.encode(made))
            new.replace(self._folder / f"{provider}.json")
        except OSError as error:
            log.warning("the devices of %s cannot be remembered: %s", provider, error)


def _is_old(of: CloudDevices) -> bool:
    without = of.trouble in ("auth", "refused") and not of.provider.endswith("-stub")
    return time.time() - of.asked > (_FAILED_SECONDS if without else _NEW_SECONDS)
