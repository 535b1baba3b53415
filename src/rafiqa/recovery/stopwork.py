"""Which permits were stopped, when, and by what: the ledger walked fact by fact.

A fact is asked only of the permits whose works it may concern: those that rest on ground which
it changed, on which it puts something new, or near which it tells of something. Dates that
come are asked as well as facts. Each permit is asked as it was known at that moment and true at
that moment, so that what was told then comes out the same for ever.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from shapely import Point
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, ShapeIndex, SiteFrame, union_of
from rafiqa.land import (
    CertificateIssued,
    CertificateMoved,
    LandBook,
    LandHistory,
    Recorded,
    RecordWithdrawn,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
    shapes_of,
)
from rafiqa.ledger import AttachmentNamed, Erasure
from rafiqa.recovery.access import Way, Ways
from rafiqa.recovery.answer import GateAnswer
from rafiqa.recovery.damage import StructureTagged
from rafiqa.recovery.fact import ProjectRegistered
from rafiqa.recovery.notice import Stop
from rafiqa.recovery.permit import PermitBook, PermitStanding, grounds, standing, uncovered
from rafiqa.recovery.permitfact import NoticeAcknowledged, PermitEnded, PermitIssued
from rafiqa.recovery.resident import ResidentFact
from rafiqa.recovery.sitefact import ChanceFindAnswered, ChanceFound, WorksClosed
from rafiqa.recovery.waygate import way_in_shape

_MARGIN_MM = 10
"""What a fact raises or lowers differs by less than this from the shape it names."""
_NOTHING = (AttachmentNamed, Erasure, NoticeAcknowledged)
_Due = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The gate of works at a moment, and when it may be another though nothing is recorded."""

    answer: GateAnswer
    later_us: Sequence[int] = ()


def _nowhere(at_us: int, seq: int) -> Ways | None:
    del at_us, seq
    return None


def _never(at_us: int, seq: int) -> Sequence[int]:
    del at_us, seq
    return ()


def _alone(asset_id: str, at_us: int, seq: int) -> Sequence[str]:
    del at_us, seq
    return (asset_id,)


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom a watch asks, of what is true at a time and known at a place in the ledger.

    Attributes:
        gate: gives the gate of works.
        ways: gives the ways in; None where no roads are on record.
        line: gives every id of an asset over its epochs.
        way_dates: gives when tags of bridges and roads end.
    """

    gate: Callable[[ProjectRegistered, int, int], Asked]
    ways: Callable[[int, int], Ways | None] = _nowhere
    line: Callable[[str, int, int], Sequence[str]] = _alone
    way_dates: Callable[[int, int], Sequence[int]] = _never


@dataclass(slots=True)
class _Watched:
    """A permit that is watched: its works, the land it rests on, and its stops so far.

    ``entered`` is by what they are entered, where they draw a way in, and ``way`` what was last
    known of the way there.
    """

    works: BaseGeometry
    entered: BaseGeometry | None = None
    way: Way | None = None
    rows: frozenset[int] = frozenset()
    stops: list[Stop] = field(default_factory=list)


class StopWork:
    """Every stop of every permit so far; safe to ask again after each further fact.

    Args:
        history: the land's facts; it has taken in what is given to ``take``.
        asking: whom it asks.
        distance_mm: how near to works a hazard counts.
    """

    def __init__(self, history: LandHistory, asking: Asking, distance_mm: int = 0) -> None:
        self.book = PermitBook()
        self.seq = 0
        self.n_asked = 0
        self._history, self._asking, self._distance_mm = history, asking, distance_mm
        self._watched: dict[str, _Watched] = {}
        self._stopped: dict[str, list[Stop]] = {}
        self._entered: list[str] = []
        self._index = ShapeIndex()
        self._numbers: list[str] = []
        self._resting: dict[int, set[str]] = {}
        self._of_project: dict[str, list[str]] = {}
        self._of_asset: dict[str, list[str]] = {}
        self._report_entries: dict[str, list[int]] = {}
        self._finds: dict[tuple[str, str], list[BaseGeometry]] = {}
        self._closing: set[str] = set()
        self._due: list[_Due] = []
        self._ahead: list[int] = []
        self._log_at = 0
        self._sighting_at = 0

    # --- what is known

    def stops(self, known_at_us: int) -> list[Stop]:
        """Returns every stop up to a time, by the time at which it began; as known then."""
        found = [
            _known(stop, known_at_us)
            for watched in self._coming(known_at_us).values()
            for stop in watched
            if stop.at_us <= known_at_us
        ]
        return sorted(found, key=lambda stop: (stop.at_us, stop.permit.permit_id))

    def _coming(self, until_us: int) -> dict[str, list[Stop]]:
        """Returns the stops of each permit, with those that dates have brought since."""
        stops = dict(self._stopped)
        due = [each for each in self._due if each[0] <= until_us]
        heapq.heapify(due)
        while due:
            at_us, permit_id = _pop_once(due)
            stood, later = self._stands(permit_id, at_us, self.seq)
            if stood is None:
                continue
            # What was found up to a time is not what was found: nothing is kept of it.
            coming = stops[permit_id] = list(stops.get(permit_id, ()))
            _note(coming, stood, self._fact(permit_id), at_us, None)
            for moment in later:
                if at_us < moment <= until_us:
                    heapq.heappush(due, (moment, permit_id))
        return stops

    # --- taking facts in

    def take(self, facts: Iterable[Recorded]) -> None:
        """Takes in further facts, in the order of the ledger."""
        for recorded in facts:
            self._until(recorded.recorded_at_us)
            self.book.take(recorded)
            self.seq = recorded.seq
            touched = self._touched(recorded)
            now_us = recorded.recorded_at_us
            for permit_id in sorted(touched):
                if recorded.valid_at_us > now_us:
                    heapq.heappush(self._due, (recorded.valid_at_us, permit_id))
                self._judge(permit_id, now_us, recorded.entry_id)
            if recorded.valid_at_us > now_us:
                self._ahead.append(recorded.valid_at_us)

    def _until(self, at_us: int) -> None:
        """Asks those whose date has come before a time."""
        while self._due and self._due[0][0] < at_us:
            moment, permit_id = _pop_once(self._due)
            self._judge(permit_id, moment, None)
        self._ahead = [moment for moment in self._ahead if moment >= at_us]

    def _judge(self, permit_id: str, at_us: int, cause: str | None) -> None:
        watched = self._watched[permit_id]
        stood, later = self._stands(permit_id, at_us, self.seq)
        for moment in later:
            if moment > at_us:
                heapq.heappush(self._due, (moment, permit_id))
        if stood is None:
            return
        _note(watched.stops, stood, self._fact(permit_id), at_us, cause)
        if watched.stops:
            self._stopped[permit_id] = watched.stops
        if watched.entered is not None:
            watched.way = _way(watched.entered, self._asking.ways(at_us, self.seq))
        self._rest(permit_id, watched)

    def _stands(
        self, permit_id: str, at_us: int, seq: int
    ) -> tuple[PermitStanding | None, Sequence[int]]:
        """Returns where a permit stands at a moment, and the dates on which that may change."""
        case = self.book.case(permit_id, at_us)
        if case is None:
            return None, ()
        self.n_asked += 1
        found = [self._asking.gate(works, at_us, seq) for works in case.asked]
        ends = [until_us for each in found for until_us in each.later_us]
        ends += [gate.until_us for each in found for gate in each.answer.gates if gate.until_us]
        later = [] if case.fact.until_us is None else [case.fact.until_us + 1]
        later += [moment for until_us in ends for moment in (until_us, until_us + 1)]
        return standing(case, [each.answer for each in found], at_us), later

    def _fact(self, permit_id: str) -> PermitIssued:
        fact = self.book.permits[permit_id].fact
        assert isinstance(fact, PermitIssued)  # noqa: S101 - the table holds no other
        return fact

    # --- whom a fact concerns

    def _touched(self, recorded: Recorded) -> set[str]:
        """Returns the permits that a fact may stop, or let stand again."""
        fact = recorded.fact
        rows, ended = self._of_ended_ground(recorded.seq)
        if isinstance(fact, PermitIssued):
            return self._begin(fact, recorded)
        if isinstance(fact, PermitEnded):
            return {fact.permit_id} & self._watched.keys()
        if isinstance(fact, _NOTHING):
            return set()
        places = [each.geometry for each in shapes_of(fact)]
        found = {each for place in places for each in self._near(place, _MARGIN_MM)}
        told, near = self._told_near(recorded, places)
        found |= near | ended | self._of_papers(fact, recorded)
        if rows or places or told:
            # A certificate is of ground that may lie anywhere; in doubt it closes nothing.
            found |= set(self._closing_permits(recorded.recorded_at_us))
        # A tag may be that of a bridge.
        if rows or places or told or hasattr(fact, "asset_id"):
            found |= self._by_road(recorded, self._entered)
            self._await_tag(recorded)
        return found

    def _begin(self, fact: PermitIssued, recorded: Recorded) -> set[str]:
        if self.book.permits[fact.permit_id] is not recorded:
            return set()
        case = self.book.case(fact.permit_id, recorded.valid_at_us)
        permitted = None if case is None else case.works
        works = None if permitted is None else _ground(permitted)
        if permitted is None or works is None:
            return set()
        for asset_id in permitted.asset_ids:
            self._of_asset.setdefault(asset_id, []).append(fact.permit_id)
        entered = way_in_shape(permitted) if permitted.access is not None else None
        self._watched[fact.permit_id] = _Watched(works, entered)
        if entered is not None:
            self._entered.append(fact.permit_id)
            self._by_road(recorded, [fact.permit_id])
        self._index.add(works)
        self._numbers.append(fact.permit_id)
        self._of_project.setdefault(fact.project_id, []).append(fact.permit_id)
        for moment in self._ahead:
            heapq.heappush(self._due, (moment, fact.permit_id))
        return {fact.permit_id}

    def _near(self, place: BaseGeometry, distance_mm: int) -> Iterator[str]:
        """Yields the permits whose works are near a place, or rest on ground that is."""
        for number in self._index.query(place, distance_mm + self._distance_mm):
            yield self._numbers[number]
        for row in self._history.rows_near(place, distance_mm, self.seq):
            yield from self._resting.get(row, ())

    def _of_ended_ground(self, seq: int) -> tuple[int, set[str]]:
        """Returns how much ground became another at a place, and the permits that rested on it."""
        rows, self._log_at = self._history.endings(self._log_at, seq)
        return len(rows), {each for row in rows for each in self._resting.pop(row, ())}

    def _by_road(self, recorded: Recorded, by_road: Sequence[str]) -> set[str]:
        """Returns which permits' way in is another than before; before a date, all of them.

        The ground of a road may lie far from the works that are come to over it.
        """
        if not by_road:
            return set()
        if recorded.valid_at_us > recorded.recorded_at_us:
            return set(by_road)
        ways = self._asking.ways(recorded.recorded_at_us, recorded.seq)
        found = set()
        for permit_id in by_road:
            watched = self._watched[permit_id]
            way = None if watched.entered is None else _way(watched.entered, ways)
            if way != watched.way:
                watched.way = way
                found.add(permit_id)
        return found

    def _await_tag(self, recorded: Recorded) -> None:
        """Notes when a tag of a bridge or road ends: the way may be as before until then."""
        fact, now_us = recorded.fact, recorded.recorded_at_us
        until_us = fact.until_us if isinstance(fact, StructureTagged) else None
        if until_us is None or until_us < now_us or not self._entered:
            return
        if until_us in self._asking.way_dates(now_us, recorded.seq):
            for permit_id in self._entered:
                heapq.heappush(self._due, (until_us + 1, permit_id))

    def _told_near(
        self, recorded: Recorded, places: Sequence[BaseGeometry]
    ) -> tuple[int, set[str]]:
        """Returns how much a fact tells or answers, and the permits near which it does.

        A permit is near, too, whose works stand on ground that reaches there: released ground is
        in doubt as a whole. What lies somewhere about is of other ground once its own is drawn.
        """
        fact, sightings = recorded.fact, self._history.sightings.all
        numbers = []
        while self._sighting_at < len(sightings):
            if sightings[self._sighting_at].known_seq > recorded.seq:
                break
            numbers.append(self._sighting_at)
            self._sighting_at += 1
        if isinstance(fact, ResidentReported):
            self._report_entries.setdefault(fact.report_id, []).extend(numbers)
        if isinstance(fact, ReportAnswered):
            numbers += self._report_entries.get(fact.report_id, [])
        if isinstance(fact, RecordWithdrawn):
            # A sign that was taken back stops nobody any more.
            named = fact.subject_kind, fact.subject_id
            told = enumerate(sightings[: self._sighting_at])
            numbers += [at for at, item in told if (item.kind, item.witness_id) == named]
        n_told = len(numbers) + isinstance(fact, ChanceFound | ChanceFindAnswered)
        meant = places if self._watched else ()
        around = (self._history.sightings.near(place.envelope, recorded.seq) for place in meant)
        numbers += [at for each in around for at in each if sightings[at].accuracy_mm]
        found = ((sightings[number].place, sightings[number].accuracy_mm) for number in numbers)
        near = {each for place, reach_mm in found for each in self._near(place, reach_mm)}
        return n_told, near | self._found_near(fact)

    def _found_near(self, fact: object) -> set[str]:
        """Returns the permits near which works found something, or near which that is answered."""
        if not isinstance(fact, ChanceFound | ChanceFindAnswered):
            return set()
        places = self._finds.setdefault((fact.works_id, fact.find_id), [])
        site = None if self._history.site is None else self._history.site.fact
        spot = fact.spot if isinstance(fact, ChanceFound) else None
        if spot is not None and isinstance(site, SiteOpened):
            frame = SiteFrame(site.origin.lon_deg, site.origin.lat_deg)
            if frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0]:
                places.append(Point(frame.spot_mm(spot)))
        return {each for place in places for each in self._near(place, _MARGIN_MM)}

    def _of_papers(self, fact: object, recorded: Recorded) -> set[str]:
        """Returns the permits whose papers a fact is one of; all where it cannot be told."""
        if isinstance(fact, CertificateIssued | CertificateMoved):
            # Works that are being closed rest on the number of a certificate.
            return {each for works_id in self._closing for each in self._permits_of(works_id)}
        if isinstance(fact, WorksClosed):
            self._closing.add(fact.works_id)
        if isinstance(fact, ResidentFact):
            return set()
        if type(fact).__module__.startswith(("rafiqa.land", "rafiqa.ledger")):
            return set()
        names = (getattr(fact, name, None) for name in ("project_id", "works_id", "lot_id"))
        works_id = next((name for name in names if isinstance(name, str)), None)
        if works_id is not None:
            return set(self._permits_of(works_id))
        asset_id = getattr(fact, "asset_id", None)
        if isinstance(asset_id, str):
            line = self._asking.line(asset_id, recorded.recorded_at_us, recorded.seq)
            return {each for name in line for each in self._of_asset.get(name, ())}
        # Layers, of roads or of memorials, and matches of assets: anybody may rest on them.
        return set(self._watched)

    def _closing_permits(self, at_us: int) -> Iterator[str]:
        """Yields the permits, not ended, of works that are being closed."""
        found = (each for works_id in self._closing for each in self._permits_of(works_id))
        for permit_id in found:
            case = self.book.case(permit_id, at_us)
            if case is not None and case.ended is None:
                yield permit_id

    def _permits_of(self, works_id: str) -> Sequence[str]:
        return self._of_project.get(works_id, ())

    # --- what a permit rests on

    def _rest(self, permit_id: str, watched: _Watched) -> None:
        """Remembers the ground that a permit rests on, and that of what was told near it."""
        history = self._history
        rows = set(history.rows_near(watched.works, self._distance_mm, self.seq))
        faces = [face for row in rows for face in history.version(row).faces]
        grounds = (face.shape.geometry for face in faces)
        meant = [watched.works, *(each for each in grounds if each.intersects(watched.works))]
        numbers = (history.sightings.near(each.envelope, self.seq) for each in meant)
        for number in dict.fromkeys(each for found in numbers for each in found):
            told = history.sightings.all[number]
            if told.accuracy_mm > self._distance_mm:
                rows |= set(history.rows_near(told.place, 0, self.seq))
        for row in watched.rows - rows:
            self._resting.get(row, set()).discard(permit_id)
        for row in rows:
            self._resting.setdefault(row, set()).add(permit_id)
        watched.rows = frozenset(rows)


def reports_near(
    works: ProjectRegistered, book: LandBook, at_us: int, distance_mm: int = 0
) -> list[tuple[Recorded, tuple[int, int]]]:
    """Returns the residents' reports on works that nobody has answered, each with its place.

    Args:
        works: what is to be built.
        book: the land book as known at the time asked about.
        at_us: the time the answer is to be true at.
        distance_mm: how near to the works a report counts.
    """
    ground = _ground(works)
    if ground is None:
        return []
    signs = book.witnesses.near(ground, at_us, least_mm=distance_mm)
    told = (each.witness for each in signs if each.witness.kind == "report")
    return [
        (book.register.reports[each.witness_id], (round(each.place.x), round(each.place.y)))
        for each in told
        if isinstance(each.place, Point)
    ]


def _pop_once(due: list[_Due]) -> _Due:
    """Takes what is due first, however often it stands there.

    Each asking names all dates to come again: asked once for each time that it was named, a date
    would be asked twice as often as the one before it.
    """
    first = heapq.heappop(due)
    while due and due[0] == first:
        heapq.heappop(due)
    return first


def _way(entered: BaseGeometry, ways: Ways | None) -> Way | None:
    return None if ways is None else ways.way_to(ways.network.touching(entered).tolist())


def _ground(works: ProjectRegistered) -> BaseGeometry | None:
    shapes = [each for each in (works.shape, works.access) if isinstance(each, GridShape)]
    shapes = [each for each in shapes if not each.is_empty]
    return union_of(shapes).geometry if shapes else None


def _note(
    stops: list[Stop], stood: PermitStanding, fact: PermitIssued, at_us: int, cause: str | None
) -> None:
    """Adds a stop for what is told for the first time, or ends those that were.

    A second danger on works that stand still already has a stop of its own: who goes there to
    answer the first must hear of it.
    """
    going_on = [at for at, stop in enumerate(stops) if stop.over_us is None]
    if stood.state == "stopped":
        told = grounds(gate for at in going_on for gate in stops[at].gates)
        known = [reason for at in going_on for reason in stops[at].reasons]
        gates = uncovered(stood.gates, told)
        reasons = tuple(reason for reason in stood.reasons if reason not in known)
        if gates or reasons:
            stops.append(Stop(fact, at_us, cause, gates, reasons))
        return
    for at in going_on:
        stops[at] = replace(stops[at], over_us=at_us, stands=stood.state == "in_force")


def _known(stop: Stop, known_at_us: int) -> Stop:
    """Returns a stop as it was known at a time: what ended later had not ended."""
    if stop.over_us is None or stop.over_us <= known_at_us:
        return stop
    return replace(stop, over_us=None, stands=False)
