"""A Bell under the noise of a device of 127 and of 133 qubits, warm, against qiskit-ibm-runtime's local mode."""

from __future__ import annotations

import time
import warnings
from typing import Any

from benchmarks.circuits import bell, bell_text
from benchmarks.row import Row, seconds

TINY = {"rounds": 1, "devices": ("fake_manila",), "peer_rounds": 1}

_SHOTS = 1024


def measure(
    *, rounds: int = 21, devices: tuple[str, ...] = ("fake_sherbrooke", "fake_torino"), peer_rounds: int = 1
) -> list[Row]:
    """Times the way of a job without the service: text read, brought onto the device, simulated, counted.

    Args:
        rounds: Calls of ours, each with another text.
        devices: Their names.
        peer_rounds: Calls of the peer, which builds its noise model in every one; the circuit is transpiled before.
    """
    rows = []
    for name in devices:
        peer = _peer(name)
        theirs = []
        for _ in range(peer_rounds):
            start = time.perf_counter()
            peer()
            theirs.append(time.perf_counter() - start)
        ours = []
        for number in range(-3, rounds):
            start = time.perf_counter()
            qubits = _ours(bell_text(number + 3), name, number + 3)
            if number >= 0:
                ours.append(time.perf_counter() - start)
        rows.append(
            seconds(f"Bell under the noise of {name} ({qubits} qubits), warm", ours, at_most=0.025, peer=theirs)
        )
    return rows


def _ours(text: str, device: str, seed: int) -> int:
    from qmagic import execute
    from qmagic.jobs import Environment, JobSpec, PubSpec, Source

    spec = JobSpec(
        id="", source=Source("openqasm3", text.encode()), pubs=(PubSpec(shots=_SHOTS),), seed=seed, noise=device,
        environment=Environment(""),
    )  # fmt: skip
    prepared = execute.prepare(spec)
    outcome = execute.run(prepared, reserve=lambda memory, threads: threads)
    assert sum(count for _, count in outcome.pubs[0].tables[0].rows()) == _SHOTS
    from qmagic.backends.devices.snapshots import device as snapshot

    return snapshot(device).num_qubits


def _peer(name: str) -> Any:
    from qiskit.transpiler import generate_preset_pass_manager
    from qiskit_ibm_runtime import SamplerV2, fake_provider

    backend = getattr(fake_provider, f"{name.title().replace('_', '')}V2", None)
    backend = (backend or getattr(fake_provider, name.title().replace("_", "")))()
    circuit = generate_preset_pass_manager(1, backend).run(bell())

    def call() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it announces its successor
            return SamplerV2(mode=backend).run([circuit], shots=_SHOTS).result()[0].data

    return call
