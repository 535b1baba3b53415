"""The history of the land: every fact, and the land as known at any place in the ledger.

Facts come in the order of the ledger. One fact touches only its docket (what it hangs together
with by ids) and its ground (what touches the land it speaks of); all else stays as it was made.
What was known at an earlier place is made from the same dockets and grounds when it is asked
for, and kept. A history made fact by fact and one made at once from all facts are the same:
the tests hold them against one another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import ShapeIndex
from rafiqa.land.docket import FOREVER, Docket, keys_of, shapes_of
from rafiqa.land.fact import Recorded, SiteOpened
from rafiqa.land.ground import GROUND_TOUCH_MM, Ground, GroundVersion
from rafiqa.land.growing import Growing
from rafiqa.land.hearing import Name, changes_what_was, heard_by, spoken_to
from rafiqa.land.sighting import Sightings
from rafiqa.land.steptable import StepTable


class LandHistory:
    """Every land fact so far, and the land as known at each place in the ledger.

    Several threads may ask while one adds: what is asked as of a place in the ledger does not
    change any more.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.site: Recorded | None = None
        self.sightings = Sightings()
        self.lock = threading.RLock()
        self._dockets: list[Docket] = []
        self._docket_of: dict[str, dict[str, Docket]] = {}
        self._ground_of: dict[int, Ground] = {}
        self._hearers: dict[Name, list[Docket]] = {}
        self._said: dict[Name, list[Recorded]] = {}
        self._index = ShapeIndex()
        self._docket_of_shape: list[Docket] = []
        self._row_grounds: list[Ground] = []
        self._row_versions: list[GroundVersion | None] = []
        self._born, self._died = Growing(np.int64), Growing(np.int64)
        self._made = Growing(np.bool_)
        self._steps = StepTable()
        self.log: list[tuple[bool, int]] = []
        """Each version of a ground that began (True) or ended, in order."""

    # --- taking facts in

    def take(self, facts: Iterable[Recorded]) -> None:
        """Takes in further facts, in the order of the ledger."""
        with self.lock:
            batch = list(facts)
            shapes = [[shape.geometry for shape in shapes_of(item.fact)] for item in batch]
            flat = [shape for each in shapes for shape in each]
            near = iter(self._index.extend(flat, GROUND_TOUCH_MM))
            for recorded, own in zip(batch, shapes, strict=True):
                touched = [other for _ in own for other in next(near)]
                self._place(recorded, len(own), touched)
                self.seq = recorded.seq
            self.sightings.take(batch)

    def _place(self, recorded: Recorded, n_shapes: int, touched: Sequence[int]) -> None:
        keys = list(keys_of(recorded.fact))
        if not keys:
            return
        if self.site is None and isinstance(recorded.fact, SiteOpened):
            self.site = recorded
        docket = self._docket(keys, recorded)
        docket.add(recorded)
        for kind, id_ in keys:
            self._docket_of.setdefault(kind, {}).setdefault(id_, docket)
        self._listen(docket, recorded.fact, recorded.seq)
        self._docket_of_shape += [docket] * n_shapes
        neighbours = [self._docket_of_shape[number].at(FOREVER - 1) for number in touched]
        others = [each for each in neighbours if each is not docket]
        self._touch(docket, others, recorded.seq, lands=bool(n_shapes))
        self._speak(docket, recorded)

    def _docket(self, keys: Sequence[tuple[str, str]], recorded: Recorded) -> Docket:
        """Returns the one docket of all these ids, those on record joined."""
        found: dict[int, Docket] = {}
        for kind, id_ in keys:
            known = self._docket_of.get(kind, {}).get(id_)
            if known is not None:
                known = known.at(FOREVER - 1)
                found[known.number] = known
        if not found:
            docket = Docket(len(self._dockets))
            self._dockets.append(docket)
            return docket
        # The larger takes the smaller in, so that a fact changes hands a few times at most.
        first, *rest = sorted(found.values(), key=lambda each: (-len(each), each.number))
        for other in rest:
            first.absorb(other, recorded.seq)
            self._join_grounds(first, other, recorded.seq)
        return first

    def _listen(self, docket: Docket, fact: object, seq: int) -> None:
        """Lets a docket hear the names in a fact: what was said to them, and what will be."""
        for name in heard_by(fact):
            if name in docket.names:
                continue
            docket.names[name] = None
            self._hearers.setdefault(name, []).append(docket)
            for said in self._said.get(name, ()):
                docket.hear(said, seq)
                self._listen(docket, said.fact, seq)

    def _speak(self, speaker: Docket, recorded: Recorded) -> None:
        """Lets every docket hear a fact that has come, and begins what it changes anew."""
        for name in spoken_to(recorded.fact):
            self._said.setdefault(name, []).append(recorded)
            hearers = [docket.at(FOREVER - 1) for docket in self._hearers.get(name, ())]
            for docket in dict.fromkeys(hearers):
                if docket is speaker:
                    continue
                docket.hear(recorded, recorded.seq)
                self._listen(docket, recorded.fact, recorded.seq)
                if changes_what_was(recorded.fact):
                    self._touch(docket, (), recorded.seq, lands=False)

    def _join_grounds(self, docket: Docket, other: Docket, seq: int) -> None:
        grounds = [self._ground_of.get(each.number) for each in (docket, other)]
        live = list(dict.fromkeys(each.at(FOREVER - 1) for each in grounds if each is not None))
        if live:
            ground = self._joined(live, seq)
            if grounds[0] is None:
                ground.add(docket, seq)
            self._ground_of[docket.number] = ground

    def _touch(
        self, docket: Docket, neighbours: Sequence[Docket], seq: int, *, lands: bool
    ) -> None:
        """Begins a new version of the ground that a fact touches."""
        own = self._ground_of.get(docket.number)
        if own is None and not lands:
            return
        grounds = [self._ground_of[each.number] for each in neighbours]
        grounds = [own, *grounds] if own is not None else grounds
        live = list(dict.fromkeys(each.at(FOREVER - 1) for each in grounds))
        ground = self._joined(live, seq) if live else Ground()
        if own is None:
            ground.add(docket, seq)
            self._ground_of[docket.number] = ground
        self._end(ground, seq)
        self.log.append((True, len(self._row_grounds)))
        ground.rows.append(len(self._row_grounds))
        ground.row_seqs.append(seq)
        self._row_grounds.append(ground)
        self._row_versions.append(None)
        self._born.append(seq)
        self._died.append(FOREVER)
        self._made.append(False)

    def _joined(self, grounds: Sequence[Ground], seq: int) -> Ground:
        first, *rest = sorted(grounds, key=len, reverse=True)
        for other in rest:
            self._end(other, seq)
            first.absorb(other, seq)
        return first

    def _end(self, ground: Ground, seq: int) -> None:
        """Ends a ground's version: something of it changes, or another ground takes it in."""
        if ground.rows:
            self._died.values[ground.rows[-1]] = seq
            self.log.append((False, ground.rows[-1]))

    # --- what was known at a place in the ledger

    def docket(self, kind: str, id_: str, seq: int) -> Docket | None:
        """Returns the docket of an id at a place in the ledger."""
        docket = self._docket_of.get(kind, {}).get(id_)
        return None if docket is None else docket.at(seq)

    def dockets(self, seq: int) -> Iterator[Docket]:
        """Yields every docket of a place in the ledger, oldest first."""
        for docket in list(self._dockets):
            if docket.until > seq:
                yield docket

    def ids(self, kind: str) -> list[str]:
        """Returns every id of a kind, in the order in which they were first named."""
        with self.lock:
            return list(self._docket_of.get(kind, {}))

    def alive(self, seq: int) -> npt.NDArray[np.bool_]:
        """Returns for each version of a ground whether it was the one known at a place."""
        with self.lock:
            alive: npt.NDArray[np.bool_] = (self._born.values <= seq) & (self._died.values > seq)
        return alive

    def rows(self, seq: int) -> list[int]:
        """Returns the numbers of the versions of all grounds known at a place, all of them made."""
        with self.lock:
            alive = self.alive(seq)
            for row in np.flatnonzero(alive & ~self._made.values).tolist():
                self.version(row)
            return np.flatnonzero(alive).tolist()

    def version(self, row: int) -> GroundVersion:
        """Returns one version of a ground."""
        known = self._row_versions[row]
        if known is None:
            with self.lock:
                known = self._row_versions[row]
                if known is None:
                    known = self._row_grounds[row].version(int(self._born.values[row]))
                    self._row_versions[row] = known
                    self._made.values[row] = True
                    self._steps.add(row, known.faces)
        return known

    def ended(self, row: int) -> bool:
        """Returns whether another version has taken the place of one."""
        return bool(self._died.values[row] != FOREVER)

    def endings(self, after: int, seq: int) -> tuple[list[int], int]:
        """Returns the versions that ended up to a place in the ledger, and where in the log it is.

        Args:
            after: how much of the log was read before.
            seq: the place in the ledger.
        """
        rows: list[int] = []
        with self.lock:
            while after < len(self.log):
                began, row = self.log[after]
                if (self._born if began else self._died).values[row] > seq:
                    break
                if not began:
                    rows.append(row)
                after += 1
        return rows, after

    def steps(self, seq: int) -> StepTable:
        """Returns the table of all steps made, in which those known at a place are complete."""
        self.rows(seq)
        return self._steps

    def rows_near(self, shape: BaseGeometry, distance_mm: float, seq: int) -> list[int]:
        """Returns the versions of the grounds that may lie near a shape, as known at a place."""
        with self.lock:
            numbers = self._index.query(shape, distance_mm + GROUND_TOUCH_MM)
            dockets = dict.fromkeys(self._docket_of_shape[number] for number in numbers)
            grounds = dict.fromkeys(self._ground_of[docket.number].at(seq) for docket in dockets)
            rows = {ground.row(seq) for ground in grounds}
        return sorted(row for row in rows if row is not None)

    def dockets_near(self, shape: BaseGeometry, seq: int) -> list[Docket]:
        """Returns the dockets that speak of ground touching a shape, as known at a place."""
        with self.lock:
            numbers = self._index.query(shape)
            found = {
                docket.number: docket
                for docket in (self._docket_of_shape[number].at(seq) for number in numbers)
            }
        return [found[number] for number in sorted(found)]
