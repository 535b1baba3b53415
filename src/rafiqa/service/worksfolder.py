"""The papers of works as of two times: gathered once, for one gate or for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Literal, Self, cast

import shapely

from rafiqa.geo import SiteFrame, planar_mm
from rafiqa.land import LandBook, Recorded, claims_on
from rafiqa.recovery import (
    PlacedFind,
    ProjectRegistered,
    ProtectedSite,
    RecoveryRegister,
    SiteFolder,
    SitePapers,
    StructureTag,
    TagStanding,
    WorksClosed,
    tag_of,
    works_of,
)
from rafiqa.service.doubt import Doubts
from rafiqa.service.findplace import placed_finds
from rafiqa.service.office import Office
from rafiqa.service.protectedsites import protected_sites


@dataclass(frozen=True, slots=True, eq=False)
class WorksFolders:
    """What is on record beside the land, as true at one time and known at another.

    Attributes:
        register: projects, lots and their papers.
        finds: every find that no ordnance team has answered, with its place.
        sites: every protected site on record.
    """

    register: RecoveryRegister
    finds: Sequence[PlacedFind]
    book: LandBook
    frame: SiteFrame
    valid_us: int
    sites: Sequence[ProtectedSite] = ()

    @classmethod
    def of(cls, office: Office, valid_us: int, known_at_us: int | None = None) -> Self:
        """Returns the folders of all works as of two times."""
        register = office.recovery(valid_us, known_at_us)
        sites = protected_sites(office, register)
        finds = placed_finds(office, register)
        return cls(register, finds, office.book(known_at_us), office.frame, valid_us, sites)

    def find_places(self) -> list[tuple[int, int]]:
        """Returns the places of the finds that no ordnance team has answered; of those with one."""
        return [place_mm for _, place_mm in self.finds if place_mm is not None]

    def papers(self, works: ProjectRegistered) -> SitePapers:
        """Returns all that the gates of some works are asked of beside the land."""
        folder = self.register.folder(works.project_id)
        closing = folder.newest(WorksClosed)
        number = None if closing is None else closing.fact.certificate_number
        doubts = Doubts.at_finds(self.book, self.finds, self.valid_us)
        standing = None if number is None else doubts.standing(number)
        in_force = standing is not None and standing.state == "in-force"
        lot_state = self.register.lot_state(works.project_id)
        elsewhere = {*self._of_other_ground(works, folder)}
        if number is not None and in_force and not self._names(works, number):
            elsewhere.add(number)
        return SitePapers(
            folder,
            dict(self._tags(works)),
            finds=self.finds,
            lot_state=lot_state,
            in_force=frozenset({number} if in_force and number else ()),
            elsewhere=frozenset(elsewhere),
            sites=self.sites,
            said=dict(self._said(works)),
        )

    def _said(self, works: ProjectRegistered) -> Iterator[tuple[str, Recorded]]:
        """Yields what sheets of some works state, each with the registration that says it last."""
        registered = self.register.permits.registrations.get(works.project_id, ())
        for record in sorted(registered, key=lambda each: (each.valid_at_us, each.seq)):
            sheet = works_of(record.fact)
            stated = None if sheet is None else sheet.stated
            for item in () if stated is None else fields(stated):
                if getattr(stated, item.name):
                    yield item.name, record

    def _of_other_ground(self, works: ProjectRegistered, folder: SiteFolder) -> Iterator[str]:
        """Yields the papers made when the works were registered without all their present ground.

        What was rated, cut off or searched for bombs there says nothing of ground beside it.
        """
        registered = self.register.permits.registrations.get(works.project_id, ())
        other = {each.entry_id for each in registered if not _holds(works_of(each.fact), works)}
        if not other:
            return
        for record in (each for papers in folder.papers.values() for each in papers):
            # Told of late, it is of the ground that the works had when it was made.
            before = [
                each
                for each in registered
                if each.seq < record.seq and each.valid_at_us <= record.valid_at_us
            ]
            then = max(before, key=lambda each: (each.valid_at_us, each.seq), default=None)
            if then is None or then.entry_id in other:
                yield record.entry_id

    def _names(self, works: ProjectRegistered, number: str) -> bool:
        """Returns whether a certificate names any of the ground of some works."""
        record = self.book.register.certificates.get(number)
        claims = None if record is None else claims_on(record)
        if claims is None or works.shape is None:
            return False
        grounds = (planar_mm(part.outline, self.frame) for part in claims.parts)
        return any(
            shapely.area(shapely.intersection(ground, works.shape.geometry)) > 0
            for ground in grounds
        )

    def _tags(self, works: ProjectRegistered) -> Iterator[tuple[str, StructureTag]]:
        for asset_id in works.asset_ids:
            standing = tag_of(asset_id, self.register, self.valid_us)
            if standing is not None:
                yield asset_id, _structure_tag(standing)


def _holds(then: ProjectRegistered | None, now: ProjectRegistered) -> bool:
    """Returns whether works as registered once hold all the ground that they have now."""
    before, shape = None if then is None else then.shape, now.shape
    if shape is None or shape.is_empty or before is shape:
        return True
    return before is not None and before.covers(shape)


def _structure_tag(standing: TagStanding) -> StructureTag:
    fact = standing.fact
    colour = cast("Literal['green', 'yellow', 'red']", fact.tag)
    lapsed: Literal["expired", "damaged"] | None = None
    if not standing.stands:
        lapsed = "expired" if standing.by is None else "damaged"
    record = standing.record
    return StructureTag(
        colour, lapsed, fact.until_us, record.entry_id, record.valid_at_us, record.seq
    )
