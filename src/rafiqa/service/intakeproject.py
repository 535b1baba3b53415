"""What is odd in a row of projects, by name: water, no road at the way in, owners."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely

from rafiqa.errors import Fault
from rafiqa.recovery import ProjectRegistered
from rafiqa.recovery.roadnet import RoadNetwork
from rafiqa.service.office import Office
from rafiqa.service.wayin import layer_rows, roads_on_record

_BETWEEN_OWNERS = re.compile(r"\s*[;|/\n؛]\s*")
DISPUTED = "disputed"
"""The dictionary's state of rights while two owners are named."""


def owners_of(told: str | None) -> tuple[str, ...]:
    """Returns the owners that a cell names, each once."""
    named = _BETWEEN_OWNERS.split(told or "")
    return tuple(dict.fromkeys(name.strip() for name in named if name.strip()))


@dataclass(eq=False)
class ProjectShelf:
    """What the projects of one import are held against: roads and water on record."""

    office: Office

    @cached_property
    def roads(self) -> RoadNetwork | None:
        """The road network on record; None where there are no roads."""
        return roads_on_record(self.office)

    @cached_property
    def water(self) -> shapely.STRtree:
        """The water on record, in mm of the site's frame."""
        shapes: list[Any] = []
        for layer in self.office.recovery().layers_of("water"):
            _, lonlat, _ = layer_rows(self.office, layer)
            shapes += self.office.frame.shapes_to_mm(lonlat).tolist()
        return shapely.STRtree(shapes)

    def warnings(self, fact: ProjectRegistered, number: int) -> Iterator[Fault]:
        """Yields what is odd in a project that was taken in all the same."""
        for place, shape in (("geometry", fact.shape), ("access_geometry", fact.access)):
            if shape is not None and len(self.water.query(shape.geometry, predicate="intersects")):
                yield Fault("service.import.across-water", place, number)
        access, roads = fact.access, self.roads
        if access is not None and roads is not None and not len(roads.touching(access.geometry)):
            yield Fault("service.import.access-no-road", "access_geometry", number)
        owners = owners_of(fact.owner)
        if len(owners) > 1:
            params: dict[str, str | int] = {"owners": " · ".join(owners), "n": len(owners)}
            yield Fault("service.import.two-owners", "owner", number, params)
