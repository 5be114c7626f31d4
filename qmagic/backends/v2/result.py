"""Qiskit's `Result` from an outcome: hexadecimal counts, with the header that formats them as Aer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qiskit.result import Result
from qiskit.result.models import ExperimentResult, ExperimentResultData

from qmagic.outcomes import CountsTable, Outcome, SampledPub
from qmagic.version import __version__

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qmagic.jobs import JobInfo

__all__ = ["header_of", "result_of"]


def header_of(circuit: QuantumCircuit) -> dict[str, Any]:
    """Returns what Qiskit must know of a circuit to format its counts (``"c1 c0"``) and to find it by name."""
    return {
        "name": circuit.name,
        "n_qubits": circuit.num_qubits,
        "qreg_sizes": [[register.name, register.size] for register in circuit.qregs],
        "memory_slots": circuit.num_clbits,
        "creg_sizes": [[register.name, register.size] for register in circuit.cregs],
        "global_phase": float(circuit.global_phase),
        "metadata": circuit.metadata or {},
    }


def result_of(
    outcome: Outcome, info: JobInfo, headers: Sequence[Mapping[str, Any]], backend: str, memory: bool
) -> Result:
    """Returns the result of a job of counts.

    Args:
        outcome: What the worker returned, without parameter points.
        info: What the service says of the job.
        headers: `header_of` of each circuit.
        backend: The name of the backend that was asked.
        memory: Whether to give each shot, in the order in which `qmagic.results` gives them.
    """
    experiments = []
    for pub, header in zip(outcome.pubs, headers, strict=True):
        assert isinstance(pub, SampledPub)
        table = pub.tables[0]
        data: dict[str, Any] = {"counts": {hex(value): count for value, count in table.rows()}}
        if memory:
            data["memory"] = _shots(table)
        experiments.append(
            ExperimentResult(
                shots=pub.shots,
                success=True,
                data=ExperimentResultData(**data),
                status="DONE",
                seed=info.seed,
                header=dict(header),
                seed_simulator=info.seed,
                metadata={"method": outcome.method, "simulator": outcome.backend},
            )
        )
    return Result(
        results=experiments,
        backend_name=backend,
        backend_version=__version__,
        job_id=info.id,
        success=True,
        status="COMPLETED",
        time_taken=sum(outcome.seconds.values()),
    )


def _shots(table: CountsTable) -> list[str]:
    from qmagic.results.shots import arrangement, table_counts

    outcomes = [hex(value) for value, _ in table.rows()]
    return [outcomes[row] for row in arrangement(table_counts(table), table.order_seed)]
