"""The provider host: one cloud's official client, in a process of its own.

Started by the service as ``python -m qmagic.engines.host FD PARENT PROVIDER HOME``. It answers questions as they come,
several at once, and keeps nothing that matters: what it was doing when it is killed is asked again, or found by key.
For a stub's cloud it first points the client at the stub of the home.
"""

from __future__ import annotations

import concurrent.futures
import gc
import io
import json
import os
import signal
import sys
import threading
import urllib.request
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmagic.engines.worker import die_with  # first: one thread for what is imported below

import msgspec  # isort: skip

from qmagic.clouds import REMOTE, device_of
from qmagic.engines import host_roads
from qmagic.engines.host_messages import Ask, Told
from qmagic.errors import QmagicError
from qmagic.home import find_stub
from qmagic.jobs import JobSpec

if TYPE_CHECKING:
    from qmagic.clouds import Device
    from qmagic.outcomes import EstimatedPub, SampledPub
    from qmagic.providers.base import Provider, RemotePub
    from qmagic.providers.pace import Pace

__all__ = ["main"]

_THREADS = 8
#: Jobs whose circuits are kept as they were read.
_MOST_READ = 64
_SPEC = msgspec.msgpack.Decoder(JobSpec).decode


class Host:
    """Answers the service's questions with a provider's adapter.

    Args:
        connection: To the service.
        provider: Which cloud, such as ``"ibm-stub"``.
        home: The home's folder.
    """

    def __init__(self, connection: Connection, provider: str, home: Path) -> None:
        self._connection, self._name, self._home = connection, provider, home
        self._encode, self._decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Ask).decode
        self._sending, self._making, self._keeping = threading.Lock(), threading.Lock(), threading.Lock()
        self._provider: Provider | None = None
        self._pace: Pace | None = None
        self._read: dict[str, list[RemotePub]] = {}

    def serve(self) -> None:
        """Answers until the service hangs up."""
        with concurrent.futures.ThreadPoolExecutor(_THREADS) as pool:
            while True:
                pool.submit(self._answer, self._decode(self._connection.recv_bytes()))

    def _answer(self, ask: Ask) -> None:
        from qmagic.providers import base

        names = {
            base.InDoubtError: "doubt", base.RefusedError: "refused", base.LaterError: "later",
            base.AuthError: "auth", base.RateError: "rate", base.GoneError: "gone", base.PartialError: "partial",
        }  # fmt: skip
        try:
            told = self._told(ask)
        except base.ProviderError as error:
            there = [error.id] if isinstance(error, base.PartialError) else []
            told = Told(ask.number, names[type(error)], str(error), getattr(error, "wait", 0.0), there)
        except QmagicError as error:
            told = Told(ask.number, "refused", str(error))
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            told = Told(ask.number, "lost", f"{type(error).__name__}: {error}"[:300])
        with self._sending:
            self._connection.send_bytes(self._encode(told))
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def _told(self, ask: Ask) -> Told:
        provider = self._ready()
        if ask.verb in host_roads.VERBS:
            return host_roads.answer(provider, self._name, ask, self._is_free)
        if ask.verb == "find":
            return Told(ask.number, remotes=provider.find(ask.key))
        if ask.verb == "look":
            standing = provider.look(ask.remote)
            return Told(
                ask.number, status=standing.status, reason=standing.reason, seconds=standing.seconds, cost=standing.cost
            )
        if ask.verb == "cancel":
            provider.cancel(ask.remote)
            return Told(ask.number)
        if ask.verb == "devices":
            return Told(ask.number, devices=[self._priced(one) for one in provider.devices()])
        return self._of_spec(ask, provider)

    def _of_spec(self, ask: Ask, provider: Provider) -> Told:
        """Answers what needs the job itself."""
        spec = _SPEC(ask.spec)
        if spec.source.language == REMOTE:
            from qmagic.providers.roads import history

            return self._fetched(ask, spec, history(provider, self._name).recover(ask.remote))
        pubs = self._pubs(ask.key and f"{ask.key} {spec.backend}", spec, provider)  # it may move to another device
        if ask.verb == "submit":
            assert self._pace is not None  # it is made with the adapter
            self._pace.wait()
            device = device_of(spec.backend)
            if ask.session:
                from qmagic.providers.roads import sessions

                held = sessions(provider, self._name)
                return Told(ask.number, remotes=[held.submit_in(ask.session, device, pubs, ask.key, ask.seconds)])
            return Told(ask.number, remotes=[provider.submit(device, pubs, ask.key, ask.seconds)])
        if ask.verb == "quote":
            from qmagic.engines.quoting import quoted

            return Told(ask.number, quote=quoted(spec, pubs, provider, free=self._is_free()))
        return self._fetched(ask, spec, provider.fetch(ask.remote, pubs))

    def _fetched(self, ask: Ask, spec: JobSpec, pubs: list[SampledPub | EstimatedPub]) -> Told:
        from qmagic.engines.host_jobs import outcome_of
        from qmagic.execute import headline
        from qmagic.outcomes import pack

        outcome = outcome_of(spec, pubs)
        return Told(ask.number, outcome=pack(outcome), headline=headline(outcome))

    def _pubs(self, key: str, spec: JobSpec, provider: Provider) -> list[RemotePub]:
        """Returns a job's PUBs, read once: what was priced is what is submitted."""
        kept = self._read.get(key) if key else None
        if kept is None:
            from qmagic.engines.host_jobs import pubs_of
            from qmagic.engines.placing import placed

            kept = placed(spec, pubs_of(spec), provider)
            if key:
                self._keep(key, kept)
        return kept

    def _keep(self, key: str, pubs: list[RemotePub]) -> None:
        with self._keeping:
            self._read[key] = pubs
            while len(self._read) > _MOST_READ:
                del self._read[next(iter(self._read))]

    def _priced(self, device: Device) -> Device:
        from qmagic.providers.prices import rate_text

        price = "free" if self._is_free() else rate_text(self._name, device.name)
        return msgspec.structs.replace(device, price=price)

    def _is_free(self) -> bool:
        """Tells whether this is a stub that charges nothing, as it is unless it was told to."""
        if not self._name.endswith("-stub"):
            return False
        return bool(self._of_stub("settings")["price"] == "free")

    def _of_stub(self, path: str) -> Any:
        """Asks the stub of the home one of its own routes."""
        from qmagic.providers.base import AuthError

        place = find_stub(self._home / "stub")
        if place is None:
            raise AuthError("no stub runs; start it with %qstub start")
        request = urllib.request.Request(  # noqa: S310 - the address is our own discovery file's
            f"{place.url}/qstub/{path}", headers={"Authorization": f"Bearer {place.token}"}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return json.load(answer)

    def _ready(self) -> Provider:
        with self._making:
            if self._provider is None:
                self._provider = self._made()
            return self._provider

    def _made(self) -> Provider:
        cloud, stub, _ = self._name.partition("-stub")
        if stub:
            pointers = self._of_stub("pointers")
            os.environ.update(next(one["environment"] for one in pointers if one["cloud"] == cloud))
        from qmagic.providers.pace import pace_of
        from qmagic.providers.registry import adapter

        self._pace = pace_of(cloud, stub=bool(stub))
        return adapter(cloud, self._pace)


def main() -> None:
    """Runs a host; the arguments are the connection's descriptor, the parent's pid, the provider and the home."""
    descriptor, parent, provider, home = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    die_with(parent)
    gc.disable()  # until the first answer, which imports the client: a sixth of that would be collections
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = io.StringIO()  # clients print
    try:
        Host(Connection(descriptor), provider, home).serve()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(0)  # the service is gone; a client's thread may not notice


if __name__ == "__main__":
    main()
