"""Problems over bits: cuts of graphs, quadratic forms, spins. `qaoa` solves them."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError
from qmagic.loops.problems.graphs import weighted_edges
from qmagic.loops.problems.problem import Problem
from qmagic.loops.problems.qaoa_ansatz import ansatz, ramp
from qmagic.loops.problems.spins import MOST_TRIED, Ising, of_bits, of_cut, of_spins

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qmagic.client import Loop

__all__ = ["Combinatorial", "MaxCut", "Solution", "ising", "maxcut", "qaoa", "qubo"]


@dataclasses.dataclass(frozen=True)
class Solution:
    """The best of some samples.

    Attributes:
        value: Its energy; of a cut its weight.
        bits: The bit of each variable (for a spin s: 0 for 1, 1 for -1; for a cut: the side of each node).
        share: The fraction of samples that are as good.
        mean: The samples' mean energy or weight.
    """

    value: float
    bits: dict[Hashable, int]
    share: float
    mean: float

    @property
    def sides(self) -> tuple[set[Hashable], set[Hashable]]:
        """The variables with bit 0, and those with bit 1: the two sides of a cut."""
        zero, one = ({node for node, bit in self.bits.items() if bit == side} for side in (0, 1))
        return zero, one


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Combinatorial(Problem):
    """An energy of bits to be minimised; see `Problem`.

    Attributes:
        ising: The energy. Qubit i is ``ising.nodes[i]``.
        layers: Layers of the ansatz.
    """

    ising: Ising
    layers: int

    def measured(self, x: Any) -> QuantumCircuit:
        """Returns the ansatz at a point with all qubits measured: what `qmagic.run` takes to sample solutions.

        Args:
            x: The point, such as ``loop.result().x``.
        """
        circuit = self.ansatz.assign_parameters(x)
        circuit.measure_all()
        return circuit

    def interpret(self, counts: Mapping[str, int]) -> Solution:
        """Returns the best of some samples.

        Args:
            counts: From bitstrings, whose rightmost character is qubit 0, to how often each came.

        Raises:
            InputError: There are none, or they are of another width.
        """
        width = len(self.ising.nodes)
        shots = sum(counts.values())
        wrong = next((key for key in counts if len(key) != width or not set(key) <= {"0", "1"}), None)
        if wrong is not None or not shots:
            raise InputError(
                f"interpret: expected counts of {width} bits each, got {'none' if not shots else repr(wrong)}"
            )
        values = {key: self.ising.energy(int(bit) for bit in reversed(key)) for key, count in counts.items() if count}
        best = min(values, key=values.__getitem__)
        equal = sum(counts[key] for key, value in values.items() if value - values[best] <= 1e-9 * (1 + abs(value)))
        return Solution(
            value=self._shown(values[best]),
            bits={node: int(bit) for node, bit in zip(self.ising.nodes, reversed(best), strict=True)},
            share=equal / shots,
            mean=self._shown(sum(counts[key] * value for key, value in values.items()) / shots),
        )

    def _shown(self, energy: float) -> float:
        return energy


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class MaxCut(Combinatorial):
    """The heaviest cut of a graph: its observable is minus the weight of the cut, and so is `exact`."""

    def _shown(self, energy: float) -> float:
        return 0.0 - energy


def maxcut(graph: Any, *, layers: int = 1) -> MaxCut:
    """Returns the heaviest cut of a graph as a problem for `qaoa`.

    Args:
        graph: A networkx graph, whose edges may have a ``weight`` (default 1); a list of edges ``(u, v)`` or
            ``(u, v, weight)``; or a symmetric matrix of weights.
        layers: Layers of the ansatz; each has two parameters.

    Raises:
        InputError: It is no undirected graph, or has no edges.

    Example:
        >>> problem = qmagic.maxcut([(0, 1), (1, 2), (2, 3), (3, 0)], layers=2)
        >>> x = qmagic.qaoa(problem).result().x
        >>> problem.interpret(qmagic.run(problem.measured(x)).result().counts()).sides
        ({0, 2}, {1, 3})
    """
    nodes, edges = weighted_edges(graph)
    return MaxCut(**_parts("MaxCut", of_cut(nodes, edges), layers))


def qubo(quadratic: Any, linear: Any = None, offset: float = 0.0, *, layers: int = 1) -> Combinatorial:
    """Returns, for `qaoa`, the minimum of ``offset + sum_i linear_i x_i + sum_ij quadratic_ij x_i x_j`` over bits.

    Args:
        quadratic: A mapping from pairs of variables to numbers, or a square matrix Q for ``x^T Q x``: every entry given
            counts, so that a symmetric matrix counts each pair twice. ``(i, i)`` is linear.
        linear: A mapping from variables to numbers, or a vector.
        offset: A constant.
        layers: Layers of the ansatz; each has two parameters.

    Raises:
        InputError: These are not numbers, or nothing depends on the bits.
    """
    return Combinatorial(**_parts("QUBO", of_bits(quadratic, linear, offset), layers))


def ising(couplings: Any, fields: Any = None, offset: float = 0.0, *, layers: int = 1) -> Combinatorial:
    """Returns, for `qaoa`, the minimum of ``offset + sum_i fields_i s_i + sum_ij couplings_ij s_i s_j`` over spins ±1.

    Args:
        couplings: A mapping from pairs to numbers, or a square matrix, as `qubo` takes it; ``(i, i)`` is a constant.
        fields: A mapping from spins to numbers, or a vector.
        offset: A constant.
        layers: Layers of the ansatz; each has two parameters.

    Raises:
        InputError: These are not numbers, or nothing depends on the spins.
    """
    return Combinatorial(**_parts("Ising", of_spins(fields, couplings, offset), layers))


def qaoa(problem: Any, *, layers: int | None = None, **options: Any) -> Loop:
    """Starts the quantum approximate optimization algorithm on a problem and returns at once.

    Args:
        problem: Such as `maxcut`, `qubo` and `ising` make, or what `maxcut` takes as a graph.
        layers: Layers of the ansatz for a graph. Default: 1.
        options: Those of `minimize`: ``optimizer``, ``shots``, ``maxiter``, ... Default optimizer: L-BFGS-B where
            values are exact, SPSA where they have shot noise. ``x0`` and ``exact`` are the problem's unless given.

    Raises:
        InputError: As `maxcut` and `minimize`.
    """
    from qmagic.loops.problems.start import started

    if isinstance(problem, Problem):
        if layers is not None:
            raise InputError(f"layers={layers} is the problem's: give it to maxcut, qubo or ising")
    elif isinstance(problem, Mapping) or hasattr(problem, "shape"):
        raise InputError("a mapping or matrix may be a graph, a QUBO or an Ising; say so: qmagic.maxcut, qubo or ising")
    else:
        problem = maxcut(problem, layers=1 if layers is None else layers)
    return started(problem, options)


def _parts(name: str, energy: Ising, layers: int) -> dict[str, Any]:
    circuit = ansatz(energy, layers)
    exact = energy.minimum()
    known = f"exact: all 2^{len(energy.nodes)} states were tried"
    return {
        "name": f"{name} of {len(energy.nodes)} variables", "ansatz": circuit, "observable": energy.observable(),
        "x0": ramp(energy, layers), "exact": exact, "ising": energy, "layers": layers,
        "why": (
            f"QAOA with {layers} {'layer' if layers == 1 else 'layers'}, begun on a linear ramp; "
            + (known if exact is not None else f"the exact value of more than {MOST_TRIED} variables is not sought")
        ),
    }  # fmt: skip
