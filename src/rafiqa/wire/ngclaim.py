"""Claims of an IMSMA NG dump: what activities say was surveyed, cancelled, reduced or cleared.

An activity is somebody's report that work was done; it is no release by an authority, and often
says no depth. So it lowers nothing here: it stands beside the hazard that it names, whole, with its
versions, points and the ordnance found. One that names no hazard of the dump is refused and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rafiqa.wire.ngrecord import ACTIVITY, Record, Records, day_of, local_id
from rafiqa.wire.tableset import Line

ACTIVITY_LINKS = (
    *("hazard_has_hazreduc", "hazreduc_has_hazard", "hazard_hazreduc", "hazreduc_hazard"),
    "hazreduc_infoversion_has_hazard",
)
_KIND = ("hazreductype", "hazreduc_type", "hazreductype_guid", "activitytype", "type")
_HAZARD = ("hazard_guid", "hazardguid", "hazard_id", "hazard_localid")
_TO_ACTIVITY = ("hazreduc_guid", "hazreducguid", "hazreduc_id")


@dataclass(frozen=True, slots=True)
class Claim:
    """One activity: its line with all that hangs on it, in words, and what to tell of it.

    ``persons`` is who is named in it, and stands in none of its cells.
    """

    whole: Line
    said: str
    persons: Mapping[str, str]

    @property
    def params(self) -> dict[str, str | int]:
        """Where it stands in the dump, and what it says that it is."""
        return {"table": ACTIVITY.table, "line": self.whole.number, "value": self.said[:80]}


class Claims:
    """The activities of a dump by the hazards that they name."""

    def __init__(self, activities: Records, hazards: Records) -> None:
        self._activities = activities
        self._by_hazard: dict[str, list[Claim]] = {}
        self._alone: list[Claim] = []
        local = {local_id(line): guid for guid, line in hazards.known.items()}
        linked = self._linked()
        for line in activities.lines:
            claim = self._claim(activities.record(line))
            guid = line.said(*ACTIVITY.guid)
            named = [claim.whole.said(*_HAZARD), *(linked.get(guid, ()) if guid else ())]
            known = [local.get(name, name) for name in named if name]
            met = [name for name in dict.fromkeys(known) if name in hazards.known]
            for name in met:
                self._by_hazard.setdefault(name, []).append(claim)
            if not met:
                self._alone.append(claim)

    def of(self, hazard_guid: str) -> list[Claim]:
        """Returns what is claimed of a hazard."""
        return self._by_hazard.get(hazard_guid, []) if hazard_guid else []

    def alone(self) -> list[Claim]:
        """Returns the claims that name no hazard of the dump."""
        return self._alone

    def _linked(self) -> dict[str, list[str]]:
        linked: dict[str, list[str]] = {}
        for table in ACTIVITY_LINKS:
            for guid, lines in self._activities.by(table, _TO_ACTIVITY).items():
                linked.setdefault(guid, []).extend(line.said(*_HAZARD) for line in lines)
        return linked

    def _claim(self, record: Record) -> Claim:
        seen = self._activities.seen(record)
        cells = dict(seen.cells) | self._activities.custom(record)
        cells |= dict(self._parts(record))
        said = " ".join(item for item in (seen.said(*_KIND), day_of(record.shown)) if item)
        whole = Line(ACTIVITY.table, record.line.number, cells)
        return Claim(whole, said, self._activities.take_named())

    def _parts(self, record: Record) -> Iterator[tuple[str, object]]:
        parts = self._activities.parts(record) | {"geopoints": record.shape_lines}
        for name, lines in parts.items():
            if lines:
                yield name, [line.plain for line in lines]
