"""Papers of works and chance finds as plain JSON values, in the words of the dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rafiqa.dictionary import dictionary
from rafiqa.land import Recorded
from rafiqa.locale import joined, text
from rafiqa.recovery import ChanceFindAnswered, ChanceFound, Paper
from rafiqa.wire.instant import iso

_BESIDE = frozenset({"works_id", "note"})


def paper_said(kind: str, fact: object, lang: str) -> str:
    """Returns what a paper says: the dictionary's label and the value of each field, then its note.

    Args:
        kind: the dictionary's record that it fills in.
        fact: the paper.
        lang: the asker's language.
    """
    said = []
    for field in dictionary().records[kind].fields:
        value = getattr(fact, field.name, None)
        if value is None or value in ("", ()) or field.name in _BESIDE:
            continue
        each = value if isinstance(value, tuple) else (value,)
        words = joined((_value(field.codelist, item, lang) for item in each), lang)
        asked = field.labels.of(lang)
        # What is asked ends with its own mark: "Seen?: Yes" is read by nobody.
        said.append(f"{asked} {words}" if asked.endswith(("?", "؟")) else f"{asked}: {words}")
    until_us = getattr(fact, "until_us", None)
    if isinstance(until_us, int):
        label = dictionary().records[kind].field("until_on")
        said += [] if label is None else [f"{label.labels.of(lang)}: {iso(until_us)[:10]}"]
    note = getattr(fact, "note", None)
    return joined([*said, *([note] if note else [])], lang, ";")


def _value(codelist: str, value: object, lang: str) -> str:
    lists = dictionary().lists
    if isinstance(value, bool):
        return lists["yes_no_unknown"].label("yes" if value else "no", lang)
    return lists[codelist].label(str(value), lang) if codelist else str(value)


def paper_json(kind: str, record: Recorded, lang: str, *, stands: bool) -> dict[str, Any]:
    """Returns a paper of works: what it is, what it says, since when, and whether it stands."""
    return {
        "kind": kind,
        "label": dictionary().records[kind].labels.of(lang),
        "said": paper_said(kind, record.fact, lang),
        "at": iso(record.valid_at_us),
        "recorded_at": iso(record.recorded_at_us),
        "organisation": record.actor.organisation_id,
        "entry": record.entry_id,
        "stands": stands,
    }


def find_json(
    paper: Paper[ChanceFound],
    notes: Sequence[Paper[ChanceFindAnswered]],
    lang: str,
    *,
    is_open: bool,
    works_known: bool,
) -> dict[str, Any]:
    """Returns a line of the log of chance finds: what, where, and what the ordnance team said."""
    fact, lists = paper.fact, dictionary().lists
    category = fact.category
    return {
        "works_id": fact.works_id,
        "works_known": works_known,
        "find_id": fact.find_id,
        "at": iso(paper.valid_at_us),
        "lay_in": fact.lay_in,
        "lay_in_text": lists["find_place"].label(fact.lay_in, lang),
        "category": category,
        "category_text": category and lists["ordnance_category"].label(category, lang),
        "lon_deg": None if fact.spot is None else fact.spot.lon_deg,
        "lat_deg": None if fact.spot is None else fact.spot.lat_deg,
        "note": fact.note,
        "open": is_open,
        "state_text": text(f"find.{'open' if is_open else 'answered'}", {}, lang),
        "entry": paper.entry_id,
        "answers": [
            {
                "at": iso(each.valid_at_us),
                "may_go_on": each.fact.may_go_on,
                "note": each.fact.note,
                "entry": each.entry_id,
            }
            for each in notes
        ],
    }
