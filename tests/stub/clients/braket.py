"""A user's own code for Amazon Braket: nothing of qmagic in it. Prints what it saw as JSON."""

import json
import sys

from braket.aws import AwsDevice, AwsQuantumTask
from braket.circuits import Circuit, Observable
from braket.tracking import Tracker

seen = {}
seen["devices"] = sorted(device.name for device in AwsDevice.get_devices())
sv1 = AwsDevice("arn:aws:braket:::device/quantum-simulator/amazon/sv1")
aria = AwsDevice("arn:aws:braket:us-east-1::device/qpu/ionq/Aria-1")
seen["status"] = sv1.status, sv1.is_available, sv1.queue_depth().jobs
seen["qubits"] = aria.properties.paradigm.qubitCount, len(aria.topology_graph)

bell = Circuit().h(0).cnot(0, 1)
with Tracker() as tracker:
    task = sv1.run(bell, shots=1000, poll_interval_seconds=0.1)
    seen["states"] = [task.state()]
    counts = task.result().measurement_counts
    seen["states"].append(task.state())
    seen["bell"] = dict(counts)
    flipped = Circuit().x(0).i(1).i(2)
    seen["flipped"] = dict(sv1.run(flipped, shots=100, poll_interval_seconds=0.1).result().measurement_counts)
    noisy = aria.run(flipped, shots=4000, poll_interval_seconds=0.1)
    seen["noisy"] = dict(noisy.result().measurement_counts)
seen["cost"] = str(tracker.simulator_tasks_cost()), str(tracker.qpu_tasks_cost())

parity = bell.copy().expectation(Observable.Z() @ Observable.Z(), target=[0, 1])
seen["exact"] = sv1.run(parity, shots=0, poll_interval_seconds=0.1).result().values
seen["sampled"] = aria.run(parity, shots=1000, poll_interval_seconds=0.1).result().values
batch = sv1.run_batch([Circuit().x(0)] * 3, shots=10, poll_interval_seconds=0.1)
seen["batch"] = [dict(result.measurement_counts) for result in batch.results()]

again = AwsQuantumTask(arn=task.id)
seen["again"] = again.result().measurement_counts == counts
seen["position"] = again.queue_position().message

task = sv1.run(bell, shots=10)
seen["place"] = task.queue_position().queue_position
task = sv1.run(bell, shots=10)
task.cancel()
seen["cancelled"] = task.state()
wide = aria.run(Circuit().h(range(12)), shots=10, poll_interval_seconds=0.1)
seen["failed"] = wide.result() is None, wide.metadata()["failureReason"]
assert "qmagic" not in sys.modules
print(json.dumps(seen))
