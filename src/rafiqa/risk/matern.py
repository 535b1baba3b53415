"""The prior of the field: a Matérn Gaussian field on a grid of square cells.

(κ² − Δ) u = noise with reflecting edges, so that the precision is diagonal in the cosine basis
(Lindgren, Rue and Lindström 2011, with α = 2): q = (κ² + l)² / (4πκ²σ²) in units of a cell, where l
are the eigenvalues of the five-point Laplacian and κ = √8 / range. At one range the correlation is
about 0.14. On a grid the variance is a little off σ² where the range is few cells: it is set right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
WORKERS = 2
"""Threads of one large transform. Lines are shared out whole, so that it changes no bit."""
_LARGE = 200_000
_LATTICE = 1024
_CONTINUOUS_CELLS = 40
"""Ranges from here on have the variance of the continuous field to 1 in 1,000."""
CORRELATION_RANGES = 3
"""Beyond so many ranges what is known moves nothing that is printed (correlation < 0.001)."""


@dataclass(frozen=True, slots=True)
class Matern:
    """How far what is known of one place reaches, and how much places differ.

    Attributes:
        range_cells: distance at which the correlation is about 0.14, in cells.
        sd: standard deviation of the field, in log-odds.
    """

    range_cells: float
    sd: float

    @property
    def kappa(self) -> float:
        """√8 / range, per cell."""
        return math.sqrt(8) / self.range_cells


@dataclass(frozen=True, eq=False)
class MaternGrid:
    """The field on a grid of ``(ny, nx)`` cells, in its cosine basis."""

    matern: Matern
    shape: tuple[int, int]

    @cached_property
    def root(self) -> Floats:
        """``(ny, nx)`` square roots of the precision's eigenvalues."""
        scale = _scale(self.matern.range_cells) / self.matern.sd
        laplacian = _laplacian(self.shape[0])[:, None] + _laplacian(self.shape[1])[None, :]
        root: Floats = scale * (self.matern.kappa**2 + laplacian)
        return root

    def colour(self, white: Floats) -> Floats:
        """Returns fields of ``(..., ny, nx)`` independent standard coefficients of the basis."""
        return inverse(white / self.root)

    def whiten(self, field: Floats) -> Floats:
        """Returns what undoes the transpose of ``colour``: coefficients of a gradient."""
        return forward(field) / self.root

    def covariance_with(self, at: int) -> Floats:
        """Returns ``(ny, nx)`` prior covariances of all cells with one, by its number."""
        one = np.zeros(self.shape)
        one.flat[at] = 1
        return inverse(forward(one) / self.root**2)

    @property
    def log_determinant(self) -> float:
        """The logarithm of the precision's determinant."""
        return 2 * float(np.log(self.root).sum())


def forward(field: Floats) -> Floats:
    """Returns the orthonormal cosine transform over the last two axes."""
    from scipy import fft

    out: Floats = fft.dctn(field, axes=(-2, -1), norm="ortho", workers=_workers(field))
    return out


def inverse(coefficients: Floats) -> Floats:
    """Returns what ``forward`` transforms."""
    from scipy import fft

    out: Floats = fft.idctn(
        coefficients, axes=(-2, -1), norm="ortho", workers=_workers(coefficients)
    )
    return out


def _workers(values: Floats) -> int:
    return WORKERS if values.size >= _LARGE else 1


def _laplacian(n: int) -> Floats:
    """Eigenvalues of the path's Laplacian: 2 − 2 cos(πk/n)."""
    values: Floats = 2 - 2 * np.cos(np.pi * np.arange(n) / n)
    return values


@lru_cache(maxsize=64)
def _scale(range_cells: float) -> float:
    """The factor that makes the variance on an endless lattice 1."""
    kappa = math.sqrt(8) / range_cells
    if range_cells >= _CONTINUOUS_CELLS:
        return 1 / math.sqrt(4 * math.pi * kappa**2)
    middle = 2 - 2 * np.cos(np.pi * (np.arange(_LATTICE) + 0.5) / _LATTICE)
    whole = kappa**2 + middle[:, None] + middle[None, :]
    return math.sqrt(float((1 / whole**2).mean()))
