"""Doubt: released ground about which something newer speaks, the same wherever it is told of.

The ground stays what it is in the account: nobody has decided anything. But no map, list, sheet or
paper may show it as released ground is shown, and whoever stands on it is to be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

import shapely

from rafiqa.land import (
    HAZARD,
    UNRECORDED,
    CertificateStanding,
    Face,
    LandBook,
    LandState,
    PointAnswer,
    Reason,
    certified_ground,
    quarantines,
    state_of,
)
from rafiqa.recovery import Gate, GateAnswer, PlacedFind, ProjectRegistered, RecoveryRegister, worst
from rafiqa.service.findplace import placed_finds
from rafiqa.service.office import Office

IN_DOUBT: Final = "land.certificate.in-doubt"
"""Why a certificate is suspended that nobody has suspended."""
GATE_IN_DOUBT: Final = "gate.area.in-doubt"
RELEASED: Final = "gate.area.released"


@dataclass(frozen=True, eq=False)
class Doubts:
    """Which released ground is in doubt at a time.

    Attributes:
        book: as known at the time asked about.
        valid_us: the answer is true at this time.
        finds_mm: where works found ordnance and no ordnance team has let them go on.
    """

    book: LandBook
    valid_us: int
    finds_mm: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, office: Office, book: LandBook, register: RecoveryRegister, valid_us: int) -> Self:
        """Returns the doubts of a store, where its papers of works are at hand."""
        return cls.at_finds(book, placed_finds(office, register), valid_us)

    @classmethod
    def at_finds(cls, book: LandBook, finds: Iterable[PlacedFind], valid_us: int) -> Self:
        """Returns the doubts of a store, where its unanswered finds are at hand."""
        return cls(book, valid_us, tuple(at_mm for _, at_mm in finds if at_mm is not None))

    @classmethod
    def asked(cls, office: Office, valid_us: int, known_at_us: int | None = None) -> Self:
        """Returns the doubts of a store as true at one time and known at another."""
        register = office.recovery(valid_us, known_at_us)
        return cls.of(office, office.book(known_at_us), register, valid_us)

    def on(self, face: Face, state: LandState) -> bool:
        """Returns whether a face was released and its release is in doubt.

        It is where its release could not be cut soundly, where it rests on the work of hands
        whose later lot failed, where works found ordnance on it, and where something was seen,
        told or suffered on it since that nothing has answered: then as a whole, so that nobody
        reads out of it where that was.
        """
        return not state.is_hazard and (
            self._weak(state) or id(face) in self._contradicted  # of the whole book at once
        )

    def of_few(self, face: Face, state: LandState) -> bool:
        """Returns what ``on`` does, at the cost of this one face: for a point or a paper."""
        return not state.is_hazard and (
            self._weak(state)
            or self._found_on(face)
            or self.book.witnesses.speak_against(face, self.valid_us)
        )

    def area2_mm2(self, faces: Iterable[tuple[Face, LandState]]) -> int:
        """Returns twice how much of some ground is released and in doubt, in mm²."""
        return sum(face.shape.area2_mm2 for face, state in faces if self.on(face, state))

    def of_part(self, part_id: str) -> bool:
        """Returns whether any ground that stands released by a part is in doubt."""
        known = self.book.register.parts.get(part_id)
        faces = [] if known is None else self.book.near(known[0].shape)
        states = ((face, face.timeline.at(self.valid_us)) for face in faces)
        return self.any_on((f, state) for f, state in states if state and part_id in state.part_ids)

    def of_area(self, area_id: str) -> bool:
        """Returns whether any released ground of an area is in doubt."""
        area = self.book.register.areas.get(area_id)
        faces = [] if area is None else self.book.near(area.outline)
        inside = (face for face in faces if area and area.outline.geometry.covers(face.inner))
        states = ((face, face.timeline.at(self.valid_us)) for face in inside)
        return self.any_on((face, state) for face, state in states if state is not None)

    def of_point(self, answer: PointAnswer, at_mm: tuple[int, int]) -> PointAnswer:
        """Returns what is known of a point; first of all, where it is so, that it is in doubt."""
        if answer.state in {*HAZARD, UNRECORDED}:
            return answer
        states = ((face, face.timeline.at(self.valid_us)) for face in self.book.at_mm(*at_mm))
        if not any(state is not None and self.of_few(face, state) for face, state in states):
            return answer
        reasons = (Reason("api.point.in-doubt"), *answer.reasons)
        return replace(answer, reasons=reasons, in_doubt=True)

    def of_gate(self, answer: GateAnswer, works: ProjectRegistered) -> GateAnswer:
        """Returns a gate that calls no ground of the works released of which something is in doubt.

        What was seen on the works themselves closes them by gates of its own; what was seen
        elsewhere on the same released ground is for the authority to answer first.
        """
        shapes = [each for each in (works.shape, works.access) if each is not None]
        near = {id(face): face for shape in shapes for face in self.book.near(shape)}
        states = ((face, face.timeline.at(self.valid_us)) for face in near.values())
        told = any(gate.code == RELEASED for gate in answer.gates)
        if not told or not self.any_on((face, state) for face, state in states if state):
            return answer
        gates = tuple(_doubted(gate) if gate.code == RELEASED else gate for gate in answer.gates)
        return replace(answer, gates=gates, outcome=worst([gate.outcome for gate in gates]))

    def standing(self, number: str) -> CertificateStanding | None:
        """Returns where a certificate stands; in doubt it is suspended, until that is answered."""
        found = state_of(self.book, number, self.valid_us)
        if found is None or found.state != "in-force":
            return found
        if not self.any_on(certified_ground(self.book, number, self.valid_us)):
            return found
        reason = Reason(IN_DOUBT, {"number": number}, (number,))
        return CertificateStanding(number, "suspended", (reason,))

    def any_on(self, faces: Iterable[tuple[Face, LandState]]) -> bool:
        """Returns whether any of a few faces is released ground in doubt."""
        return any(self.of_few(face, state) for face, state in faces)

    def _weak(self, state: LandState) -> bool:
        return state.unproven or bool(quarantines(self.book.register, state, self.valid_us))

    def _found_on(self, face: Face) -> bool:
        return any(shapely.intersects_xy(face.shape.geometry, *at_mm) for at_mm in self.finds_mm)

    @cached_property
    def _contradicted(self) -> frozenset[int]:
        found = self.book.witnesses.contradicted(self.valid_us)
        at_finds = {id(face) for at_mm in self.finds_mm for face in self.book.at_mm(*at_mm)}
        return frozenset(id(self.book.faces[number]) for number in found) | at_finds


def _doubted(gate: Gate) -> Gate:
    return replace(gate, outcome="conditions", code=GATE_IN_DOUBT, who="authority")
