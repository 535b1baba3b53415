"""Answers about rows among finds: the rows, their next places with reasons, and every find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rafiqa.geo import SiteFrame
from rafiqa.locale import text
from rafiqa.risk import Expected, MineRow, RowsFound

_MOST_PLACES = 20
_MM = 1_000


def rows_json(asked: RowsFound, frame: SiteFrame, lang: str) -> dict[str, Any]:
    """Returns the rows with where their next places are, and of each find how likely it is of one.

    No rows is an answer: it says that none is seen among these finds, and nothing of any ground.
    """
    found = asked.found
    row_of = {at: number for number, row in enumerate(found.rows) for at in reversed(row.finds)}
    places = frame.places_deg(asked.places_m * _MM) if asked.find_ids else np.zeros((0, 2))
    params = {"n": len(asked.find_ids), "rows": len(found.rows), "other": asked.other_kinds}
    words = [text("risk.rows.summary" if found.rows else "risk.rows.none", params, lang)]
    if asked.outside:
        words.append(text("risk.rows.outside", {"n": asked.outside}, lang))
    if not asked.whole:
        words.append(text("risk.rows.own", {}, lang))
    return {
        "finds": [
            {
                "id": name,
                "lon": round(float(lon), 7),
                "lat": round(float(lat), 7),
                "p_in_row": round(float(p), 4),
                "row": row_of.get(at),
            }
            for at, (name, (lon, lat), p) in enumerate(
                zip(asked.find_ids, places, found.p_in_row, strict=True)
            )
        ],
        "other_kinds": asked.other_kinds,
        "rows": [_row(asked, row, frame, lang) for row in found.rows],
        "outside": asked.outside,
        "whole": asked.whole,
        "summary": " ".join(words),
        "limits": text("risk.rows.limits", {}, lang),
    }


def _row(asked: RowsFound, row: MineRow, frame: SiteFrame, lang: str) -> dict[str, Any]:
    params: dict[str, str | int] = {
        "n": len(row.finds),
        "spacing_m": f"{row.spacing_m:.1f}",
        "spread_m": f"{row.spacing_spread_m:.1f}",
    }
    return {
        "finds": [asked.find_ids[at] for at in row.finds],
        "spacing_m": round(row.spacing_m, 3),
        "spacing_spread_m": round(row.spacing_spread_m, 3),
        "expected": [_expected(each, frame, lang) for each in row.expected],
        "text": text("risk.rows.row", params, lang),
    }


def _expected(place: Expected, frame: SiteFrame, lang: str) -> dict[str, Any]:
    at_mm = np.array([[place.x_m, place.y_m]]) * _MM
    ((lon, lat),) = frame.places_deg(at_mm).tolist()
    params: dict[str, str | int] = {
        "steps": place.steps,
        "spread_m": f"{place.spread_m:.1f}",
        "percent": f"{100 * place.p_mine:.0f}",
    }
    words = text(f"risk.rows.{place.where}", params, lang)
    if place.worked:
        words = f"{words} {text('risk.rows.worked', {}, lang)}"
    return {
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "spread_m": round(place.spread_m, 2),
        "p_mine": round(place.p_mine, 4),
        "where": place.where,
        "steps": place.steps,
        "worked": place.worked,
        "text": words,
    }


def row_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yields the answer as lines for a person; the likeliest places of each row first."""
    yield answer["summary"]
    for row in answer["rows"]:
        yield ""
        yield row["text"]
        for each in row["expected"][:_MOST_PLACES]:
            yield f"  {each['lon']:.6f} {each['lat']:.6f}  {each['text']}"
    yield answer["limits"]
