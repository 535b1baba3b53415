"""What is asked of a city of a region as a whole: its account, its map of risk, its base map."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from rafiqa.risk import SEED, Asking
from rafiqa.service.assets import AssetShelf
from rafiqa.service.basemap import make_base
from rafiqa.service.figures import Question, ask_figures
from rafiqa.service.office import Office
from rafiqa.service.question import ask_exactness
from rafiqa.service.regionpart import Make, Part, Run
from rafiqa.service.risk import ask_risk
from rafiqa.wire.answer import account_json, exactness_json
from rafiqa.wire.riskjson import rows_of
from rafiqa.wire.risktable import write_buildings, write_table
from rafiqa.wire.tilefile import Kept, beside, keep_file, write_bytes

Found = tuple[Sequence[Kept], Mapping[str, Any]]
BOUNDARY: Final = "all recorded land"


def of_city(asked: str) -> Make:
    """Returns what makes the part of a city: ``account``, ``risk`` or ``tiles``."""
    return {"account": account, "risk": risk, "tiles": tiles}[asked]


def account(run: Run, part: Part) -> Found:
    """Returns the land account of a city as a JSON document, doubt beside it."""
    return _asked(run, part, _account)


def risk(run: Run, part: Part) -> Found:
    """Returns how likely contamination is of each cell and each building of a city, as Parquet.

    A city is one field: what is known of it tells of every cell through its level. Noise hangs on
    the place, so that the same city gives the same bytes by whomever it is asked.
    """
    return _asked(run, part, _risk)


def tiles(run: Run, part: Part) -> Found:
    """Returns the reference layers of a city as one file of map tiles."""
    return _asked(run, part, _base)


def _asked(run: Run, part: Part, ask: Callable[[Run, str, Office], Found]) -> Found:
    city = run.city(part)
    with run.at_head(part) as office:
        return ask(run, f"city={city.name}", office)


def _account(run: Run, place: str, office: Office) -> Found:
    known_us, until_us = run.plan.known_at_us, run.plan.valid_at_us
    figures = ask_figures(office, Question(None, until_us, known_us, None, BOUNDARY))
    statement = figures.statement
    answer = account_json(
        figures.account,
        floor=figures.floor,
        known_at_us=statement.known_at_us,
        source=statement.source,
        boundary=statement.boundary,
    )
    answer |= exactness_json(ask_exactness(office, until_us=until_us, known_at_us=known_us))
    content = json.dumps(answer, ensure_ascii=False, sort_keys=True, indent=1).encode()
    told = {
        "n": len(office.facts(known_us)),
        "classes": answer["classes"],
        "in_doubt_m2": answer["in_doubt_m2"],
        "balance_error_m2": answer["balance_error_m2"],
    }
    return [write_bytes(run.root, f"account/{place}/account.json", content)], told


def _risk(run: Run, place: str, office: Office) -> Found:
    found = ask_risk(office, run.as_of, Asking(seed=SEED), AssetShelf())
    rows = rows_of(found, office.frame)
    files = []
    cells = f"risk/{place}/cells.parquet"
    made = beside(run.root, cells)
    write_table(rows, made)
    files.append(keep_file(run.root, cells, made, len(rows.p)))
    n_buildings = len(found.buildings.ids)
    buildings = f"risk/{place}/buildings.parquet"
    made = beside(run.root, buildings)
    write_buildings(found.buildings, rows.metadata, made)
    files.append(keep_file(run.root, buildings, made, n_buildings))
    return files, {"n": len(rows.p), "buildings": n_buildings, "sum_p": float(rows.p.sum())}


def _base(run: Run, place: str, office: Office) -> Found:
    path = f"tiles/{place}/base.pmtiles"
    made = beside(run.root, path)
    try:
        counts = make_base(office, made, run.as_of)
        return [keep_file(run.root, path, made, sum(counts.values()))], {
            "n": sum(counts.values()),
            "layers": counts,
        }
    finally:
        with suppress(OSError):
            made.unlink(missing_ok=True)
