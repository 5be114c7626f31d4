"""A circuit with measurements in the middle as a tree of branches: each distinct course of events is simulated once.

A *node* is a state with the shots that are in it: how many, by classical memory. A measurement splits a node in two;
how many shots go where is drawn from the binomial distribution, and a side with no shots is not simulated. So there
are at most as many branches as shots, and counts are exactly distributed. Measurements that can wait are drawn
at the end, all shots of a node at once.

The node with the lowest place in the code goes first, so that branches meet again where control flow does, and equal
states are merged there (teleported and reset qubits end alike, whatever was measured). When many
states are alive, the highest goes first instead, so that the number of states stays small.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from qmagic.backends.base import OutgrownError
from qmagic.backends.flow import Choose, Flow, Gates, Jump, Measure, Reset, Store
from qmagic.backends.holder import Holder

__all__ = ["sample"]

#: Below this a probability is rounding; the other outcome is certain.
_NEVER = 1e-20
#: Fingerprints further apart belong to different states.
_CLOSE = 1e-9
#: Fewer nodes than this are not compared: running them all is cheaper.
_CROWD = 12


@dataclasses.dataclass(slots=True)
class _Node:
    """A state at a place of the code, and its shots by classical memory."""

    place: int
    state: Any
    shots: dict[int, int]
    #: Where it was last compared with others.
    met: int = -1


def sample(
    flow: Flow, holder: Holder, shots: int, random: np.random.Generator, *, alive: int = 4096, most: int = 1 << 30
) -> dict[int, int]:
    """Returns how often each value of the classical bits came.

    Args:
        flow: The circuit.
        holder: What holds the states.
        shots: How many.
        random: The generator to draw with.
        alive: From this many states on, branches are finished one after the other.
        most: The number of states that there is memory for.

    Raises:
        OutgrownError: More than `most` states would be alive at once.
    """
    return _Tree(flow, holder, random, alive, most).run(shots)


class _Tree:
    def __init__(self, flow: Flow, holder: Holder, random: np.random.Generator, alive: int, most: int) -> None:
        self._code, self._holder, self._random = flow.code, holder, random
        self._alive, self._most = alive, most
        self._final = flow.final
        self._mask = (1 << flow.num_clbits) - 1
        self._compiled: dict[int, Any] = {}
        #: Where branches can meet: the targets of jumps, and what follows a reset.
        self._meetings = {
            target
            for place, one in enumerate(flow.code)
            for target in (
                [one.target]
                if isinstance(one, Jump)
                else [one.default, *one.targets.values()]
                if isinstance(one, Choose)
                else [place + 1]
                if isinstance(one, Reset)
                else []
            )
        }
        self._nodes: list[_Node] = []
        self._crowd = _CROWD
        self._counts: dict[int, int] = {}
        qubits: dict[int, int] = {}
        for _, qubit in flow.final:
            qubits.setdefault(qubit, len(qubits))
        self._measured = tuple(qubits)
        #: For each bit that is measured at the end, which of the outcome's bits it takes.
        self._takes = [(bit, qubits[qubit]) for bit, qubit in flow.final]
        self._straight = all(bit == i == place for i, (bit, place) in enumerate(self._takes))
        self._kept = self._mask & ~sum(1 << bit for bit, _ in self._takes)

    def run(self, shots: int) -> dict[int, int]:
        self._nodes = [_Node(0, self._holder.start(), {0: shots})]
        while self._nodes:
            self._advance(self._next())
        return self._counts

    def _next(self) -> _Node:
        """Takes the next node; where branches meet, those that are equal become one first."""
        nodes = self._nodes
        if len(nodes) == 1:
            return nodes.pop()
        if len(nodes) > self._most:
            raise OutgrownError(
                f"more than {self._most} branches are alive at once, and memory was granted for no more"
            )
        pick = min if len(nodes) < self._alive else max
        # The earlier node wins a tie: the order of draws is a function of the circuit, the seed and the shots.
        place = pick(nodes, key=lambda node: node.place).place
        if place in self._meetings:
            self._meet(place)
        return self._nodes.pop(next(i for i, node in enumerate(self._nodes) if node.place == place))

    def _meet(self, place: int) -> None:
        """Merges equal states at a place."""
        here = [node for node in self._nodes if node.place == place]
        if len(here) < self._crowd or all(node.met == place for node in here):
            return
        holder = self._holder
        prints = {id(node): holder.fingerprint(node.state) for node in here}
        group: list[_Node] = []
        gone: set[int] = set()
        for node in sorted(here, key=lambda node: prints[id(node)]):
            node.met = place
            group = [one for one in group if prints[id(node)] - prints[id(one)] < _CLOSE]
            for other in group:
                if holder.same(other.state, node.state):
                    for memory, count in node.shots.items():
                        other.shots[memory] = other.shots.get(memory, 0) + count
                    gone.add(id(node))
                    break
            else:
                group.append(node)
        self._nodes = [node for node in self._nodes if id(node) not in gone]
        if len(gone) * 4 < len(here):
            self._crowd *= 2  # they differ for good: looking costs more than it saves

    def _advance(self, node: _Node) -> None:
        """Runs a node until it splits, meets others, or ends."""
        code, holder = self._code, self._holder
        while node.place < len(code):
            one = code[node.place]
            place = node.place
            node.place += 1
            if isinstance(one, Gates):
                gates = self._compiled.get(place)
                if gates is None:
                    gates = self._compiled[place] = holder.compiled(one.steps)
                holder.apply(node.state, gates)
            elif isinstance(one, Measure | Reset):
                if self._split(node, one):
                    return
            elif isinstance(one, Store):
                node.shots = _mapped(node.shots, one)
            elif isinstance(one, Jump):
                node.place = one.target
            elif self._chosen(node, one):
                return
            if node.place in self._meetings and self._nodes:
                node.met = -1
                self._nodes.append(node)
                return
        self._end(node)

    def _split(self, node: _Node, one: Measure | Reset) -> bool:
        """Measures or resets a qubit; returns whether the node is done with, its parts being in the list."""
        zero, one_chance = self._holder.chances(node.state, one.qubit)
        bit = one.bit if isinstance(one, Measure) else None
        total = zero + one_chance
        zero, one_chance = zero / total, one_chance / total
        if one_chance < _NEVER or zero < _NEVER:
            value = int(zero < _NEVER)
            node.shots = _written(node.shots, bit, value)
            self._settle(node, one.qubit, value, 1.0, bit, collapse=False)
            return False
        parts = self._drawn(node.shots, one_chance)
        if not all(parts):
            value = int(bool(parts[1]))
            node.shots = _written(node.shots, bit, value)
            self._settle(node, one.qubit, value, (zero, one_chance)[value], bit)
            return False
        other = _Node(node.place, self._holder.copied(node.state), _written(parts[1], bit, 1))
        node.shots = _written(parts[0], bit, 0)
        self._settle(node, one.qubit, 0, zero, bit)
        self._settle(other, one.qubit, 1, one_chance, bit)
        self._nodes += [node, other]
        return True

    def _settle(
        self, node: _Node, qubit: int, value: int, chance: float, bit: int | None, *, collapse: bool = True
    ) -> None:
        if collapse:
            self._holder.collapse(node.state, qubit, value, chance)
        if bit is None and value:
            self._holder.flip(node.state, qubit)

    def _drawn(self, shots: dict[int, int], chance: float) -> tuple[dict[int, int], dict[int, int]]:
        """Returns the shots that read 0 and those that read 1."""
        if len(shots) == 1:
            ((memory, count),) = shots.items()
            ones = int(self._random.binomial(count, chance))
            return {memory: count - ones} if ones < count else {}, {memory: ones} if ones else {}
        drawn = self._random.binomial(np.fromiter(shots.values(), np.int64, len(shots)), chance).tolist()
        both = [(memory, count, ones) for (memory, count), ones in zip(shots.items(), drawn, strict=True)]
        return (
            {memory: count - ones for memory, count, ones in both if ones < count},
            {memory: ones for memory, _, ones in both if ones},
        )

    def _chosen(self, node: _Node, one: Choose) -> bool:
        """Goes where the memory says; returns whether the shots part there."""
        parts: dict[int, dict[int, int]] = {}
        for memory, count in node.shots.items():
            parts.setdefault(one.targets.get(one.value(memory), one.default), {})[memory] = count
        if len(parts) == 1:
            (node.place,) = parts
            return False
        first = True
        for target, shots in sorted(parts.items()):
            self._nodes.append(_Node(target, node.state if first else self._holder.copied(node.state), shots))
            first = False
        return True

    def _end(self, node: _Node) -> None:
        """Draws what is measured at the end, and counts."""
        counts, kept = self._counts, self._kept
        if not self._measured:
            for memory, count in node.shots.items():
                counts[memory & kept] = counts.get(memory & kept, 0) + count
            return
        total = sum(node.shots.values())
        outcomes, numbers = self._holder.sample(node.state, self._measured, total, self._random)
        values = outcomes if self._straight else [self._spread(outcome) for outcome in outcomes]
        if len(node.shots) == 1:
            memory = next(iter(node.shots)) & kept
            for value, number in zip(values, numbers, strict=True):
                counts[memory | value] = counts.get(memory | value, 0) + number
            return
        # Which shot of the node got which outcome: a random order.
        which = self._random.permutation(np.repeat(np.arange(len(values)), numbers))
        at = 0
        for memory, count in node.shots.items():
            found, times = np.unique(which[at : at + count], return_counts=True)
            at += count
            for i, number in zip(found.tolist(), times.tolist(), strict=True):
                key = memory & kept | values[i]
                counts[key] = counts.get(key, 0) + number

    def _spread(self, outcome: int) -> int:
        return sum((outcome >> place & 1) << bit for bit, place in self._takes)


def _written(shots: dict[int, int], bit: int | None, value: int) -> dict[int, int]:
    """Returns the shots with a bit of their memories written; None for no bit."""
    if bit is None:
        return shots
    written: dict[int, int] = {}
    mask, new = ~(1 << bit), value << bit
    for memory, count in shots.items():
        key = memory & mask | new
        written[key] = written.get(key, 0) + count
    return written


def _mapped(shots: dict[int, int], store: Store) -> dict[int, int]:
    mapped: dict[int, int] = {}
    for memory, count in shots.items():
        key = store.apply(memory)
        mapped[key] = mapped.get(key, 0) + count
    return mapped
