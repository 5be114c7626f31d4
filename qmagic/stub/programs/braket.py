"""Braket's tasks, on the simulators that ship with its SDK: a state vector, or a density matrix under a device's noise.

Noise is put in as Braket's own noise model does it, each gate's channel after the gate; readout errors flip the bits
that the simulator measured, whatever the basis, before anything is reckoned from them.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.noise_text import parse_settings
from qmagic.errors import InputError
from qmagic.stub.programs import Answer, Work

if TYPE_CHECKING:
    from braket.ir.openqasm import Program

__all__ = ["run"]

_OPENQASM = "braket.ir.openqasm.program"
#: A density matrix of 11 qubits has 64 MB, and each gate makes a copy of it.
_MOST_NOISY = 11


def run(work: Work) -> Answer:
    """Returns the result of a task, or, without one, the description of a device."""
    if "describe" in work.facts:
        from qmagic.stub.programs.braket_describe import description

        return Answer(result=description(work.device).encode())
    from braket.ir.openqasm import Program

    body = json.loads(work.data)
    header = json.loads(body["action"])["braketSchemaHeader"]["name"]
    if header != _OPENQASM:
        raise InputError(f"the stub runs {_OPENQASM}, not {header}")
    program = Program.parse_raw(body["action"])
    shots = int(body["shots"])
    np.random.seed(work.seed)  # noqa: NPY002 - Braket's simulators draw from here
    began = time.perf_counter()
    result = _simulated(program, shots, work)
    spent = round(1000 * (time.perf_counter() - began))
    return Answer(result=json.dumps(result).encode(), shots=shots, executions=1, facts={"milliseconds": spent})


def _simulated(program: Program, shots: int, work: Work) -> dict[str, Any]:
    from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator

    noise = work.facts["noise"]
    if noise and not shots:
        raise InputError("a QPU takes at least one shot")
    noisy = bool(noise) or work.device.endswith("/dm1")
    run_program = _noisy(program, noise) if noise else program
    simulator = DensityMatrixSimulator() if noisy else StateVectorSimulator()
    found = simulator.run(run_program, shots=shots)
    if noise:
        flips = np.random.random((shots, len(found.measuredQubits))) < parse_settings(noise).p01  # noqa: NPY002 - seeded
        found.measurements = (np.asarray(found.measurements, int) ^ flips).tolist()
    result: dict[str, Any] = json.loads(found.json())
    if shots:
        result["resultTypes"] = _from_shots(found)
    else:
        del result["measurements"]  # the client's schema takes no empty list
    result["taskMetadata"] |= {"id": work.facts["arn"], "deviceId": work.device}
    result["additionalMetadata"]["action"] = json.loads(program.json())
    return result


def _from_shots(found: Any) -> list[dict[str, Any]]:
    """Returns the values of the result types, which the simulators leave to be computed from the shots."""
    from braket.tasks import GateModelQuantumTaskResult

    types = GateModelQuantumTaskResult.from_object(found).result_types or []
    return [{"type": json.loads(one.type.json()), "value": np.asarray(one.value).tolist()} for one in types]


def _noisy(program: Program, noise: str) -> Program:
    """Returns the program with a uniform noise put in."""
    from braket.circuits import Circuit
    from braket.circuits.noise_model import GateCriteria, NoiseModel
    from braket.circuits.noises import Depolarizing, TwoQubitDepolarizing
    from braket.circuits.serialization import IRType

    circuit = Circuit.from_ir(program.source, program.inputs)
    if circuit.qubit_count > _MOST_NOISY:
        raise InputError(f"{circuit.qubit_count} qubits; the stub runs noisy Braket devices of up to {_MOST_NOISY}")
    settings = parse_settings(noise)
    # Qiskit's parameter p mixes in the identity's share too, Braket's does not.
    one, two = settings.depolarizing1 * 3 / 4, settings.depolarizing2 * 15 / 16
    gates = {type(i.operator): len(i.target) for i in circuit.instructions if i.operator.name != "Measure"}
    model = NoiseModel()
    for gate, width in gates.items():
        if width <= 2:
            model.add_noise(Depolarizing(one) if width == 1 else TwoQubitDepolarizing(two), GateCriteria(gate))
    noisy: Program = model.apply(circuit).to_ir(ir_type=IRType.OPENQASM)
    return noisy
