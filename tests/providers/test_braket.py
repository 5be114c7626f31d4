"""Amazon Braket's adapter against a real stub: the laws of `laws`, and what is Braket's own."""

from __future__ import annotations

import json
import uuid

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Operator

from qmagic.providers.base import GoneError, RefusedError
from qmagic.providers.braket_programs import NAMES, program_of
from tests.providers.laws import SECONDS, Laws, flipped


class TestBraket(Laws):
    """The laws."""

    cloud, ideal, qpu = "braket", "sv1", "Aria-1"
    unknown_id = f"arn:aws:braket:us-east-1:000000000000:quantum-task/{uuid.UUID(int=1)}"

    def test_a_job_that_is_not_there(self, stub, monkeypatch):
        """A task that Amazon does not know is gone, which is no word about any other."""
        stub.fresh()
        with pytest.raises(GoneError):
            self.adapter(stub, monkeypatch).look(self.unknown_id)

    def test_every_task_has_a_token_of_ours(self, stub):
        """The token of a task follows from the job's key and the circuit's number."""
        stub.fresh()
        job = self.run(flipped(), shots=10)
        job.result(timeout=100)
        (body,) = self.jobs(stub)
        expected = str(uuid.uuid5(uuid.NAMESPACE_URL, f"qmagic-{job.id}/0"))
        assert body["id"] == str(uuid.uuid5(uuid.NAMESPACE_URL, expected))

    def test_qubits_without_gates(self, stub):
        """A qubit that is only read gets a gate that the device has, and reads 0."""
        stub.fresh()
        for device in ("sv1", "Aria-1"):
            counts = self.run(flipped(), device, shots=100).result(timeout=SECONDS).counts()
            assert max(counts, key=counts.get) == "001"

    def test_idle_gates(self):
        """That gate is Braket's identity, or a turn by nothing where the device has no identity."""
        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        assert "\ni q[0];\n" in json.loads(program_of(circuit))["source"]
        assert "\nrz(0) q[0];\n" in json.loads(program_of(circuit, "rz(0)"))["source"]

    def test_devices_that_run_no_circuits(self, stub, monkeypatch):
        """A device without gates is left out of the list, and the others stay in it."""
        stub.fresh()
        provider = self.adapter(stub, monkeypatch)
        names, sv1 = [one.name for one in provider.devices()], provider._told(provider._arns()[0])
        analog = {**sv1, "deviceArn": "arn:aws:braket:us-east-1::device/qpu/quera/Aquila"}
        analog["deviceCapabilities"] = json.dumps({**json.loads(sv1["deviceCapabilities"]), "action": {}})
        arns, told = provider._arns(), provider._told
        monkeypatch.setattr(provider, "_arns", lambda: [analog["deviceArn"], *arns])
        monkeypatch.setattr(provider, "_told", lambda arn: analog if arn == analog["deviceArn"] else told(arn))
        assert [one.name for one in provider.devices()] == names

    def test_calibration(self, stub, monkeypatch):
        """The QPU's target has the errors that Amazon publishes, the simulator none."""
        stub.fresh()
        provider = self.adapter(stub, monkeypatch)
        assert provider.target("sv1") is None
        target = provider.target("Aria-1")
        assert target["rxx"][(0, 24)].error == pytest.approx(0.004)  # 99.6 % were published
        assert target["measure"][(3,)].error == pytest.approx(0.0039)


def test_measured_qubits():
    """Bits follow the measured qubits in ascending order, whatever the order in which the result has them."""
    from qmagic.providers.braket import _shots

    found = _shots({"measuredQubits": [7, 2, 5], "measurements": [[1, 0, 0], [0, 1, 0]]})
    assert found.bits.tolist() == [[0, 0, 1], [1, 0, 0]]
    with pytest.raises(RefusedError, match="task 'x' has no counts"):
        _shots({"measurementProbabilities": None, "taskMetadata": {"id": "x"}})


@pytest.mark.parametrize("name", NAMES)
def test_gates(name):
    """A gate of Braket's is Qiskit's gate of the same line, up to a global phase."""
    from braket.circuits import Circuit

    known = get_standard_gate_name_mapping()[name]
    gate = known.base_class(*[0.3 + 0.4 * i for i in range(len(known.params))])
    circuit = QuantumCircuit(gate.num_qubits, gate.num_qubits)
    circuit.append(gate, range(gate.num_qubits))
    source = json.loads(program_of(circuit))["source"]
    matrix = Circuit.from_ir(source).to_unitary()  # Braket's first qubit is the highest bit
    assert Operator(matrix).equiv(Operator(circuit.remove_final_measurements(inplace=False).reverse_bits()))
    assert np.allclose(matrix @ matrix.conj().T, np.eye(len(matrix)))
