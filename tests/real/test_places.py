"""Places of open lists found in texts that people marked; the bars of the desk study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rafiqa.service.places import compile_places
from rafiqa.study.folded import fold
from rafiqa.study.gazetteer import Gazetteer
from rafiqa.study.placematch import mentions
from tests.real.opendata import DATA, open_data
from tests.real.placegold import Marked, aqmar, idrisi, wojood
from tests.real.placescore import LISTS, scored

pytestmark = [pytest.mark.shared, pytest.mark.slow]

ACTORS = ("حكومة دمشق", "قوات سوريا الديمقراطية", "الذاتية الديمقراطية لشمال وشرق سوريا")
"""Names in the interview of who acts."""


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    out = tmp_path_factory.mktemp("places") / "places.gazetteer"
    return compile_places([open_data(name) for name in LISTS], out, "").gazetteer


@pytest.mark.parametrize(
    ("data", "load", "part", "precision", "recall"),
    [
        ("aqmar/dev.txt", aqmar, "dev", 0.85, 0.92),
        ("idrisi-scrubbed", idrisi, "dev", 0.85, 0.92),
        ("wojood-sample/test.txt", wojood, "test", 0.85, 0.0),
        ("wojood-sample/val.txt", wojood, "val", 0.85, 0.0),
    ],
)
def test_places_in_marked_texts(
    gazetteer: Gazetteer,
    data: str,
    load: Callable[[str], list[Marked]],
    part: str,
    precision: float,
    recall: float,
) -> None:
    open_data(f"arabic-ner/{data}")
    score = scored(load(part), gazetteer)
    assert score.found > 80
    assert score.precision >= precision, score
    assert score.known_recall >= recall, score
    assert score.listed_recall >= recall, score


def test_who_acts_in_the_interview_is_not_located(gazetteer: Gazetteer) -> None:
    text = open_data("desk/interview-raqqa-ar.txt").read_text(encoding="utf-8")
    shadow = text.replace("\u00a0", " ")
    spans = [(one.span.start, one.span.end) for one in mentions(fold(text), gazetteer)]
    actors = [
        (at, at + len(name))
        for name in ACTORS
        for at in range(len(shadow))
        if shadow.startswith(name, at)
    ]
    assert len(actors) >= 14
    assert not [one for one in spans for act in actors if one[0] < act[1] and act[0] < one[1]]
    assert len(spans) >= 85


def test_destroyed_names_and_sentinel_dates_do_not_come_in(tmp_path: Path) -> None:
    lists = ["syria-cod/syria_communities.csv", "syria-cod/adm3/syr_admbnda_adm3.shp"]
    made = compile_places([open_data(name) for name in lists], tmp_path / "out", "")
    communities, subdistricts = made.lists
    assert communities.lost == 7_580
    # A few English names have lost a letter too.
    assert 0 < len(communities.refused) < 20
    assert {one.fault.code for one in communities.refused} == {"wire.places.nameless"}
    assert len(communities.rows) + len(communities.refused) == 7_580
    assert (len(subdistricts.rows), subdistricts.refused) == (272, ())
    assert not any("?" in name for place in made.gazetteer.places for name in place.names)
    (subdistrict,) = (one for one in made.gazetteer.places if one.place_id == "pcode:SY110100")
    assert subdistrict.level == "subdistrict"
    assert 10 < subdistrict.radius_km < 120


def test_the_lists_beside_the_checkout_are_there() -> None:
    for name in LISTS:
        assert open_data(name).is_relative_to(DATA)
