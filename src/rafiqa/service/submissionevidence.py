"""From a survey form to the evidence that it tells of: its table of kinds, and each item by itself.

A kind that the table says was met, and that no item tells more of, is an item without a place.
"No" and "not known" are kept with the form and are no evidence: nothing found in asking takes no
suspicion away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from rafiqa.dictionary import dictionary
from rafiqa.land import EvidenceRecorded, Reason
from rafiqa.ledger import FormPublished
from rafiqa.service.fieldbook import Story
from rafiqa.service.intakefact import Checked, RowFact, row_fact
from rafiqa.service.office import Office
from rafiqa.service.submissionrow import PART, AnsweredRow, checked_row, reason_of, repeated_rows
from rafiqa.wire.filled import Filled

ITEMS: Final = "evidence_item"
TABLE: Final = "evidence"


@dataclass(frozen=True, slots=True)
class EvidenceMade:
    """One item of evidence: its fact, since when it is true, and its name within the form."""

    fact: EvidenceRecorded
    valid_at_us: int
    name: str


def evidence_of(
    office: Office,
    story: Story,
    filled: Filled,
    form: FormPublished | None,
    area_id: str,
    since_us: int,
) -> Iterator[EvidenceMade | Reason]:
    """Yields every item of evidence of a survey form, and every fault of an item.

    Args:
        office: the open store.
        story: the submission.
        filled: what it says.
        form: its form as it was given out.
        area_id: the area that the form is about.
        since_us: when the survey was, for what gives no day of its own.
    """
    source = story.received.actor.organisation_id
    told: set[tuple[str, str]] = set()
    for row in repeated_rows(filled, ITEMS, "evidence", form):
        name = f"item-{row.number}"
        # A form's item is of the form's area, whatever else it might say.
        given = {"id": f"{area_id}.{name}", "area_id": area_id}
        read = checked_row(office, _of_area(row), form, source, given)
        if not isinstance(read, Checked):
            yield from read
            continue
        made = row_fact(office, "evidence", read)
        if not isinstance(made, RowFact):
            yield from (reason_of(fault, row.place) for fault in made)
        elif isinstance(made.fact, EvidenceRecorded):
            told.add((made.fact.kind, made.fact.source_kind))
            dated = "observed_on" in read.values
            yield EvidenceMade(made.fact, made.valid_at_us if dated else since_us, name)
    for kind, source_kind in sorted(_met(filled) - told):
        name = f"{kind}.{source_kind}"
        fact = EvidenceRecorded(
            f"{area_id}.{name}", kind, source_kind, source=source, area_id=area_id
        )
        yield EvidenceMade(fact, since_us, name)


def _of_area(row: AnsweredRow) -> AnsweredRow:
    """Returns a row that names no area; one it named is kept beside."""
    answers = dict(row.answers)
    told = answers.pop("area_id", None)
    return row if told is None else replace(row, answers=answers, own={**row.own, "area_id": told})


def _met(filled: Filled) -> set[tuple[str, str]]:
    """Returns the kinds of evidence and of sources that the form's table says yes to."""
    lists = dictionary().lists
    kinds, sources = lists["evidence_kind"].names, lists["evidence_source"].names
    found: set[tuple[str, str]] = set()
    for group in (f"{TABLE}{PART}", TABLE):
        for names, text in filled.within(group):
            told = "_".join(names[-1:] if group != TABLE else names).removeprefix(f"{TABLE}_")
            pair = next(
                (
                    (told.removesuffix(f"_{source}"), source)
                    for source in sources
                    if told.endswith(f"_{source}")
                ),
                None,
            )
            if text == "yes" and pair is not None and pair[0] in kinds:
                found.add(pair)
    return found
