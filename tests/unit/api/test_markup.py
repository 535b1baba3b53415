"""Markup that people write stays words in every page that the server itself draws up."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from rafiqa.land import AreaRecorded, EvidenceRecorded
from rafiqa.locale import languages
from rafiqa.recovery import LayerRegistered, ProjectRegistered
from rafiqa.service import (
    Office,
    declare_area,
    record_evidence,
    register_layer,
    register_project,
)
from rafiqa.service.public import set_whom_to_call
from tests.browser.conftest import ROOT
from tests.city import FIRST, box, spot
from tests.unit.api.client import Client
from tests.unit.api.ogcpages import PAGES

PLANTED = (
    """"'></title></textarea><img src=x data-planted onerror="alert(1)"><script>planted</script>"""
)
UNSEALED = re.compile(
    r"innerHTML|outerHTML|dangerouslySet|insertAdjacentHTML|document\.write|\beval\(|srcdoc"
)
"""What would make a text of somebody a part of the page."""


class _Found(HTMLParser):
    """What of the planted words became a part of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, Any]] = []
        self.words = ""
        self._within = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._within = tag
        names = [name for name, _ in attrs]
        if "data-planted" in names or any(name.startswith("on") for name in names):
            self.parts.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        if self._within == "script" and data.strip() == "planted":
            self.parts.append(("script", data))
        self.words += data


def found_in(page: str) -> _Found:
    found = _Found()
    found.feed(page)
    found.close()
    return found


@pytest.fixture
def planted(own_city: Office) -> Office:
    """A city in which every kind of name and note that a page shows holds markup."""
    office = own_city
    area = AreaRecorded(
        "H9", "sha", box(400, 0, 450, 50), PLANTED, ("E9",), Decimal(100), source=PLANTED
    )
    seen = EvidenceRecorded("E9", "eo_seen", "visual", spot(office, 410, 10), text=PLANTED)
    project = ProjectRegistered(
        "J9", PLANTED, "school", box(400, 0, 420, 20), 30, name_ar=PLANTED, asset_ids=("n1",)
    )
    place = office.frame.to_lonlat(box(300, -300, 600, 400)).geometry
    columns = {"name": [PLANTED], "name_ar": [PLANTED], "kind": ["neighbourhood"]}
    layer = LayerRegistered("planted", "places", "", 0, PLANTED)
    for acted in (
        record_evidence(office, FIRST, seen),
        declare_area(office, FIRST, area),
        register_project(office, FIRST, project),
        register_layer(office, FIRST, layer, (["n1"], np.array([place]), columns)),
    ):
        assert acted.done, acted
    set_whom_to_call(office, PLANTED)
    return office


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("lang", languages())
def test_markup_stays_words_on_every_page_of_the_server(own_app: Any, lang: str) -> None:
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    parts, told = {}, 0
    pages = [*PAGES, "/ogc/collections/areas/items/H9", "/public", "/verify", "/report"]
    for path in pages:
        answer = client.get(f"{path}?lang={lang}", Accept="text/html")
        assert answer.status_code == 200, path
        found = found_in(answer.text)
        told += "data-planted" in found.words
        if found.parts:
            parts[path] = found.parts
    assert parts == {}
    # The names were there to be shown: areas, their items, the danger map.
    assert told >= 3


def test_a_page_that_lets_it_in_is_seen() -> None:
    assert [tag for tag, _ in found_in(f"<p>{PLANTED}</p>").parts] == ["img", "script"]
    assert found_in(f"<input value='{PLANTED}'>").parts


def test_no_script_makes_a_page_of_a_text() -> None:
    files = [*(ROOT / "web/src").rglob("*.ts"), *(ROOT / "web/src").rglob("*.tsx")]
    assert len(files) > 50
    assert [file.name for file in files if UNSEALED.search(file.read_text("utf-8"))] == []
