"""``%qstate``: the state of a small circuit, gate by gate."""

from __future__ import annotations

from typing import Any

from qmagic import options
from qmagic.magics import values
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag
from qmagic.magics.qrun import build_spec
from qmagic.magics.show import result_of, submitted

__all__ = ["QSTATE", "show_state"]

_LANGUAGES = ("auto", "python", "openqasm2", "openqasm3")

QSTATE = Command(
    "qstate",
    usage="%%qstate [flags]         the body is OpenQASM 2 or 3, or Python whose last expression is a circuit\n"
    "%qstate circuit [flags]  the circuit is an object: a variable or an expression",
    about="Shows the state of a circuit of up to 8 qubits after each of its gates: amplitudes with their phases, Bloch "
    "vectors, the density matrix. Measurements at the end are left out. A worker computes it, as a job.",
    words="circuit",
    flags=(
        Flag("--bind", "Values of parameters by name: theta=0.3,phi=pi/4.", "LIST"),
        Flag("--file", "Read the circuit from a .qasm or .qpy file.", "PATH", values="file"),
        Flag("--lang", "Language of the body, when looking at it is not enough.", "LANG", choices=_LANGUAGES),
        Flag("--circuit", "Variable or expression that gives the circuit, once the body has run.", "NAME",
             values="circuit"),
        Flag("--name", "The job's name.", "TEXT"),
        Flag("--output", "Also assign the state to this variable.", "NAME", short="-o"),
        Flag("--quiet", "Show nothing."),
        Flag("--debug", "Show Python's full traceback when something is wrong."),
    ),
    examples="""
        %qstate circuit
        %qstate circuit --bind theta=pi/3 -o state
    """,
    errors="""
        the state is shown for circuits of up to 8 qubits     run it for counts or observables
        ... unitary up to final measurements ...              there is no single state before the end
    """,
)  # fmt: skip


def show_state(call: Call) -> Any:
    """Returns the state of the circuit that the cell or line names."""
    from qmagic.results.state import state_result

    keep = options.defaults().keep
    job = submitted(build_spec(call, name="qstate", state=True), keep=keep)
    values.remember(job.id, ())
    return state_result(result_of(job, keep=keep))
