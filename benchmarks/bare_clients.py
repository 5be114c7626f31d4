"""The official clients as their users write them: one job of `fault_matrix.circuit`, submitted and waited for.

Each function does what has to be done once and returns what does one job, from a circuit to its counts in Qiskit's
order. Accounts come from the environment. ``python -m benchmarks.bare_clients --serve`` answers questions, one cloud in
one process, so that a client that does not come back can be killed.
"""

from __future__ import annotations

import contextlib
import io
import os
import time
from collections.abc import Callable
from typing import Any

from benchmarks.fault_matrix import SHOTS, circuit
from benchmarks.served import serve

__all__ = ["CLIENTS", "Job"]

#: Submits a circuit and returns what waits for its counts.
Job = Callable[[Any], Callable[[], dict[str, int]]]


def ibm() -> Job:
    from qiskit.transpiler import generate_preset_pass_manager
    from qiskit_ibm_runtime import QiskitRuntimeService
    from qiskit_ibm_runtime.executor_sampler import SamplerV2

    backend = QiskitRuntimeService().backend("ibm_manila")
    passes = generate_preset_pass_manager(1, backend)
    sampler = SamplerV2(mode=backend)

    def submit(asked: Any) -> Callable[[], dict[str, int]]:
        job = sampler.run([passes.run(asked)], shots=SHOTS)
        return lambda: job.result()[0].join_data().get_counts()

    return submit


def braket() -> Job:
    from braket.aws import AwsDevice
    from qiskit_braket_provider import to_braket

    device = AwsDevice("arn:aws:braket:::device/quantum-simulator/amazon/sv1")

    def submit(asked: Any) -> Callable[[], dict[str, int]]:
        task = device.run(to_braket(asked), shots=SHOTS)
        return lambda: {key[::-1]: value for key, value in task.result().measurement_counts.items()}

    return submit


def azure() -> Job:
    from azure.core.credentials import AzureKeyCredential
    from azure.quantum import Workspace
    from azure.quantum.qiskit import AzureQuantumProvider

    workspace = Workspace(
        subscription_id="00000000-0000-0000-0000-000000000000",
        resource_group="stub",
        name="stub",
        location="eastus",
        credential=AzureKeyCredential(os.environ["AZURE_QUANTUM_STUB_KEY"]),
        _quantum_endpoint=os.environ["AZURE_QUANTUM_STUB"],
    )
    backend = AzureQuantumProvider(workspace=workspace).get_backend("ionq.simulator")

    def submit(asked: Any) -> Callable[[], dict[str, int]]:
        job = backend.run(asked, shots=SHOTS)
        return lambda: {str(key): int(value) for key, value in job.result().get_counts().items()}

    return submit


def ionq() -> Job:
    from qiskit.transpiler import generate_preset_pass_manager
    from qiskit_ionq import IonQProvider

    backend = IonQProvider().get_backend("ionq_simulator")
    passes = generate_preset_pass_manager(1, backend)

    def submit(asked: Any) -> Callable[[], dict[str, int]]:
        job = backend.run(passes.run(asked), shots=SHOTS)
        return lambda: dict(job.result().get_counts())

    return submit


CLIENTS: dict[str, Callable[[], Job]] = {"ibm": ibm, "braket": braket, "azure": azure, "ionq": ionq}
_made: dict[str, Job] = {}


def _answer(cloud: str) -> dict[str, Any]:
    """Does one job; with an error in one line where there is one."""
    start = time.perf_counter()
    error, counts = "", {}
    with contextlib.redirect_stdout(io.StringIO()):  # clients print
        try:
            if cloud not in _made:
                _made[cloud] = CLIENTS[cloud]()
            counts = _made[cloud](circuit())()
        except Exception as caught:  # noqa: BLE001 - whatever it raises is what is measured
            error = " ".join(f"{type(caught).__name__}: {caught}".split())[:200]
    return {"counts": counts, "error": error, "seconds": time.perf_counter() - start}


if __name__ == "__main__":
    serve(_answer)
