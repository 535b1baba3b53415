"""Answers about risk: the map's figures, one place's sum, and the rows for files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rafiqa.dictionary import dictionary
from rafiqa.geo import SiteFrame
from rafiqa.land import Reason
from rafiqa.locale import text
from rafiqa.risk import BuildingRisks, LevelCheck, PartCheck, RiskMap, Term, turns
from rafiqa.wire.instant import iso
from rafiqa.wire.risktable import RiskRows

_MOST_TERMS = 12
_MOST_BUILDINGS = 20
_MOST_AREAS = 12
_KIND_LISTS = ("evidence_kind", "outcome", "class")
"""Where kinds of sayings have their labels: evidence, results of work, classes of areas."""


def map_json(found: RiskMap, lang: str) -> dict[str, Any]:
    """Returns how many cells there are, how likely they are, and whether the level holds."""
    check = found.check
    n = len(found.cells)
    return {
        "cells": n,
        "mean_p": round(float(found.p.mean()), 6) if n else None,
        "cell_m": found.grid.size_mm // 1_000,
        "range_m": round(found.field.prior.matern.range_cells * found.grid.size_mm / 1_000, 3),
        "prior_only_cells": int(found.prior_only.sum()),
        "sayings": found.n_sayings,
        "counted": len(found.counted),
        "structures": [
            {"id": at, "p": round(float(p), 6)}
            for at, p in zip(found.structure_ids, found.structure_p, strict=True)
        ],
        "buildings": _buildings(found.buildings),
        "calibration": {
            **_check(check),
            "interval": 0.9,
            "text": text((held := level_reason(found)).code, held.params, lang),
            "years": [_part(each, "year", lang) for each in found.years],
            "areas": [_part(each, "area_id", lang) for each in found.areas],
        },
        "limits": text("risk.map.limits", {}, lang),
    }


def _check(check: LevelCheck) -> dict[str, Any]:
    return {
        "worked_cells": check.n,
        "found_cells": check.found,
        "expected_cells": round(check.expected, 3),
        "ratio": round(check.ratio, 3),
        "low": round(check.low, 3),
        "high": round(check.high, 3),
        "holds": check.holds,
    }


def _part(part: PartCheck, named: str, lang: str) -> dict[str, Any]:
    """One year's check, or one area's, with its words."""
    params = {"name": part.name, **_figures(part.check)}
    return {named: part.name, **_check(part.check), "text": text("risk.level.part", params, lang)}


def _figures(check: LevelCheck) -> dict[str, str | int]:
    return {
        "n": check.n,
        "found": check.found,
        "expected": f"{check.expected:.1f}",
        "ratio": f"{check.ratio:.2f}",
        "low": f"{check.low:.2f}",
        "high": f"{check.high:.2f}",
    }


def _buildings(found: BuildingRisks) -> dict[str, Any]:
    """Figures of the buildings of layers, and the likeliest of them; a file holds them all."""
    first = np.argsort(-found.p, kind="stable")[:_MOST_BUILDINGS].tolist()
    return {
        "n": len(found.ids),
        "mean_p": round(float(found.p.mean()), 6) if len(found.ids) else None,
        "prior_only": int(found.prior_only.sum()),
        "released": found.n_released,
        "beyond": found.n_beyond,
        "likeliest": [{"id": found.ids[at], "p": round(float(found.p[at]), 6)} for at in first],
    }


def level_reason(found: RiskMap) -> Reason:
    """Returns whether as much was found as the map foretold, as a reason to be told."""
    check = found.check
    code = "risk.level.holds" if check.holds else "risk.level.off"
    return Reason(code if check.n else "risk.level.unchecked", _figures(check))


def place_json(found: RiskMap, row: int | None, lang: str) -> dict[str, Any]:
    """Returns one cell's probability with every term of its sum; a text alone where it has none."""
    if row is None:
        return {"p": None, "text": text("risk.place.no-row", {}, lang), "terms": []}
    reckoned = found.reckoning(row)
    terms = [term_json(each, lang) for each in reckoned.terms]
    code = "risk.place.prior-only" if found.prior_only[row] else "risk.place.near"
    return {
        "p": round(reckoned.p, 6),
        "low": round(float(found.low[row]), 6),
        "high": round(float(found.high[row]), 6),
        "prior_only": bool(found.prior_only[row]),
        "log_odds": round(reckoned.log_odds, 6),
        "text": text(code, {}, lang),
        "terms": terms,
    }


def term_json(term: Term, lang: str) -> dict[str, Any]:
    """Returns one line of a sum: what it is worth, whose word it is, and words for a person."""
    said = None if term.counted is None else term.counted.said
    told: dict[str, Any] = {"what": term.what, "log_odds": round(term.log_odds, 6)}
    params: dict[str, str | int] = {"name": term.name or ""}
    if said is not None and term.counted is not None:
        told |= {
            "source_id": said.source_id,
            "version": said.version,
            "who": said.who,
            "when": iso(said.when_us),
            "kind": said.kind,
            "copies": term.counted.n_copies,
        }
        kind = _kind_words(said.kind, lang)
        params |= {"source": said.source_id, "kind": kind, "who": said.who}
        params |= {"day": iso(said.when_us)[:10], "copies": term.counted.n_copies}
    return told | {"text": text(f"risk.term.{term.what}", params, lang)}


def _kind_words(kind: str, lang: str) -> str:
    """Returns the word for a kind of saying, from the list of the dictionary that has it."""
    lists = dictionary().lists
    for name in _KIND_LISTS:
        if kind in lists[name].names:
            return lists[name].label(kind, lang)
    return text(f"risk.kind.{kind}", {}, lang)


def turns_json(p_contaminated: float, lang: str) -> list[dict[str, Any]]:
    """Returns what a few words that a visit may bring would make of a probability."""
    inside = min(max(p_contaminated, 1e-9), 1 - 1e-9)
    return [
        {
            "kind": turn.kind,
            "speaks": turn.speaks,
            "p_contaminated": round(turn.p_contaminated, 6),
            "text": text(f"risk.turn.{turn.kind}", {}, lang),
        }
        for turn in turns(inside)
    ]


def risk_summary(answer: dict[str, Any], lang: str) -> str:
    """Returns the map's figures in one line for a person."""
    params: dict[str, str | int] = {
        "cells": f"{answer['cells']:,}",
        "cell_m": answer["cell_m"],
        "percent": "–" if answer["mean_p"] is None else f"{100 * answer['mean_p']:.1f}",
        "prior_only": f"{answer['prior_only_cells']:,}",
        "sayings": f"{answer['sayings']:,}",
        "counted": f"{answer['counted']:,}",
    }
    return text("risk.map.summary", params, lang)


def lines_of(answer: dict[str, Any], lang: str) -> Iterator[str]:
    """Yields the answer as lines for a person."""
    yield risk_summary(answer, lang)
    buildings = answer["buildings"]
    if buildings["n"] or buildings["beyond"]:
        params = {name: buildings[name] for name in ("n", "prior_only", "released", "beyond")}
        yield text("risk.map.buildings", params, lang)
    calibration = answer["calibration"]
    yield calibration["text"]
    # Of one year the whole says it all; of areas those that leave the level are enough.
    parts = calibration["years"] if len(calibration["years"]) > 1 else []
    off = [each for each in calibration["areas"] if not each["holds"]]
    yield from (f"  {each['text']}" for each in (*parts, *off[:_MOST_AREAS]))
    place = answer.get("place")
    if place is not None:
        yield ""
        if place["p"] is not None:
            figures: dict[str, str | int] = {
                name: f"{100 * place[name]:.1f}" for name in ("p", "low", "high")
            }
            yield text("risk.place.summary", figures, lang)
            for term in place["terms"][:_MOST_TERMS]:
                yield f"  {term['log_odds']:+8.3f}  {term['text']}"
            rest = sum(term["log_odds"] for term in place["terms"][_MOST_TERMS:])
            if len(place["terms"]) > _MOST_TERMS:
                yield f"  {rest:+8.3f}  {text('risk.term.rest', {}, lang)}"
        yield place["text"]
    yield answer["limits"]


def rows_of(found: RiskMap, frame: SiteFrame) -> RiskRows:
    """Returns the rows of a map for files; rows are counted from the north, as maps are."""
    grid = found.grid
    south_row, column = np.divmod(found.cells, grid.shape[1])
    north_mm = grid.south_mm + grid.shape[0] * grid.size_mm
    check = found.check
    return RiskRows(
        (frame.lon_deg, frame.lat_deg),
        (grid.west_mm / 1_000, north_mm / 1_000),
        grid.size_mm / 1_000,
        grid.shape,
        grid.shape[0] - 1 - south_row,
        column,
        frame.places_deg(grid.centres(found.cells)),
        found.p,
        found.low,
        found.high,
        found.prior_only,
        found.released_share,
        {
            "method": "Matérn field, logistic likelihood, Laplace",
            "interval": "0.9",
            "level_ratio": f"{check.ratio:.3f}",
            "use": "orders survey and work; lowers no ground",
        },
    )
