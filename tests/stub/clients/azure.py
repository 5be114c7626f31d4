"""A user's own code for Azure Quantum: nothing of qmagic in it. Prints what it saw as JSON."""

import contextlib
import io
import json
import os
import sys

from azure.core.credentials import AzureKeyCredential
from azure.quantum import Workspace
from azure.quantum.qiskit import AzureQuantumProvider
from qiskit import QuantumCircuit

workspace = Workspace(
    subscription_id="00000000-0000-0000-0000-000000000000",
    resource_group="stub",
    name="stub",
    location="eastus",
    credential=AzureKeyCredential(os.environ["AZURE_QUANTUM_STUB_KEY"]),
    _quantum_endpoint=os.environ["AZURE_QUANTUM_STUB"],
)
flipped = QuantumCircuit(3, 3)
flipped.x(0)
flipped.measure(range(3), range(3))
bell = QuantumCircuit(2, 2)
bell.h(0)
bell.cx(0, 1)
bell.measure(range(2), range(2))


def counts(job):
    return {str(key): int(value) for key, value in job.result().get_counts().items()}


seen = {}
with contextlib.redirect_stdout(
    io.StringIO()
):  # the client prints while it looks for a backend, and dots while it waits
    provider = AzureQuantumProvider(workspace=workspace)
    seen["targets"] = [target.name for target in workspace.get_targets()]
    simulator = provider.get_backend("ionq.simulator")
    aria = provider.get_backend("ionq.qpu.aria-1")
    as_json = provider.get_backend("ionq.simulator", input_data_format="ionq.circuit.v1", gateset="qis")
    job = simulator.run(flipped, shots=100)
    seen["states"] = [job.status().name]
    seen["flipped"] = counts(job)
    seen["states"].append(job.status().name)
    seen["noisy"] = counts(aria.run(flipped, shots=2000))
    seen["bell"] = counts(aria.run(bell, shots=1000))
    seen["json"] = counts(as_json.run(flipped, shots=100))
    found = workspace.get_job(job.id())
    seen["again"] = found.details.status, found.get_results()
    seen["cost"] = found.details.cost_estimate["currencyCode"]

    with simulator.open_session(name="mine") as session:
        jobs = [simulator.run(bell, shots=10) for _ in range(2)]
        seen["session"] = [sum(counts(one).values()) for one in jobs]
        session.refresh()
        seen["session_open"] = str(session.details.status)
    session.refresh()
    seen["session_closed"] = str(session.details.status), len(session.list_jobs())
    seen["listed"] = session.id in [one.id for one in workspace.list_sessions()]
    seen["jobs"] = len(list(workspace.list_jobs()))

    job = aria.run(bell, shots=10)  # the simulator's next jobs would still go to its closed session
    job.cancel()
    seen["cancelled"] = workspace.get_job(job.id()).details.status
    seen["quotas"] = workspace.get_quotas()
assert "qmagic" not in sys.modules
print(json.dumps(seen))
