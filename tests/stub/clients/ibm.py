"""A user's own code for IBM Quantum: nothing of qmagic in it. Prints what it saw as JSON."""

import json
import sys

from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import Batch, EstimatorV2, QiskitRuntimeService, RuntimeJobFailureError, SamplerV2, Session
from qiskit_ibm_runtime.executor_estimator import EstimatorV2 as Estimator
from qiskit_ibm_runtime.executor_sampler import SamplerV2 as Sampler

seen = {}
service = QiskitRuntimeService()
backend = service.backend("ibm_manila")
seen["devices"] = [one.name for one in service.backends()]
seen["instances"] = [one["name"] for one in service.instances()]
seen["operational"] = backend.status().operational
seen["t1_us"] = round(backend.target.qubit_properties[0].t1 * 1e6, 3)
seen["least_busy"] = service.least_busy(min_num_qubits=100).num_qubits

flipped = QuantumCircuit(3)
flipped.x(0)
flipped.measure_all()
flipped = transpile(flipped, backend, initial_layout=[0, 1, 2])
bell = QuantumCircuit(2)
bell.h(0)
bell.cx(0, 1)
state = transpile(bell, backend, initial_layout=[0, 1])
bell.measure_all()
bell = transpile(bell, backend, initial_layout=[0, 1])
observables = [SparsePauliOp(label).apply_layout(state.layout) for label in ("ZZ", "XX")]

sampler = SamplerV2(mode=backend)
sampler.options.environment.job_tags = ["mine"]
job = sampler.run([flipped], shots=4000)
seen["states"] = [job.status()]
seen["flipped"] = job.result(poll_interval=0.1)[0].data.meas.get_counts()
seen["states"].append(job.status())
seen["again"] = service.job(job.job_id()).result()[0].data.meas.get_counts() == seen["flipped"]
seen["by_tag"] = [one.job_id() for one in service.jobs(job_tags=["mine"])] == [job.job_id()]
seen["usage"] = job.usage()
seen["metrics"] = sorted(job.metrics()["timestamps"])
seen["logs"] = "accepted" in job.logs()
seen["updated"] = job.update_tags(["other"])
seen["limits"] = service.usage()["usage_limit_reached"]

values = EstimatorV2(mode=backend).run([(state, observables)]).result(poll_interval=0.1)[0].data
seen["estimated"] = values.evs.tolist()

seen["bell"] = Sampler(mode=backend).run([bell], shots=4000).result(poll_interval=0.1)[0].data.meas.get_counts()
seen["mitigated"] = {}
for level in (0, 1, 2):
    estimator = Estimator(mode=backend)
    estimator.options.resilience_level = level
    result = estimator.run([(state, observables)]).result(poll_interval=0.1)
    seen["mitigated"][level] = result[0].data.evs.tolist()

with Session(backend=backend) as session:
    jobs = [SamplerV2(mode=session).run([bell], shots=10) for _ in range(2)]
    seen["session"] = [sum(one.result()[0].data.meas.get_counts().values()) for one in jobs]
    seen["session_open"] = session.status()
seen["session_closed"] = session.status()
with Batch(backend=backend) as batch:
    jobs = [SamplerV2(mode=batch).run([bell], shots=10) for _ in range(2)]
seen["batch"] = [sum(one.result(poll_interval=0.1)[0].data.meas.get_counts().values()) for one in jobs]
seen["batch_mode"] = batch.details()["mode"]

job = SamplerV2(mode=backend).run([bell])
job.cancel()
seen["cancelled"] = service.job(job.job_id()).status()
service.delete_job(job.job_id())

try:
    SamplerV2(mode=backend).run([bell], shots=2_000_000).result(poll_interval=0.1)
except RuntimeJobFailureError as error:
    seen["failure"] = str(error)
assert "qmagic" not in sys.modules
print(json.dumps(seen))
