"""``rafiqa sample`` in quadrats: exact, drawn on recorded ground, or refused."""

from __future__ import annotations

import json

import pytest
import shapely

ASKED = ("--density", "0.001", "--detection", "0.9", "--confidence", "0.95")
SQUARES = ("--quadrat-m", "2", "--tolerance", "9")


def test_by_squares_the_figures_are_those_of_the_exact_tables(run):
    ran = run("sample", "--area-m2", "4000", *ASKED, *SQUARES, "--together", "1", "--json")
    assert ran.status == 0
    told = ran.answer["quadrats"]
    # Ten bad ones of a thousand at 0.9: the study's 258 at 1.0 becomes 287.
    assert (told["n_units"], told["n_inspect"], told["bad_units_least"]) == (1_000, 287, 10)
    assert ran.answer["inspect_m2"] == 287 * 4
    assert ran.answer["confidence"] >= 0.95 > 1 - ran.answer["accept_p_if_missed"][8]
    # The other number, and that it is another one.
    believed = ran.answer["posterior"]
    assert 0 < believed["p_none"] < believed["p_at_most_tolerated"] < 1
    assert believed["is"] != ran.answer["confidence_is"]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_where_items_may_crowd_it_takes_more_or_is_refused(run, lang):
    lot = ("--area-m2", "4000", *ASKED, *SQUARES)
    crowded = run("sample", *lot, "--together", "5", "--json")
    assert (crowded.status, crowded.answer["quadrats"]["bad_units_least"]) == (0, 2)
    assert crowded.answer["quadrats"]["n_inspect"] > 800
    unknown = run("sample", *lot, "--json", "--lang", lang)
    assert (unknown.status, unknown.codes) == (1, ["cli.sample.clustered"])
    assert unknown.answer["confidence"] == 0.9
    told = run("sample", *lot, "--lang", lang)
    assert (told.status, told.out) == (1, "")
    assert "{" not in told.err
    few = run("sample", *lot, "--together", "1", "--share", "0.2", "--json")
    assert (few.status, few.codes) == (1, ["cli.sample.units-not-reached"])


def test_drawn_on_a_part_the_squares_lie_on_it_and_can_be_drawn_again(run, worked, tmp_path):
    where = ("sample", worked, "--part", "P1", *ASKED, *SQUARES, "--together", "1", "--json")
    out, again, other = (tmp_path / f"{name}.geojson" for name in "abc")
    ran = run(*where, "--seed", "s", "--out", out)
    assert ran.status == 0, ran.out + ran.err
    assert run(*where, "--seed", "s", "--out", again).status == 0
    assert run(*where, "--seed", "t", "--out", other).status == 0
    assert out.read_bytes() == again.read_bytes() != other.read_bytes()
    features = json.loads(out.read_text())["features"]
    told = ran.answer["quadrats"]
    assert len(features) == told["n_inspect"] < told["n_units"] == 1_250
    assert told["part_ids"] == ["P1"]
    sizes = [each["properties"]["quadrat_area_m2"] for each in features]
    assert sum(sizes) == pytest.approx(ran.answer["inspect_m2"])
    shapes = [shapely.from_geojson(json.dumps(each["geometry"])) for each in features]
    assert shapely.union_all(shapes).area == pytest.approx(sum(each.area for each in shapes))
    # 100 m of longitude here are 0.0011 degrees: all of it is on the part's ground.
    assert shapely.union_all(shapes).bounds[2] < 39.01 + 50.1 / 90_000


def test_an_area_is_what_was_cleared_of_it(run, worked, tmp_path):
    out = tmp_path / "plan.gpx"
    where = ("sample", worked, "--area", "H1", *ASKED, *SQUARES, "--together", "1")
    ran = run(*where, "--seed", "s", "--out", out)
    assert ran.status == 0, ran.err
    assert "q1" in out.read_text()
    assert "plan.gpx" in ran.out
    assert run(*where, "--seed", "s", "--json").answer["quadrats"]["part_ids"] == ["P1", "P3"]


def test_nobody_is_sent_to_ground_that_is_hazard_again(run, worked):
    """P4 was released, and an accident put its ground back to hazard."""
    asked = (*ASKED, *SQUARES, "--together", "1", "--seed", "s", "--json")
    for where in (("--part", "P4"), ("--area", "H3")):
        ran = run("sample", worked, *where, *asked)
        assert (ran.status, ran.codes) == (1, ["service.sampling.hazard-since"])


def test_every_fault_is_told(run, worked):
    ran = run("sample", "--together", "0", "--part", "P1", "--json")
    assert [(each["field"], each["code"]) for each in ran.answer["refused"]] == [
        ("--density", "cli.sample.missing"),
        ("--detection", "cli.sample.missing"),
        ("--confidence", "cli.sample.missing"),
        ("--quadrat-m", "cli.sample.missing"),
        ("--seed", "cli.sample.missing"),
        ("STORE", "cli.sample.no-store"),
        ("--together", "cli.sample.together"),
    ]
    assert ran.status == 2
    asked = (*ASKED, "--seed", "s", "--json")
    for where, code in (
        (("--area-m2", "9", *asked, worked), "cli.sample.no-ground"),
        (("--area-m2", "9", *asked, "--quadrat-m", "0"), "cli.sample.side"),
        (("--area-m2", "1e9", *asked, "--quadrat-m", "1"), "cli.sample.side"),
        (
            ("--area-m2", "9", *asked, "--quadrat-m", "1", "--tolerance", "1001"),
            "cli.sample.tolerance-large",
        ),
        ((worked, "--part", "P9", *asked, "--quadrat-m", "1"), "service.sampling.nothing-cleared"),
        ((worked, "--part", "P2", *asked, "--quadrat-m", "1"), "service.sampling.nothing-cleared"),
        ((worked, "--area", "H9", *asked, "--quadrat-m", "1"), "service.sampling.nothing-cleared"),
        ((worked, "--part", "P1", *asked, "--quadrat-m", "200"), "service.sampling.side"),
        ((worked, "--part", "P1", *asked, "--seed", "", "--quadrat-m", "1"), "cli.sample.missing"),
    ):
        ran = run("sample", *where)
        misused = code in {"cli.sample.no-ground", "cli.sample.missing"}
        assert (ran.status, ran.codes) == (2 if misused else 1, [code]), where


def test_an_area_that_would_not_be_used_is_refused(run, worked):
    asked = (*ASKED, *SQUARES, "--together", "1", "--seed", "s", "--json")
    for where in (("--part", "P1"), ("--area", "H1")):
        ran = run("sample", worked, *where, "--area-m2", "4000", *asked)
        assert (ran.status, ran.codes) == (2, ["cli.sample.area-of-the-lot"])
        assert run("sample", worked, *where, *asked).status == 0
