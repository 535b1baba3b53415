"""A small site built through the services, with something of everything, for tests.

Land in metres of the site's plane, the origin in the middle of it:

    H1 (0,0)-(100,100)     confirmed; west half P1 cleared to 30 cm and released, P2 a unit
                           that was not cleared, P3 reported and proposed, not released
    H2 (200,0)-(250,50)    suspected; its work failed the inspection
    H3 (0,200)-(60,260)    was cleared and released, then an accident reopened it
    T1 (300,0)-(340,40)    taken over as released from another body's record
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    AccidentRecorded,
    AccreditationGranted,
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    Finding,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseTransferred,
    ResidentReported,
    SiteOpened,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.recovery import LayerRegistered, ProjectRegistered, RubbleLotRegistered
from rafiqa.service import (
    Acted,
    Office,
    accept_release,
    declare_area,
    grant_accreditation,
    inspect_work,
    open_office,
    open_site,
    order_work,
    propose_release,
    record_accident,
    record_evidence,
    register_layer,
    register_project,
    register_rubble_lot,
    report_hazard,
    report_work,
    transfer_release,
)
from rafiqa.service.accounts import put_account
from rafiqa.service.signinpolicy import put_approving

ORIGIN = Spot.of(39.01, 35.95)
START_US = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z."""
DAY_US = 86_400_000_000
PASSWORD = "four words of rubble"  # noqa: S105 - of a test's own store
FIRST = Actor("canary-person-first", "office", "authority")
SECOND = Actor("canary-person-second", "office", "authority")
OPERATOR = Actor("canary-person-operator", "deminers", "operator")
INSPECTOR = Actor("canary-person-inspector", "quality", "quality")
PLANNER = Actor("canary-person-planner", "municipality", "planner")
RESIDENT = Actor("canary-person-resident", "residents", "resident")
LOGINS = {"first": FIRST, "second": SECOND, "operator": OPERATOR, "planner": PLANNER}
REPORT_TEXT = "canary-words-of-a-resident"
EVIDENCE_TEXT = "canary-words-of-a-witness"
INSPECTION_TEXT = "canary-words-of-an-inspector"
EVIDENCE_SPOTS_M = ((20.123, 30.457), (222.319, 31.777), (31.411, 233.131))
REPORT_SPOT_M = (77.913, 411.237)


class Clock:
    """A clock that ticks at each look, and by days when told to."""

    def __init__(self) -> None:
        self.at_us = START_US
        self.tick_us = 1_000_000

    def now_us(self) -> int:
        self.at_us += self.tick_us
        return self.at_us

    def sleep_days(self, days: float) -> None:
        self.at_us += round(days * DAY_US)


class Draws:
    """Bytes that look random and are the same in every run."""

    def __init__(self) -> None:
        self._numbers = np.random.default_rng(20_260_101)

    def __call__(self, count: int) -> bytes:
        return self._numbers.bytes(count)

    @property
    def state(self) -> Mapping[str, Any]:
        """From where the next bytes are drawn."""
        return self._numbers.bit_generator.state

    def go_on(self, state: Mapping[str, Any]) -> None:
        """Draws from there on."""
        self._numbers.bit_generator.state = state


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> GridShape:
    return GridShape.box(*(round(metres * 1_000) for metres in (west_m, south_m, east_m, north_m)))


def spot(office: Office, x_m: float, y_m: float) -> Spot:
    return office.frame.mm_spot(round(x_m * 1_000), round(y_m * 1_000))


@dataclass(frozen=True)
class _Built:
    """A city as it stood when it was built: its file, the time then, and what is drawn next."""

    data: bytes
    ended_us: int
    drawn: Mapping[str, Any]


def small_city(folder: Path, clock: Clock | None = None) -> Office:
    """A store with land in every state, projects, layers, people and their accounts.

    Clock and chance are handed in, so that those of one beginning are one and the same: the first
    is built, and the others are copies of it.
    """
    clock = clock or Clock()
    built = _built(clock.at_us, clock.tick_us)
    store, draws = folder / "small.rafiqa", Draws()
    with store.open("xb") as file:
        file.write(built.data)
    office = open_office(str(store), now_us=clock.now_us, entropy=draws)
    clock.at_us = built.ended_us
    draws.go_on(built.drawn)
    return office


@cache
def _built(began_us: int, tick_us: int) -> _Built:
    clock, draws = Clock(), Draws()
    clock.at_us, clock.tick_us = began_us, tick_us
    with TemporaryDirectory(prefix="rafiqa-city-") as folder:
        store = Path(folder) / "small.rafiqa"
        _build(str(store), clock, draws).store.close()
        return _Built(store.read_bytes(), clock.at_us, draws.state)


def _build(store: str, clock: Clock, draws: Draws) -> Office:
    office = open_office(store, now_us=clock.now_us, entropy=draws, create=True)
    for step in (
        _site,
        _evidence,
        _areas,
        _released,
        _pending,
        _cleared_too,
        _accident,
        _rebuilding,
        _people,
    ):
        for acted in step(office):
            assert acted.done, acted.reasons
        clock.sleep_days(7)
    put_approving(office.store, "password")
    for login, actor in LOGINS.items():
        put_account(office.store, login, PASSWORD, actor, actor.organisation_id.title(), draws)
    return office


def _site(office: Office) -> Iterator[Acted]:
    yield open_site(office, FIRST, SiteOpened("Small", ORIGIN, "office"))
    granted = AccreditationGranted("C1", "deminers", ("manual",), START_US)
    yield grant_accreditation(office, FIRST, granted)


def _evidence(office: Office) -> Iterator[Acted]:
    kinds = (("eo_seen", "visual"), ("statement", "verbal"), ("eo_seen", "visual"))
    for number, (kind, source_kind) in enumerate(kinds, 1):
        place = spot(office, *EVIDENCE_SPOTS_M[number - 1])
        yield record_evidence(
            office,
            FIRST,
            EvidenceRecorded(
                f"E{number}", kind, source_kind, place, area_id=f"H{number}", text=EVIDENCE_TEXT
            ),
        )


def _areas(office: Office) -> Iterator[Acted]:
    h1, h2, h3 = box(0, 0, 100, 100), box(200, 0, 250, 50), box(0, 200, 60, 260)
    facts = (
        AreaRecorded("H1", "cha", h1, "Mill quarter", ("E1",), Decimal(10_500)),
        AreaRecorded("H2", "sha", h2, "Bakers' lane", ("E2",), source="survey sheet 4"),
        AreaRecorded("H3", "cha", h3, "River bend", ("E3",)),
    )
    for fact in facts:
        yield declare_area(office, FIRST, fact)
    yield order_work(office, FIRST, TaskOrdered("T-1", "H1", "deminers", ("manual",), 30))
    taken = ReleaseTransferred(
        "T1", "cleared", box(300, 0, 340, 40), "other body", "their map", None, 50
    )
    yield transfer_release(office, FIRST, taken)


def _work(office: Office, work: WorkReported, *, passed: bool = True) -> Iterator[Acted]:
    yield report_work(office, OPERATOR, work)
    findings = () if passed else (Finding("critical", INSPECTION_TEXT),)
    inspection = WorkInspected(
        f"I-{work.work_id}", work.work_id, "quality", passed, findings=findings
    )
    yield inspect_work(office, INSPECTOR, inspection)


def _released(office: Office) -> Iterator[Acted]:
    parts = (
        WorkedPart("P1", "cleared", box(0, 0, 50, 100), "manual", 30),
        WorkedPart("P2", "not_cleared", box(50, 0, 60, 20), "manual", reason="under_slab"),
        WorkedPart("P3", "cleared", box(60, 0, 100, 100), "manual", 30),
    )
    yield from _work(office, WorkReported("W1", "H1", "deminers", parts))
    yield propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1",)))
    yield accept_release(office, SECOND, ReleaseAccepted("R1"))


def _pending(office: Office) -> Iterator[Acted]:
    yield propose_release(office, FIRST, ReleaseProposed("R2", "W1", ("P3",)))
    part = WorkedPart("P5", "cleared", box(200, 0, 250, 50), "manual", 20)
    yield from _work(office, WorkReported("W2", "H2", "deminers", (part,)), passed=False)


def _cleared_too(office: Office) -> Iterator[Acted]:
    part = WorkedPart("P4", "cleared", box(0, 200, 60, 260), "manual", 20)
    yield from _work(office, WorkReported("W3", "H3", "deminers", (part,)))
    yield propose_release(office, FIRST, ReleaseProposed("R3", "W3", ("P4",)))
    yield accept_release(office, SECOND, ReleaseAccepted("R3"))


def _accident(office: Office) -> Iterator[Acted]:
    hit = AccidentRecorded("A1", "ordnance", spot(office, 30, 230), killed=1, injured=2)
    yield record_accident(office, FIRST, hit)


def _rebuilding(office: Office) -> Iterator[Acted]:
    projects = (
        ProjectRegistered("J-open", "Well", "water", box(5, 5, 20, 20), 20, name_ar="بئر"),
        ProjectRegistered(
            "J-deep", "Cellar", "new_building", box(25, 5, 40, 20), 200, asset_ids=("b1",)
        ),
        ProjectRegistered("J-off", "Road", "road", box(500, 500, 520, 510), 0),
        ProjectRegistered("J-school", "School", "school", box(10, 210, 20, 220), 0),
        ProjectRegistered("J-lost", "Nowhere", "new_building", None, None),
    )
    for project in projects:
        yield register_project(office, FIRST, project)
    yield _layer(
        office,
        "buildings",
        [box(x, y, x + 8, y + 8) for x in range(-200, 400, 20) for y in (10, 215)],
    )
    yield _layer(office, "roads", [box(-300, 150, 400, 154)])
    yield register_rubble_lot(
        office, FIRST, RubbleLotRegistered("L1", "Heap", spot(office, 150, 150), None, 40)
    )


def _layer(office: Office, kind: str, shapes: list[GridShape]) -> Acted:
    lonlat = np.array([office.frame.to_lonlat(each).geometry for each in shapes], dtype=object)
    ids = [f"{kind[0]}{row}" for row in range(len(shapes))]
    columns: dict[str, Sequence[Any]] = {
        "name": [f"{kind} {each}" for each in ids],
        "name_ar": [f"مبنى {each}" for each in ids],
        "kind": ["school" if row == 0 else "house" for row in range(len(ids))],
        "storeys": [row % 4 or None for row in range(len(ids))],
    }
    fact = LayerRegistered(f"small-{kind}", kind, "", 0, "test")
    return register_layer(office, FIRST, fact, (ids, lonlat, columns))


def _people(office: Office) -> Iterator[Acted]:
    told = ResidentReported("S1", spot(office, *REPORT_SPOT_M), "eo_seen", text=REPORT_TEXT)
    yield report_hazard(office, RESIDENT, told)
    near = ResidentReported("S2", spot(office, 510, 505), "eo_seen", text=REPORT_TEXT)
    yield report_hazard(office, RESIDENT, near)
