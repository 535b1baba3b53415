"""Times of doubt: when each face's doubt may change, and what can put it in doubt at all.

Asking every face at every time costs faces times facts. Doubt on a face hangs on few of them: its
own steps and the acts behind them, the witnesses near it with their answers and the ground at their
places, the failed lots of the hands that worked it, and what works found on it. Rather one time too
many is named than one too few; between two of them the answer is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from rafiqa.land import (
    Face,
    LandBook,
    LotInspected,
    LotReviewed,
    Recorded,
    WorkReported,
)
from rafiqa.land.quality_rule import lot_fails, stops_work
from rafiqa.recovery import (
    ChanceFindAnswered,
    ChanceFound,
    PlacedFind,
)
from rafiqa.recovery import register as recovery_register
from rafiqa.service.findplace import placed_finds
from rafiqa.service.office import Office

_FindKey = tuple[str, str]


@dataclass(frozen=True, eq=False)
class DoubtTimes:
    """When doubt on the faces of a land book may change.

    Attributes:
        office: the open store.
        book: as known at one time.
        facts: those known then.
    """

    office: Office
    book: LandBook
    facts: Sequence[Recorded]
    _base: dict[int, frozenset[int]] = field(default_factory=dict, init=False)
    _acts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list), init=False)
    _witnesses: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list), init=False)
    _touched: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list), init=False)
    _stops: dict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list), init=False)
    _reviews: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list), init=False)
    _told: dict[_FindKey, list[Recorded]] = field(
        default_factory=lambda: defaultdict(list), init=False
    )
    _found: dict[int, list[_FindKey]] = field(default_factory=lambda: defaultdict(list), init=False)

    def __post_init__(self) -> None:
        """Finds once what concerns which face."""
        for act in self.book.register.lowers:
            if act.part_id is not None:
                self._acts[act.part_id].append(act.valid_at_us)
        self._find_witnesses()
        for record in self.facts:
            self._take(record)
        self._find_finds()

    def of(self, number: int) -> frozenset[int]:
        """Returns the times at which a face may begin to look otherwise; none is left out."""
        times = set(self._own(number))
        for index in self._witnesses.get(number, ()):
            times |= self._of_witness(index)
        for lot in self._lots(self.book.faces[number]):
            times.add(lot.valid_at_us)
            if isinstance(lot.fact, LotInspected):
                times.update(self._reviews.get(lot.fact.lot_id, ()))
        for key in self._found.get(number, ()):
            times.update(record.valid_at_us for record in self._told[key])
        return frozenset(times)

    def may_doubt(self, number: int) -> bool:
        """Returns whether anything outside a face's own steps could ever speak against it."""
        heard = number in self._witnesses or number in self._found
        return heard or any(True for _ in self._lots(self.book.faces[number]))

    def finds(self, number: int, at_us: int) -> list[PlacedFind]:
        """Returns what was found on a face and is not answered at a time."""
        keys = self._found.get(number)
        if not keys:
            return []
        told = [record for key in keys for record in self._told[key]]
        by_seq = sorted({record.seq: record for record in told}.values(), key=lambda each: each.seq)
        return placed_finds(self.office, recovery_register(by_seq, at_us))

    def _own(self, number: int) -> frozenset[int]:
        """A face's steps, and the acts on the parts that it stands by at any of them."""
        known = self._base.get(number)
        if known is None:
            steps = self.book.faces[number].timeline.steps
            parts = _parts(self.book.faces[number])
            acts = (at_us for part_id in parts for at_us in self._acts.get(part_id, ()))
            known = self._base[number] = frozenset((*(step.at_us for step in steps), *acts))
        return known

    def _of_witness(self, index: int) -> set[int]:
        """When a witness begins to speak, is answered, or the ground at its place changes."""
        item = self.book.witnesses.all[index]
        times = {item.valid_at_us}
        if item.kind == "report":
            answers = self.book.register.answers.get(item.witness_id, ())
            times |= {answer.valid_at_us for answer in answers}
        for number in self._touched.get(index, ()):
            times |= self._own(number)
        return times

    def _lots(self, face: Face) -> Iterable[Recorded]:
        """Yields the failed lots that may stop a work under a face."""
        if not self._stops:
            return
        for part_id in _parts(face):
            record = self.book.register.parts[part_id][1]
            if isinstance(record.fact, WorkReported):
                done = record.fact
                hands = (done.team_id or "", *(done.asset_ids or ()), done.organisation_id)
                lots = [lot for hand in hands for lot in self._stops.get(hand, ())]
                yield from (lot for lot in lots if stops_work(lot, record))

    def _find_witnesses(self) -> None:
        witnesses, tree = self.book.witnesses, self.book.tree
        if not len(witnesses.places):
            return
        reach = witnesses.accuracy_mm.astype(float)
        near = tree.query(witnesses.places, predicate="dwithin", distance=reach)
        for index, number in near.T.tolist():
            self._witnesses[number].append(index)
        for index, number in tree.query(witnesses.places, predicate="intersects").T.tolist():
            self._touched[index].append(number)

    def _take(self, record: Recorded) -> None:
        match record.fact:
            case LotInspected() as fact if lot_fails(fact):
                for hand in {*fact.team_ids, *fact.asset_ids, fact.inspected_id or ""} - {""}:
                    self._stops[hand].append(record)
            case LotReviewed() as fact:
                self._reviews[fact.lot_id].append(record.valid_at_us)
            case ChanceFound() | ChanceFindAnswered() as fact:
                self._told[fact.works_id, fact.find_id].append(record)

    def _find_finds(self) -> None:
        """Which finds ever had a place on which face."""
        spots = [
            (key, record.fact.spot)
            for key, told in self._told.items()
            for record in told
            if isinstance(record.fact, ChanceFound) and record.fact.spot is not None
        ]
        if not spots:
            return
        lonlat = np.array([(spot.lon_deg, spot.lat_deg) for _, spot in spots])
        frame = self.office.frame
        on_grid = np.flatnonzero(frame.placeable(lonlat[:, 0], lonlat[:, 1])).tolist()
        keys = [spots[at][0] for at in on_grid]
        points = shapely.points([frame.spot_mm(spots[at][1]) for at in on_grid])
        pairs = self.book.tree.query(points, predicate="intersects").T.tolist() if keys else []
        for at, number in pairs:
            if keys[at] not in self._found[number]:
                self._found[number].append(keys[at])


def _parts(face: Face) -> tuple[str, ...]:
    """The parts that a face stands by at any time."""
    states = (step.state for step in face.timeline.steps if step.state is not None)
    return tuple(dict.fromkeys(part_id for state in states for part_id in state.part_ids))
