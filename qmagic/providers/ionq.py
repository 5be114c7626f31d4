"""IonQ's own cloud by ``qiskit-ionq``: one job for all circuits of a job, in IonQ's own JSON.

IonQ has no key of its own for a submit: ours lies in the job's metadata, and `find` looks for it among the newest jobs.
The client sends requests again by itself, a submit included; here each of its methods is called without that.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qmagic.clouds import Device
from qmagic.errors import nearest
from qmagic.providers.base import (
    AuthError,
    GoneError,
    RefusedError,
    RemotePub,
    RemoteStatus,
    Standing,
)
from qmagic.providers.compiling import Compiler
from qmagic.providers.ionq_errors import doubting, translating
from qmagic.providers.ionq_roads import KEY, STATES, IonqRoads, standing
from qmagic.providers.measured import Experiment, Shots, combine, expand
from qmagic.providers.shares import shots_of_shares
from qmagic.providers.uniform import Published, uniform_target

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

    from qmagic.outcomes import EstimatedPub, SampledPub

__all__ = ["Ionq"]

#: IonQ's gate set ``qis``, by Qiskit's names.
_GATES = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "ry", "rz", "cx", "swap", "rxx", "ryy", "rzz")
#: The newest jobs among which one is looked for, and how many of them a page has.
_LOOKED_AT, _PAGE = 2000, 100
_MANY = "ionq.multi-circuit.v1"


class Ionq(IonqRoads):
    """IonQ's adapter; the key is the client's own (from its environment)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._machines: dict[str, tuple[dict[str, Any], Compiler]] = {}

    @functools.cached_property
    def _client(self) -> Any:
        from qiskit_ionq.helpers import resolve_credentials
        from qiskit_ionq.ionq_client import IonQClient

        credentials = resolve_credentials()
        if not credentials["token"]:
            raise AuthError("no account at IonQ: set IONQ_API_KEY")
        return IonQClient(credentials["token"], credentials["url"])

    def devices(self) -> list[Device]:
        """Returns IonQ's devices; see `base.Provider`."""
        with translating():
            return [self._device(one) for one in self._get("backends")]

    def target(self, device: str) -> Target | None:
        """Returns a device's gates with their errors; see `base.Provider`."""
        with translating():
            told, _ = self._machine(device)
            published = self._published(told["backend"])
            return None if published == Published() else uniform_target(told["qubits"], _GATES, published)

    def compiled(self, device: str, circuit: QuantumCircuit) -> QuantumCircuit:
        """Returns a circuit in the gates that IonQ takes and compiles itself; see `base.Provider`."""
        with translating():
            return self._machine(device)[1].compiled(circuit)

    def submit(self, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None = None) -> str:
        """Submits a job under a key; see `base.Provider`. IonQ limits no job's time: `seconds` is no use."""
        with translating():
            told, compiler = self._machine(device)
            experiments = expand(pubs)
            body = _body(told["backend"], compiler.bound(experiments), _shots_of(pubs, experiments), key)
        with doubting():
            made: str = self._once("post", "jobs", json_body=body)["id"]
            return made

    def find(self, key: str) -> list[str]:
        """Returns the ids of the jobs under a key; see `base.Provider`."""
        with translating():
            found = [
                (job["submitted_at"], job["id"])
                for job in self._newest()
                if (job.get("metadata") or {}).get(KEY) == key and job["status"] not in ("canceled", "deleted")
            ]
            return [id for _, id in sorted(found)]

    def look(self, id: str) -> Standing:
        """Returns where a job stands; see `base.Provider`."""
        with translating():
            job = self._once("retrieve_job", id)
            if job["status"] == "deleted":
                raise GoneError(f"job {id} was deleted")
            status = STATES.get(job["status"], RemoteStatus.RUNNING)  # a word that it has not had: it is not over
            failure = job.get("failure") or {}
            return Standing(status, str(failure.get("error", "")) if status is RemoteStatus.FAILED else "")

    def fetch(self, id: str, pubs: Sequence[RemotePub]) -> list[SampledPub | EstimatedPub]:
        """Returns the result of each PUB; see `base.Provider`."""
        with translating():
            job = self._once("retrieve_job", id)
            widths = [one.circuit.num_qubits for one in expand(pubs)]
            shots = self._drawn(job, widths)
        return combine(pubs, shots, {"backend": job["backend"], "job": id})

    def cancel(self, id: str) -> None:
        """Asks for a job to be stopped; see `base.Provider`."""
        from qiskit_ionq.exceptions import IonQAPIError

        with translating():
            try:
                self._once("cancel_job", id)
            except IonQAPIError as error:
                if error.status_code != 409:  # it has ended
                    raise

    def _drawn(self, job: dict[str, Any], widths: Sequence[int] = ()) -> list[Shots]:
        """Returns the shots of a job's circuits, which have so many qubits; without `widths` as many as IonQ tells."""
        found = self._once("get_results", job["results"]["probabilities"]["url"])
        children = [one for one in job.get("child_job_ids") or () if one in found] or list(found)
        shares = [found[one] for one in children] if job["type"] == _MANY else [found]
        return [
            shots_of_shares(of, width, job["shots"], f"{job['id']}/{i}" if job["backend"] == "simulator" else "")
            for i, (of, width) in enumerate(zip(shares, widths or [job["stats"]["qubits"]] * len(shares), strict=True))
        ]

    # the client

    def _once(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Calls a method of the client as it is without the client's own repeats."""
        call: Callable[..., Any] = getattr(type(self._client), method).__wrapped__
        return call(self._client, *arguments, **options)

    def _get(self, path: str, **query: Any) -> Any:
        from qiskit_ionq.exceptions import IonQAPIError

        response = self._client.get_with_retry(  # which does not retry
            self._client.make_path(path), params=query, headers=self._client.api_headers
        )
        IonQAPIError.raise_for_status(response)
        return response.json()

    def _newest(self) -> Iterator[dict[str, Any]]:
        query: dict[str, Any] = {"limit": _PAGE}
        for _ in range(_LOOKED_AT // _PAGE):
            page = self._get("jobs", **query)
            yield from page["jobs"]
            if not page.get("next"):
                return
            query["next"] = page["next"]

    # devices

    def _machine(self, name: str) -> tuple[dict[str, Any], Compiler]:
        """Returns what IonQ says of a device, and what writes circuits in its gates."""
        with self._lock:
            if name not in self._machines:
                told = {one["backend"]: one for one in self._get("backends")}
                full = name if name in told else f"qpu.{name}"
                if full not in told:
                    raise RefusedError(f"IonQ has no device {name!r}{nearest(name, told)}; there are {', '.join(told)}")
                self._machines[name] = told[full], Compiler(full, told[full]["qubits"], _GATES)
            return self._machines[name]

    def _device(self, told: dict[str, Any]) -> Device:
        published = self._published(told["backend"])
        return Device(
            name=told["backend"],
            qubits=told["qubits"],
            status=standing(told["status"]),
            simulator=told["backend"] == "simulator",
            two_qubit_error=published.two,
            readout_error=published.readout,
        )

    def _published(self, name: str) -> Published:
        """Returns a device's newest characterization."""
        if not name.startswith("qpu."):
            return Published()
        newest = self._get(f"backends/{name}/characterizations", limit=1).get("characterizations") or [{}]
        fidelity, timing = newest[0].get("fidelity") or {}, newest[0].get("timing") or {}
        return Published(
            _error(fidelity.get("1q")), _error(fidelity.get("2q")), _error(fidelity.get("spam")),
            timing.get("1q"), timing.get("2q"), timing.get("readout"),
        )  # fmt: skip


def _error(fidelity: dict[str, float] | None) -> float | None:
    known = fidelity or {}
    value = known.get("median", known.get("mean"))
    return None if value is None else 1 - value


def _shots_of(pubs: Sequence[RemotePub], experiments: Sequence[Experiment]) -> int:
    """Returns the shots of a job, which all its circuits have in common; for a precision the most of any."""
    numbers = {one.shots for one in experiments}
    if len(numbers) > 1 and any(pub.precision is None for pub in pubs):
        raise RefusedError(
            f"IonQ runs all circuits of a job with the same shots; {', '.join(map(str, sorted(numbers)))} were asked "
            "for: submit them as several jobs"
        )
    return max(numbers)


def _body(device: str, circuits: Sequence[QuantumCircuit], shots: int, key: str) -> dict[str, Any]:
    """Returns a job as IonQ takes it."""
    from qiskit_ionq.helpers import qiskit_circ_to_ionq_circ

    written = [{"name": f"{i}", "circuit": qiskit_circ_to_ionq_circ(one)[0]} for i, one in enumerate(circuits)]
    width = max(one.num_qubits for one in circuits)
    many = len(circuits) > 1
    content = {"circuits": written} if many else {"circuit": written[0]["circuit"]}
    return {
        "type": _MANY if many else "ionq.circuit.v1",
        "name": key,
        "backend": device,
        "shots": shots,
        "metadata": {KEY: key},
        "input": {"gateset": "qis", "qubits": width, **content},
    }
