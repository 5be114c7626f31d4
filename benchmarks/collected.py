"""A hundred circuits to each of the stub's clouds and back against the official client in a loop; its noisy Bell."""

from __future__ import annotations

import contextlib
import io
import json
import os
import time
import urllib.request
from typing import Any

from benchmarks.circuits import bell, random_circuit
from benchmarks.kernel import Home, Kernel, new_home
from benchmarks.row import Row, seconds, times_as_fast

TINY = {"rounds": 1, "circuits": 3, "clouds": ("ibm",), "bells": 2, "device": "manila"}

#: How many times as fast as the bare client, where that is promised.
_TARGETS = {"ibm": 2.0, "braket": 2.0, "azure": 5.0, "ionq": None}
_TITLES = {"ibm": "IBM", "braket": "Braket", "azure": "Azure", "ionq": "IonQ"}
_SHOTS = 500


def measure(
    *,
    rounds: int = 3,
    circuits: int = 100,
    clouds: tuple[str, ...] = ("ibm", "braket", "azure", "ionq"),
    bells: int = 15,
    device: str = "sherbrooke",
) -> list[Row]:
    """Times from the first submit to the last counts in a kernel: the client submits all, then waits for each.

    Args:
        rounds: Times that each side runs all circuits; new ones in every round.
        circuits: How many there are: random ones on 3 qubits, so that the way is what takes time, not the simulation.
        clouds: Which clouds.
        bells: Bells on the large device of IBM's; each is polled every millisecond.
        device: That device.
    """
    rows = []
    for cloud in clouds:
        with new_home("workers = 1\n") as home, _stub(home), Kernel(home) as kernel:
            kernel.run("%load_ext qmagic")
            times = kernel.call(in_kernel, cloud=cloud, rounds=rounds, circuits=circuits)
        what = f"{circuits} 3-qubit circuits to {_TITLES[cloud]}'s stub and back (run_each)"
        rows.append(times_as_fast(what, times["ours"], times["bare"], at_least=_TARGETS[cloud]))
    with new_home() as home, _stub(home), Kernel(home) as kernel:
        times = kernel.call(bells_in_kernel, bells=bells, device=device)
    rows.append(
        seconds(f"noisy Bell on the stub's {device}, warm: accepted to done", times, at_most=0.05,
                note="the stub's own times: no client, no network")
    )  # fmt: skip
    return rows


@contextlib.contextmanager
def _stub(home: Home) -> Any:
    """Runs a stub for a home."""
    home.python("-c", "from qmagic.client import stub; stub.start_stub()")
    try:
        yield
    finally:
        home.python("-c", "from qmagic.client import stub; stub.stop_stub()")


def in_kernel(cloud: str, rounds: int, circuits: int) -> dict[str, list[list[float]]]:
    """Runs in the kernel: seconds for all circuits, of each side, for each round."""
    import qmagic
    from benchmarks.bare_clients import CLIENTS
    from benchmarks.fault_matrix import DEVICES
    from qmagic.client import stub

    for pointer in stub.stub_pointers():
        os.environ.update(pointer["environment"])
    backend = f"{cloud}-stub:{DEVICES[cloud]}"
    submit = CLIENTS[cloud]()
    times: dict[str, list[list[float]]] = {"ours": [], "bare": []}
    for number in range(-1, rounds):  # the first is small and not counted: both sides are warm after it
        made = [random_circuit(10_000 * (number + 1) + i, 3, 2) for i in range(circuits if number >= 0 else 3)]
        for way, into in times.items():
            stub.forget_stub_jobs()
            start = time.perf_counter()
            with contextlib.redirect_stdout(io.StringIO()):  # clients print
                if way == "ours":
                    done = [job.result().counts() for job in qmagic.run_each(made, backend=backend, shots=_SHOTS)]
                else:
                    done = [counts() for counts in [submit(one) for one in made]]
            if number >= 0:
                into.append([time.perf_counter() - start])
            assert all(sum(counts.values()) == _SHOTS for counts in done)
    return times


def bells_in_kernel(bells: int, device: str) -> list[float]:
    """Runs in the kernel: seconds from the stub's accepting a Bell to its being done, by the stub's clock."""
    import qmagic
    from qmagic.client import stub

    found = []
    for number in range(-2, bells):
        stub.forget_stub_jobs()
        qmagic.run(bell(number + 2), backend=f"ibm-stub:{device}", shots=1024).result()
        (job,) = _jobs(stub.stub_place())
        if number >= 0:
            found.append(job["ended"] - job["created"])
    return found


def _jobs(place: Any) -> list[dict[str, Any]]:
    request = urllib.request.Request(f"{place.url}/qstub/jobs", headers={"Authorization": f"Bearer {place.token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
