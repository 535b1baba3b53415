"""A server and its phones in one process, on one seed: every loss, repeat, mix-up and wrong clock.

Phones keep what they finished until somebody answered for it, as Collect does. Between them and
the server messages are lost on the way, answered in vain, doubled and delivered late; the server
is killed between two messages and opened again from its file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rafiqa.errors import Conflict, NotFound
from rafiqa.land import Actor, SiteOpened
from rafiqa.ledger import SubmissionReceived
from rafiqa.service import Office, Sent, open_office, open_site, put_file, receive
from tests.city import FIRST, ORIGIN, Clock, Draws
from tests.unit.service.field import filled_form

PHOTO_BYTES = 3_000


@dataclass(slots=True)
class Report:
    """One finished form on a phone: frozen, with its photograph."""

    content: bytes
    instance_id: str
    photo: bytes
    told: int = 0


@dataclass(slots=True)
class Phone:
    """A phone with its outbox, and a clock that may be wrong by decades."""

    actor: Actor
    year: int
    outbox: list[Report] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """Everything that happens on one seed.

    Args:
        folder: where the server's store lies.
        seed: of all chance.
        frozen: whether a phone sends a form again as it was finished; the control makes the id
            anew at each try, as a client does that keeps none.
    """

    folder: Path
    seed: int
    frozen: bool = True
    phones: list[Phone] = field(default_factory=list)
    late: list[tuple[Phone, Report]] = field(default_factory=list)
    finished: list[Report] = field(default_factory=list)
    conflicts: int = 0
    restarts: int = 0
    _tries: int = 0
    _office: Office | None = None

    def run(self, n_phones: int, n_reports: int) -> Office:
        """Returns the office after every phone was answered for all that it finished."""
        chance = np.random.default_rng(self.seed)
        self._open(create=True)
        for number in range(n_phones):
            actor = Actor(f"carrier-{number}", "deminers", "surveyor")
            self.phones.append(Phone(actor, int(chance.choice((1970, 2026, 2038)))))
        for number in range(n_reports):
            self._finish(self.phones[number % n_phones], number, chance)
        while any(phone.outbox for phone in self.phones) or self.late:
            self._step(chance)
        assert self._office is not None
        return self._office

    def _open(self, *, create: bool = False) -> None:
        path = str(self.folder / "field.rafiqa")
        clock, draws = Clock(), Draws()
        self._office = open_office(path, now_us=clock.now_us, entropy=draws, create=create)
        if create:
            assert open_site(self._office, FIRST, SiteOpened("Field", ORIGIN, "office")).done

    def _finish(self, phone: Phone, number: int, chance: np.random.Generator) -> None:
        # A phone that was copied onto another makes the same ids: every ninth report.
        twin = number % 9 == 8
        instance_id = f"uuid:{number - 1 if twin else number}"
        content = filled_form(
            instance_id,
            place=f"35.95 {39 + number / 1000:.4f} 0 0",
            photo="p.jpg",
            statement=f"report {number}",
        ).replace(b"<photo>", f"<end>{phone.year}-01-01T00:00:00Z</end><photo>".encode())
        report = Report(content, instance_id, chance.bytes(PHOTO_BYTES))
        phone.outbox.append(report)
        self.finished.append(report)

    def _step(self, chance: np.random.Generator) -> None:
        if self.late and chance.random() < 0.3:
            phone, report = self.late.pop(int(chance.integers(len(self.late))))
            self._deliver(phone, report)
        if chance.random() < 0.03:
            assert self._office is not None
            self._office.store.close()
            self._open()
            self.restarts += 1
        waiting = [phone for phone in self.phones if phone.outbox]
        if not waiting:
            return
        phone = waiting[int(chance.integers(len(waiting)))]
        report = phone.outbox[int(chance.integers(len(phone.outbox)))]
        fate = chance.random()
        if fate < 0.2:  # lost on the way
            return
        if fate < 0.3:  # held up, and the phone tries again meanwhile
            self.late.append((phone, report))
            return
        answered = self._deliver(phone, report)
        if fate < 0.4:
            self._deliver(phone, report)  # doubled on the way
        if fate > 0.6 and answered and report in phone.outbox:
            phone.outbox.remove(report)  # else the answer was lost

    def _deliver(self, phone: Phone, report: Report) -> bool:
        assert self._office is not None
        self._tries += 1
        content, instance_id = report.content, report.instance_id
        if not self.frozen:
            instance_id = f"{instance_id}.{self._tries}"
            content = content.replace(
                report.instance_id.encode() + b"<", instance_id.encode() + b"<"
            )
        submitted = receive(self._office, phone.actor, Sent(content))
        if not submitted.acted.done:
            self.conflicts += 1
            return True  # told; the phone keeps it as failed, the office has it in quarantine
        try:
            put_file(self._office, phone.actor, instance_id, "p.jpg", report.photo)
        except (Conflict, NotFound):
            self.conflicts += 1
        return True


def assert_once_each(world: World, office: Office) -> None:
    """What every phone finished is on record exactly once, or in the quarantine where ids met."""
    stored = Counter(
        record.fact.text.encode()
        for record in office.facts()
        if isinstance(record.fact, SubmissionReceived)
    )
    assert set(stored.values()) <= {1}
    kept = [item.original for item in office.store.quarantined()]
    for report in world.finished:
        aside = any(b"report" in one and _words(report) in one for one in kept)
        assert stored[report.content] == 1 or aside, report.instance_id
    ids = [fact.instance_id for fact in map(_submission, office.facts()) if fact]
    assert len(ids) == len(set(ids)) == len({report.instance_id for report in world.finished})
    signs = [r for r in office.facts() if type(r.fact).__name__ == "ResidentReported"]
    assert len(signs) == len(world.finished), "every report stands on the map, once"
    assert all(0 < record.valid_at_us < 2_000_000_000_000_000 for record in office.facts())


def _submission(record: object) -> SubmissionReceived | None:
    fact = getattr(record, "fact", None)
    return fact if isinstance(fact, SubmissionReceived) else None


def _words(report: Report) -> bytes:
    start = report.content.index(b"<statement>")
    return report.content[start : report.content.index(b"</statement>")]
