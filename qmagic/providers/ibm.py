"""IBM Quantum by ``qiskit-ibm-runtime``: the client-side primitives, which post IBM's ``executor`` program.

IBM has no key of its own for a submit: ours is a job tag, and `find` asks for it. The client sends a submit again after
a server's error, and asks for usage and status before it; so its retries of POST are switched off, and `_Watch` sees
whether the request itself had left when something went wrong.
"""

from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qmagic.backends.passes import preset_passes
from qmagic.errors import nearest
from qmagic.providers.base import (
    AuthError,
    InDoubtError,
    LaterError,
    ProviderError,
    RateError,
    RefusedError,
    RemotePub,
    RemoteStatus,
    Standing,
)
from qmagic.providers.compiled import Compiled
from qmagic.providers.compiling import in_turn
from qmagic.providers.containers import estimated_pub, sampled_pub
from qmagic.providers.ibm_devices import described
from qmagic.providers.ibm_errors import WAIT, line, translated, translating
from qmagic.providers.ibm_roads import STATES, IbmRoads
from qmagic.providers.measured import shots_by_precision

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

    from qmagic.clouds import Device
    from qmagic.outcomes import EstimatedPub, SampledPub

__all__ = ["Ibm"]

_LEVEL = 1
_SEED = 0


class _Watch:
    """What became of a submit: whether its request left, and with what status it came back. One for each thread."""

    def __init__(self) -> None:
        self._local = threading.local()

    def reset(self) -> None:
        """Starts anew."""
        self._local.sent, self._local.status, self._local.wait = False, None, WAIT

    def attach(self, session: Any) -> None:
        """Watches a session of the client, and takes its retries of POST away."""
        from requests.adapters import HTTPAdapter
        from urllib3 import Retry

        # by its defaults urllib3 repeats no POST, whatever came back
        retry = Retry(total=5, connect=3, backoff_factor=0.5, status_forcelist=(500, 502, 503, 504, 520, 521, 522, 524))
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        post = session.post

        def watched(url: str, **options: Any) -> Any:
            self._local.sent = url.startswith("/jobs") or getattr(self._local, "sent", False)
            return post(url, **options)

        session.post = watched
        session.hooks["response"].append(self._came_back)

    def _came_back(self, response: Any, *_: Any, **__: Any) -> None:
        if response.request.method == "POST" and response.request.url.endswith("/jobs"):
            self._local.status = response.status_code
            self._local.wait = float(response.headers.get("Retry-After", WAIT))

    def verdict(self, error: Exception) -> ProviderError:
        """Returns what an error during a submit means."""
        if not self._local.sent:
            return translated(error)
        status, message = self._local.status, line(error)
        if status == 429:
            return RateError(message, self._local.wait)
        if status == 401:
            return AuthError(message)
        if status == 404:
            return LaterError(message)  # it is the route that is not there: nothing is wrong with the job
        if status is not None and 400 <= status < 500:
            return RefusedError(message)
        return InDoubtError(message)


class Ibm(IbmRoads):
    """IBM's adapter; the account is the client's own (saved, or from its environment)."""

    def __init__(self) -> None:
        self._watch = _Watch()
        self._lock = threading.Lock()
        self._kept = Compiled()

    @functools.cached_property
    def _service(self) -> Any:
        from qiskit_ibm_runtime import QiskitRuntimeService
        from qiskit_ibm_runtime.accounts import AccountNotFoundError
        from requests import RequestException

        warnings.simplefilter("ignore")  # the client's advice is for people who use it themselves
        try:
            service = QiskitRuntimeService()
        except AccountNotFoundError:
            hint = "QiskitRuntimeService.save_account(token=...) saves one, and QISKIT_IBM_TOKEN is read too"
            raise AuthError(f"there is no account of IBM Quantum here: {hint}") from None
        except RequestException as error:
            raise LaterError(line(error)) from None
        except Exception as error:
            raise AuthError(f"IBM Quantum does not take the account: {line(error)}") from None
        return service

    @functools.lru_cache(maxsize=64)  # noqa: B019 - one adapter lives as long as its process
    def _backend(self, name: str) -> tuple[Any, Any]:
        """Returns a device and the passes that bring circuits onto it."""
        with self._lock:
            names = [one.name for one in self._service.backends()]
            full = name if name in names else f"ibm_{name}"
            if full not in names:
                raise RefusedError(f"IBM has no device {name!r}{nearest(name, names)}; there are {', '.join(names)}")
            backend = self._service.backend(full)
            for client in self._service._api_clients.values():
                if not getattr(client, "qmagic_watched", False):
                    self._watch.attach(client._session)
                    client.qmagic_watched = True
        passes = preset_passes(optimization_level=_LEVEL, backend=backend, seed_transpiler=_SEED)
        return backend, passes

    def devices(self) -> list[Device]:
        """Returns the devices of the account; see `base.Provider`."""
        with translating():
            return [described(self._service.backend(one.name)) for one in self._service.backends()]

    def target(self, device: str) -> Target | None:
        """Returns a device's gates with their errors; see `base.Provider`."""
        with translating():
            target: Target = self._backend(device)[0].target
            return target

    def compiled(self, device: str, circuit: QuantumCircuit) -> QuantumCircuit:
        """Returns a circuit on a device; see `base.Provider`."""
        with translating():
            backend, passes = self._backend(device)
            return self._kept.of(
                device, circuit, lambda given: in_turn(passes, given, backend.name, backend.num_qubits)
            )

    def submit(self, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None = None) -> str:
        """Submits a job under a key; see `base.Provider`."""
        return self._submit(device, pubs, key, seconds)

    def _submit(self, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None, session: str = "") -> str:
        from qiskit_ibm_runtime.executor_estimator import EstimatorV2
        from qiskit_ibm_runtime.executor_sampler import SamplerV2

        self._watch.reset()
        try:
            backend, _ = self._backend(device)
            estimates = pubs[0].observables is not None
            mode = self._held(session) if session else backend
            primitive = (EstimatorV2 if estimates else SamplerV2)(mode=mode)
            primitive.options.environment.job_tags = [key]
            if seconds is not None:
                primitive.options.max_execution_time = seconds
            placed = [pub.circuit if pub.placed else self.compiled(device, pub.circuit) for pub in pubs]
            made = [(_estimator_pub if estimates else _sampler_pub)(*each) for each in zip(pubs, placed, strict=True)]
            job = primitive.run(made)
        except ProviderError:
            raise
        except Exception as error:
            raise self._watch.verdict(error) from None
        id: str = job.job_id()
        return id

    def find(self, key: str) -> list[str]:
        """Returns the ids of the jobs under a key; see `base.Provider`."""
        with translating():
            jobs = self._service.jobs(job_tags=[key], limit=20, descending=False)
            return [job.job_id() for job in jobs if job.status() != "CANCELLED"]

    @functools.lru_cache(maxsize=1024)  # noqa: B019 - as above; asked anew, the client asks twice each time
    def _job(self, id: str) -> Any:
        return self._service.job(id)

    def look(self, id: str) -> Standing:
        """Returns where a job stands; see `base.Provider`."""
        with translating():
            job = self._job(id)
            status = STATES.get(str(job.status()), RemoteStatus.RUNNING)  # a word that IBM has not had: it is not over
            over = status in (RemoteStatus.DONE, RemoteStatus.FAILED, RemoteStatus.CANCELLED)
            reason = str(job.error_message() or "") if status is RemoteStatus.FAILED else ""
            return Standing(status, reason, seconds=_billed(job) if over else None)

    def fetch(self, id: str, pubs: Sequence[RemotePub]) -> list[SampledPub | EstimatedPub]:
        """Returns the result of each PUB; see `base.Provider`."""
        with translating():
            job = self._job(id)
            results = job.result()
            metadata = {"backend": job.backend().name, "job": id}
        found: list[SampledPub | EstimatedPub] = []
        for pub, result in zip(pubs, results, strict=True):
            if pub.observables is None:
                found.append(sampled_pub(pub.circuit, result.data, metadata))
            else:
                found.append(estimated_pub(result.data, shots_by_precision(pub), metadata))
        return found

    def cancel(self, id: str) -> None:
        """Asks for a job to be stopped; see `base.Provider`."""
        from qiskit_ibm_runtime import RuntimeInvalidStateError

        with translating():
            try:
                self._job(id).cancel()
            except RuntimeInvalidStateError:
                pass  # it has ended


def _billed(job: Any) -> float | None:
    """Returns the seconds that a job was billed; None while IBM has not reckoned them."""
    from qiskit_ibm_runtime.exceptions import IBMRuntimeError

    try:
        usage = job.metrics().get("usage", {})
    except IBMRuntimeError:
        return None  # how the job stands is known all the same
    seconds = usage.get("qpu_charge_time_seconds")
    return None if usage.get("status", "pending") == "pending" or seconds is None else float(seconds)


def _sampler_pub(pub: RemotePub, circuit: QuantumCircuit) -> tuple[Any, ...]:
    return (circuit, pub.values or None, pub.shots)


def _estimator_pub(pub: RemotePub, circuit: QuantumCircuit) -> tuple[Any, ...]:
    import numpy as np

    assert pub.observables is not None
    placed = np.empty(len(pub.observables), object)
    placed[:] = [one.apply_layout(circuit.layout, circuit.num_qubits) for one in pub.observables]
    precision = pub.precision if pub.precision is not None else pub.shots**-0.5 if pub.shots else None
    return (circuit, placed.reshape(pub.shape), pub.values or None, precision)
