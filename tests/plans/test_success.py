"""The success probability is what it says: exact formulas, and bounds against simulations that do not use them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter
from qiskit.circuit.library import CXGate, RZGate, SXGate
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import DensityMatrix, Operator, SuperOp, process_fidelity
from qiskit.transpiler import InstructionProperties, QubitProperties, Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error, thermal_relaxation_error

from qmagic.backends.devices.snapshots import device, names
from qmagic.backends.noise import noise_of
from qmagic.plans.success import forecast


def target_of(p1: float, p2: float, width: int = 3) -> Target:
    """A device without time whose gates are depolarizing: ``p (d - 1) / d`` is their average infidelity."""
    target = Target(num_qubits=width)
    one = {(q,): InstructionProperties(error=p1 / 2, duration=0.0) for q in range(width)}
    two = {
        (a, b): InstructionProperties(error=p2 * 3 / 4, duration=0.0)
        for a in range(width) for b in range(width) if a != b
    }  # fmt: skip
    target.add_instruction(SXGate(), one)
    target.add_instruction(CXGate(), two)
    return target


def noisy(circuit: QuantumCircuit, p1: float, p2: float) -> SuperOp:
    """The circuit with depolarizing gates, as one superoperator."""
    total = SuperOp(np.eye(4**circuit.num_qubits))
    for one in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in one.qubits]
        gate = SuperOp(Operator(one.operation))
        error = SuperOp(depolarizing_error(p1 if len(qubits) == 1 else p2, len(qubits)))
        total = total.compose(gate.compose(error), qargs=qubits)
    return total


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("p1", "p2"), [(1e-3, 1e-2), (0.01, 0.05), (0.05, 0.2)])
def test_gates_bound_the_fidelity_and_equal_it_to_first_order(seed, p1, p2):
    """The process fidelity F of the whole circuit, simulated: 0 <= F - S <= P(two errors or more)."""
    random = np.random.default_rng(seed)
    circuit = QuantumCircuit(3)
    for _ in range(12):
        a, b = random.permutation(3)[:2]
        circuit.sx(a) if random.random() < 0.5 else circuit.cx(a, b)
    success = forecast(circuit, target_of(p1, p2)).success
    fidelity = process_fidelity(noisy(circuit, p1, p2), Operator(circuit))
    errors = [p1 * 3 / 4 if len(one.qubits) == 1 else p2 * 15 / 16 for one in circuit.data]
    alone = math.prod(1 - e for e in errors)
    assert success == pytest.approx(alone, rel=1e-12)
    two_or_more = 1 - alone - sum(alone * e / (1 - e) for e in errors)
    assert -1e-12 <= fidelity - success <= two_or_more


@pytest.mark.parametrize("seed", range(5))
def test_the_right_outcome_comes_at_least_as_often(seed):
    """A circuit and its inverse, with depolarizing gates as a density matrix: P(back to 0) is at least the success."""
    p1, p2 = 0.004, 0.02
    circuit = transpile(
        random_circuit(3, 3, max_operands=2, seed=seed), basis_gates=["sx", "rz", "cx"], seed_transpiler=1
    )
    circuit = circuit.compose(circuit.inverse())
    basis = transpile(circuit, basis_gates=["sx", "rz", "cx"], optimization_level=0)
    target = target_of(p1, p2)

    target.add_instruction(
        RZGate(Parameter("t")), {(q,): InstructionProperties(error=0.0, duration=0.0) for q in range(3)}
    )
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(p1, 1), ["sx"])
    model.add_all_qubit_quantum_error(depolarizing_error(p2, 2), ["cx"])
    basis.save_density_matrix()
    state = AerSimulator(method="density_matrix", noise_model=model).run(basis).result().data()["density_matrix"]
    basis.data.pop()
    made = forecast(basis, target)
    right = float(DensityMatrix(state).probabilities()[0])
    assert made.success <= right + 1e-12
    assert made.success == pytest.approx(right, abs=0.5 * (1 - right) + 0.02)


@pytest.mark.parametrize(("t1", "t2", "time"), [(100e-6, 80e-6, 3e-6), (50e-6, 100e-6, 20e-6), (30e-6, 5e-6, 10e-6)])
def test_waiting_is_thermal_relaxation(t1, t2, time):
    """A qubit that waits loses what Qiskit Aer's thermal relaxation takes from its process fidelity."""
    target = Target(num_qubits=1, qubit_properties=[QubitProperties(t1=t1, t2=t2)], dt=1e-9)
    target.add_instruction(SXGate(), {(0,): InstructionProperties(error=0.0, duration=1e-8)})
    circuit = QuantumCircuit(1)
    circuit.delay(time, 0, "s")  # before its first gate it loses nothing
    circuit.sx(0)
    circuit.delay(round(time / 2 / 1e-9), 0, "dt")
    circuit.delay(time / 2 * 1e9, 0, "ns")
    circuit.sx(0)
    circuit.delay(time, 0, "s")  # nor after its last
    made = forecast(circuit, target)
    assert made.idle == pytest.approx(process_fidelity(SuperOp(thermal_relaxation_error(t1, t2, time))), rel=1e-9)
    assert made.gates == 1
    assert made.seconds == pytest.approx(3 * time + 2e-8)


def test_waits_are_those_of_a_schedule_as_late_as_possible():
    """Only a qubit that has begun waits: for its partner, and at a barrier."""
    t1 = 100e-6
    target = Target(num_qubits=2, qubit_properties=[QubitProperties(t1=t1, t2=2 * t1)] * 2)
    target.add_instruction(SXGate(), {(q,): InstructionProperties(error=0.0, duration=1e-6) for q in range(2)})
    target.add_instruction(CXGate(), {(0, 1): InstructionProperties(error=0.0, duration=5e-6)})
    circuit = QuantumCircuit(2)
    circuit.sx(0)
    circuit.sx(1)
    circuit.sx(1)
    circuit.cx(0, 1)  # both begin as late as they can: nobody waits
    assert forecast(circuit, target).idle == 1
    circuit.sx(0)
    circuit.sx(0)
    circuit.cx(0, 1)  # qubit 1 waits for two gates
    decay = lambda time: (1 + math.exp(-time / t1) + 2 * math.exp(-time / (2 * t1))) / 4
    assert forecast(circuit, target).idle == pytest.approx(decay(2e-6))
    assert forecast(circuit, target).seconds == pytest.approx(14e-6)
    circuit = QuantumCircuit(2)
    circuit.sx(0)
    circuit.barrier()
    circuit.sx(1)
    circuit.barrier()
    circuit.sx(0)
    assert forecast(circuit, target).idle == pytest.approx(decay(1e-6))


@pytest.mark.parametrize("name", names())
def test_a_device_gives_its_calibration(name):
    """On each shipped device: gates, readout and time of a circuit written by hand, from the snapshot's numbers."""
    of = device(name)
    two = next(gate for gate in ("cx", "ecr", "cz") if gate in of.gates)
    a, b = of.gates[two].qubits[0]
    circuit = QuantumCircuit(of.num_qubits, 2)
    circuit.sx(a)
    circuit._append(
        CXGate() if two == "cx" else of.target.operation_from_name(two), [circuit.qubits[a], circuit.qubits[b]], []
    )
    circuit.measure([a, b], [0, 1])
    made = forecast(circuit, of.target)
    error = lambda gate, place: of.gates[gate].error[of.gates[gate].qubits.index(place)]
    time = lambda gate, place: of.gates[gate].duration_ns[of.gates[gate].qubits.index(place)] * 1e-9
    assert made.gates == pytest.approx((1 - 1.5 * error("sx", (a,))) * (1 - 1.25 * error(two, (a, b))))
    assert made.readout == pytest.approx((1 - error("measure", (a,))) * (1 - error("measure", (b,))))
    longest = max(time("measure", (a,)), time("measure", (b,)))
    assert made.seconds == pytest.approx(time("sx", (a,)) + time(two, (a, b)) + longest)
    assert (made.depth, made.two_qubit) == (3, 1)


@pytest.mark.filterwarnings("ignore:Duration is rounded:UserWarning")  # snapshots have 6 digits
@pytest.mark.parametrize("seed", range(6))
def test_it_is_first_order_in_a_devices_own_noise(seed):
    """With the whole noise of a device (damping, waiting as Qiskit schedules it) F - S is of second order in 1 - S."""
    of = device("fake_manila")
    random = np.random.default_rng(seed)
    circuit = QuantumCircuit(5)
    for _ in range(8):
        a = int(random.integers(2))
        circuit.sx(int(random.integers(3))) if random.random() < 0.5 else circuit.cx(a, a + 1)
    scheduled = transpile(circuit, target=of.target, optimization_level=0, scheduling_method="alap")
    made = forecast(circuit, of.target)
    assert forecast(scheduled, of.target).success == pytest.approx(made.success, rel=1e-5)
    # only waits between gates: what was put in front is not there for a qubit in its ground state, nor what comes last
    whole = QuantumCircuit(3)
    inner = [one for one in scheduled.data if all(scheduled.find_bit(q).index < 3 for q in one.qubits)]
    for index, one in enumerate(inner):
        places = [scheduled.find_bit(q).index for q in one.qubits]
        acts = lambda others, q: any(q in other.qubits and other.name != "delay" for other in others)
        if one.name != "delay" or (acts(inner[:index], one.qubits[0]) and acts(inner[index:], one.qubits[0])):
            whole.append(one.operation, places)
    ideal = Operator(
        QuantumCircuit.from_instructions([o for o in whole.data if o.name != "delay"], qubits=whole.qubits)
    )
    whole.save_superop()
    model = noise_of("fake_manila").model((0, 1, 2))
    noisy_one = AerSimulator(method="superop", noise_model=model).run(whole).result().data()["superop"]
    fidelity = process_fidelity(SuperOp(noisy_one), ideal)
    assert abs(fidelity - made.success) <= (1 - made.success) ** 2 + 1e-9


@pytest.mark.parametrize("name", names())
def test_readout_is_right_on_average_over_outcomes(name):
    """The readout's factor is the mean, over all outcomes, of the probability to read them: p01 and p10 apart."""
    of = device(name)
    circuit = QuantumCircuit(of.num_qubits, 3)
    circuit.measure(range(3), range(3))
    right = [
        math.prod(1 - (of.qubits.p10[q] if bit >> q & 1 else of.qubits.p01[q]) for q in range(3)) for bit in range(8)
    ]
    assert forecast(circuit, of.target).readout == pytest.approx(np.mean(right), abs=3e-4)  # rounded in the snapshot


def test_what_is_not_known_is_said():
    """Without errors, durations or a known branch the estimate says what it leaves out."""
    target = Target(num_qubits=1)
    target.add_instruction(SXGate(), {(0,): InstructionProperties()})
    circuit = QuantumCircuit(1, 1)
    circuit.sx(0)
    made = forecast(circuit, target)
    assert made.success == 1
    assert made.seconds is None
    assert "counted as perfect, since the calibration does not have them: sx" in str(made)
    assert "waiting is not counted, since there are no durations of sx" in str(made)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.sx(0)
    made = forecast(circuit, device("fake_torino").target)
    assert made.success is None
    assert "which of its branches runs" in str(made)


def test_a_broken_gate_never_succeeds():
    """A gate that the calibration marks with error 1 makes the success 0."""
    target = Target(num_qubits=2)
    target.add_instruction(CXGate(), {(0, 1): InstructionProperties(error=1.0, duration=0.0)})
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    assert forecast(circuit, target).success == 0


def test_a_forecast_reads_well():
    """One line: size, time, success with its three parts, and that crosstalk is not counted."""
    of = device("fake_manila")
    circuit = QuantumCircuit(5, 2)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    assert str(forecast(circuit, of.target)) == (
        "depth 3, 1 two-qubit gate, 5.66 µs a shot; a shot succeeds with 93.3 % (gates 98.9 %, readout 94.4 %, "
        "waiting 100 %; crosstalk not counted)"
    )
