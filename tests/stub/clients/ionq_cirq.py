"""A user's own code for IonQ with Cirq: nothing of qmagic in it. Prints what it saw as JSON."""

import json
import sys

import cirq
import cirq_ionq

seen = {}
service = cirq_ionq.Service(default_target="simulator")
a, b, c = cirq.LineQubit.range(3)
flipped = cirq.Circuit(cirq.X(a), cirq.measure(a, b, c, key="m"))
bell = cirq.Circuit(cirq.H(a), cirq.CNOT(a, b), cirq.measure(a, b, key="m"))

job = service.create_job(flipped, repetitions=100)
seen["states"] = [job.status()]
seen["flipped"] = {str(key): value for key, value in job.results(polling_seconds=0.1).probabilities().items()}
seen["states"].append(job.status())
seen["again"] = service.get_job(job.job_id()).results().probabilities() == job.results().probabilities()
noisy = service.create_job(flipped, repetitions=4000, target="qpu.aria-1").results(polling_seconds=0.1)
seen["noisy"] = {str(key): value for key, value in noisy.counts().items()}
both = service.create_batch_job([bell, flipped], repetitions=50).results(polling_seconds=0.1)
seen["batch"] = [{str(key): round(value, 9) for key, value in one.probabilities().items()} for one in both]
seen["jobs"] = len(service.list_jobs())
job = service.create_job(bell, repetitions=10)
job.cancel()
seen["cancelled"] = job.status()
job.delete()
assert "qmagic" not in sys.modules
print(json.dumps(seen))
