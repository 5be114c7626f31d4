"""Which backend runs a circuit, and why, in a sentence that a person can check.

Every backend here gets an estimate (`costs`) and is asked in that order whether it can (`Backend.need`); the first that
can is chosen, the rest are the alternatives. A circuit whose state vector takes moments is not looked into at all:
finding out whether it is Clifford would take longer than running it.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from importlib import util
from typing import TYPE_CHECKING

import msgspec

from qmagic.backends import registry
from qmagic.backends.aer_devices import sees_gpu
from qmagic.backends.lightning_gpu import lightning_sees_gpu
from qmagic.backends.line import shorter
from qmagic.backends.memory import limit
from qmagic.backends.threads import available
from qmagic.errors import InputError
from qmagic.plans.costs import HOPELESS, MOST_BOND, SPARSE, Work, memory_of, seconds_of
from qmagic.plans.facts import Facts, facts_of, facts_of_steps
from qmagic.plans.plan import Choice, Refused
from qmagic.plans.sentences import ASKED_FOR, impossible, needed, single_state, why

if TYPE_CHECKING:
    from qmagic.backends.base import Executable, Need

__all__ = ["PACKAGES", "Package", "Route", "choose", "estimate", "installed", "is_quick"]

#: What `auto` chooses among. Approximate backends (aer.extended_stabilizer) run by name only.
CANDIDATES = (
    "statevector", "qsim", "stim", "sparse", "branches", "aer", "aer.matrix_product_state", "aer.statevector",
    "aer.stabilizer", "aer.gpu", "lightning.gpu",
)  # fmt: skip
#: Those that know noise, and those that know measurements in the middle.
_NOISY = frozenset({"stim", "aer"})
_DYNAMIC = frozenset({"stim", "sparse", "branches", "aer", "aer.matrix_product_state"})
_CLIFFORD = frozenset({"stim", "aer.stabilizer"})


@dataclasses.dataclass(frozen=True, slots=True)
class Package:
    """What an optional backend needs: the module to import, and what it would do, in words."""

    module: str
    use: str


#: The optional backends.
PACKAGES = {
    "qsim": Package("qsimcirq", "state vectors several times faster, in single precision: pip install 'qmagic[qsim]'"),
}

#: Up to this many qubits, and this many gates times amplitudes (20 ms), a second look takes longer than it saves.
_NARROW = 16
_QUICK = 4e7
#: ... and, whatever the qubits, up to this many (1 ms).
_INSTANT = 2e6
#: Up to this many qubits double precision costs next to nothing.
_DOUBLE = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """A backend's name, and why it was chosen.

    Attributes:
        backend: The backend.
        why: The reason.
        seconds: Estimated seconds; 0 where nobody estimated.
        memory: Estimated bytes.
        alternatives: What else could run it, the quickest first.
        refused: What cannot, as far as anybody asked.
        helpful: Backends that would be quicker, or the only ones, if their packages were installed.
        facts: What the choice rests on; None where it was not worth finding out.
        need: What the backend said that it takes; None where it was not asked yet.
    """

    backend: str
    why: str
    seconds: float = 0.0
    memory: float = 0.0
    alternatives: tuple[Choice, ...] = ()
    refused: tuple[Refused, ...] = ()
    helpful: tuple[str, ...] = ()
    facts: Facts | None = None
    need: Need | None = None


@functools.cache
def installed(name: str) -> bool:
    """Returns whether a backend's package is there, and the GPU of one that needs it; imports nothing without one."""
    if (name == "aer.gpu" and not sees_gpu()) or (name == "lightning.gpu" and not lightning_sees_gpu()):
        return False
    return name in registry.names() and (name not in PACKAGES or util.find_spec(PACKAGES[name].module) is not None)


def is_quick(executable: Executable) -> bool:
    """Returns whether a state vector takes moments, so that nothing else need be considered."""
    program = executable.program
    if executable.noise is not None or program.obstacle:
        return False
    products = len(program.steps) << min(program.width, 60)
    return products <= (_QUICK if program.width <= _NARROW else _INSTANT)


def choose(
    executable: Executable,
    wanted: str,
    *,
    exact: bool,
    counts: bool = True,
    shots: int = 1024,
    points: int = 1,
    avoid: Iterable[str] = (),
    corrections: Mapping[str, float] | None = None,
    every: bool = False,
) -> Route:
    """Returns the route of a circuit.

    Args:
        executable: The circuit, what it does, and its noise.
        wanted: The backend that was asked for; ``"auto"`` leaves the choice.
        exact: Whether exact expectation values are asked for.
        counts: Whether only counts are.
        shots: Shots of each point.
        points: Parameter points.
        avoid: Backends that turned out badly.
        corrections: What experience says of the estimates: a factor by backend.
        every: Ask every backend whether it can, not only until one says so, and what is not installed.

    Raises:
        NotFoundError: There is no such backend.
        InputError: Nothing here can run it; says what was tried, and what would be needed.
    """
    if wanted != "auto":
        return Route(registry.resolve(wanted), ASKED_FOR)
    if not every and not avoid and is_quick(executable):
        width = executable.program.width
        if counts and not exact and width > _DOUBLE and installed("qsim"):
            return Route("qsim", single_state("qsim", width, exact=False))
        return Route("statevector", single_state("statevector", width, exact=exact))
    work = _work(executable, exact=exact, counts=counts and not exact, shots=shots, points=points)
    return _among(executable, work, frozenset(avoid), corrections or {}, every)


def estimate(
    executable: Executable,
    backend: str,
    *,
    exact: bool,
    shots: int,
    points: int,
    corrections: Mapping[str, float] | None = None,
) -> float:
    """Returns the seconds that a backend would take; infinite where nobody can say. The arguments are `choose`'s."""
    work = _work(executable, exact=exact, counts=False, shots=shots, points=points)
    return seconds_of(backend, work, corrections)


def _work(executable: Executable, *, exact: bool, counts: bool, shots: int, points: int) -> Work:
    program = executable.program
    parameters = len(executable.circuit.parameters) if points > 1 else 0
    splits = 0
    if program.obstacle:
        flow = executable.flow
        facts = facts_of_steps(list(flow.gates()), program.active, len(program.measured), parameters, program.obstacle)
        splits = flow.splits
    else:
        facts = facts_of(program, parameters)
    if facts.bond > 2 and not program.obstacle:  # matrix product states take a better line where there is one
        _, bond, bonds = shorter(program.steps, program.active)
        facts = msgspec.structs.replace(facts, bond=bond, bonds=bonds)
    return Work(
        facts=facts,
        shots=1 if exact else shots,
        points=points,
        exact=exact,
        counts=counts,
        noise=executable.noise is not None,
        splits=splits,
        threads=available(),
    )


def _among(
    executable: Executable, work: Work, avoid: frozenset[str], corrections: Mapping[str, float], every: bool
) -> Route:
    refused: list[Refused] = []
    rated: list[Choice] = []
    for name in filter(installed, CANDIDATES):
        reason = "turned out badly before" if name in avoid else _unfit(name, executable, work)
        if reason is None:
            continue
        if reason:
            refused.append(Refused(name, reason))
            continue
        rated.append(Choice(name, seconds_of(name, work, corrections), memory_of(name, work.facts)))
    rated.sort(key=lambda one: one.seconds)
    granted: list[Choice] = []
    needs: list[Need] = []
    for one in rated:
        if granted and not every:
            granted.append(one)
            continue
        try:
            need = _bounded(registry.backend(one.backend).need(executable, exact=work.exact), one.backend, work)
        except InputError as error:
            refused.append(Refused(one.backend, str(error)))
        except ImportError as error:
            refused.append(Refused(one.backend, f"cannot be imported: {error}"))
        else:
            granted.append(Choice(one.backend, one.seconds, float(need.memory)))
            needs.append(need)
    if not granted:
        raise InputError(impossible(work, refused))
    first = granted[0]
    return Route(
        first.backend,
        why(first.backend, executable.noise, work),
        first.seconds,
        first.memory,
        tuple(granted[1:]),
        tuple(refused),
        _helpful(executable, work, first.seconds) if every else (),
        work.facts,
        needs[0],
    )


def _bounded(need: Need, name: str, work: Work) -> Need:
    """Returns what a backend needs that cannot tell beforehand how much: no more than the facts allow."""
    facts = work.facts
    if facts.obstacle or work.noise or (name == "sparse" and facts.spread > SPARSE):
        return need
    if name in ("aer.matrix_product_state", "sparse"):
        return dataclasses.replace(need, memory=min(need.memory, int(memory_of(name, facts))))
    return need


def _helpful(executable: Executable, work: Work, seconds: float) -> tuple[str, ...]:
    """Returns the backends that are not installed and could run it in less than `seconds`."""
    return tuple(
        name
        for name in PACKAGES
        if not installed(name) and _unfit(name, executable, work) == "" and seconds_of(name, work) < seconds
    )


def _unfit(name: str, executable: Executable, work: Work) -> str | None:
    """Returns why a backend cannot run it, "" when it may, None when it is not even worth a word."""
    facts, noise, dynamic = work.facts, executable.noise, bool(executable.program.obstacle)
    if noise is not None and name not in _NOISY:
        return "simulates no noise" if name in ("statevector", "qsim") else None
    if noise is not None and name == "stim" and not noise.pauli:
        return f"the noise {noise.name[:40]} is no mixture of Paulis"
    if dynamic and name not in _DYNAMIC:
        return f"needs one final state, but {facts.obstacle}" if name in ("statevector", "qsim") else None
    if name in _CLIFFORD and not facts.clifford:
        if name != "stim":
            return None
        return f"{facts.not_clifford} of {facts.gates} gates are not Clifford ({facts.first_not_clifford})"
    if name == "aer" and noise is None and not dynamic:
        return None
    if name == "branches" and not dynamic:
        return None
    if name == "qsim" and not work.counts:
        return "is single precision, and expectation values stay double"
    if name == "aer.matrix_product_state" and facts.bond > MOST_BOND and noise is None:
        return f"the entanglement may reach {facts.bond} bits across a cut; --backend aer.mps tries all the same"
    if name in ("statevector", "qsim", "aer.statevector") and memory_of(name, facts) > limit():
        return None if name == "aer.statevector" else needed(name, work)
    if name == "sparse" and facts.spread > SPARSE and facts.mixing > facts.gates // 4:
        # arithmetic undoes what it spreads, so that a bound says little; anything else would give up
        return f"up to 2^{facts.spread} amplitudes differ from 0, and it takes 2^{SPARSE}"
    if seconds_of(name, work) > HOPELESS and name != "sparse":
        return "would take more than a day"
    return ""
