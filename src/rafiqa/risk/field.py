"""The field: what is likely of every cell, from all that is known of any.

η = level + slopes · covariates + offset + u, with u a Matérn field. Its mode is found by Newton
steps, each solved by conjugate gradients in the cosine basis, where the prior is the unit matrix;
the posterior is taken as normal: around the mode with the bend of the likelihood there (Laplace),
or, ``centred``, around the middle of the normal nearest to it. Draws are made by perturbing what
is solved for (Papandreou and Yuille 2010), so that draws of cells hang together as the cells do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from rafiqa.risk.factor import SMALL_CELLS, Factor
from rafiqa.risk.matern import CORRELATION_RANGES, Matern, MaternGrid, forward
from rafiqa.risk.noise import Noise
from rafiqa.risk.reading import Readings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
TOLERANCE = 1e-6
"""A step is the last one when it moves the mode by less than the root of this, in posterior sd."""
STEPS_MAX = 60
CENTRING_ROUNDS, CENTRING_DRAWS = 2, 32
_INNER_MAX = 400
_DRAW_TOLERANCE = 1e-4
_HALVINGS_MAX = 12


@dataclass(frozen=True, eq=False)
class Prior:
    """What is held likely of cells before anything is known of them.

    Attributes:
        matern: reach and spread of the field.
        shape: rows and columns of the grid.
        fixed: ``(k, n)`` what the level (ones) and the slopes are multiplied by, cell by cell.
        mean: ``(k,)`` what level and slopes are held to be, in log-odds.
        sd: ``(k,)`` how sure that is; small for slopes, which shrinks them.
        offset: ``(n,)`` added as it is; nothing where None.
    """

    matern: Matern
    shape: tuple[int, int]
    fixed: Floats
    mean: Floats
    sd: Floats
    offset: Floats | None = None
    grid: MaternGrid = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "grid", MaternGrid(self.matern, self.shape))

    @classmethod
    def flat(
        cls,
        matern: Matern,
        shape: tuple[int, int],
        level: float,
        level_sd: float = 1.5,
        covariates: Floats | None = None,
        slope_sd: float = 0.3,
        offset: Floats | None = None,
    ) -> Prior:
        """Returns a prior of one level, with slopes shrunk to 0 where there are covariates."""
        n = shape[0] * shape[1]
        rows = [np.ones((1, n))] + ([] if covariates is None else [covariates])
        fixed = np.concatenate(rows)
        mean, sd = np.zeros(len(fixed)), np.full(len(fixed), slope_sd)
        mean[0], sd[0] = level, level_sd
        return cls(matern, shape, fixed, mean, sd, offset)

    @property
    def n(self) -> int:
        """Number of cells."""
        return self.shape[0] * self.shape[1]

    @property
    def centre(self) -> Floats:
        """``(n,)`` log-odds with nothing known."""
        centre: Floats = np.einsum("k,kn->n", self.mean, self.fixed)
        return centre if self.offset is None else centre + self.offset

    def lifted(self, white: Floats) -> Floats:
        """Returns ``(..., n)`` differences of log-odds of ``(..., n + k)`` standard ones."""
        lead = white.shape[:-1]
        spread = self.grid.colour(white[..., : self.n].reshape(*lead, *self.shape))
        out: Floats = spread.reshape(*lead, self.n)
        out += np.einsum("...k,kn->...n", white[..., self.n :] * self.sd, self.fixed)
        return out

    def dropped(self, gradient: Floats) -> Floats:
        """Returns the transpose of ``lifted``."""
        lead = gradient.shape[:-1]
        whitened = self.grid.whiten(gradient.reshape(*lead, *self.shape)).reshape(*lead, self.n)
        return np.concatenate(
            [whitened, np.einsum("...n,kn->...k", gradient, self.fixed) * self.sd], axis=-1
        )


@dataclass(frozen=True, eq=False)
class Field:
    """The posterior: its mode, and how it bends there.

    Attributes:
        prior: what was held likely before.
        readings: what is known.
        white: ``(n + k,)`` the mode, in standard coordinates.
        eta: ``(n,)`` log-odds at the mode.
        bend: ``(n,)`` minus the second derivative of the log-likelihood there.
        n_steps: Newton steps taken.
        settled: whether the last step was as small as asked.
        origin: row and column of the first cell, counted from the grid's origin.
        sd: ``(n,)`` the spread that slopes are means over (see ``centred``); None at a mode.
    """

    prior: Prior
    readings: Readings
    white: Floats
    eta: Floats
    bend: Floats
    n_steps: int
    settled: bool
    origin: tuple[int, int] = (0, 0)
    sd: Floats | None = None

    @property
    def fixed(self) -> Floats:
        """``(k,)`` level and slopes at the mode."""
        white = self.white[self.prior.n :]
        found: Floats = self.prior.mean + self.prior.sd * white
        return found

    def draws(self, n_draws: int, noise: Noise, each: int | None = None) -> Iterator[Floats]:
        """Yields ``(d, n)`` log-odds drawn from the posterior, some at a time.

        Args:
            n_draws: how many in all.
            noise: where chance comes from.
            each: how many at a time; by size where None.
        """
        prior = self.prior
        each = each or max(1, min(32, _TOGETHER // prior.n))
        factor = Factor(prior, self.bend) if prior.n <= SMALL_CELLS else None
        hessian = _Hessian(prior, self.bend)
        root = np.sqrt(self.bend)
        for start in range(0, n_draws, each):
            numbers = range(start, min(start + each, n_draws))
            made = np.stack([noise.window(*self.origin, prior.shape, at) for at in numbers])
            shared = np.stack([noise.shared(len(prior.mean), at) for at in numbers])
            pushed = prior.dropped(root * made[:, 1].reshape(len(numbers), -1))
            pushed[:, : prior.n] += forward(made[:, 0]).reshape(len(numbers), -1)
            pushed[:, prior.n :] += shared
            if factor is not None:
                yield self.eta + factor.lifted(pushed)
                continue
            found = hessian.solve(pushed, np.zeros_like(pushed), _DRAW_TOLERANCE)
            yield self.eta + prior.lifted(found)


_TOGETHER = 500_000
"""So many cells of draws are solved for at once: what a cache of a few MB bears."""


def fit(
    prior: Prior,
    readings: Readings,
    start: Floats | None = None,
    exact_to: float = TOLERANCE,
    origin: tuple[int, int] = (0, 0),
    sd: Floats | None = None,
) -> Field:
    """Returns the posterior of a field, around its mode.

    Args:
        prior: what is held likely before.
        readings: what is known, cell by cell.
        start: ``(n + k,)`` where to begin, such as the mode of a like fit; the prior's where None.
        exact_to: see ``TOLERANCE``.
        origin: see ``Field.origin``.
        sd: see ``Field.sd``.
    """
    white = np.zeros(prior.n + len(prior.mean)) if start is None else start
    centre = prior.centre
    white, n_steps, settled = _climb(prior, centre, readings, None, white, exact_to, sd)
    eta = centre + prior.lifted(white)
    bend = readings.at(eta, sd).bend
    return Field(prior, readings, white, eta, bend, n_steps, settled, origin, sd)


def spread_of(found: Field, noise: Noise, n_draws: int) -> Floats:
    """Returns ``(n,)`` how wide the log-odds of each cell are, by draws around the middle."""
    squares = np.zeros(found.prior.n)
    for some in found.draws(n_draws, noise):
        squares += ((some - found.eta) ** 2).sum(axis=0)
    out: Floats = np.sqrt(squares / n_draws)
    return out


def centred(
    found: Field, noise: Noise, n_draws: int = CENTRING_DRAWS, exact_to: float = TOLERANCE
) -> Field:
    """Returns the normal that is nearest to the posterior, where a fit has that at its mode.

    A mode lies above the middle where little is expected, and below it where much is: the exact
    posterior is lopsided there. Slopes are taken as means over the spread instead of at a point
    (Opper and Archambeau 2009: of all normals the one of least divergence), and the spread anew
    from draws, ``CENTRING_ROUNDS`` times.

    Args:
        found: the field at its mode.
        noise: where chance comes from.
        n_draws: draws behind each spread.
        exact_to: see ``TOLERANCE``.
    """
    for _ in range(CENTRING_ROUNDS):
        sd = spread_of(found, noise, n_draws)
        found = fit(found.prior, found.readings, found.white, exact_to, found.origin, sd)
    return found


def _climb(
    prior: Prior,
    centre: Floats,
    readings: Readings,
    pull: Floats | None,
    white: Floats,
    exact_to: float,
    sd: Floats | None = None,
) -> tuple[Floats, int, bool]:
    """Returns the mode, the steps it took, and whether the last was small enough.

    ``pull`` is a gradient that is taken off the likelihood's, where the field moves away from a
    mode that it had before.
    """

    def height(at: Floats, eta: Floats) -> float:
        pulled = 0.0 if pull is None else float((pull * (eta - centre)).sum())
        return float(readings.at(eta, sd).value.sum()) - pulled - float((at**2).sum()) / 2

    eta = centre + prior.lifted(white)
    now = height(white, eta)
    for step in range(1, STEPS_MAX + 1):
        slope = readings.at(eta, sd)
        gradient = slope.gradient if pull is None else slope.gradient - pull
        uphill = prior.dropped(gradient) - white
        hessian = _Hessian(prior, slope.bend)
        exact = min(1e-2, 0.1 * float(np.sqrt((uphill**2).sum())))
        move = hessian.solve(uphill[None], np.zeros((1, len(white))), max(exact, 1e-12))[0]
        gain = float((uphill * move).sum())
        if gain <= exact_to:
            return white + move, step, True
        lift, then = prior.lifted(move), now
        for _ in range(_HALVINGS_MAX):
            then = height(white + move, eta + lift)
            if then >= now + 1e-4 * gain or not np.isfinite(now):
                break
            move, lift, gain = move / 2, lift / 2, gain / 2
        white, eta, now = white + move, eta + lift, then
    return white, STEPS_MAX, False


class _Hessian:
    """I + Gᵀ W G: what is solved with at each step, and for each draw."""

    def __init__(self, prior: Prior, bend: Floats) -> None:
        self._prior, self._bend = prior, bend
        self._root = 1 / (1 + float(bend.mean()) / prior.grid.root**2).ravel()
        held = prior.fixed * prior.sd[:, None]
        inner = np.eye(len(held)) + np.einsum("kn,ln->kl", held * bend, held)
        self._small = np.linalg.inv(inner)

    def __call__(self, white: Floats) -> Floats:
        prior = self._prior
        return white + prior.dropped(self._bend * prior.lifted(white))

    def _near(self, white: Floats) -> Floats:
        """About the inverse: exact where the bend is the same everywhere."""
        n = self._prior.n
        parts = [white[:, :n] * self._root, np.einsum("dk,kl->dl", white[:, n:], self._small)]
        return np.concatenate(parts, axis=1)

    def solve(self, right: Floats, start: Floats, exact_to: float) -> Floats:
        """Returns the solutions of ``(d, n + k)`` right sides, by conjugate gradients."""
        return conjugate_gradients(self, self._near, right, start, exact_to)


def conjugate_gradients(
    apply: Callable[[Floats], Floats],
    near: Callable[[Floats], Floats],
    right: Floats,
    start: Floats,
    exact_to: float,
) -> Floats:
    """Returns ``x`` with ``apply(x) = right``, row by row.

    Sums are taken in an order that hangs on the sizes alone, so that bytes repeat.

    Args:
        apply: a symmetric positive map of ``(d, m)`` rows.
        near: about its inverse.
        right: ``(d, m)`` right sides.
        start: ``(d, m)`` first guess.
        exact_to: what is left over, against the right side, in the norm of ``near``.
    """
    x = start.copy()
    left = right - apply(x) if start.any() else right.copy()
    z = near(left)
    way = z.copy()
    rho = (left * z).sum(axis=1)
    target = exact_to**2 * np.maximum((right * near(right)).sum(axis=1), 1e-300)
    for _ in range(_INNER_MAX):
        if (rho <= target).all():
            break
        applied = apply(way)
        along = (way * applied).sum(axis=1)
        step = np.where(along > 0, rho / np.where(along > 0, along, 1), 0)[:, None]
        x += step * way
        left -= step * applied
        z = near(left)
        rho, before = (left * z).sum(axis=1), rho
        way = z + np.where(before > 0, rho / np.where(before > 0, before, 1), 0)[:, None] * way
    return x


def moved(found: Field, cells: Sequence[int], readings: Readings) -> Field:
    """Returns the field after a change of what is known of a few cells, near them.

    Only a window of ``CORRELATION_RANGES`` ranges around each change is solved for, with level and
    slopes held; beyond, the field moves by less than a thousandth of what it moves at the change.
    Fit anew now and then, so that level and slopes learn too.

    Args:
        found: the field before.
        cells: numbers of the cells of which something else is known now.
        readings: all that is known now.
    """
    eta, bend, white = found.eta.copy(), found.bend.copy(), found.white.copy()
    window = _window(found.prior, np.asarray(cells, dtype=np.int64))
    rows, columns = window
    inside = np.arange(found.prior.n).reshape(found.prior.shape)[rows, columns]
    at = inside.ravel()
    small = Prior(found.prior.matern, inside.shape, np.zeros((0, at.size)), *np.zeros((2, 0)))
    old, new = (
        readings_of(found.readings, at, found.prior.n),
        readings_of(readings, at, found.prior.n),
    )
    sd = None if found.sd is None else found.sd[at]
    pull = old.at(eta[at], sd).gradient
    start = np.zeros(at.size)
    change, n_steps, settled = _climb(small, eta[at], new, pull, start, TOLERANCE, sd)
    eta[at] += small.lifted(change)
    bend[at] = new.at(eta[at], sd).bend
    return replace(
        found,
        readings=readings,
        white=white,
        eta=eta,
        bend=bend,
        n_steps=n_steps,
        settled=settled and found.settled,
    )


def _window(prior: Prior, cells: Ints) -> tuple[slice, slice]:
    reach = int(np.ceil(CORRELATION_RANGES * prior.matern.range_cells))
    rows, columns = np.unravel_index(cells, prior.shape)
    return tuple(  # type: ignore[return-value]
        slice(max(int(each.min()) - reach, 0), min(int(each.max()) + reach + 1, size))
        for each, size in zip((rows, columns), prior.shape, strict=True)
    )


def readings_of(readings: Readings, at: Ints, n: int) -> Readings:
    """Returns what is known of some cells, numbered anew."""
    held = None
    if readings.structures is not None:
        new = np.full(n, -1, dtype=np.int64)
        new[at] = np.arange(len(at))
        structures = readings.structures
        kept = new[structures.cell] >= 0
        held = replace(
            structures,
            cell=new[structures.cell][kept],
            offset=structures.offset[kept],
            log_ratio=structures.log_ratio[kept],
        )
    return Readings(
        readings.log_ratio[at],
        None if readings.counted is None else readings.counted[at],
        None if readings.exposure is None else readings.exposure[at],
        held,
    )


def covered(found: Field) -> Floats:
    """Returns ``(n,)`` ranges from each cell to what is known; inf where nothing is."""
    from scipy import ndimage

    known = found.readings.known.reshape(found.prior.shape)
    if not known.any():
        return np.full(found.prior.n, np.inf)
    away: Floats = ndimage.distance_transform_edt(~known).ravel()
    return away / found.prior.matern.range_cells
