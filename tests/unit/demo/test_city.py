"""The invented city: whole, peopled, named, and nothing standing on anything else."""

import re
from collections import Counter

import numpy as np
import pytest
import shapely

from rafiqa.demo.city import LEAST_BUILDINGS, City, make_city
from rafiqa.demo.footprint import KINDS, SERVICE_KINDS
from rafiqa.demo.place import GOVERNORATE, places
from rafiqa.errors import InvalidInput

N = 2000
SEED = 3


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(N, SEED)


@pytest.fixture(scope="module")
def shapes(city):
    return city.building_shapes()


def test_has_exactly_the_buildings_asked_for(city):
    assert len(city.buildings) == N
    assert len({building.building_id for building in city.buildings}) == N


def test_same_seed_gives_the_same_bytes_and_another_seed_others(city):
    again = make_city(N, SEED)
    assert again.digest() == city.digest()
    assert again == city
    assert make_city(N, SEED + 1).digest() != city.digest()


def test_buildings_are_valid_polygons_on_the_millimetre(shapes):
    assert shapely.is_valid(shapes).all()
    assert (shapely.get_type_id(shapes) == 3).all()
    coords = shapely.get_coordinates(shapes)
    assert np.array_equal(np.round(coords, 3), coords)


def test_no_two_buildings_touch(shapes):
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert not (first < second).any()


def test_no_building_stands_in_the_river_or_on_the_levelled_strip(city, shapes):
    assert not shapely.intersects(shapes, city.river.shape).any()
    assert not shapely.intersects(shapes, city.front.strip).any()


def test_no_building_stands_on_a_street_or_bridge(city, shapes):
    widths = np.array([street.width_m for street in city.streets]) / 2.0
    roads = shapely.buffer([street.line for street in city.streets], widths - 0.3)
    decks = np.array([bridge.shape for bridge in city.bridges], dtype=object)
    tree = shapely.STRtree(shapes)
    assert tree.query(roads, predicate="intersects").size == 0
    assert tree.query(decks, predicate="intersects").size == 0


def test_the_river_has_several_bridges_that_reach_both_banks(city):
    assert len(city.bridges) >= 3
    for bridge in city.bridges:
        assert not bridge.shape.within(city.river.shape)
        assert bridge.line.intersects(city.river.shape)


def test_population_of_blocks_and_quarters_is_the_buildings(city):
    living = sum(building.occupants for building in city.buildings)
    assert living == city.population
    assert living == sum(quarter.population for quarter in city.quarters)
    by_block: Counter[str] = Counter()
    for building in city.buildings:
        by_block[building.block_id] += building.occupants
    assert {b.block_id: b.population for b in city.blocks if b.population} == {
        block_id: people for block_id, people in by_block.items() if people
    }
    assert 2.0 < living / N < 15.0


def test_every_building_stands_in_a_known_block_of_a_known_quarter(city):
    blocks = {block.block_id: block for block in city.blocks}
    quarters = {quarter.quarter_id for quarter in city.quarters}
    assert {building.block_id for building in city.buildings} <= set(blocks)
    assert {block.quarter_id for block in city.blocks} <= quarters
    assert city.ruined_quarter_id in quarters


def test_every_kind_is_known_and_destroyed_buildings_are_empty(city):
    assert {building.kind for building in city.buildings} <= set(KINDS)
    assert all(b.occupants == 0 for b in city.buildings if b.damage == "destroyed")
    assert all(b.storeys >= 1 for b in city.buildings)


def test_services_are_there_in_a_citys_ratio(city):
    counts = Counter(service.kind for service in city.services)
    assert set(counts) <= set(SERVICE_KINDS)
    assert counts["hospital"] >= 1
    assert counts["water_works"] >= 1
    assert 500 < city.population / counts["school"] < 8000


def test_every_name_is_in_both_languages(city):
    named = (*city.buildings, *city.blocks, *city.quarters, *city.streets, *city.services)
    for one in named:
        assert one.name.en.isascii()
        assert any("\u0600" <= letter <= "\u06ff" for letter in one.name.ar)


def test_the_front_is_more_damaged_than_the_rest(city, shapes):
    hit = np.array([b.damage in {"heavy", "destroyed"} for b in city.buildings])
    near = shapely.intersects(shapes, city.front.band)
    assert hit[near].mean() > 3 * hit[~near].mean()


def test_the_ruined_quarter_is_mostly_hit(city):
    ruined = {b.block_id for b in city.blocks if b.quarter_id == city.ruined_quarter_id}
    hit = [b.damage in {"heavy", "destroyed"} for b in city.buildings if b.block_id in ruined]
    assert sum(hit) > 0.5 * len(hit)


def test_farmland_lies_outside_the_city_and_off_the_river(city):
    parcels = np.array([parcel.shape for parcel in city.farmland], dtype=object)
    assert len(parcels) > 50
    assert shapely.is_valid(parcels).all()
    assert not shapely.intersects(parcels, city.outline).any()
    assert not shapely.intersects(parcels, city.river.shape).any()
    first, second = shapely.STRtree(parcels).query(parcels, predicate="intersects")
    assert not (first < second).any()


def test_quarters_are_as_dense_as_a_city(city):
    per_quarter: Counter[str] = Counter()
    quarter_of = {block.block_id: block.quarter_id for block in city.blocks}
    for building in city.buildings:
        per_quarter[quarter_of[building.block_id]] += 1
    old = [q for q in city.quarters if q.kind == "old_town"]
    built = sum(per_quarter[q.quarter_id] for q in old)
    assert 15 < built / (sum(q.shape.area for q in old) / 1e4) < 60


def test_too_small_a_city_is_refused():
    with pytest.raises(InvalidInput) as caught:
        make_city(LEAST_BUILDINGS - 1, 0)
    assert caught.value.code == "demo.city.too-small"


@pytest.mark.slow
def test_a_large_city_holds_the_same_rules():
    city = make_city(60_000, 5)
    shapes = city.building_shapes()
    assert shapely.is_valid(shapes).all()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert not (first < second).any()
    assert not shapely.intersects(shapes, city.river.shape).any()


def test_every_quarter_is_a_neighbourhood_of_one_district_named_in_four_languages(city):
    found = list(places(city))
    quarters = [one for one in found if one.kind == "neighbourhood"]
    districts = [one for one in found if one.kind == "district"]
    assert [one.place_id for one in quarters] != []
    assert {one.quarter_id for one in quarters} == {one.quarter_id for one in city.quarters}
    # P-codes: each is one place's, and begins with that of the unit it lies in.
    assert len({one.place_id for one in found}) == len(found)
    assert all(one.district and one.place_id.startswith(one.district.place_id) for one in quarters)
    assert all(one.place_id.startswith(GOVERNORATE[0]) for one in districts)
    assert {one.district and one.district.place_id for one in quarters} == {
        one.place_id for one in districts
    }
    assert len(districts) > 2
    assert sum(one.population for one in districts) == city.population
    for one in found:
        assert all(one.names)
        assert shapely.is_valid(one.shape)
    for at in range(4):
        names = [one.names[at] for one in quarters]
        assert len(set(names)) == len(names)
    arabic = re.compile("[\u0600-\u06ff ]+")
    assert all(arabic.fullmatch(one.names[at]) for one in found for at in (1, 2))
    assert not any(arabic.search(one.names[3].replace(" ", "")) for one in found)
