"""People harmed and people warned, on paper: by source, by sex and age, and where nobody came.

Two sources of casualties are two rows and no sum. Of one to four people no number is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rafiqa.geo import Spot
from rafiqa.land import AccidentRecorded, CommunitySurveyed, EoreSessionHeld
from rafiqa.land.reporttable import (
    LEAST_PEOPLE,
    NO_NUMBER,
    NOT_RECORDED,
    Cell,
    Column,
    Figure,
    Label,
    Origin,
    Report,
    ReportTable,
    Said,
    Words,
    counted,
    people,
    people_total,
)
from rafiqa.service.community import BANDS, worst_band
from rafiqa.service.exporting import lonlat_of
from rafiqa.service.federationview import casualty_totals
from rafiqa.service.neighbourhood import Neighbourhoods
from rafiqa.service.reportbasis import ReportBasis, label_or, words_or
from rafiqa.service.reportcommunity import by_whom_table, communities_table, surveys_in
from rafiqa.service.reportinquiry import assistance_table, inquiries_table
from rafiqa.service.reportpeople import accidents_in, accidents_table
from rafiqa.service.reportreached import REACHED, Told


def people_report(basis: ReportBasis) -> Report:
    """Returns who was harmed and who was warned in the period, and where nobody was warned."""
    return Report(
        "people",
        (basis.ground_name,),
        basis.figures.statement,
        (
            accidents_table(basis),
            _by_source(basis),
            by_whom_table(basis),
            inquiries_table(basis),
            assistance_table(basis),
            education_table(basis, basis.sessions),
            communities_table(basis),
            _coverage(basis),
        ),
        (Words("report.missing.identities"),),
        (Words("report.notice.people"),),
    )


def _by_source(basis: ReportBasis) -> ReportTable:
    """Returns persons harmed as each source counts them: side by side, never added up."""
    origin = basis.origin("accidents")
    rows: list[tuple[Cell, ...]] = []
    own: dict[str, list[AccidentRecorded]] = {}
    by_kind: dict[str, list[AccidentRecorded]] = {}
    for record in accidents_in(basis):
        if isinstance(record.fact, AccidentRecorded):
            source = record.fact.source or record.actor.organisation_id
            own.setdefault(source, []).append(record.fact)
            by_kind.setdefault(record.fact.kind, []).append(record.fact)
    harmed = [
        [_harmed(facts, name) for _, facts in sorted(own.items())] for name in ("killed", "injured")
    ]
    kinds = [[_harmed(facts, name) for facts in by_kind.values()] for name in ("killed", "injured")]
    for at, (source, facts) in enumerate(sorted(own.items())):
        rows.append(
            (
                words_or(source),
                counted(len(facts), "accidents", origin),
                *(
                    _beside(column, beside, at, origin)
                    for column, beside in zip(harmed, kinds, strict=True)
                ),
            )
        )
    # What others told of has no period here: it is their newest word.
    for each in casualty_totals(basis.office)[1:]:
        theirs = basis.origin("told-by-others", Said(each.source), now=True)
        rows.append(
            (
                Said(each.source),
                counted(each.accidents, "accidents", theirs),
                people(each.killed, theirs),
                people(each.injured, theirs),
            )
        )
    columns = (
        Column("source"),
        Column("accidents", "accidents"),
        Column("killed", "people"),
        Column("injured", "people"),
    )
    notes = (Words("report.note.sources"), Words("report.note.people"))
    return ReportTable("casualties_by_source", columns, tuple(rows), origin, None, notes)


def _harmed(facts: list[AccidentRecorded], name: str) -> int | None:
    known = [n for fact in facts if (n := getattr(fact, name)) is not None]
    return sum(known) if known else None


def _beside(counts: list[int | None], kinds: list[int | None], at: int, origin: Origin) -> Figure:
    """One source's count; none where any source, or any kind of accident, has one to four.

    Both tables are of the same people: a sum in one, less what the other tells, would give the
    small one away.
    """
    small = any(n is not None and 0 < n < LEAST_PEOPLE for n in (*counts, *kinds))
    if small and counts[at]:
        return Figure(None, "people", origin, NO_NUMBER)
    return people(counts[at], origin)


def education_table(basis: ReportBasis, told: Told) -> ReportTable:
    """Returns whom sessions of risk education reached, by activity, sex and age."""
    origin = basis.origin("education")
    held: dict[tuple[str, str], list[EoreSessionHeld]] = {}
    for _, fact in told:
        held.setdefault((fact.activity, fact.reach), []).append(fact)
    names = (*REACHED, "with_impairment")
    counts = {key: [_sum(facts, name) for name in names] for key, facts in sorted(held.items())}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Label("eore_activity", (activity,)),
            Label("eore_reach", (reach,)),
            counted(sum(each.sessions for each in held[activity, reach]), "sessions", origin),
            *(people(n, origin) for n in told),
        )
        for (activity, reach), told in counts.items()
    )
    total: tuple[Cell, ...] = (
        Words("report.total"),
        Said(""),
        counted(sum(f.sessions for facts in held.values() for f in facts), "sessions", origin),
        *(people_total([told[at] for told in counts.values()], origin) for at in range(len(names))),
    )
    columns = (
        *(Column("eore_activity"), Column("eore_reach"), Column("sessions", "sessions")),
        *(Column(name, "people") for name in names),
    )
    notes = (Words("report.note.education"), Words("report.note.people"))
    return ReportTable("education", columns, rows, origin, total, notes)


def _sum(facts: list[EoreSessionHeld], name: str) -> int | None:
    known = [n for fact in facts if (n := getattr(fact, name)) is not None]
    return sum(known) if known else None


@dataclass(slots=True)
class _Covered:
    """What is on record of one neighbourhood: hazards, and who came to warn of them."""

    areas: int = 0
    accidents: int = 0
    sessions: int = 0
    surveys: list[CommunitySurveyed] = field(default_factory=list)

    @property
    def band(self) -> str | None:
        """The worst that the communities there tell of."""
        return worst_band(self.surveys)

    @property
    def residents(self) -> int | None:
        """How many live there, by whoever counted most."""
        return max((n for each in self.surveys if (n := each.residents) is not None), default=None)

    @property
    def eore_told(self) -> str | None:
        """Whether the people there say that they were warned; where two differ, that not."""
        said = {each.eore_given for each in self.surveys} - {None}
        return next((code for code in ("no", "unknown", "yes") if code in said), None)


def _coverage(basis: ReportBasis) -> ReportTable:
    """Returns neighbourhoods with hazard or accidents beside the sessions held in each.

    Those with hazard and no session come first: that is what the table is for. Whom the sessions
    reached is not told here again: a sum of all would give away the few that are withheld above.
    """
    origin = basis.origin("coverage")
    places = Neighbourhoods(basis.office, basis.shelf, basis.as_of)
    found: dict[str, _Covered] = {}
    for record in basis.register.areas.values():
        hazard = basis.by_then(record.recorded) and not record.outline.is_empty
        shape = lonlat_of(basis.office, record.outline) if hazard else None
        for each in [] if shape is None else places.around(shape):
            found.setdefault(each.called("en"), _Covered()).areas += 1
    for accident in accidents_in(basis):
        _at(places, found, getattr(accident.fact, "spot", None)).accidents += 1
    for _, fact in basis.sessions:
        covered = _at(places, found, fact.spot, fact.neighbourhood or fact.community)
        covered.sessions += fact.sessions
    for _, told in surveys_in(basis):
        _at(places, found, told.spot, told.neighbourhood or told.community).surveys.append(told)
    order = sorted(found, key=lambda name: (*_urgency(found[name]), name))
    rows = tuple(
        (
            Said(name) if name else NOT_RECORDED,
            counted(found[name].areas, "areas", origin),
            counted(found[name].accidents, "accidents", origin),
            counted(found[name].sessions, "sessions", origin),
            label_or("impact_band", found[name].band),
            people(found[name].residents, origin),
            label_or("yes_no_unknown", found[name].eore_told),
        )
        for name in order
    )
    columns = (
        Column("neighbourhood"),
        Column("areas", "areas"),
        Column("accidents", "accidents"),
        Column("sessions", "sessions"),
        Column("impact_band"),
        Column("residents", "people"),
        Column("eore_told"),
    )
    return ReportTable("coverage", columns, rows, origin, None, (Words("report.note.coverage"),))


def _urgency(covered: _Covered) -> tuple[bool, int, int]:
    """Returns by what a place comes first: nobody came, its people tell of much, much is hazard."""
    band = covered.band
    rank = len(BANDS) if band is None else BANDS.index(band)
    return covered.sessions > 0, rank, -covered.areas


def _at(
    places: Neighbourhoods, found: dict[str, _Covered], spot: Spot | None, said: str | None = None
) -> _Covered:
    there = None if spot is None else places.at(spot.lon_deg, spot.lat_deg)
    name = (said or "") if there is None else there.called("en")
    return found.setdefault(name, _Covered())
