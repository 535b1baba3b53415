"""A small invented site, its people and its ground: what the tests of the verbs stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    AccreditationGranted,
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    ReleaseAccepted,
    ReleaseProposed,
    SiteOpened,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.service import (
    AsOf,
    Office,
    Stamp,
    accept_release,
    ask_point,
    declare_area,
    grant_accreditation,
    inspect_work,
    open_office,
    open_site,
    order_work,
    propose_release,
    record_evidence,
    report_work,
)
from rafiqa.service.identity import ulid_maker
from rafiqa.store import MemoryStore
from rafiqa.wire.instant import moment_us

DAY_US = 86_400_000_000
START_US = moment_us(datetime(2026, 3, 1, 8, tzinfo=UTC))
ORIGIN = Spot.of(38.55, 34.9)
AUTHORITY = "mine-action-office"
FIRST = Actor("authority-1", AUTHORITY, "authority")
SECOND = Actor("authority-2", AUTHORITY, "authority")
SURVEYOR = Actor("surveyor-1", AUTHORITY, "surveyor")
OPERATOR = Actor("operator-1", "clearance-co", "operator")
INSPECTOR = Actor("inspector-1", "quality-board", "quality")
ENGINEER = Actor("engineer-1", "municipality", "engineer")
INFORMATION = Actor("information-1", AUTHORITY, "information")
RESIDENT = Actor("resident", "residents", "resident")
PLANNER = Actor("planner-1", AUTHORITY, "planner")


@dataclass
class Clock:
    """A clock that goes a millisecond forward whenever it is looked at, or as far as told."""

    at_us: int = START_US

    def __call__(self) -> int:
        self.at_us += 1_000
        return self.at_us

    def wait(self, days: int) -> int:
        self.at_us += days * DAY_US
        return self.at_us


@dataclass
class Draws:
    """Bytes that look random and are the same in every run."""

    n_drawn: int = field(default=0)

    def __call__(self, count: int) -> bytes:
        drawn = b""
        while len(drawn) < count:
            self.n_drawn += 1
            drawn += sha256(f"draw {self.n_drawn}".encode()).digest()
        return drawn[:count]


def bare_office(clock: Clock | None = None) -> Office:
    """An office in memory for which no site has been opened."""
    clock, draws = clock or Clock(), Draws()
    return Office(MemoryStore(entropy=draws, now_us=clock), clock, ulid_maker(clock, draws))


def new_office(clock: Clock | None = None) -> Office:
    """An office in memory with its site opened."""
    office = bare_office(clock)
    assert open_site(office, FIRST, SiteOpened("Old Town", ORIGIN, AUTHORITY)).done
    return office


def accredit(office: Office) -> None:
    """Accredits the operator for what the tests have it do, before everything else."""
    methods = ("manual", "ts_systematic", "ts_targeted", "nts")
    granted = AccreditationGranted("C0", OPERATOR.organisation_id, methods, START_US - 1)
    assert grant_accreditation(office, FIRST, granted, Stamp(START_US - 1, "c0")).done


def kept_office(path: Path, clock: Clock | None = None, *, create: bool = True) -> Office:
    """An office on disk, with its site opened where it is new."""
    office = open_office(str(path), now_us=clock or Clock(), entropy=Draws(), create=create)
    if create:
        assert open_site(office, FIRST, SiteOpened("Old Town", ORIGIN, AUTHORITY)).done
    return office


def square(x_m: int = 0, y_m: int = 0, size_m: int = 100) -> GridShape:
    """A square with its lower left corner at a place in metres of the site's frame."""
    x_mm, y_mm, size_mm = x_m * 1_000, y_m * 1_000, size_m * 1_000
    return GridShape.box(x_mm, y_mm, x_mm + size_mm, y_mm + size_mm)


def spot_in(office: Office, x_m: float, y_m: float) -> Spot:
    return office.frame.mm_spot(x_m * 1_000, y_m * 1_000)


def evidence(evidence_id: str = "E1", area_id: str | None = "A1") -> EvidenceRecorded:
    return EvidenceRecorded(
        evidence_id, "eo_seen", "visual", ORIGIN, accuracy_m=Decimal(5), area_id=area_id
    )


def area(area_id: str = "A1", shape: GridShape | None = None) -> AreaRecorded:
    return AreaRecorded(area_id, "cha", shape or square(), "Field", ("E1",))


def work(work_id: str = "W1", *, depth_cm: int | None = 30, part_id: str = "P1") -> WorkReported:
    part = WorkedPart(part_id, "cleared", square(), "manual", depth_cm)
    return WorkReported(work_id, "A1", OPERATOR.organisation_id, (part,), "T1", (), ("lead",))


def inspection(inspection_id: str = "I1", *, passed: bool = True) -> WorkInspected:
    return WorkInspected(inspection_id, "W1", INSPECTOR.organisation_id, passed, Decimal("0.1"))


STAGES = ("site", "evidence", "area", "task", "work", "inspected", "proposed", "released")


def office_at(stage: str, office: Office | None = None) -> Office:
    """An office, in memory if none is given, where the work on A1 has come as far as a stage."""
    office = office or new_office()
    accredit(office)
    steps = [
        lambda: record_evidence(office, SURVEYOR, evidence(), Stamp(entry_id="e1")),
        lambda: declare_area(office, SURVEYOR, area(), Stamp(entry_id="a1")),
        lambda: order_work(
            office,
            FIRST,
            TaskOrdered("T1", "A1", OPERATOR.organisation_id, ("manual",), 30),
            Stamp(entry_id="t1"),
        ),
        lambda: report_work(office, OPERATOR, work(), Stamp(entry_id="w1")),
        lambda: inspect_work(office, INSPECTOR, inspection(), Stamp(entry_id="i1")),
        lambda: propose_release(
            office, FIRST, ReleaseProposed("R1", "W1", ("P1",)), Stamp(entry_id="r1")
        ),
        lambda: accept_release(office, SECOND, ReleaseAccepted("R1"), Stamp(entry_id="d1")),
    ]
    n_steps = STAGES.index(stage)
    for step in steps[:n_steps]:
        acted = step()
        assert acted.done, acted.reasons
    return office


def state_at(office: Office, x_m: float, y_m: float, valid_at_us: int | None = None) -> str:
    """The status of the ground at a place, ``unrecorded`` where none is on record."""
    return ask_point(office, spot_in(office, x_m, y_m), AsOf(valid_at_us)).state
