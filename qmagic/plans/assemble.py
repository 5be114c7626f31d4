"""From a circuit to what runs it: made smaller where that is exact, cut into parts that never meet, each with a route.

What is done to a circuit is a function of the circuit alone; together with the backends' names (`Assembled.names`) and
the seed it fixes the counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from qmagic.backends import registry
from qmagic.backends.apart import Apart, Part
from qmagic.backends.base import Backend, Executable, Need, Shelf
from qmagic.backends.program import Program
from qmagic.plans.facts import all_clifford
from qmagic.plans.route import Route, choose, is_quick
from qmagic.plans.sentences import REPEATED
from qmagic.plans.simplify import Simplified, simplify

if TYPE_CHECKING:
    from qmagic.backends.program import Step

__all__ = ["Asked", "Assembled", "apart", "assemble"]

#: A circuit that loses less than this part of its steps, and stays whole, runs as it is.
_WORTH = 0.05


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a circuit.

    Attributes:
        backend: The backend that was asked for, or ``"auto"``.
        exact: Whether exact expectation values are wanted.
        counts: Whether nothing but counts is wanted.
        looked_at: The qubits of the observables, True for those that are looked at in the Z basis only; None where
            counts are wanted, or nobody said.
        shots: Shots of each point.
        points: Parameter points.
        bound: Whether the circuit has no free parameters.
        keep: The backend of each part, from an earlier run; empty to choose.
        avoid: Backends that turned out badly.
        corrections: Factors on estimates, by backend.
        every: Ask every backend, for a plan that is looked at.
        unlimited: Whether the choice may take what it takes, since nothing else is left.
    """

    backend: str = "auto"
    exact: bool = False
    counts: bool = True
    looked_at: Mapping[int, bool] | None = None
    shots: int = 1024
    points: int = 1
    bound: bool = True
    keep: Sequence[str] = ()
    avoid: Iterable[str] = ()
    corrections: Mapping[str, float] | None = None
    every: bool = False
    unlimited: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Assembled:
    """A backend for the whole circuit, the route of each part, and what was saved, in words."""

    backend: Backend
    route: Route
    routes: tuple[Route, ...]
    saved: str = ""

    @property
    def need(self) -> Need | None:
        """What the largest part takes, for they run one after the other; None where a part was not asked."""
        needs = [route.need for route in self.routes if route.need is not None]
        if len(needs) < len(self.routes):
            return None
        return Need(max([one.memory for one in needs], default=0), max([one.threads for one in needs], default=1))

    @property
    def names(self) -> tuple[str, ...]:
        """The backend of each part."""
        return tuple([route.backend for route in self.routes])


def assemble(executable: Executable, asked: Asked) -> Assembled:
    """Returns what runs a circuit.

    Raises:
        NotFoundError: There is no such backend.
        InputError: Nothing here can run it.
    """
    program = executable.program
    if (
        asked.backend == "auto"
        and asked.bound
        and not program.obstacle
        and executable.noise is None
        and not is_quick(executable)
        and asked.shots < 10**9
        and not all_clifford(program.steps)  # of any width in milliseconds: less than it takes to make it smaller
    ):
        smaller = simplify(program, _looked_at(program, asked))
        gone = smaller.unseen + smaller.folded
        if smaller.alone or len(smaller.groups) > 1 or gone > _WORTH * len(program.steps):
            return apart(executable, smaller, asked)
    route = _route(executable, asked, 0)
    return Assembled(registry.backend(route.backend), route, (route,))


def _looked_at(program: Program, asked: Asked) -> Mapping[int, bool]:
    if asked.counts:
        return {qubit: True for _, qubit in program.measured}
    return dict.fromkeys(program.active, False) if asked.looked_at is None else asked.looked_at


def _route(executable: Executable, asked: Asked, part: int) -> Route:
    if part < len(asked.keep):
        return Route(registry.resolve(asked.keep[part]), REPEATED)
    return choose(
        executable,
        asked.backend,
        exact=asked.exact,
        counts=asked.counts,
        shots=asked.shots,
        points=asked.points,
        avoid=asked.avoid,
        corrections=asked.corrections,
        every=asked.every,
    )


def apart(executable: Executable, smaller: Simplified, asked: Asked) -> Assembled:
    """Returns what runs the parts of a circuit that is left in parts."""
    program = executable.program
    measured = program.measured if asked.counts else ()
    steps: dict[int, list[Step]] = {}
    group_of = {wire: i for i, group in enumerate(smaller.groups) for wire in group}
    for step in smaller.steps:
        steps.setdefault(group_of[step[1][0]], []).append(step)
    parts: list[Part] = []
    routes: list[Route] = []
    for i, wires in enumerate(smaller.groups):
        place = {wire: at for at, wire in enumerate(wires)}
        bits = [(bit, place[smaller.wire[qubit]]) for bit, qubit in measured if smaller.wire[qubit] in place]
        if asked.counts and not bits:
            continue
        inner = _executable(steps.get(i, []), place, [at for _, at in bits], executable.shelf)
        route = _route(inner, asked, len(parts))
        parts.append(Part(inner, registry.backend(route.backend), place, tuple([bit for bit, _ in bits])))
        routes.append(route)
    backend = Apart(parts, smaller.alone, smaller.wire, measured)
    saved = _saved(program, smaller, len(parts))
    if not routes:
        whole = Route("product", "every qubit stays alone, so that nothing is left to simulate")
    else:
        longest = max(routes, key=lambda route: route.seconds)
        whole = dataclasses.replace(
            longest,
            backend=backend.name,
            seconds=sum(route.seconds for route in routes),
            why=f"{longest.why} ({saved})",
        )
    return Assembled(backend, whole, tuple(routes), saved)


def _executable(steps: list[Step], place: Mapping[int, int], measured: list[int], shelf: Shelf) -> Executable:
    """Returns a part's steps as a circuit of its own, bit i of which measures the i-th of `measured`."""
    from qiskit.circuit import QuantumCircuit

    circuit = QuantumCircuit(len(place), len(measured))
    qubits = circuit.qubits
    moved: list[Step] = []
    for instruction, wires in steps:
        acted = tuple([place[wire] for wire in wires])
        made = instruction.replace(qubits=tuple([qubits[at] for at in acted]), clbits=())
        circuit._append(made)
        moved.append((made, acted))
    for bit, at in enumerate(measured):
        circuit.measure(at, bit)
    program = Program(
        num_qubits=len(place),
        num_clbits=len(measured),
        steps=moved,
        active=tuple(range(len(place))),
        measured=tuple(enumerate(measured)),
        obstacle="",
        measures=bool(measured),
        feeds_forward=False,
    )
    return Executable(circuit, program, shelf=shelf)


def _saved(program: Program, smaller: Simplified, parts: int) -> str:
    """Returns what need not be simulated, in words."""
    total, words = len(program.steps), []
    if smaller.unseen:
        words.append(f"no measurement sees {smaller.unseen} of {total} gates")
    if smaller.folded:
        words.append(f"{smaller.folded} of {total} gates need no simulation")
    if smaller.alone and parts:
        words.append(f"{len(smaller.alone)} of {program.width} qubits stay alone")
    if parts > 1:
        words.append(f"{parts} independent parts")
    return ", ".join(words)
