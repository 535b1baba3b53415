"""Every link of the docs leads somewhere."""

from __future__ import annotations

import re

import pytest

from tests.docs.page import PAGES, shown

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    return [link for link in LINK.findall(CODE.sub("", text)) if "://" not in link]


def anchors(text: str) -> set[str]:
    """The places a page can be entered at: named ones, and headings as hosts name them."""
    found = set(re.findall(r'<a id="([^"]+)"', text))
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(plain.replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for link in links(text):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{shown(page)} → {link}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{shown(page)} → {link}"


def test_there_are_links():
    assert sum(len(links(page.read_text(encoding="utf-8"))) for page in PAGES) > 20
