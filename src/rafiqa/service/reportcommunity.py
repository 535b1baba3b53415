"""What communities tell, on paper: impact, what is blocked, who lives there; few are not told.

A survey is a source of its own: victims told of in one are added to no accident on record.
"""

from __future__ import annotations

from rafiqa.dictionary import dictionary
from rafiqa.land import AccidentRecorded
from rafiqa.land.reporttable import (
    LEAST_PEOPLE,
    NO_NUMBER,
    NOT_RECORDED,
    Cell,
    Column,
    Figure,
    Label,
    ReportTable,
    Said,
    Words,
    people,
)
from rafiqa.service.accidentreport import BY_WHOM, harmed_by_whom
from rafiqa.service.community import (
    BANDS,
    Standing,
    community_name,
    newest_surveys,
    told_band,
)
from rafiqa.service.reportbasis import ReportBasis, day_or, label_or
from rafiqa.service.reportpeople import accidents_in


def surveys_in(basis: ReportBasis) -> list[Standing]:
    """Returns the newest survey of each community by each organisation, on the ground asked of."""
    known = newest_surveys(basis.office, basis.known_us, basis.until_us)
    return [(record, fact) for record, fact in known if basis.holds(fact.spot)]


def communities_table(basis: ReportBasis) -> ReportTable:
    """Returns what each community told last, to each organisation that asked it."""
    origin = basis.origin("communities", now=True)
    found = surveys_in(basis)
    found.sort(key=lambda each: (BANDS.index(told_band(each[1])), community_name(each[1])))
    rows: list[tuple[Cell, ...]] = [
        (
            Said(community_name(fact)),
            Said(fact.organisation_id),
            day_or(record.valid_at_us),
            Label("yes_no_unknown", (fact.contaminated,)),
            Label("impact_band", (told_band(fact),)),
            _codes("blockage", fact.blocked),
            _codes("blockage", fact.priorities),
            _codes("coping_way", fact.coping),
            people(fact.residents, origin),
            people(fact.victims, origin),
            label_or("yes_no_unknown", fact.eore_given),
        )
        for record, fact in found
    ]
    columns = (
        *map(Column, ("community", "organisation", "surveyed", "contaminated", "impact_band")),
        *map(Column, ("blocked", "priorities", "coping")),
        *(Column("residents", "people"), Column("victims_told", "people"), Column("eore_told")),
    )
    notes = (Words("report.note.communities"), Words("report.note.people"))
    return ReportTable("communities", columns, tuple(rows), origin, None, notes)


def _codes(list_name: str, codes: tuple[str, ...]) -> Cell:
    known = dictionary().lists[list_name].names
    named = tuple(code for code in known if code in codes)
    return Label(list_name, named) if named else NOT_RECORDED


def by_whom_table(basis: ReportBasis) -> ReportTable:
    """Returns who was harmed in the accidents of the period, by sex and age.

    Where one to four of any were, none of the four is told: less the others, the total of the
    table beside it would give those away.
    """
    origin = basis.origin("accidents")
    counts: dict[str, int] = {}
    for record in accidents_in(basis):
        if isinstance(record.fact, AccidentRecorded):
            for name, n in harmed_by_whom(record.fact).items():
                counts[name] = counts.get(name, 0) + n
    few = any(0 < n < LEAST_PEOPLE for n in counts.values())
    row = tuple(
        Figure(None, "people", origin, NO_NUMBER)
        if few and counts.get(name)
        else people(counts.get(name), origin)
        for name in BY_WHOM
    )
    columns = tuple(Column(name, "people") for name in BY_WHOM)
    notes = (Words("report.note.by-whom"), Words("report.note.people"))
    return ReportTable("harmed_by_whom", columns, (row,) if counts else (), origin, None, notes)
