"""The field of a small grid as a sparse matrix, factored: exact, and quick where it is asked often.

A file of its own beside the conjugate gradients, which need no memory that grows faster than the
grid; both give the same answers (held by a test).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rafiqa.risk.matern import inverse

if TYPE_CHECKING:
    from rafiqa.risk.field import Prior

Floats = npt.NDArray[np.float64]
SMALL_CELLS = 60_000
"""Grids up to here are factored: about a second, and some 100 MB."""


class Factor:
    """Q + W with level and slopes beside it, factored once and solved with often."""

    def __init__(self, prior: Prior, bend: Floats) -> None:
        from scipy import sparse
        from scipy.sparse import linalg

        self._prior = prior
        whole = (_precision(prior) + sparse.diags_array(bend)).tocsc()
        self._factor = linalg.splu(
            whole,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0,
            options={"SymmetricMode": True},
        )
        held = prior.fixed * prior.sd[:, None]
        self._bent = held * bend
        self._across = self._factor.solve(np.ascontiguousarray(self._bent.T))
        # Level and slopes, with the field taken out.
        self._shared = (
            np.eye(len(held))
            + np.einsum("kn,ln->kl", self._bent, held)
            - np.einsum("kn,nl->kl", self._bent, self._across)
        )

    @property
    def log_determinant(self) -> float:
        """The logarithm of the determinant of I + Gᵀ W G (see ``field``)."""
        whole = float(np.log(np.abs(self._factor.U.diagonal())).sum())
        shared = float(np.linalg.slogdet(self._shared)[1])
        return whole - self._prior.grid.log_determinant + shared

    def lifted(self, right: Floats) -> Floats:
        """Returns ``(d, n)`` log-odds lifted from what solves ``(d, n + k)`` right sides."""
        prior, n = self._prior, self._prior.n
        spread = right[:, :n].reshape(-1, *prior.shape) * prior.grid.root
        cells = inverse(spread).reshape(-1, n)
        alone = self._factor.solve(np.ascontiguousarray(cells.T))
        shared = np.linalg.solve(
            self._shared, right[:, n:].T - np.einsum("kn,nt->kt", self._bent, alone)
        )
        field = alone - np.einsum("nk,kt->nt", self._across, shared)
        out: Floats = field.T + np.einsum("kt,kn->tn", shared * prior.sd[:, None], prior.fixed)
        return out


def _precision(prior: Prior) -> Any:
    """The precision as a sparse matrix: (scale (κ² + L))²."""
    from scipy import sparse

    rows, columns = (_path(n) for n in prior.shape)
    eyes = [sparse.eye_array(n) for n in prior.shape]
    laplacian = sparse.kron(rows, eyes[1]) + sparse.kron(eyes[0], columns)
    scale = float(prior.grid.root.flat[0]) / prior.matern.kappa**2
    root = scale * (prior.matern.kappa**2 * sparse.eye_array(prior.n) + laplacian)
    return root @ root


def _path(n: int) -> Any:
    """The Laplacian of a line of cells."""
    from scipy import sparse

    diagonal = np.full(n, 2.0)
    diagonal[0] -= 1
    diagonal[-1] -= 1
    off = -np.ones(n - 1)
    return sparse.diags_array([off, diagonal, off], offsets=[-1, 0, 1], shape=(n, n))
