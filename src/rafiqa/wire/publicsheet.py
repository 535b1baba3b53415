"""Sheets of danger areas to hang up: one for a neighbourhood, A4, read in black and white, as PDF.

Two languages stand beside one another: English and Arabic, or Kurmanji and Sorani. The same state
gives the same bytes. Rows come through the gate of public files like everything on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rafiqa.dictionary import dictionary
from rafiqa.locale import public_words
from rafiqa.locale.catalogue import fill
from rafiqa.wire.instant import instant_us
from rafiqa.wire.papercode import paper_code
from rafiqa.wire.publicart import MESSAGES, SHOWN, map_svg, message_svg, swatch_svg
from rafiqa.wire.publicpage import named, told_at
from rafiqa.wire.typesetting import typeset

PAIRS: Final[Mapping[str, tuple[str, str]]] = {"": ("en", "ar"), "-ku": ("kmr", "ckb")}
"""Which languages stand on a sheet, the one written from the left first, by its name's ending."""
AREAS_AT_MOST: Final = 40
_MAP_MM: Final = 118
_S_US: Final = 1_000_000
Row = Mapping[str, Any]
Both = dict[str, str]


@dataclass(frozen=True, slots=True)
class DangerSheet:
    """What a sheet is made from: a neighbourhood, its danger, and what all sheets say.

    Attributes:
        about: the site and the two times.
        place: the neighbourhood's row.
        danger: rows of ground to keep off there.
        released: rows of released land there.
        ground: roads and water.
        langs: the two languages, the one written from the left first.
        address: where the page is, for the code; None where it is nowhere.
    """

    about: Row
    place: Row
    danger: Sequence[Row]
    released: Sequence[Row]
    ground: Sequence[Row]
    langs: tuple[str, str]
    address: str | None


def sheet_pdf(sheet: DangerSheet) -> bytes:
    """Returns the sheet as PDF.

    Raises:
        InvalidInput: the page's address is longer than a code on paper holds.
        NotFound: the fonts are not there; they are made at setup.
    """
    made_at_s = instant_us(told_at(sheet.about)) // _S_US
    made = typeset("publicsheet.typ", sheet_paper(sheet), made_at_s, "pdf")
    assert isinstance(made, bytes)  # noqa: S101 - what Typst gives for one PDF
    return made


def sheet_paper(sheet: DangerSheet) -> dict[str, Any]:
    """Returns everything on the sheet; ``en`` is its left language, ``ar`` its right one."""
    numbered = {row["ref"]: at for at, row in enumerate(sheet.danger, 1)}
    shown = {row["class"] for row in sheet.danger} | {row["outcome"] for row in sheet.released}
    keys = [name for name in SHOWN if name in shown] + ["unrecorded"]
    place = {side: named(sheet.place, lang) for side, lang in _sides(sheet)}
    call = sheet.about.get("call")
    more = len(sheet.danger) - AREAS_AT_MOST
    known_at = told_at(sheet.about)
    day = known_at[:10]
    svg = map_svg(
        sheet.danger, sheet.released, sheet.ground, sheet.place["middle"], numbered
    ).replace(', sans-serif"', '"')
    return {
        "title": {
            side: fill(public_words(lang)["sheet.title"], {"place": f"\u2068{place[side]}\u2069"})
            for side, lang in _sides(sheet)
        },
        "rule": _both(sheet, "rule.unknown"),
        "age": _both(sheet, "sheet.age", day=day),
        "map": svg,
        "map_mm": _MAP_MM,
        "legend": [{"svg": swatch_svg(name), "words": _key(sheet, name)} for name in keys],
        "areas_title": _both(sheet, "sheet.areas"),
        "areas": [_area(sheet, row, numbered) for row in sheet.danger[:AREAS_AT_MOST]],
        "more": _both(sheet, "sheet.more", n=more) if more > 0 else None,
        "messages_title": _both(sheet, "messages.title"),
        "messages": [
            {"svg": message_svg(name), "words": _both(sheet, f"messages.{name}")}
            for name in MESSAGES
        ],
        "call": _both(sheet, "do.call", call=call) if call else _both(sheet, "sheet.by-hand"),
        "by_hand": not call,
        "beside": [
            _both(sheet, "do.call-none"),
            *([_both(sheet, "sheet.code")] if sheet.address else []),
        ],
        "code": paper_code(sheet.address).svg() if sheet.address else None,
        "foot": " · ".join((sheet.place["ref"], known_at[:16] + "Z", sheet.about["root"][:12])),
    }


def _sides(sheet: DangerSheet) -> tuple[tuple[str, str], ...]:
    return (("en", sheet.langs[0]), ("ar", sheet.langs[1]))


def _both(sheet: DangerSheet, code: str, **params: str | int) -> Both:
    held = {name: f"\u2068{value}\u2069" for name, value in params.items()}
    return {side: fill(public_words(lang)[code], held) for side, lang in _sides(sheet)}


def _label(sheet: DangerSheet, codelist: str, code: str) -> Both:
    known = dictionary().lists[codelist]
    return {side: known.label(code, lang) or code for side, lang in _sides(sheet)}


def _key(sheet: DangerSheet, name: str) -> Both:
    if name == "unrecorded":
        return _both(sheet, "legend.unrecorded")
    if name in {"cha", "sha", "indication"}:
        return _label(sheet, "class", name)
    outcome, limit = _label(sheet, "outcome", name), _both(sheet, "legend.released")
    return {side: f"{outcome[side]} – {limit[side]}" for side in outcome}


def _area(sheet: DangerSheet, row: Row, numbered: Mapping[str, int]) -> dict[str, Any]:
    class_, status = (
        _label(sheet, "class", row["class"]),
        _label(sheet, "hazard_status", row["status"]),
    )
    marking = _label(sheet, "marking", row.get("marking", "unknown"))
    marked, since = _both(sheet, "label.marking"), _both(sheet, "label.since")
    near = {"en": row.get("landmark"), "ar": row.get("landmark_ar") or row.get("landmark")}
    words = _both(sheet, "label.near")
    where = {}
    for side in ("en", "ar"):
        told = [f"{words[side]} \u2068{near[side]}\u2069"] if near[side] else []
        told += [f"{marked[side]}: {marking[side]}"]
        told += [f"{since[side]} \u2068{row['since_on']}\u2069"] if row.get("since_on") else []
        told += [f"\u2066{row['area_m2']:,}\u00a0m²\u2069", f"\u2066{row['ref']}\u2069"]
        where[side] = " · ".join(told)
    what = {side: f"{class_[side]} · {status[side]}" for side in class_}
    return {"number": str(numbered[row["ref"]]), "what": what, "where": where}
