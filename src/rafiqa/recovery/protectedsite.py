"""Memorials, heritage and graves on record: what is taken down or carried away stays off them.

Only the body that a layer names for a site may consent; where none is named nobody can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.recovery.answer import Gate
from rafiqa.recovery.fact import ProjectRegistered
from rafiqa.recovery.gatechain import RUBBLE_WORKS
from rafiqa.recovery.lastword import last_words_by
from rafiqa.recovery.sitefact import ProtectionConsented
from rafiqa.recovery.sitefolder import Paper, SiteFolder

PROTECTED_SITES = "protected-sites"
"""The kind of the layers that hold them."""
_DRAWN_MM = 1_000
"""A place drawn as a point or a line reaches at least so far from it."""


@dataclass(frozen=True, slots=True, eq=False)
class ProtectedSite:
    """One site as a layer has it.

    Attributes:
        site_id: its id in the layer.
        name: as on record.
        kind: a code of ``protected_kind``.
        authority: the organisation that alone may consent to works there; None where unnamed.
        ground: where it is, in mm of the site's frame.
    """

    site_id: str
    name: str
    kind: str
    authority: str | None
    ground: BaseGeometry

    def touches(self, shape: BaseGeometry) -> bool:
        """Returns whether a shape lies on it."""
        reach_mm = 0 if shapely.get_dimensions(self.ground) == 2 else _DRAWN_MM
        return bool(shapely.dwithin(self.ground, shape, reach_mm))


def protected_ground(
    works: ProjectRegistered,
    folder: SiteFolder,
    sites: Sequence[ProtectedSite],
    elsewhere: frozenset[str],
) -> Iterator[Gate]:
    """Yields G0 for each protected site that works touch, by their ground or their way in.

    Args:
        works: what is to be done.
        folder: its papers, the consents among them.
        sites: every protected site on record.
        elsewhere: entries of papers made when the works had other ground.
    """
    papers = last_words_by(folder.all_of(ProtectionConsented), lambda paper: paper.fact.site_id)
    consents = {paper.fact.site_id: paper for paper in papers if paper.entry_id not in elsewhere}
    shapes = [each.geometry for each in (works.shape, works.access) if each is not None]
    for site in sites:
        if any(site.touches(shape) for shape in shapes):
            yield _answer(works, site, consents.get(site.site_id))


def _answer(
    works: ProjectRegistered, site: ProtectedSite, paper: Paper[ProtectionConsented] | None
) -> Gate:
    params: dict[str, str | int] = {
        "site": site.name or site.site_id,
        "protected": site.kind,
        "authority": site.authority or "–",
    }
    if paper is not None and paper.fact.organisation_id == site.authority:
        ids = (paper.entry_id,)
        if not paper.fact.agrees:
            return Gate("G0", "closed", "gate.registration.site-refused", params, (), ids)
        params["reference"] = paper.fact.reference or "–"
        code = "gate.registration.site-consented"
        return Gate("G0", "conditions", code, params, (), ids, site.authority)
    if works.kind not in RUBBLE_WORKS:
        code = "gate.registration.site-touched"
        return Gate("G0", "conditions", code, params, (), (), site.authority or "authority")
    named = "site-unnamed" if site.authority is None else "site-protected"
    return Gate("G0", "closed", f"gate.registration.{named}", params)
