"""A user's own code for IonQ with Qiskit: nothing of qmagic in it. Prints what it saw as JSON."""

import json
import sys
import warnings

from qiskit import QuantumCircuit
from qiskit_ionq import IonQProvider

seen = {}
provider = IonQProvider()
simulator = provider.get_backend("ionq_simulator")
aria = provider.get_backend("ionq_qpu.aria-1")
seen["backends"] = [one.name for one in provider.backends()]
seen["qubits"] = aria.num_qubits
flipped = QuantumCircuit(3, 3)
flipped.x(0)
flipped.measure(range(3), range(3))
bell = QuantumCircuit(2, 2)
bell.h(0)
bell.cx(0, 1)
bell.measure(range(2), range(2))

job = simulator.run(flipped, shots=100)
seen["states"] = [job.status().name]
seen["flipped"] = job.result(wait=0.1).get_counts()
seen["probabilities"] = job.get_probabilities()
seen["states"].append(job.status().name)
again = simulator.retrieve_job(job.job_id())
seen["again"] = again.result(wait=0.1).get_counts() == seen["flipped"]
seen["noisy"] = aria.run(flipped, shots=4000).result(wait=0.1).get_counts()
seen["batch"] = simulator.run([flipped, bell], shots=100).result(wait=0.1).get_counts()
seen["price"] = aria.client.estimate_job(backend="qpu.aria-1", oneq_gates=10, twoq_gates=10, qubits=2, shots=1000).cost
job = simulator.run(bell, shots=10)
job.cancel()
with warnings.catch_warnings(record=True):  # it warns that there will be no result
    warnings.simplefilter("always")
    seen["cancelled"] = job.status().name
assert "qmagic" not in sys.modules
print(json.dumps(seen))
