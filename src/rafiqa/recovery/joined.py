"""What of a graph hangs together, and the least way through one.

SciPy is loaded when it is first asked: most commands ask for no way, and it would be a sixth of
what they take to start.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def joined(one: Ints, other: Ints, size: int) -> Ints:
    """Returns ``(size,)`` a number for each vertex, the same for those that edges join.

    Args:
        one: ``(e,)`` the vertex at one end of each edge.
        other: ``(e,)`` the one at its other end.
        size: how many vertices there are.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(one)), (one, other)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    labels: Ints = label.astype(np.int64)
    return labels


def least_ways(
    tail: Ints, head: Ints, cost: npt.NDArray[np.float64], root: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Returns ``(root + 1,)`` what the least way from the last vertex costs, and who is before.

    Infinite where there is no way; what is before is then negative.

    Args:
        tail: ``(e,)`` where each edge begins; no edge comes twice.
        head: ``(e,)`` where it ends.
        cost: ``(e,)`` what it costs.
        root: the last vertex.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    graph = csr_array((cost, (tail, head)), shape=(root + 1, root + 1))
    away, before = dijkstra(graph, indices=root, return_predecessors=True)
    return away, before
