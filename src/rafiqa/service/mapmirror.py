"""The mirror: the present land book, projects and public layers as plain tables for GIS and BI.

A published view with its as-of, never the truth: made anew from the ledger at will. It holds
places and works; evidence and accidents, which come near to people, stay in the store. What is
shown of a field goes by the dictionary's sensitivity, as in exports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import shapely

from rafiqa.dictionary import Record, dictionary
from rafiqa.geo import join
from rafiqa.land import Face, LandState
from rafiqa.service.assets import AssetShelf
from rafiqa.service.doubt import Doubts
from rafiqa.service.exporting import (
    EXPORT_KINDS,
    STAFF_SENSITIVITY,
    ExportRow,
    exported_rows,
    lonlat_of,
)
from rafiqa.service.office import Office
from rafiqa.service.permitting import permits_of
from rafiqa.service.public import PublicState, public_about, public_state
from rafiqa.service.question import AsOf, gate_of, placed_reports
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.instant import iso_date
from rafiqa.wire.mirrortable import (
    Columns,
    Mirrored,
    MirrorKind,
    MirrorStamp,
    MirrorTable,
    many_polygons,
    shown_fields,
)

_HAZARD: Final = ("id", "class", "name")
_PART: Final = ("id", "area_id", "outcome", "depth_cm", "method", "surface", "released_on")
_LAND: Final[dict[str, tuple[str, tuple[str, ...] | None]]] = {
    "hazards": ("All ground that is hazard, by the areas that claim it and its class.", _HAZARD),
    "hazard-areas": (
        "Each area as declared, with the worst that is left in it and its stage.",
        None,
    ),
    "land-parts": ("Ground that stands released, without any whose release is in doubt.", _PART),
    "projects": ("Projects as registered, with their footprints.", None),
}
"""What each table says, and its columns; every field of the record that may be shown where None."""
_E6: Final = 1_000_000
_IN_DOUBT: Final = "Ground that was released and about which something newer speaks: keep off."


def mirrored(office: Office, shelf: AssetShelf, *, public: bool = False) -> Mirrored:
    """Returns all tables of the present moment.

    Args:
        office: the open store.
        shelf: the reference layers, for neighbourhoods of the public layers.
        public: only what everybody is told, drawn as the public map draws it; else for staff.

    Raises:
        InvalidInput: hazard cannot be drawn for the public; nothing is published without it.
    """
    if office.following is not None and not public:
        office.following.refuse_old()  # what everybody is told shows released ground as danger then
    facts = office.facts()
    # One moment for all tables, also where an entry comes in meanwhile.
    as_of = AsOf(office.now_us(), facts[-1].recorded_at_us)
    unread: dict[str, int] = {}
    if public:
        tables = list(_public(public_state(office, shelf, as_of), unread))
    else:
        tables = [*_land(office, as_of, unread), *_works(office, as_of, unread)]
    return Mirrored(_stamp(office, as_of, public=public), tables, unread)


def _stamp(office: Office, as_of: AsOf, *, public: bool) -> MirrorStamp:
    about = public_about(office, as_of, as_of.valid_us(office))
    first = next(iter(office.store.read(after_seq=0, until_seq=1)))
    return MirrorStamp(
        site_id=first.entry_hash.hex(),
        audience="everybody" if public else "staff",
        site=about["site"],
        as_of=about["as_of"],
        known_at=about["known_at"],
        entries=about["entries"],
        root=about["root"],
    )


def _land(office: Office, as_of: AsOf, unread: dict[str, int]) -> Iterator[MirrorTable]:
    for kind, (says, names) in _LAND.items():
        record = dictionary().records[EXPORT_KINDS[kind][0]]
        shown = names or shown_fields(record, STAFF_SENSITIVITY)
        columns = Columns(kind.replace("-", "_"), unread)
        rows = exported_rows(office, kind, as_of)
        yield _of_record(office, columns, says, record, shown, rows)
        if kind == "hazards":
            doubted = list(_in_doubt(office, as_of))
            columns = Columns("in_doubt", unread)
            yield _of_record(office, columns, _IN_DOUBT, record, _HAZARD, doubted)


def _of_record(
    office: Office,
    columns: Columns,
    says: str,
    record: Record,
    names: Sequence[str],
    rows: Sequence[ExportRow],
) -> MirrorTable:
    columns.of_record(record, names, [values for values, _ in rows])
    shapes = many_polygons([lonlat_of(office, place) for _, place in rows])
    return MirrorTable(columns.table, says, columns.made, shapes)


def _in_doubt(office: Office, as_of: AsOf) -> Iterator[ExportRow]:
    """Yields released ground in doubt as hazard of the class it had, for whoever paints hazard."""
    doubts = Doubts.asked(office, as_of.valid_us(office), as_of.known_at_us)
    grouped: dict[tuple[tuple[str, ...], str], list[tuple[Face, LandState]]] = {}
    for face, state in doubts.book.states(doubts.valid_us):
        if doubts.on(face, state):
            grouped.setdefault((state.claims, state.raised_class), []).append((face, state))
    areas = doubts.book.register.areas
    for (claims, class_), held in sorted(grouped.items(), key=lambda item: item[0]):
        first = areas.get(claims[0])
        values = {
            "id": f"{'+'.join(claims)}/{class_}/in_doubt",
            "class": class_,
            "name": first.fact.name if first else None,
        }
        yield values, join([face.shape for face, _ in held])


def _works(office: Office, as_of: AsOf, unread: dict[str, int]) -> Iterator[MirrorTable]:
    """Yields ways in, gates and permits of works; where gates close, every reason's code."""
    folders = WorksFolders.of(office, as_of.valid_us(office), as_of.known_at_us)
    reports = placed_reports(office, as_of)
    works = sorted(folders.register.project_facts(), key=lambda each: each.project_id)
    ways = [each for each in works if each.access is not None]
    columns = Columns("project_ways", unread)
    columns.add("project_id", "text", [each.project_id for each in ways])
    shapes = many_polygons([lonlat_of(office, each.access) for each in ways])
    yield MirrorTable("project_ways", "The way in of each project.", columns.made, shapes)

    answers = [
        gate_of(office, each, as_of, reports=reports, papers=folders.papers(each)) for each in works
    ]
    columns = Columns("project_gates", unread)
    columns.add("project_id", "text", [each.project_id for each in works])
    columns.add("outcome", "text", [each.outcome for each in answers])
    against = [[gate for gate in each.gates if gate.outcome != "open"] for each in answers]
    columns.add("against", "text", [_words(gate.code for gate in each) for each in against])
    areas = [_words(sorted({at for gate in each for at in gate.area_ids})) for each in against]
    columns.add("area_ids", "text", areas)
    shapes = many_polygons([lonlat_of(office, each.shape) for each in works])
    says = "Whether works may start: open, conditions or closed, with what speaks against them."
    yield MirrorTable("project_gates", says, columns.made, shapes)

    permits = permits_of(office, as_of)
    columns = Columns("permits", unread)
    columns.add("permit_id", "text", [each.case.fact.permit_id for each in permits])
    columns.add("project_id", "text", [each.case.fact.project_id for each in permits])
    columns.add("state", "text", [each.standing.state for each in permits])
    ends = [each.case.fact.until_us for each in permits]
    columns.add("until", "date", [None if end is None else iso_date(end) for end in ends])
    stopped = [
        [*(gate.code for gate in each.gates), *(reason.code for reason in each.reasons)]
        for each in (shown.standing for shown in permits)
    ]
    columns.add("against", "text", [_words(codes) for codes in stopped])
    yield MirrorTable("permits", "Permits, where they stand and what stops them.", columns.made)


_PUBLIC: Final[tuple[tuple[str, str, tuple[tuple[str, MirrorKind], ...]], ...]] = (
    (
        "danger",
        "Ground to keep off, as the public map draws it: hazard, and releases in doubt.",
        (
            ("ref", "text"),
            ("class", "text"),
            ("status", "text"),
            ("marking", "text"),
            ("since_on", "date"),
            ("area_m2", "integer"),
            ("places", "text"),
            ("landmark", "text"),
            ("landmark_ar", "text"),
        ),
    ),
    (
        "released",
        "Released ground, as the public map draws it: within its bounds, never beyond.",
        (
            ("ref", "text"),
            ("outcome", "text"),
            ("depth_cm", "integer"),
            ("released_on", "date"),
            ("certificate", "text"),
            ("area_m2", "integer"),
            ("places", "text"),
        ),
    ),
    (
        "notices",
        "Notices in force, by neighbourhood; each ends by itself.",
        (
            ("ref", "text"),
            ("kind", "text"),
            ("place", "text"),
            ("from", "text"),
            ("until", "text"),
            ("text", "text"),
            ("text_ar", "text"),
        ),
    ),
    (
        "places",
        "Neighbourhoods that the other tables name.",
        (("ref", "text"), ("name", "text"), ("name_ar", "text"), ("name_ckb", "text")),
    ),
)


def _public(state: PublicState, unread: dict[str, int]) -> Iterator[MirrorTable]:
    for name, says, wanted in _PUBLIC:
        rows = state.files[name]
        columns = Columns(name, unread)
        for column, kind in wanted:
            columns.add(column, kind, [row.get(column) for row in rows])
        shapes = None
        if name in {"danger", "released"}:
            shapes = many_polygons([_outline(row) for row in rows])
        yield MirrorTable(name, says, columns.made, shapes)


def _outline(row: Mapping[str, Any]) -> shapely.MultiPolygon:
    """Returns the outline of a public row, whose corners are in millionths of a degree."""
    return shapely.MultiPolygon(
        [
            (
                [_degrees(at) for at in rings[0]],
                [[_degrees(at) for at in ring] for ring in rings[1:]],
            )
            for rings in row["outline"]
        ]
    )


def _degrees(at: tuple[int, int]) -> tuple[float, float]:
    return at[0] / _E6, at[1] / _E6


def _words(codes: Iterable[str]) -> str | None:
    return " ".join(dict.fromkeys(codes)) or None
