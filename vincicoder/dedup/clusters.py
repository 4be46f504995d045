"""Clusters: kept rows that belong together, which a split must not separate.

All edges take part, those to removed rows included: two rows that stay are together when something
removed was like both. Edges between duplicates join without limit, by connected components; edges
between rows of one template only as long as the cluster stays small, the closest first: chains of
them would otherwise join half a corpus of icons or molecules.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from vincicoder.dedup.pairs import Edges, RowNumbers

MAX_TEMPLATE_CLUSTER = 500  # rows


def cluster_rows(
    stays: NDArray[np.bool_], strict: Edges, loose: Edges, max_rows: int = MAX_TEMPLATE_CLUSTER
) -> RowNumbers:
    """Return for each row the first row of its cluster, of shape (n,).

    `stays` marks the rows that are not removed; only they count for `max_rows`.
    """
    count = len(stays)
    links = coo_array(
        (np.ones(strict.first.size, np.bool_), (strict.first, strict.second)), shape=(count, count)
    )
    _, labels = connected_components(links, directed=False)
    labels = _join_closest_first(np.asarray(labels, np.int64), stays, loose, max_rows)
    first_row = np.full(count, count, np.int64)
    np.minimum.at(first_row, labels, np.arange(count))
    return first_row[labels]


def _join_closest_first(
    labels: NDArray[np.int64], stays: NDArray[np.bool_], loose: Edges, max_rows: int
) -> NDArray[np.int64]:
    """Join the clusters at both ends of each edge, unless that makes more than `max_rows` rows."""
    clusters = int(labels.max(initial=-1)) + 1
    sizes = np.bincount(labels[stays], minlength=clusters).tolist()
    parent = list(range(clusters))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    order = np.lexsort((loose.second, loose.first, loose.distance))
    for one, other in zip(
        labels[loose.first[order]].tolist(), labels[loose.second[order]].tolist(), strict=True
    ):
        one, other = root(one), root(other)
        if one != other and sizes[one] + sizes[other] <= max_rows:
            parent[max(one, other)] = min(one, other)
            sizes[min(one, other)] += sizes[max(one, other)]
    roots = np.array([root(node) for node in range(clusters)], np.int64)
    return roots[labels]
