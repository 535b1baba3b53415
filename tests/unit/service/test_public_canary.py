"""No canary out: over two thousand planted in every text, id and place of every kind of fact."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest

from rafiqa.api import make_app
from rafiqa.land import AreaRecorded, TaskOrdered
from rafiqa.recovery import ArchiveWritten, AreaNoticeWritten, LayerRegistered, PublicDecided
from rafiqa.service import (
    AssetShelf,
    Office,
    decide_public,
    declare_area,
    order_work,
    register_layer,
    write_archive,
    write_notice,
)
from rafiqa.service.public import public_state
from rafiqa.service.publicfiles import Doors, public_files_of, sheets
from rafiqa.wire.factcode import KINDS
from tests.city import DAY_US, FIRST, SECOND, Clock, Draws, box, small_city
from tests.unit.api.client import Client
from tests.unit.service.canaries import WITHOUT, WORD, Nest, plant

ROUNDS = 5
TOLD = "Tellworthy"
"""What is told on purpose, and so proves that the scan reads where it would be."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Nest]]:
    clock = Clock()
    office = small_city(tmp_path_factory.mktemp("canary"), clock)
    nest = Nest()
    _lawful(office, nest)
    kinds = list(plant(office, nest, ROUNDS))
    assert set(kinds) == {name for name, kind in KINDS.items() if kind not in WITHOUT}
    _layers(office, nest)
    clock.sleep_days(40)
    yield office, nest
    office.store.close()


def _lawful(office: Office, nest: Nest) -> None:
    """Facts that hold: an area, a task, a notice and an entry that are told, canaries in them."""
    area_id = nest.word()
    shape = box(120, 0, 140, 20)
    extra = json.dumps({"marking": "official", "note": nest.word(), "owner": nest.word()})
    area = AreaRecorded(
        area_id, "cha", shape, nest.word(), source=nest.word(), note=nest.word(), extra=extra
    )
    assert declare_area(office, FIRST, area).done
    task = TaskOrdered(nest.word(), area_id, "deminers", ("manual",), 30, None, nest.word())
    assert order_work(office, FIRST, task).done
    now_us = office.now_us()
    shelf = AssetShelf()
    notice = AreaNoticeWritten(
        nest.word(), "works", "cell:3595:1950", now_us, now_us + 100 * DAY_US, TOLD
    )
    assert write_notice(office, FIRST, notice, shelf).done
    memory = ArchiveWritten(
        *(nest.word(), "area", area_id, "before", "2025-05-05", "remembrance", TOLD, nest.word()),
        caption=TOLD,
    )
    assert write_archive(office, FIRST, memory, shelf).done
    for item_id in (notice.notice_id, memory.archive_id):
        decided = PublicDecided(item_id, "approved", nest.word())
        assert decide_public(office, SECOND, decided).done
    unread = AreaNoticeWritten(
        nest.word(), "works", "cell:3595:1950", now_us, now_us + 100 * DAY_US, nest.word()
    )
    assert write_notice(office, FIRST, unread, shelf).done


def _layers(office: Office, nest: Nest) -> None:
    """Every attribute of every kind of layer; only names of roads, bridges and places are told."""
    for kind in ("buildings", "roads", "bridges", "water", "population", "places"):
        shape = office.frame.to_lonlat(box(150, 150, 170, 160)).geometry
        told = kind in {"roads", "bridges", "places"}
        columns: dict[str, list[Any]] = {
            name: [TOLD if told else nest.word()] for name in ("name", "name_ar")
        }
        for name in ("kind", "owner", "note", "damage", "block_id", "telephone", "source"):
            columns[name] = [nest.word()]
        fact = LayerRegistered(nest.word(), kind, "", 0, nest.word())
        rows = ([nest.word()], np.array([shape], dtype=object), columns)
        acted = register_layer(office, FIRST, fact, rows)
        assert acted.done, acted.reasons


def _words_of(name: str, body: bytes) -> str:
    if not name.endswith(".pdf"):
        return body.decode("utf-8", "replace")
    document = pypdfium2.PdfDocument(io.BytesIO(body))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    # A word that is broken at the end of a line is one word.
    return re.sub(r"[\s\u00ad\ufffe\x02]", "", text)


def test_no_canary_in_any_file_sheet_page_or_answer(planted: tuple[Office, Nest]) -> None:
    office, nest = planted
    assert len(nest.words) + len(nest.spots) > 2_000
    state = public_state(office, AssetShelf())
    doors = Doors(address="https://danger.example.org/public")
    files = public_files_of(state, {}, doors, dict(sheets(state, doors)))
    client = Client(make_app(office, now_us=office.now_us, entropy=Draws()))
    for path in ("/public", "/public?lang=ckb", "/api/area-notices", "/api/report-places"):
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text[:200])
        files[path] = answer.content
    leaks = [name for name, body in files.items() if WORD in _words_of(name, body)]
    assert leaks == []
    exact = {(round(lon * 1e6), round(lat * 1e6)) for lon, lat in nest.spots}
    for name, body in files.items():
        if name.startswith("data/") and name.endswith(".json"):
            pairs = {(int(x), int(y)) for x, y in re.findall(rb"\[(-?\d+),(-?\d+)\]", body)}
            assert not pairs & exact, name
    for lon, lat in nest.spots[::50]:
        for name, body in files.items():
            assert f"{lon:.5f}".encode() not in body, name
            assert f"{lat:.5f}".encode() not in body, name


def test_the_scan_would_find_one(planted: tuple[Office, Nest]) -> None:
    """What is written to be told is found in pages, data and sheets: the scan reads them."""
    office, _ = planted
    state = public_state(office, AssetShelf())
    doors = Doors()
    files = public_files_of(state, {}, doors, dict(sheets(state, doors)))
    found = {name for name, body in files.items() if TOLD in _words_of(name, body)}
    assert {"en.html", "ar.html"} <= found
    assert any(name.startswith("data/notices") for name in found)
    assert any(name.startswith("data/archive") for name in found)
    assert any(name.startswith("sheets/") for name in found)
    assert len(state.files["danger"]) > 3
    assert len(state.files["notices"]) == 1
    assert len(state.files["archive"]) == 1


def test_nothing_written_beside_the_verbs_is_taken_for_approved(
    planted: tuple[Office, Nest], tmp_path: Path
) -> None:
    office, nest = planted
    del tmp_path
    book = office.recovery().public
    raw = [item for _, item in (*book.notices(), *book.archive()) if item.state == "written"]
    assert len(raw) >= 2 * ROUNDS
    assert nest.words
