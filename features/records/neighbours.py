"""The records of the other table that are most alike, by the words or by the runs of characters of the whole record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn  # type: ignore[import-untyped]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

THREADS = 2
COMMON_SHARE = 0.1  # a run of characters in more of the records than this is no help in finding one ...
COMMON_LEAST = 1_000  # ... and is left out where it is in more records than this, for it costs the most time


@dataclass(frozen=True)
class Neighbours:
    """For each of m records its k likest of the other table: rows, -1 where there are fewer, and cosines, 0 there."""

    rows: Rows  # (m, k)
    cosines: Floats  # (m, k), falling

    @staticmethod
    def of(records: csr_matrix, others: csr_matrix, *, most: int, selves: Rows | None = None) -> Neighbours:
        """Search by cosine; rows of both matrices have length one. ``selves`` (m,) are never their own neighbours."""
        useful = _useful(others)
        found = sp_matmul_topn(
            csr_matrix(records[:, useful]),
            csr_matrix(others[:, useful].T),
            top_n=most + (selves is not None),
            sort=True,
            n_threads=THREADS,
        )
        return _table(csr_matrix(found), most, selves)


def _useful(others: csr_matrix) -> Rows:
    """Columns that are neither empty nor so common that they only cost time."""
    holding = np.bincount(others.indices, minlength=others.shape[1])
    limit = max(COMMON_LEAST, COMMON_SHARE * others.shape[0])
    return np.flatnonzero((holding > 0) & (holding <= limit))


def _table(found: csr_matrix, most: int, selves: Rows | None) -> Neighbours:
    owners = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    columns, values = found.indices.astype(np.intp), found.data.astype(np.float64)
    if selves is not None:
        others = columns != selves[owners]
        owners, columns, values = owners[others], columns[others], values[others]
    starts = np.searchsorted(owners, np.arange(found.shape[0]))
    places = np.arange(owners.size) - starts[owners]
    kept = places < most
    rows = np.full((found.shape[0], most), -1, dtype=np.intp)
    cosines = np.zeros((found.shape[0], most))
    rows[owners[kept], places[kept]] = columns[kept]
    cosines[owners[kept], places[kept]] = values[kept]
    return Neighbours(rows, cosines)
