"""The pages of the OGC API as people read them in a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from rafiqa.locale import direction, languages
from tests.unit.api.client import Client
from tests.unit.api.ogcpages import PAGES


class _Tags(HTMLParser):
    """Every tag of a page, and whether those that were opened are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("path", [*PAGES, "/ogc/collections/areas/items/H1"])
def test_every_page_is_there_for_people(path: str, lang: str, staff: Client) -> None:
    answer = staff.get(f"{path}?lang={lang}", Accept="text/html")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    tags = _Tags()
    tags.feed(answer.text)
    assert tags.open == []
    assert "script" not in tags.seen
    assert f'dir="{direction(lang)}"' in answer.text
    assert not re.search(r"\b(api|wire|gate)\.[a-z]+\.", answer.text)


def test_a_host_that_is_none_is_not_repeated(anybody: Client) -> None:
    answer = anybody.get("/ogc?f=html", Host='x"><script>')
    assert "<script" not in answer.text
    assert "//localhost/ogc" in answer.text
