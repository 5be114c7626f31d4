"""Graphs as users have them, networkx's among them: nodes and weighted edges. networkx itself is not needed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from qmagic.errors import InputError

__all__ = ["Edge", "weighted_edges"]

#: Two nodes and a weight.
Edge = tuple[Hashable, Hashable, float]


def weighted_edges(graph: Any) -> tuple[list[Any], list[Edge]]:
    """Returns nodes, numbers in order, and edges with their weights.

    Raises:
        InputError: It is no undirected graph.
    """
    if hasattr(graph, "edges") and hasattr(graph, "is_directed"):
        if graph.is_directed():
            raise InputError("the graph is directed, and a cut has no direction; expected graph.to_undirected()")
        return list(graph.nodes), [_edge(edge) for edge in graph.edges(data="weight", default=1.0)]
    if hasattr(graph, "shape"):
        import numpy as np

        matrix = np.asarray(graph)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.array_equal(matrix, matrix.T):
            raise InputError(
                f"the matrix of shape {matrix.shape} is no graph's; expected a symmetric matrix of weights"
            )
        edges: list[Edge] = [
            (int(i), int(j), float(matrix[i, j])) for i, j in zip(*np.triu(matrix, 1).nonzero(), strict=True)
        ]
        return list(range(len(matrix))), edges
    try:
        rows = [_edge(edge) for edge in graph]
    except TypeError:
        raise InputError(
            f"{type(graph).__name__} is no graph; expected a networkx graph, a list of edges (u, v) or (u, v, weight), "
            "or a symmetric matrix"
        ) from None
    nodes = list(dict.fromkeys(node for u, v, _ in rows for node in (u, v)))
    return sorted(nodes) if all(isinstance(node, int) for node in nodes) else nodes, rows


def _edge(edge: Any) -> Edge:
    try:
        u, v, weight = edge if len(edge) == 3 else (*edge, 1.0)
        hash((u, v))
        return u, v, float(weight)
    except (TypeError, ValueError):
        raise InputError(f"edge {edge!r} cannot be read; expected (u, v) or (u, v, weight)") from None
