"""The field against plain dense algebra, and at the edges where such code breaks."""

from __future__ import annotations

import numpy as np
import pytest

from rafiqa.risk import factor, field
from rafiqa.risk.choice import choose, foretold, log_evidence
from rafiqa.risk.factor import Factor
from rafiqa.risk.field import Field, Prior, covered, fit, moved
from rafiqa.risk.matern import Matern
from rafiqa.risk.noise import Noise
from rafiqa.risk.reading import VERIFIED, Readings, Structures, expit, said
from rafiqa.risk.tile import Tile, fit_tile, tiles

SHAPE = (9, 11)
N = 99


def told(seed: int, structures: bool = True) -> tuple[Prior, Readings]:
    """A small field with verified answers, soft ones that contradict, counts and structures."""
    draw = np.random.default_rng(seed)
    prior = Prior.flat(Matern(3.0, 1.5), SHAPE, -1.0, covariates=draw.normal(size=(2, N)))
    log_ratio = np.where(draw.random(N) < 0.5, draw.normal(0, 2, N), 0.0)
    log_ratio[:20] = np.where(draw.random(20) < 0.5, VERIFIED, -VERIFIED)
    held = Structures(draw.integers(0, N, 30), draw.normal(0, 0.5, 30), draw.normal(0, 2, 30), 0.7)
    exposure = np.where(draw.random(N) < 0.2, 2.0, 0.0)
    counted = np.where(exposure > 0, draw.poisson(1.0, N), 0.0)
    return prior, Readings(log_ratio, counted, exposure, held if structures else None)


def covariance(prior: Prior) -> np.ndarray:
    """The prior covariance, from the sparse precision by dense inversion, and by no transform."""
    precision = factor._precision(prior).toarray()
    held = prior.fixed.T * prior.sd
    return np.linalg.inv(precision) + held @ held.T


def dense_mode(prior: Prior, readings: Readings) -> tuple[np.ndarray, np.ndarray]:
    precise = np.linalg.inv(covariance(prior))
    eta = prior.centre.copy()
    for _ in range(300):
        slope = readings.at(eta)
        uphill = slope.gradient - precise @ (eta - prior.centre)
        eta = eta + 0.5 * np.linalg.solve(precise + np.diag(slope.bend), uphill)
    return eta, np.linalg.inv(precise + np.diag(readings.at(eta).bend))


def test_mode_and_draws_are_those_of_dense_algebra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prior, readings = told(1)
    found = fit(prior, readings, exact_to=1e-18)
    eta, spread = dense_mode(prior, readings)
    assert found.settled
    assert np.abs(found.eta - eta).max() < 1e-7
    by_factor = np.concatenate(list(found.draws(2000, Noise(5))))
    monkeypatch.setattr(field, "SMALL_CELLS", 0)
    by_gradients = np.concatenate(list(found.draws(60, Noise(5))))
    assert np.abs(by_gradients - by_factor[:60]).max() < 2e-3
    sd = np.sqrt(np.diag(spread))
    error = (np.cov(by_factor.T) - spread) / np.outer(sd, sd)
    assert np.abs(error).max() < 8 / np.sqrt(2000)
    assert np.abs((by_factor.mean(0) - eta) / sd).max() < 4.5 / np.sqrt(2000)


def test_the_determinant_is_that_of_dense_algebra() -> None:
    prior, readings = told(2)
    found = fit(prior, readings)
    whole = np.eye(N) + covariance(prior) * found.bend
    expected = np.linalg.slogdet(whole)[1]
    assert Factor(prior, found.bend).log_determinant == pytest.approx(expected, abs=1e-6)


def test_slopes_are_those_of_the_likelihood() -> None:
    _, readings = told(3)
    eta, step = np.random.default_rng(4).normal(0, 1.5, N), 1e-5
    up, down, here = readings.at(eta + step), readings.at(eta - step), readings.at(eta)
    assert np.abs((up.value - down.value) / (2 * step) - here.gradient).max() < 1e-6
    bend = -(up.gradient - down.gradient) / (2 * step)
    log_concave = said(readings.log_ratio, eta).bend > 0
    alone = Readings(readings.log_ratio, readings.counted, readings.exposure)
    plain = -(alone.at(eta + step).gradient - alone.at(eta - step).gradient) / (2 * step)
    assert np.abs(plain - alone.at(eta).bend)[log_concave].max() < 1e-6
    # Where one structure is not concave its own share is left out, never taken off.
    assert (here.bend + 1e-6 >= bend)[log_concave].all()


def test_a_change_nearby_is_the_fit_anew() -> None:
    prior, readings = told(5)
    prior = Prior(prior.matern, SHAPE, prior.fixed[:1], prior.mean[:1], np.array([1e-6]))
    changed = Readings(
        readings.log_ratio.copy(), readings.counted, readings.exposure, readings.structures
    )
    changed.log_ratio[50] = 6.0
    before = fit(prior, readings, exact_to=1e-14)
    after = fit(prior, changed, exact_to=1e-14)
    assert np.abs(after.eta - before.eta).max() > 0.5
    near = moved(before, [50], changed)
    assert np.abs(near.eta - after.eta).max() < 2e-3
    assert np.abs(near.bend - after.bend).max() < 2e-3


def test_windows_that_overlap_share_their_noise() -> None:
    noise = Noise(11)
    whole = noise.window(-70, -10, (200, 150), 3)
    part = noise.window(-5, 40, (30, 60), 3)
    assert (whole[:, 65:95, 50:110] == part).all()
    assert not (noise.window(-5, 40, (30, 60), 4) == part).any()
    assert abs(float(whole.std()) - 1) < 0.02


def only(shape: tuple[int, int], log_ratio: list[float]) -> Field:
    prior = Prior.flat(Matern(2.0, 1.5), shape, -2.0)
    return fit(prior, Readings(np.array(log_ratio)))


def test_the_edges() -> None:
    nothing = only((4, 5), [0.0] * 20)
    assert nothing.settled
    assert (nothing.eta == -2.0).all()
    assert np.isinf(covered(nothing)).all()
    one = only((1, 1), [VERIFIED])
    assert one.settled
    assert -2 < one.eta[0] < 3
    every = only((6, 7), [VERIFIED] * 42)
    assert every.settled
    assert expit(every.eta).min() > 0.7
    for found in (nothing, one, every):
        drawn = np.concatenate(list(found.draws(50, Noise(1))))
        assert np.isfinite(drawn).all()
        assert drawn.std() > 0.1


def test_islands_of_evidence_leave_what_lies_between_at_the_prior() -> None:
    log_ratio = np.zeros((20, 80))
    log_ratio[:, :6], log_ratio[:, -6:] = VERIFIED, -VERIFIED
    found = only((20, 80), log_ratio.ravel().tolist())
    eta = found.eta.reshape(20, 80)
    assert eta[:, :6].min() > 1
    assert eta[:, -6:].max() < eta[:, 35:45].min() - 0.5
    far = covered(found).reshape(20, 80)
    assert (far[:, 40] > 3).all()
    assert np.ptp(eta[:, 35:45]) < 0.05


def test_the_choice_walks_to_the_most_evidence_and_repeats_to_the_bit() -> None:
    shape = (30, 30)
    truth = Prior.flat(Matern(6.0, 2.0), shape, -0.5)
    draw = np.random.default_rng(8)
    eta = truth.centre + truth.grid.colour(draw.normal(size=shape)).ravel()
    answers = np.where(draw.random(900) < expit(eta), VERIFIED, -VERIFIED)

    def make(matern: Matern, readings: Readings) -> Field:
        return fit(Prior.flat(matern, shape, -0.5), readings)

    def evidence(matern: Matern) -> float:
        return log_evidence(make(matern, Readings(answers)))

    chosen = choose(evidence, Matern(3.0, 1.0), (2.0, 20.0))
    assert 3 <= chosen.matern.range_cells <= 13
    assert 1 <= chosen.matern.sd <= 4
    assert chosen.asked[chosen.matern] > chosen.asked[Matern(3.0, 1.0)] + 3
    assert evidence(chosen.matern) == chosen.asked[chosen.matern]
    halves = (np.arange(900) // 30 // 5 + np.arange(900) % 30 // 5) % 2
    ask = foretold(make, Readings(answers), halves, Noise(2))
    assert ask(chosen.matern) > ask(Matern(2.0, 0.5)) + 3
    assert ask(chosen.matern) > 900 * np.log(0.5)


def test_tiles_are_the_whole_field_and_their_order_changes_no_byte() -> None:
    shape, matern = (48, 60), Matern(4.0, 1.3)
    n = shape[0] * shape[1]
    draw = np.random.default_rng(6)
    log_ratio = np.where(draw.random(n) < 0.2, draw.normal(0, 3, n), 0.0)
    readings, centre = Readings(log_ratio), np.full(n, -1.5)
    cut = list(tiles(shape, 20, matern.range_cells))
    assert len(cut) == 9

    def whole(order: list[Tile]) -> tuple[bytes, np.ndarray, np.ndarray]:
        eta, drawn = np.zeros(n), np.zeros(n)
        for tile in order:
            made = fit_tile(tile, matern, centre, readings, shape)
            eta[made.tile.cells(shape)] = made.eta
            drawn[made.tile.cells(shape)] = next(made.draws(1, Noise(9)))
        return eta.tobytes() + drawn.tobytes(), eta, drawn

    told, eta, drawn = whole(cut)
    assert whole(cut[::-1])[0] == told
    none = np.zeros(0)
    one = fit(Prior(matern, shape, np.zeros((0, n)), none, none, centre), readings)
    assert np.abs(eta - one.eta).max() < 5e-3
    # Draws of neighbouring tiles go on into one another: they are pieces of one draw.
    assert np.abs(drawn - next(one.draws(1, Noise(9)))[0]).max() < 0.05
    assert (drawn - eta).std() > 0.5
