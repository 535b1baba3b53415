"""The curated places, each with its names, a point in its country, and where to read of it."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib import resources

import pytest

from rafiqa.study.gazetteer import apart_km
from rafiqa.study.placecore import core_gazetteer, core_places, keys_of
from rafiqa.study.placemerge import merged
from rafiqa.study.placerow import PlaceRow, row_fault
from rafiqa.study.placewords import place_words

ALIASES = tomllib.loads(
    (resources.files("rafiqa.study") / "data" / "aliases.toml").read_text(encoding="utf-8")
)["place"]


def test_every_alias_has_a_public_reference_and_several_names() -> None:
    assert len(ALIASES) >= 60
    for row in ALIASES:
        assert any(ref.startswith("https://") for ref in row["refs"]), row["id"]
        names = [name for lang in ("ar", "ckb", "kmr", "en") for name in row.get(lang, ())]
        assert len(keys_of(names)) >= 2, row["id"]
        if "shown" in row:
            assert row["shown"] == sorted(row["shown"]), "side by side, in no rank"
            assert set(row["shown"]) <= set(row["ar"])


def test_ids_are_there_once_and_what_a_place_lies_in_is_there() -> None:
    places = core_places()
    assert not [one for one, count in Counter(p.place_id for p in places).items() if count > 1]
    known = core_gazetteer().by_id
    for place in places:
        assert set(place.within) <= set(known), place
        assert place.names


def test_every_curated_place_lies_in_what_it_is_said_to_lie_in() -> None:
    known = core_gazetteer().by_id
    for place in core_places():
        for outer in place.within:
            far = apart_km(place, known[outer]) - known[outer].radius_km - place.radius_km
            assert far <= 0.6 * known[outer].radius_km + 60, (place.place_id, outer, far)


def test_no_curated_name_that_stands_alone_is_a_word_of_everyday() -> None:
    lists = place_words()
    assert not lists.never & set(core_gazetteer().at) - core_gazetteer().guarded


def row(lon_deg: float, lat_deg: float, **given: object) -> PlaceRow:
    values: dict[str, object] = {
        "number": 1,
        "place_id": "own:1",
        "names": ("X",),
        "level": "town",
        "country": "SY",
    }
    return PlaceRow(lon_deg=lon_deg, lat_deg=lat_deg, **{**values, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (row(39.0, 35.9), None),
        (row(35.9, 39.0, country="SY"), None),  # within reach of Syria: not to be told apart
        (row(33.0, 44.4, country="IQ"), "wire.places.swapped"),
        (row(10.0, 50.0), "wire.places.abroad"),
        (row(0.0, 0.0), "wire.places.pointless"),
        (row(float("nan"), 35.0), "wire.places.pointless"),
        (row(35.0, 120.0), "wire.places.swapped"),
        (row(39.0, 35.9, names=()), "wire.places.nameless"),
        (row(10.0, 50.0, country="ZZ"), None),
    ],
)
def test_a_row_whose_point_cannot_be_is_named(made: PlaceRow, code: str | None) -> None:
    fault = row_fault(made)
    assert (fault and fault.code) == code


def test_rows_of_one_place_become_one() -> None:
    kobani = row(38.35, 36.89, names=("عين العرب",), residents=50_000, refs=("geonames:172256",))
    again = row(38.36, 36.90, place_id="other:5", names=("Kobani",))
    far = row(36.0, 35.3, place_id="other:6", names=("عين العرب",))
    made = merged([[kobani], [again, far]], [])
    named = made.named("عين العرب")
    assert {one.place_id for one in named} == {"rafiqa:kobani", "other:6"}
    joined = made.by_id["rafiqa:kobani"]
    assert joined.residents == 50_000
    assert {"own:1", "other:5"} <= set(joined.refs)
    assert joined.names[0] == "عين العرب / كوباني"
