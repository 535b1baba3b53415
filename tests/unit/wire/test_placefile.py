"""Lists of places of others, read into a gazetteer: what is taken, what is not, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.service.places import compile_places, gazetteer_for
from rafiqa.study.folded import fold
from rafiqa.study.placematch import mentions
from rafiqa.wire.gazetteerfile import gazetteer_bytes, parse_gazetteer, read_gazetteer
from rafiqa.wire.placefile import read_places

HEAD = (
    "wof_id,placetype,name,name_eng,name_ara,name_ara_variants,name_kur,lat,lon,gn_id,wd_id,"
    "parent_id,country,src_geom,population,is_current\n"
)
WOF = (
    "1,county,Dayr,,منطقة الديرية,,,35.0,40.4,,,2,SY,meso,,1\n"
    "2,region,Deir,,دير الزور,,,35.1,40.3,170792,,3,SY,meso,,1\n"
    "10,locality,Shuhayl,,الشحيل,شحيل,,35.1,40.45,900001,,1,SY,geonames,14000,1\n"
    "11,locality,Old,,القديمة,,,35.2,40.4,900002,,1,SY,geonames,,0\n"
    "12,locality,Swap,,المقلوبة,,,44.4,33.2,900003,,-1,IQ,geonames,,1\n"
    "13,locality,,,?????,,,35.3,40.5,900004,,1,SY,geonames,,1\n"
    "14,ocean,Sea,,البحر,,,35.3,30.5,,,1,SY,geonames,,1\n"
    "15,locality,Far,,البعيدة,,,52.0,13.0,,,1,SY,geonames,,1\n"
)


@pytest.fixture
def wof(tmp_path: Path) -> Path:
    path = tmp_path / "wof.csv"
    path.write_text(HEAD + WOF, encoding="utf-8")
    return path


def refused(error: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_each_bad_row_is_named_and_kept_as_it_came(wof: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.gazetteer"
    made = compile_places([wof], out, "")
    lines = (tmp_path / "a.gazetteer.refused.jsonl").read_text(encoding="utf-8").splitlines()
    assert {(row["row"], row["code"]) for row in map(json.loads, lines)} == {
        (5, "wire.places.not-current"),
        (6, "wire.places.swapped"),
        (7, "wire.places.nameless"),
        (8, "wire.places.level"),
        (9, "wire.places.abroad"),
    }
    assert made.lists[0].lost == 1
    assert "المقلوبة" in lines[1]
    assert made.gazetteer.sources[0].rows == 3


def test_a_place_keeps_the_chain_of_what_it_lies_in(wof: Path, tmp_path: Path) -> None:
    made = compile_places([wof], tmp_path / "a.gazetteer", "").gazetteer
    (place,) = made.named("الشحيل")
    assert place.within[:3] == ("wof:1", "rafiqa:SY-DY", "rafiqa:SY")
    (one,) = mentions(fold("انفجار في بلدة الشحيل"), made)
    assert [each.place_id for each in one.candidates] == ["wof:10"]


def test_the_same_files_give_the_same_bytes_and_come_back_whole(wof: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    made = compile_places([wof], one, "").gazetteer
    compile_places([wof], two, "")
    assert one.read_bytes() == two.read_bytes()
    again = read_gazetteer(one)
    assert (again.places, dict(again.at)) == (made.places, dict(made.at))
    assert gazetteer_bytes(again) == one.read_bytes()
    assert again.sources[0].licence.startswith("Who's On First")
    assert gazetteer_for(None).sha256 == ""


def test_a_gazetteer_that_was_altered_is_refused(wof: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.gazetteer"
    compile_places([wof], out, "")
    data = out.read_bytes()
    for altered, code in (
        (data.replace(b"40.45", b"41.45"), "wire.gazetteer.altered"),
        (data[:-40], "wire.gazetteer.altered"),
        (data.replace(b'"version": 1', b'"version": 9'), "wire.gazetteer.unknown"),
        (b"{}", "wire.gazetteer.unknown"),
        (b"", "wire.gazetteer.unknown"),
    ):
        assert altered != data
        with pytest.raises(InvalidInput) as error:
            parse_gazetteer(altered, "a")
        assert refused(error) == {code}


def test_a_table_that_is_swapped_as_a_whole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "swapped.csv"
    rows = "".join(f"{n},locality,T{n},,اسم{n},,,44.4,33.2,,,-1,IQ,x,,1\n" for n in range(5))
    path.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        read_places(path, "")
    assert refused(error) == {"wire.places.swapped-table"}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.json", "[{", "wire.json.syntax"),
        ("b.json", '[{"geonameid": 1, "latitude": 1}, 5]', ""),
        ("c.csv", HEAD.encode() + b"\xff\xfe\xff", "wire.encoding.wrong"),
        ("d.json", '[{"geonameid": 1, "alternatenames": 5}]', "wire.places.shape"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(
    tmp_path: Path, name: str, content: str | bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInput) as error:
        compile_places([path], tmp_path / "out", "")
    assert not code or code in refused(error)
    assert not (tmp_path / "out").exists()


def test_geonames_and_open_syria_are_read(tmp_path: Path) -> None:
    towns = tmp_path / "towns.json"
    one = {"geonameid": 7, "name": "Naharîya", "latitude": 36.1, "longitude": 40.2}
    more = {"countrycode": "SY", "population": 25_000, "alternatenames": ["النهرية", "nhryh"]}
    towns.write_text(json.dumps({"7": one | more}), encoding="utf-8")
    units = tmp_path / "units.json"
    unit = {
        "id": "sy-x",
        "governorateId": "sy-hasakah",
        "districtId": "sy-d",
        "name": {"en": "Nahr", "ar": "النهر الأعلى"},
        "aliases": [{"value": "ناحية مركز النهر الأعلى"}],
        "centroid": {"latitude": 36.2, "longitude": 40.3},
        "externalIds": {"ochaPcode": "SY089999"},
    }
    units.write_text(json.dumps([unit]), encoding="utf-8")
    made = compile_places([towns, units], tmp_path / "out", "").gazetteer
    assert [one.name for one in made.sources] == ["GeoNames", "Open Syria"]
    (town,) = made.named("النهريه")
    assert (town.place_id, town.residents, town.country) == ("geonames:7", 25_000, "SY")
    (subdistrict,) = made.named("النهر الاعلي")
    assert (subdistrict.level, subdistrict.refs) == ("subdistrict", ("pcode:SY089999",))
    assert not made.named("nhryh")


def test_our_own_places_are_read(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "id,name,name_ar,kind,lon,lat\nq1,Well Quarter,حي البئر الجديد,quarter,39.0,35.95\n",
        encoding="utf-8",
    )
    made = compile_places([path], tmp_path / "out", "CC0-1.0").gazetteer
    assert made.sources[0].licence == "CC0-1.0"
    assert made.by_id["own:q1"].level == "quarter"
