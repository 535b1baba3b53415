"""What sayings are worth: copies, floods, contradictions, and the floor under words."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from rafiqa.risk.blockcount import Block, Width, counts, interval, width_of
from rafiqa.risk.field import Prior, fit
from rafiqa.risk.grid import CellGrid
from rafiqa.risk.matern import Matern
from rafiqa.risk.reading import Readings, Structures, expit
from rafiqa.risk.reckoning import reckon
from rafiqa.risk.source import FLOOR, TRUST, Counted, Said, count_once, worth
from rafiqa.risk.strike import Strike, added_log_odds, exposure

ONE = Said("E1", "entry-1", "ngo", 0, "statement", "for", frozenset({"source:a"}), 3)


def whole(counted: list[Counted]) -> float:
    return sum(each.log_ratio for each in counted)


def test_ten_thousand_copies_count_once() -> None:
    copies = [replace(ONE, source_id=f"E{at}") for at in range(10_000)]
    found = count_once(copies)
    assert whole(found) == worth(ONE)
    assert [each.n_copies for each in found] == [9_999]
    apart = [replace(each, origins=frozenset({each.source_id})) for each in copies[:3]]
    assert whole(count_once(apart)) == pytest.approx(3 * worth(ONE))


def test_copies_of_copies_are_one_chain_whatever_the_order() -> None:
    chain = [
        replace(ONE, source_id=f"E{at}", origins=frozenset({f"text:{at}", f"text:{at + 1}"}))
        for at in range(6)
    ]
    first = count_once(chain)
    assert len(first) == 1
    assert count_once(chain[::-1]) == first
    assert len(count_once([chain[0], chain[5]])) == 2


def test_a_contradiction_counts_both_ways_and_no_word_lowers_below_the_floor() -> None:
    against = replace(
        ONE, source_id="C1", speaks="against", kind="contrary_use", origins=frozenset({"source:a"})
    )
    found = count_once([ONE, against])
    assert len(found) == 2
    assert whole(found) == pytest.approx(worth(ONE) + worth(against))
    assert worth(against) < 0 < worth(ONE)
    many = [
        replace(against, source_id=f"C{at}", origins=frozenset({f"o{at}"})) for at in range(500)
    ]
    assert whole(count_once(many)) == pytest.approx(FLOOR)


def test_a_flood_by_one_recorder_or_of_residents_is_one_voice_each() -> None:
    made_up = [
        replace(
            ONE,
            source_id=f"F{at}",
            # Another source and other words each time: the recorder is the same.
            origins=frozenset({f"source:{at}", f"text:{at}", "recorder:ngo:statement"}),
        )
        for at in range(10_000)
    ]
    crowd = [
        replace(ONE, source_id=f"R{at}", kind="report", origins=frozenset({"residents"}))
        for at in range(10_000)
    ]
    found = count_once([*made_up, *crowd])
    assert len(found) == 2
    assert whole(found) == pytest.approx(worth(ONE) + worth(crowd[0]))
    denied = [replace(each, speaks="against", kind="contrary_use") for each in made_up]
    assert whole(count_once([*crowd, *denied])) >= worth(crowd[0]) + FLOOR


def test_trust_is_sharpened_by_verified_cases_and_a_doubted_source_counts_half() -> None:
    trust = TRUST["statement"]
    assert trust.log_ratio("for") == pytest.approx(math.log(0.5 / 0.1))
    told = trust.with_cases([(True, True)] * 30 + [(True, False)] * 20 + [(False, False)] * 10)
    assert told.sensitivity == pytest.approx(35 / 40)
    assert told.false_rate == pytest.approx(21 / 40)
    # A source found to cry as often as it is right is worth little, and never speaks the other way.
    liar = trust.with_cases([(True, False)] * 90)
    assert worth(ONE, {"statement": liar}) == 0
    assert worth(replace(ONE, doubted=True)) == pytest.approx(worth(ONE) / 2)
    shared = [worth(replace(ONE, share=each, part=0.5)) for each in (0.1, 0.6, 0.3)]
    assert sum(shared) == pytest.approx(worth(ONE) / 2)


def test_every_probability_is_the_sum_of_what_is_printed() -> None:
    draw = np.random.default_rng(1)
    shape, n = (8, 9), 72
    kinds = sorted(TRUST)
    sayings = [
        Said(
            f"S{at}",
            f"entry-{at}",
            "ngo",
            at,
            kind := kinds[at % len(kinds)],
            "against" if kind.startswith(("contrary", "cleared")) else "for",
            frozenset({f"o{at % 30}"}),
            int(draw.integers(0, n)),
            structure=at % 5 if at % 7 == 0 else None,
        )
        for at in range(40)
    ]
    home = {said.structure: said.cell for said in sayings if said.structure is not None}
    sayings = [
        said if said.structure is None else replace(said, cell=home[said.structure])
        for said in sayings
    ]
    counted = count_once(sayings)
    cell = np.array([home[at] for at in range(5)])
    log_ratio, held = np.zeros(n), np.zeros(5)
    for each in counted:
        if each.said.structure is None:
            log_ratio[each.said.cell] += each.log_ratio
        else:
            held[each.said.structure] += each.log_ratio
    structures = Structures(cell, np.zeros(5), held, 0.7)
    prior = Prior.flat(
        Matern(3.0, 1.5), shape, -2.0, covariates=draw.normal(size=(1, n)), offset=draw.random(n)
    )
    found = fit(prior, Readings(log_ratio, structures=structures), exact_to=1e-16)
    for at in range(0, n, 7):
        reckoned = reckon(found, at, 0.2, counted, ["slope"])
        assert reckoned.log_odds == pytest.approx(math.log(0.2 / 0.8), abs=1e-9)
        mode = found.eta[at] + log_ratio[at]
        width = next(term.log_odds for term in reckoned.terms if term.what == "width")
        # Without this the width would only take up what the sum leaves open.
        assert reckoned.log_odds - width == pytest.approx(mode, abs=1e-5)


def test_strikes_raise_by_a_wide_dud_rate() -> None:
    grid = CellGrid.over((0, 0, 400_000, 300_000), 50_000, 2)
    hits = [Strike(225_000, 175_000), Strike(235_000, 175_000, 40.0, 3.0)]
    fell = exposure(hits, grid)
    assert fell.sum() == pytest.approx(4, abs=0.03)
    assert fell.argmax() == grid.at(225_000, 175_000)
    added = added_log_odds(fell, -4.0)
    assert (added >= 0).all()
    one = float(added_log_odds(np.array([1.0]), -40.0)[0])
    p = 1 / (1 + math.exp(40 - one))
    assert 0.13 < p < 0.18
    # A rate as wide as this is less than its mean would make of many items.
    many = float(added_log_odds(np.array([20.0]), 0.0)[0])
    assert many < math.log(1 / (0.5 * math.exp(-20 * 0.18)) - 1)


def test_blocks_with_an_effect_of_their_own_are_covered_once_it_is_known() -> None:
    draw = np.random.default_rng(3)
    blocks = []
    for _ in range(240):
        eta = draw.normal(-1.5, 0.7, 60)
        draws = eta + draw.normal(0, 0.4, (60, 1)) + draw.normal(0, 0.5, (60, 60))
        true = eta + draw.normal(0, 0.4) + draw.normal(0, 0.5, 60) + draw.normal(0, 1.2)
        blocks.append(Block(eta, draws, int((draw.random(60) < expit(true)).sum())))

    def share(width: Width) -> float:
        spans = [interval(counts(each, width, np.random.default_rng(4))) for each in blocks[120:]]
        hits = [
            low <= (each.count or 0) <= high
            for each, (low, high) in zip(blocks[120:], spans, strict=True)
        ]
        return float(np.mean(hits))

    width = width_of(blocks[:60], np.random.default_rng(5))
    assert share(Width()) < 0.78
    assert 0.85 <= share(width) <= 0.97
    assert 0.75 <= width.block_sd <= 1.5
    assert width_of([], draw) == Width()
