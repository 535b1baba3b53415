"""The mirror in PostGIS: what a GIS reads there is what the ledger says, moment by moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rafiqa.errors import InvalidInput, StoreError
from rafiqa.land import EvidenceRecorded
from rafiqa.service import AssetShelf, Office, record_evidence
from rafiqa.service.mapmirror import mirrored
from rafiqa.wire.mirrorbase import publish_mirror, told
from rafiqa.wire.mirrortable import MirrorColumn, Mirrored
from tests import postgis
from tests.city import FIRST, Clock, small_city, spot

sql = pytest.importorskip("psycopg.sql")
if (_reason := postgis.missing()) is not None:
    pytest.skip(_reason, allow_module_level=True)

SCHEMA = "rafiqa_mirror"


@pytest.fixture(scope="module")
def link() -> Iterator[Any]:
    with postgis.cluster() as opened:
        yield opened


@pytest.fixture
def address(link: Any) -> str:
    for schema in (SCHEMA, "rafiqa_public", "theirs", "qgis"):
        link.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    link.execute(f"SET search_path = {SCHEMA}, public")
    return f"postgresql:///postgres?host={link.info.host}&user=postgres"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = small_city(tmp_path, Clock())
    yield opened
    opened.store.close()


def published(office: Office, address: str, **more: Any) -> int:
    made = mirrored(office, AssetShelf())
    return publish_mirror(made, address, SCHEMA, now_us=office.now_us(), **more)


def codes(refused: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def area_m2(link: Any, table: str) -> float:
    found = link.execute(
        sql.SQL("SELECT coalesce(sum(ST_Area(geometry::geography)), 0) FROM {}").format(
            sql.Identifier(table)
        )
    ).fetchone()
    return float(found[0])


def doubted(office: Office) -> None:
    """A sign on released ground that nothing has answered."""
    seen = EvidenceRecorded("E77", "eo_seen", "visual", spot(office, 20, 90))
    assert record_evidence(office, FIRST, seen).done


def test_ground_in_doubt_leaves_the_released_and_is_ground_to_keep_off(
    office: Office, address: str, link: Any
) -> None:
    published(office, address)
    before = {name: area_m2(link, name) for name in ("hazards", "land_parts", "keep_off")}
    assert before["land_parts"] > 0
    assert before["keep_off"] == pytest.approx(before["hazards"])
    doubted(office)
    published(office, address)
    left, doubt = area_m2(link, "land_parts"), area_m2(link, "in_doubt")
    assert doubt > 0
    assert left + doubt == pytest.approx(before["land_parts"], rel=1e-6)
    assert area_m2(link, "keep_off") == pytest.approx(area_m2(link, "hazards") + doubt, rel=1e-6)
    found = link.execute("SELECT bool_and(ST_IsValid(geometry)) FROM keep_off").fetchone()
    assert found == (True,)


def test_each_table_says_as_of_when_it_is_and_that_it_is_no_truth(
    office: Office, address: str, link: Any
) -> None:
    published(office, address)
    made = mirrored(office, AssetShelf())
    rows = link.execute(
        "SELECT layer, rows, entries, root, statement FROM about ORDER BY layer"
    ).fetchall()
    assert {row[0]: row[1] for row in rows} == {table.name: len(table) for table in made.tables}
    assert {row[2:4] for row in rows} == {(made.stamp.entries, made.stamp.root)}
    assert "never the truth" in rows[0][4]
    dated = link.execute("SELECT DISTINCT entries FROM hazards_as_of").fetchall()
    assert dated == [(made.stamp.entries,)]


def test_only_what_changed_is_written_and_others_views_go_on(
    office: Office, address: str, link: Any
) -> None:
    n_tables = published(office, address)
    assert n_tables == len(mirrored(office, AssetShelf()).tables)
    link.execute("CREATE SCHEMA qgis")
    link.execute("CREATE VIEW qgis.red AS SELECT id, geometry FROM hazards")
    assert published(office, address) == 0
    doubted(office)
    assert 0 < published(office, address) < n_tables
    assert link.execute("SELECT count(*) FROM qgis.red").fetchone()[0] > 0


def test_who_reads_meanwhile_reads_the_moment_before_whole(
    office: Office, address: str, link: Any
) -> None:
    published(office, address)
    reading = "SELECT count(*) FROM in_doubt UNION ALL SELECT max(entries) FROM about"
    with link.transaction():
        link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        before = link.execute(reading).fetchall()
        doubted(office)
        published(office, address)
        assert link.execute(reading).fetchall() == before
    assert link.execute(reading).fetchall() != before


def test_nothing_of_a_round_that_breaks_off_is_seen(
    office: Office, address: str, link: Any
) -> None:
    published(office, address)
    before = link.execute("SELECT * FROM about").fetchall()
    doubted(office)
    made = mirrored(office, AssetShelf())
    last = made.tables[-1]
    name = next(iter(last.columns))
    wrong = replace(last, columns={**last.columns, name: MirrorColumn("integer", [])})
    broken = replace(made, tables=[*made.tables[:-1], wrong])
    with pytest.raises(InvalidInput) as refused:
        publish_mirror(broken, address, SCHEMA, now_us=office.now_us())
    assert codes(refused) == ["wire.mirror.form"]
    assert link.execute("SELECT * FROM about").fetchall() == before
    assert link.execute("SELECT count(*) FROM in_doubt").fetchone() == (0,)


def other(made: Mirrored, **changed: Any) -> Mirrored:
    return replace(made, stamp=replace(made.stamp, **changed))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"site_id": "00"}, "wire.mirror.other-site"),
        ({"audience": "everybody"}, "wire.mirror.other-audience"),
        ({"entries": 1}, "wire.mirror.newer"),
    ],
)
def test_another_mirror_is_not_written_over(
    office: Office, address: str, link: Any, changed: dict[str, Any], code: str
) -> None:
    published(office, address)
    made = other(mirrored(office, AssetShelf()), **changed)
    with pytest.raises(InvalidInput) as refused:
        publish_mirror(made, address, SCHEMA, now_us=office.now_us())
    assert codes(refused) == [code]
    publish_mirror(made, address, SCHEMA, now_us=office.now_us(), anew=True)
    found = link.execute("SELECT DISTINCT site_id, audience, entries FROM about")
    stamp = made.stamp
    assert found.fetchall() == [(stamp.site_id, stamp.audience, stamp.entries)]


def test_a_schema_of_others_is_left_as_it_is_even_anew(
    office: Office, address: str, link: Any
) -> None:
    link.execute("CREATE SCHEMA theirs")
    link.execute("CREATE TABLE theirs.hazards (id text)")
    made = mirrored(office, AssetShelf())
    for anew in (False, True):
        with pytest.raises(InvalidInput) as refused:
            publish_mirror(made, address, "theirs", now_us=office.now_us(), anew=anew)
        assert codes(refused) == ["wire.mirror.not-ours"]
    assert link.execute("SELECT count(*) FROM theirs.hazards").fetchone() == (0,)


def test_without_postgis_and_without_a_server_it_is_told_without_a_password(
    office: Office, address: str, link: Any
) -> None:
    link.execute("CREATE DATABASE plain")
    made = mirrored(office, AssetShelf())
    plain = address.replace("/postgres?", "/plain?")
    with pytest.raises(InvalidInput) as refused:
        publish_mirror(made, plain, SCHEMA, now_us=office.now_us())
    assert codes(refused) == ["wire.mirror.no-postgis"]
    nobody = "postgresql://mapper:hunter2@127.0.0.1:9/none?password=hunter2"
    with pytest.raises(StoreError) as away:
        publish_mirror(made, nobody, SCHEMA, now_us=office.now_us())
    assert "hunter2" not in json.dumps([fault.params for fault in away.value.faults])
    assert told(nobody) == "postgresql://127.0.0.1:9/none"


def test_the_public_mirror_holds_what_the_public_map_draws_and_nothing_else(
    office: Office, address: str, link: Any
) -> None:
    made = mirrored(office, AssetShelf(), public=True)
    publish_mirror(made, address, "rafiqa_public", now_us=office.now_us())
    found = link.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'rafiqa_public'"
        " AND table_type = 'BASE TABLE'"
    )
    assert {name for (name,) in found} == {"about", "danger", "released", "notices", "places"}
    doubted(office)
    publish_mirror(
        mirrored(office, AssetShelf(), public=True),
        address,
        "rafiqa_public",
        now_us=office.now_us(),
    )
    status = link.execute("SELECT DISTINCT status FROM rafiqa_public.danger").fetchall()
    assert ("in_doubt",) in status
