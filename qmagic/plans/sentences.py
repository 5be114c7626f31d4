"""Why a backend was chosen, or why none could be: one sentence with the facts behind it, for cards, lists and plans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qmagic.backends.memory import limit, size
from qmagic.plans.costs import MOST_BOND, SPARSE, memory_of

if TYPE_CHECKING:
    from qmagic.backends.noise import Noise
    from qmagic.plans.costs import Work
    from qmagic.plans.plan import Refused

__all__ = ["ASKED_FOR", "REPEATED", "impossible", "needed", "reasons", "single_state", "why"]

ASKED_FOR = "asked for"
REPEATED = "as in the run that this one repeats"

#: What each course of events is to a backend that follows them all.
_COURSES = {"stim": "a tableau", "sparse": "a sparse state", "branches": "a state vector of {qubits} qubits"}

_SENTENCES = {
    "stim": "all {gates} gates are Clifford",
    "aer.stabilizer": "all {gates} gates are Clifford",
    "sparse": "at most 2^{spread} of 2^{qubits} amplitudes differ from 0",
    "aer.matrix_product_state": "the entanglement of {qubits} qubits across any cut is at most {bond} bits",
    "aer.statevector": "a state vector of {qubits} qubits",
    "aer.gpu": "a state vector of {qubits} qubits, on the GPU",
    "lightning.gpu": "a state vector of {qubits} qubits, on the GPU",
}


def single_state(backend: str, qubits: int, *, exact: bool) -> str:
    """Returns the sentence for one state vector."""
    what = f"one state vector of {qubits} qubit{'s' * (qubits != 1)}"
    if backend == "qsim":
        return f"{what} in single precision (relative error of a probability about 3e-5)"
    return f"{what} gives every {'value' if exact else 'shot'}"


def why(name: str, noise: Noise | None, work: Work) -> str:
    """Returns why a backend was chosen."""
    facts = work.facts
    if noise is not None:
        if name == "stim":
            return f"all gates are Clifford and all errors mixtures of Paulis, under the noise {noise.name[:60]}"
        return f"simulates the noise {noise.name[:60]} on {facts.qubits} qubit{'s' * (facts.qubits != 1)}"
    if facts.obstacle:
        obstacle = facts.obstacle.replace("it ", "the circuit ", 1)
        if name not in _COURSES:
            return f"{obstacle}, so every shot is a run of its own"
        clifford = "all gates are Clifford; " if name == "stim" else ""
        return f"{clifford}{obstacle}, so each course of events has {_COURSES[name].format(qubits=facts.qubits)}"
    if name in ("statevector", "qsim"):
        return single_state(name, facts.qubits, exact=work.exact)
    if name == "sparse" and facts.spread > SPARSE:
        return f"only {facts.mixing} of {facts.gates} gates turn one basis state into several"
    return _SENTENCES.get(name, "it can").format(
        qubits=facts.qubits, gates=facts.gates, spread=facts.spread, bond=facts.bond
    )


def needed(backend: str, work: Work) -> str:
    """Returns what a backend's memory lacks, in words."""
    bytes_needed = memory_of(backend, work.facts)
    amount = size(int(bytes_needed)) if bytes_needed < 1 << 90 else "more memory than there is anywhere"
    return f"{work.facts.qubits} qubits need {amount}, {size(limit())} are available"


def impossible(work: Work, refused: Iterable[Refused]) -> str:
    """Returns the sentence for a circuit that nothing here can run: what was tried, and what would be needed."""
    facts = work.facts
    reasons_of = [needed("statevector", work).replace(", ", " as a state vector, ", 1)]
    if not facts.clifford:
        reasons_of.append(f"{facts.not_clifford} gates are not Clifford ({facts.first_not_clifford})")
    if facts.bond > MOST_BOND:
        reasons_of.append(
            f"the entanglement may reach {facts.bond} bits across a cut, too much for matrix product states"
        )
    known = {"statevector", "qsim", "aer.statevector", "stim", "aer.stabilizer", "aer.matrix_product_state"}
    reasons_of += [f"{one.backend}: {one.why}" for one in refused if one.backend not in known]
    return "nothing here can run this circuit: " + "; ".join(reasons_of)


def reasons(words: Iterable[str]) -> str:
    """Returns why several circuits run where they do, in words short enough for a list."""
    return "; ".join(dict.fromkeys(words))[:300]
