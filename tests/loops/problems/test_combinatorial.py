"""Cuts, QUBO, Ising: energies, offsets and solutions against trying all states one by one, and `qmagic.qaoa`."""

from __future__ import annotations

import itertools
import math

import networkx
import numpy as np
import pytest
from qiskit.quantum_info import Statevector

import qmagic
from qmagic.errors import InputError
from qmagic.loops.problems.spins import MOST_TRIED


def graphs():
    """Ten graphs of 4 to 8 nodes: regular, random, weighted, bipartite, with a loop and an idle node."""
    weighted = networkx.gnp_random_graph(7, 0.6, seed=3)
    for number, (u, v) in enumerate(weighted.edges):
        weighted.edges[u, v]["weight"] = 0.5 + number % 4
    signed = networkx.gnp_random_graph(6, 0.8, seed=5)
    for number, (u, v) in enumerate(signed.edges):
        signed.edges[u, v]["weight"] = (-1) ** number * 1.5
    looped = networkx.path_graph(5)
    looped.add_edge(2, 2)
    looped.add_node("idle")
    return {
        "square": networkx.cycle_graph(4),
        "pentagon": networkx.cycle_graph(5),
        "complete": networkx.complete_graph(5),
        "star": networkx.star_graph(6),
        "bipartite": networkx.complete_bipartite_graph(3, 4),
        "cubic": networkx.random_regular_graph(3, 8, seed=1),
        "random": networkx.gnp_random_graph(8, 0.5, seed=2),
        "weighted": weighted,
        "signed": signed,
        "looped": looped,
    }


def heaviest_cut(graph):
    """Tries all partitions, edge by edge."""
    nodes = list(graph.nodes)
    best = -math.inf
    for bits in itertools.product((0, 1), repeat=len(nodes)):
        side = dict(zip(nodes, bits, strict=True))
        best = max(best, sum(w for u, v, w in graph.edges(data="weight", default=1) if side[u] != side[v]))
    return best


def sampled(problem, x, shots=2000):
    """Counts of the ansatz at a point, by Qiskit's own simulation."""
    state = Statevector(problem.ansatz.assign_parameters(x))
    state.seed(7)
    return state.sample_counts(shots)


@pytest.mark.parametrize("name", graphs())
def test_qaoa_finds_the_heaviest_cut(name):
    """On ten graphs the best of 2,000 samples at the optimum of two layers is as heavy as the best of all cuts."""
    import scipy.optimize

    from qmagic.backends.exact import Engine

    graph = graphs()[name]
    problem = qmagic.maxcut(graph, layers=2)
    heaviest = heaviest_cut(graph)
    assert problem.exact == pytest.approx(-heaviest)
    step = Engine(problem.ansatz, problem.observable)
    best = scipy.optimize.minimize(step.energy_and_gradient, problem.x0, jac=True, method="L-BFGS-B")
    counts = sampled(problem, best.x)
    solution = problem.interpret(counts)
    assert solution.value == pytest.approx(heaviest)
    zero, one = solution.sides
    assert zero | one == set(graph.nodes)
    crossing = sum(w for u, v, w in graph.edges(data="weight", default=1) if (u in zero) != (v in zero))
    assert crossing == pytest.approx(solution.value)
    # The mean of samples is the loop's value but for sampling error: a cut's weight has a deviation of a few.
    spread = sum(abs(w) for *_, w in graph.edges(data="weight", default=1)) / 2
    assert solution.mean == pytest.approx(-best.fun, abs=5 * spread / math.sqrt(2000))
    assert best.fun < step.energy(np.zeros(4)) - 0.5  # at zero all cuts are equally likely


def test_the_first_point_is_better_than_chance():
    """The ramp's energy lies below that of random cuts, for one layer and several, and deeper with more."""
    from qmagic.backends.exact import Engine

    graph = graphs()["cubic"]
    found = []
    for layers in (1, 2, 4):
        problem = qmagic.maxcut(graph, layers=layers)
        found.append(Engine(problem.ansatz, problem.observable).energy(problem.x0))
    assert -graph.number_of_edges() / 2 > found[0] > found[1] > found[2]


def test_the_first_point_does_not_depend_on_the_unit_of_weights():
    """Weights a thousand times as large: the same state."""
    small = qmagic.maxcut([(0, 1, 1.0), (1, 2, 2.0)], layers=2)
    large = qmagic.maxcut([(0, 1, 1000.0), (1, 2, 2000.0)], layers=2)
    states = [Statevector(problem.ansatz.assign_parameters(problem.x0)) for problem in (small, large)]
    assert abs(states[0].inner(states[1])) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_a_qubo_has_its_value_at_every_state(seed):
    """Any matrix, symmetric or not, with linear part and offset: each diagonal entry of the observable is x^T Q x."""
    rng = np.random.default_rng(seed)
    matrix, linear, offset = rng.normal(size=(5, 5)), rng.normal(size=5), rng.normal()
    diagonal = qmagic.qubo(matrix, linear, offset).observable.to_matrix().diagonal().real
    for index, value in enumerate(diagonal):
        x = np.array([index >> i & 1 for i in range(5)])
        assert value == pytest.approx(x @ matrix @ x + linear @ x + offset)


@pytest.mark.parametrize("seed", range(4))
def test_an_ising_has_its_energy_at_every_state(seed):
    """Bit 0 is spin 1; every entry of the matrix counts, its diagonal as a constant."""
    rng = np.random.default_rng(seed)
    couplings, fields, offset = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal()
    problem = qmagic.ising(couplings, fields, offset)
    diagonal = problem.observable.to_matrix().diagonal().real
    for index, value in enumerate(diagonal):
        s = np.array([1 - 2 * (index >> i & 1) for i in range(4)])
        assert value == pytest.approx(s @ couplings @ s + fields @ s + offset)
    assert problem.ising.energies() == pytest.approx(diagonal)
    assert problem.exact == pytest.approx(diagonal.min())


def test_mappings_and_matrices_say_the_same():
    """Pairs of names, and numbers in any order, are the same form as a matrix."""
    matrix = np.array([[1.0, -2.0, 0.0], [0.0, 0.0, 3.0], [0.0, 0.5, 0.0]])
    pairs = {(i, j): matrix[i, j] for i, j in itertools.product(range(3), repeat=2)}
    named = {("abc"[i], "abc"[j]): value for (i, j), value in pairs.items()}
    expected = qmagic.qubo(matrix, [0.0, 4.0, 0.0]).observable
    assert qmagic.qubo(pairs, {1: 4.0}).observable.equiv(expected)
    assert qmagic.qubo(dict(reversed(pairs.items())), {1: 4.0}).observable.equiv(expected)
    problem = qmagic.qubo(named, {"b": 4.0})
    assert problem.ising.nodes == ("b", "a", "c")
    assert problem.interpret({"000": 1}).bits == {"b": 0, "a": 0, "c": 0}


def test_a_graph_an_edge_list_and_a_matrix_are_one_problem():
    """The three forms of a graph give one observable; parallel edges add up."""
    graph = networkx.Graph([(0, 1), (1, 2)])
    graph.edges[1, 2]["weight"] = 2.5
    expected = qmagic.maxcut(graph).observable
    assert qmagic.maxcut([(0, 1), (1, 2, 2.5)]).observable.equiv(expected)
    assert qmagic.maxcut(np.array([[0, 1, 0], [1, 0, 2.5], [0, 2.5, 0]])).observable.equiv(expected)
    assert qmagic.maxcut(networkx.MultiGraph([(0, 1), (1, 2), (1, 2)])).observable.equiv(
        qmagic.maxcut([(0, 1), (1, 2, 2.0)]).observable
    )


def test_the_rightmost_bit_is_the_first_variable():
    """Samples are read in Qiskit's order; share and mean are those of the samples."""
    problem = qmagic.qubo({("first", "first"): -1.0, ("last", "last"): 2.0})
    solution = problem.interpret({"01": 30, "10": 10, "00": 60})
    assert solution.bits == {"first": 1, "last": 0}
    assert (solution.value, solution.share) == (-1.0, 0.3)
    assert solution.mean == pytest.approx(-0.3 + 0.2)


def test_the_lowest_energy_of_twenty_variables_is_tried_and_of_more_is_not():
    """A ring of 20 has its known minimum; a ring of 21 has none, and says so."""
    ring = {(i, (i + 1) % MOST_TRIED): 1.0 for i in range(MOST_TRIED)}
    assert qmagic.ising(ring).exact == pytest.approx(-MOST_TRIED)
    wider = qmagic.ising(ring | {(0, MOST_TRIED): 1.0})
    assert wider.exact is None
    assert "is not sought" in wider.describe()
    assert "exact value unknown" in repr(wider)


def test_qaoa_from_graph_to_cut(home):
    """The whole way: loop, samples at its best point by `qmagic.run`, the cut."""
    problem = qmagic.maxcut(graphs()["bipartite"], layers=2)
    loop = qmagic.qaoa(problem, seed=1)
    result = loop.result(timeout=110)
    assert loop.loop_spec().exact == -12.0
    counts = qmagic.run(problem.measured(result.x), shots=500, seed=2).result().counts()
    assert problem.interpret(counts).value == 12.0
    assert {frozenset(side) for side in problem.interpret(counts).sides} == {
        frozenset(range(3)),
        frozenset(range(3, 7)),
    }


def test_qaoa_takes_a_graph_itself(home):
    """`layers` belongs to the graph: four parameters for two."""
    loop = qmagic.qaoa(networkx.cycle_graph(4), layers=2, maxiter=2)
    assert loop.loop_spec().labels == ("β[0]", "β[1]", "γ[0]", "γ[1]")
    assert loop.result(timeout=110).value < -2.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: qmagic.maxcut(networkx.DiGraph([(0, 1)])), "directed"),
        (lambda: qmagic.maxcut(networkx.empty_graph(3)), "every state has the same energy"),
        (lambda: qmagic.maxcut([]), "no variables"),
        (lambda: qmagic.maxcut(7), "int is no graph; expected a networkx graph"),
        (lambda: qmagic.maxcut([(0, 1, 2, 3)]), r"edge \(0, 1, 2, 3\) cannot be read"),
        (lambda: qmagic.maxcut([(0, 1, "x")]), "cannot be read"),
        (lambda: qmagic.maxcut([(0, 1, math.nan)]), "expected a finite number"),
        (lambda: qmagic.maxcut(np.array([[0, 1], [2, 0]])), "expected a symmetric matrix"),
        (lambda: qmagic.maxcut([(0, 1)], layers=0), "layers=0: expected a whole number from 1"),
        (lambda: qmagic.qubo(np.zeros((2, 3))), r"shape \(2, 3\); expected a square matrix"),
        (lambda: qmagic.qubo({3: 1.0}), "has the key 3; expected a pair"),
        (lambda: qmagic.qubo({(0, 1): "x"}), r"quadratic\[\(0, 1\)\] is 'x'; expected a number"),
        (lambda: qmagic.qubo("text"), "quadratic cannot be read"),
        (lambda: qmagic.ising({(0, 1): math.inf}), "expected a finite number"),
        (lambda: qmagic.ising(np.full((2, 2), math.nan)), "not finite"),
        (lambda: qmagic.ising({(0, 0): 1.0}), "every state has the same energy"),
        (lambda: qmagic.qaoa({(0, 1): 1.0}), "say so: qmagic.maxcut, qubo or ising"),
        (lambda: qmagic.qaoa(qmagic.maxcut([(0, 1)]), layers=2), "give it to maxcut"),
        (lambda: qmagic.maxcut([(0, 1)]).interpret({"011": 1}), "expected counts of 2 bits each, got '011'"),
        (lambda: qmagic.maxcut([(0, 1)]).interpret({}), "got none"),
    ],
)
def test_what_is_no_problem_is_said_in_one_line(make, message):
    """An error names what was given and what was expected."""
    with pytest.raises(InputError, match=message) as error:
        make()
    assert "\n" not in str(error.value)
