"""Figures: the account of a period with all that is asked beside it, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import GridShape
from rafiqa.land import (
    Account,
    Case,
    Difference,
    Disagreement,
    FloorAccount,
    Ground,
    Indicator,
    Items,
    Knowing,
    LandBook,
    Output,
    Recorded,
    Reported,
    ReportedTotal,
    Statement,
    account,
    account_of,
    all_ground,
    areas_tasked,
    claimed,
    difference,
    disagreements,
    floor_account,
    indications,
    indicators,
    items,
    output,
    reported_sizes,
    tasks_of,
    unclaimed,
    works_on,
)
from rafiqa.ledger import GENESIS
from rafiqa.service.office import Office
from rafiqa.service.question import BEGINNING_US
from rafiqa.wire.answer import METHOD

By = Literal["operator", "donor", "area"]


@dataclass(frozen=True, slots=True)
class Question:
    """What an account is asked about; from the beginning, until now, as known now, where None.

    Attributes:
        from_us: start of the period.
        until_us: its end, included: figures are as true at this time.
        known_at_us: nothing recorded later is used.
        boundary: only ground inside it.
        boundary_name: the boundary in words.
        operator_id: only ground of areas with a task ordered from this organisation.
        donor_id: only ground of areas with a task paid by this organisation.
    """

    from_us: int | None = None
    until_us: int | None = None
    known_at_us: int | None = None
    boundary: GridShape | None = None
    boundary_name: str = ""
    operator_id: str | None = None
    donor_id: str | None = None


@dataclass(eq=False)
class Figures:
    """The answer: the account at once, everything else worked out when it is looked at.

    Attributes:
        statement: where all of it comes from.
        book: the land book that it was read from.
        account: the land account over the ground asked about.
        question: what was asked.
    """

    statement: Statement
    book: LandBook
    account: Account
    question: Question

    @cached_property
    def ground(self) -> Sequence[Ground]:
        """The faces that count, each once."""
        return _ground(self.book, self.question, self.account.until_us)

    @property
    def _period_us(self) -> tuple[int, int]:
        return self.account.from_us, self.account.until_us

    @property
    def _whole(self) -> bool:
        asked = self.question
        return asked.boundary is None and asked.operator_id is None and asked.donor_id is None

    @cached_property
    def indication(self) -> tuple[int, int]:
        """Ground that is only indicated, at the start and the end: twice the area in mm²."""
        opening, closing = self._period_us
        return indications(self.ground, opening), indications(self.ground, closing)

    @cached_property
    def floor(self) -> FloorAccount:
        """The floor area of the structures there, by state at the end; it is no land area."""
        ground = None if self._area_ids is None else [item.face.shape for item in self.ground]
        return floor_account(self.book, self.account.until_us, self.question.boundary, ground)

    @cached_property
    def output(self) -> list[Output]:
        """What was lowered, by whom, for whom and how; rework apart."""
        from_us, until_us = self._period_us
        return output(self.book, self.ground, from_us=from_us, until_us=until_us)

    @cached_property
    def _case(self) -> Case:
        works = list(works_on(self.book, self.ground, whole=self._whole))
        return Case(self.book, self.ground, works, self.account)

    @cached_property
    def items(self) -> list[Items]:
        """What was found, and the spot tasks, in items."""
        from_us, until_us = self._period_us
        return items(self.book, self._case.works, from_us=from_us, until_us=until_us)

    @cached_property
    def indicators(self) -> list[Indicator]:
        """The indicators of land release, each with its inputs."""
        return indicators(self._case)

    @cached_property
    def reported(self) -> tuple[list[Reported], list[ReportedTotal]]:
        """Sizes as stated beside sizes as computed, by area and part and in total."""
        ids = self._area_ids
        rows, totals = reported_sizes(self.book, self.account.until_us, self.question.boundary, ids)
        return rows, totals

    @cached_property
    def disagreements(self) -> list[Disagreement]:
        """Where sources speak differently of one area or of the same ground."""
        found = disagreements(self.book, self.account.until_us, self.question.boundary)
        area_ids = self._area_ids
        if area_ids is None:
            return found
        return [item for item in found if area_ids & {self._area_of(key) for key in item.subjects}]

    def _area_of(self, subject: str) -> str:
        """Returns the area that a part was worked in; the subject itself where it is no part."""
        known = self.book.register.parts.get(subject)
        return getattr(known[1].fact, "area_id", None) or subject if known else subject

    @cached_property
    def _area_ids(self) -> frozenset[str] | None:
        asked = self.question
        if asked.operator_id is None and asked.donor_id is None:
            return None
        return areas_tasked(
            self.book.register,
            self.account.until_us,
            operator_id=asked.operator_id,
            donor_id=asked.donor_id,
        )


def ask_figures(office: Office, question: Question) -> Figures:
    """Returns the account of a period over the ground asked about, and all beside it.

    Raises:
        InvalidInput: the period ends before it begins.
    """
    now_us = office.now_us()
    from_us = BEGINNING_US - 1 if question.from_us is None else question.from_us
    until_us = now_us if question.until_us is None else question.until_us
    if until_us < from_us:
        raise InvalidInput(Fault("service.account.period", "--to"))
    known_us = now_us if question.known_at_us is None else question.known_at_us
    n_entries = len(office.facts(question.known_at_us))
    book = office.book(question.known_at_us)
    statement = Statement(
        office.site.name,
        from_us,
        until_us,
        known_us,
        METHOD,
        question.boundary_name,
        n_entries,
        root_of(office, n_entries),
    )
    return Figures(statement, book, _account(book, question, from_us, until_us), question)


def _account(book: LandBook, question: Question, from_us: int, until_us: int) -> Account:
    if question.operator_id is None and question.donor_id is None:
        return account(book, from_us=from_us, until_us=until_us, boundary=question.boundary)
    ground = _ground(book, question, until_us)
    return account_of(ground, from_us=from_us, until_us=until_us)


def root_of(office: Office, n_entries: int) -> str:
    """Returns the ledger's hash where its first entries end, in hex."""
    entries = office.store.read(after_seq=n_entries - 1, until_seq=n_entries)
    return next((entry.entry_hash for entry in entries), GENESIS.entry_hash).hex()


def _ground(book: LandBook, question: Question, until_us: int) -> list[Ground]:
    ground = all_ground(book, question.boundary)
    if question.operator_id is None and question.donor_id is None:
        return ground
    area_ids = areas_tasked(
        book.register, until_us, operator_id=question.operator_id, donor_id=question.donor_id
    )
    return claimed(book, ground, area_ids)


def split(figures: Figures, by: By) -> Iterator[tuple[str | None, Account]]:
    """Yields the account of each operator, donor or area, and of the ground that has none (None).

    Ground that several have a claim on is in the account of each: these accounts each balance,
    and do not add up to the whole where ground is shared.
    """
    register, until_us = figures.book.register, figures.account.until_us
    sets: dict[str, frozenset[str]] = {}
    if by == "area":
        sets = {area_id: frozenset((area_id,)) for area_id in register.areas}
    else:
        for task in tasks_of(register, until_us):
            name = task.organisation_id if by == "operator" else task.donor_id
            if name is not None:
                sets[name] = sets.get(name, frozenset()) | {task.area_id}
    period = {"from_us": figures.account.from_us, "until_us": until_us}
    for name, area_ids in sorted(sets.items()):
        ground = claimed(figures.book, figures.ground, area_ids)
        if ground:
            yield name, account_of(ground, **period)
    every = frozenset(area_id for area_ids in sets.values() for area_id in area_ids)
    rest = unclaimed(figures.book, figures.ground, every)
    if rest:
        yield None, account_of(rest, **period)


def compare(
    office: Office, figures: Figures, compare_known_at_us: int
) -> tuple[Figures, Difference]:
    """Returns the same figures as known at an earlier time, and the difference with its facts.

    Raises:
        InvalidInput: the earlier knowing is later than the one that it is compared with.
    """
    if compare_known_at_us > figures.statement.known_at_us:
        raise InvalidInput(Fault("service.account.compared-later", "--compare-known-at"))
    asked = replace(
        figures.question,
        from_us=figures.account.from_us,
        until_us=figures.account.until_us,
        known_at_us=compare_known_at_us,
    )
    earlier = ask_figures(office, asked)
    between: Sequence[Recorded] = office.facts(figures.question.known_at_us)[
        earlier.statement.n_entries : figures.statement.n_entries
    ]
    found = difference(
        Knowing(earlier.book, earlier.ground),
        Knowing(figures.book, figures.ground),
        between,
        from_us=figures.account.from_us,
        until_us=figures.account.until_us,
    )
    return earlier, found
