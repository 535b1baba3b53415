"""The site: what the store is about, how far it reaches in place and time, and its marks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import shapely

from rafiqa import land
from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.desk import Desk
from rafiqa.api.history import label
from rafiqa.api.name import own_name
from rafiqa.api.reply import Reply, reply
from rafiqa.api.tiles import building_layers
from rafiqa.api.view import View
from rafiqa.geo import Planar
from rafiqa.land import Recorded
from rafiqa.locale import languages, text
from rafiqa.service import BEGINNING_US, AsOf
from rafiqa.wire.instant import iso, iso_date
from rafiqa.wire.pmtiles import TileArchive

STAFF_MARKS = frozenset({"failed_inspection"})
"""How work goes on is told with delay: such marks are for staff alone."""


def show_site(ask: Ask) -> Reply:
    """Returns the site as the asker may see it."""
    view = View.of(ask)
    return view.kept("site", lambda: reply(_site(view)))


def _site(view: View) -> shape.Site:
    office, moment = view.desk.office, view.moment
    facts = office.facts(moment.known_us)
    # What has no date counts from 1900; the slider begins where dates begin.
    valid = [fact.valid_at_us for fact in facts if fact.valid_at_us > BEGINNING_US]
    known = [fact.recorded_at_us for fact in facts]
    layers = building_layers(view)
    counts = {
        "areas": sum(view.true(area.recorded) for area in view.register.areas.values()),
        "projects": len(moment.recovery.projects),
        "buildings": sum(len(layer.table) for layer in layers),
    }
    if view.staff:
        counts["reports"] = sum(map(view.true, view.register.reports.values()))
    site = office.site
    return shape.Site(
        site.name,
        site.origin.lon_deg,
        site.origin.lat_deg,
        _bbox(view),
        iso(min(valid)) if valid else None,
        iso(max(valid)) if valid else None,
        iso(known[0]) if known else None,
        iso(known[-1]) if known else None,
        moment.n_known,
        moment.root,
        list(_marks(view, facts)),
        counts,
        list(languages()),
        _known_days(view),
        base_map(view.desk),
    )


def base_map(desk: Desk) -> shape.BaseMap | None:
    """Returns what the base map is that the server was given; None where there is none."""
    return None if desk.base is None else base_map_of(desk.base)


def base_map_of(base: TileArchive) -> shape.BaseMap:
    """Returns what an archive holds, as far as it says so."""
    told = base.about.get("vector_layers")
    named = (
        [each.get("id") for each in told if isinstance(each, dict)]
        if isinstance(told, list)
        else []
    )
    # A page names them with a space between.
    layers = [each for each in named if isinstance(each, str) and len(each.split()) == 1]
    return shape.BaseMap(base.first_zoom, base.last_zoom, layers)


def _known_days(view: View) -> list[str]:
    """Returns when something with a mark became known, once a day, up to now whatever is asked.

    Whoever looks at what was known then steps from one such day to the next.
    """
    present = replace(view, moment=view.desk.moments.at(AsOf()))
    days: dict[str, int] = {}
    for record in view.desk.office.facts():
        if _mark(present, record) is not None:
            days[iso_date(record.recorded_at_us)] = record.recorded_at_us
    return [iso(at_us) for _, at_us in sorted(days.items())]


def _bbox(view: View) -> list[float] | None:
    """Returns west, south, east, north of all land and buildings; None where there are none."""
    boxes = [layer.shapes_lonlat for layer in building_layers(view) if len(layer.table)]
    bounds = [shapely.total_bounds(shapes).tolist() for shapes in boxes]
    faces = [face.shape.geometry for face in view.moment.book.faces]
    if faces:
        metres = shapely.box(*(shapely.total_bounds(np.array(faces, dtype=object)) / 1_000))
        bounds.append(list(view.frame.to_lonlat(Planar(metres)).geometry.bounds))
    if not bounds:
        return None
    west, south = np.nanmin([box[:2] for box in bounds], axis=0).tolist()
    east, north = np.nanmax([box[2:] for box in bounds], axis=0).tolist()
    low = (math.floor(degrees * 1e6) / 1e6 for degrees in (west, south))
    return [*low, *(math.ceil(degrees * 1e6) / 1e6 for degrees in (east, north))]


def _marks(view: View, facts: Sequence[Recorded]) -> Iterator[shape.Mark]:
    """Yields one mark for each kind of event and day, in the order of days."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for record in facts:
        told = _mark(view, record)
        if told is not None and record.valid_at_us > BEGINNING_US:
            day = iso_date(record.valid_at_us)
            found.setdefault((day, told[0]), []).append((record.valid_at_us, told[1]))
    for (_, kind), told_of in sorted(found.items()):
        at_us, subject = told_of[0]
        params: dict[str, str | int] = {
            "what": own_name(subject, view.lang),
            "count": len(told_of),
        }
        key = f"mark.{kind}" if len(told_of) == 1 else f"mark.{kind}.several"
        yield shape.Mark(iso(at_us), kind, text(key, params, view.lang))


def _mark(view: View, record: Recorded) -> tuple[str, str] | None:
    """Returns the kind of a mark and what it is about, or None for everyday entries."""
    match record.fact:
        case land.ReleaseAccepted() as fact:
            release = view.register.releases.get(fact.release_id)
            stands = release is not None and release.state == "accepted"
            return ("release", _area_name(view, _work_area(view, fact))) if stands else None
        case land.ReleaseTransferred() as fact:
            return ("transfer", fact.released_by)
        case land.LandReopened() as fact:
            return ("reopening", _area_name(view, fact.area_id))
        case land.AccidentRecorded() as fact:
            return ("accident", label("accident_kind", fact.kind, view.lang))
        case land.WorkInspected(passed=False) as fact if view.staff:
            work = view.register.works.get(fact.work_id)
            area_id = getattr(work.fact, "area_id", None) if work else None
            return ("failed_inspection", _area_name(view, area_id))
        case _:
            return None


def _work_area(view: View, fact: land.ReleaseAccepted) -> str | None:
    release = view.register.releases.get(fact.release_id)
    work_id = getattr(release.proposal.fact, "work_id", "") if release else ""
    work = view.register.works.get(work_id)
    return getattr(work.fact, "area_id", None) if work else None


def _area_name(view: View, area_id: str | None) -> str:
    area = view.register.areas.get(area_id or "")
    return (area.fact.name if area else None) or area_id or ""
