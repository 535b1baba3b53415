"""``rafiqa sample``: the figures of the contract, what cannot be given, and what cannot be read."""

from __future__ import annotations

import pytest

LOT = ("--area-m2", "10000", "--density", "0.0005")
TENTH = ("--detection", "0.9", "--confidence", "0.3", "--share", "0.1", "--tolerance", "4")


def test_without_tolerance_it_takes_certainty_or_is_refused(run):
    given = run("sample", *LOT, "--detection", "1", "--confidence", "0.95", "--json")
    assert given.status == 0
    assert given.answer["inspect_m2"] == 9_500
    assert given.answer["confidence"] == 0.95
    assert given.answer["tolerance"] is None
    refused = run("sample", *LOT, "--detection", "0.9", "--confidence", "0.95", "--json")
    assert (refused.status, refused.codes) == (1, ["cli.sample.not-reached"])
    # What the whole of it searched again would give is told all the same.
    assert refused.answer["inspect_m2"] == 10_000
    assert refused.answer["confidence"] == 0.9


def test_with_a_tolerance_it_says_how_much_to_inspect(run):
    asked = ("--detection", "0.9", "--confidence", "0.95", "--tolerance", "4")
    ran = run("sample", *LOT, *asked, "--json")
    assert ran.status == 0
    # (1 - 0.05^(1/5)) / 0.9 of the ground.
    assert ran.answer["inspect_m2"] == pytest.approx(5008.0, abs=0.5)
    assert ran.answer["confidence"] >= 0.95
    chances = ran.answer["accept_p_if_missed"]
    assert len(chances) == 10
    assert chances == sorted(chances, reverse=True)
    assert chances[4] == pytest.approx(0.05)


def test_of_a_share_it_says_what_that_proves(run):
    ran = run("sample", *LOT, *TENTH, "--json")
    assert ran.status == 0
    assert ran.answer["inspect_m2"] == 1_000
    assert ran.answer["accept_p_if_missed"][4] == pytest.approx(0.624, abs=0.001)
    assert ran.answer["confidence"] == pytest.approx(0.376, abs=0.001)
    assert (ran.answer["expected_missed"], ran.answer["expected_left"]) == (5, 4.55)
    more = run("sample", *LOT, *TENTH, "--confidence", "0.95", "--json")
    assert (more.status, more.codes) == (1, ["cli.sample.not-reached"])
    assert more.answer["confidence"] == ran.answer["confidence"]


def test_every_bad_value_is_told(run):
    ran = run(
        *("sample", "--area-m2", "0", "--density", "-1", "--detection", "1.2"),
        *("--confidence", "nan", "--share", "0", "--tolerance", "-1", "--json"),
    )
    assert ran.status == 1
    assert [(each["field"], each["code"]) for each in ran.answer["refused"]] == [
        ("--area-m2", "cli.sample.area"),
        ("--density", "cli.sample.density"),
        ("--detection", "cli.sample.share"),
        ("--confidence", "cli.sample.share"),
        ("--share", "cli.sample.share"),
        ("--tolerance", "cli.sample.tolerance"),
    ]


def test_bad_times_and_numbers_out_of_reach_are_told_with_the_rest(run):
    ran = run(
        *("sample", *LOT, "--detection", "2", "--confidence", "0.9", "--quadrat-m", "2"),
        *("--tolerance", f"1{'0' * 400}", "--together", f"1{'0' * 400}", "--valid-at", "soon"),
        *("--out", "plan.xyz", "--json"),
    )
    # A file is asked for and no ground to draw on: that is wrong usage, whatever else is wrong.
    assert ran.status == 2
    assert [each["field"] for each in ran.answer["refused"]] == [
        *("--part", "--detection", "--tolerance", "--together", "--tolerance", "--out"),
        "--valid-at",
    ]
    assert ran.codes[5] == "wire.export.format"


def test_almost_nothing_and_almost_certain_are_not_told_as_such(run):
    asked = ("sample", *LOT, "--detection", "0.99", "--confidence", "0.99")
    told = run(*asked)
    assert told.status == 0
    # Of five missed items none is found once in ten thousand million lots.
    assert " 0 %" not in told.out
    sure = run(*asked, "--tolerance", "4", "--share", "1", "--density", "1e-320")
    assert (sure.status, "100 %)" in sure.out) == (0, True)
    assert "failed with 99 %" in sure.out
    told = run(*asked, "--tolerance", "4", "--share", "1", "--json").answer
    assert 0 < told["accept_p_if_missed"][9] < told["accept_p_if_missed"][1]
    assert told["confidence"] < 1 > told["posterior"]["p_at_most_tolerated"]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_in_plain_words(run, lang):
    ran = run("sample", *LOT, *TENTH, "--lang", lang)
    assert ran.status == 0
    assert "{" not in ran.out
    # A chance to overlook is rounded up, what is proved is rounded down.
    assert "63" in ran.out
    assert "37" in ran.out
    refused = run("sample", *LOT, "--detection", "0.9", "--confidence", "0.95", "--lang", lang)
    assert (refused.status, refused.out) == (1, "")
    assert "{" not in refused.err


def test_no_figure_reads_as_the_old_clearance_rate(run):
    """Whole percent only: what was once promised of clearance is never printed."""
    ran = run(
        *("sample", *LOT, "--detection", "1", "--confidence", "0.996", "--tolerance", "0"),
    )
    assert ran.status == 0
    assert "99.6" not in ran.out
