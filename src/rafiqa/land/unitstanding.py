"""What the lowerings on a face come to: unit by unit, and down from the surface.

Open ground is one unit. Under a structure each unit on record needs a lowering of its own, and
the ground is what the worst of them is. What was cleared counts as far down as the depths of
its clearances follow on one another from the surface without a gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rafiqa.land.register import Lower, Raise
from rafiqa.land.rule import supports

LoweredStatus = Literal["cleared", "reduced", "cancelled"]
LOWERED_BY: tuple[LoweredStatus, ...] = ("cleared", "reduced", "cancelled")
"""Best first: of several lowerings of one unit the best counts, of several units the worst."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What ground, or a unit, stands lowered as, and the lowerings that this rests on.

    ``newest`` is the (true when, sequence) of the newest lowering that counts at all.
    """

    status: LoweredStatus
    lowers: tuple[Lower, ...]
    depth_cm: int | None
    newest: tuple[int, int]


@dataclass(frozen=True, slots=True)
class UnitsThere:
    """The units on record on a face at one time, and the footprints that put each there."""

    by_id: Mapping[str, tuple[Raise, ...]]
    ground_ids: frozenset[str]

    def knew(self, lower: Lower) -> bool:
        """Returns whether the unit of a lowering was on record here before its work began."""
        put_up = self.by_id.get(lower.unit_id or "", ())
        return any(supports(item, lower.begun) for item in put_up)


def units_there(structures: Sequence[Raise], at_us: int) -> UnitsThere:
    """Returns the units that the footprints on a face put on record there by a time."""
    found: dict[str, tuple[Raise, ...]] = {}
    ground: set[str] = set()
    for item in structures:
        if item.valid_at_us <= at_us:
            ground.update(item.ground_ids)
            for unit_id in item.unit_ids:
                found[unit_id] = (*found.get(unit_id, ()), item)
    return UnitsThere(found, frozenset(ground))


def unit_standings(holding: Sequence[Lower], units: UnitsThere) -> dict[str, Standing | None]:
    """Returns what each unit stands as; None for a unit that is still open.

    A lowering that names no unit says nothing of what is in a structure, nor does one that
    names a unit which was put on record after the work.
    """
    return {
        unit_id: standing(
            [item for item in holding if item.unit_id == unit_id and units.knew(item)]
        )
        for unit_id in units.by_id
    }


def together(each: Mapping[str, Standing | None], ground_ids: frozenset[str]) -> Standing | None:
    """Returns what all units of a face come to: the worst of them; None while one is open.

    The depth is that of the ground beneath, the shallowest where there are several.
    """
    known = [item for item in each.values() if item is not None]
    if len(known) < len(each) or not known:
        return None
    worst = max(known, key=lambda item: LOWERED_BY.index(item.status))
    lowers = tuple(dict.fromkeys(lower for item in known for lower in item.lowers))
    depths = [item.depth_cm for unit_id, item in each.items() if unit_id in ground_ids and item]
    sure = [depth_cm for depth_cm in depths if depth_cm is not None]
    depth_cm = min(sure) if sure and len(sure) == len(depths) else None
    return Standing(worst.status, lowers, depth_cm, max(item.newest for item in known))


def standing(holding: Sequence[Lower]) -> Standing | None:
    """Returns what the lowerings of open ground, or of one unit, come to; None where to nothing.

    Args:
        holding: those that hold there; an outline dropped is none of them.
    """
    reach_cm = _reach_cm([item for item in holding if item.kind == "cleared"])
    counted = [item for item in holding if _counts(item, reach_cm)]
    for status in LOWERED_BY:
        chosen = tuple(item for item in counted if item.kind == status)
        if chosen:
            depths = [item.depth_cm for item in chosen if item.depth_cm is not None]
            depth_cm = reach_cm if status == "cleared" else max(depths, default=None)
            newest = max((item.valid_at_us, item.seq) for item in counted)
            return Standing(status, chosen, depth_cm, newest)
    return None


def _counts(item: Lower, reach_cm: int | None) -> bool:
    if item.kind == "cleared":
        return (item.depth_from_cm or 0) <= (reach_cm or 0)
    return item.kind != "dropped"


def _reach_cm(cleared: Sequence[Lower]) -> int | None:
    """Returns how deep clearances reach without a gap from the surface; None where they do not."""
    reach_cm: int | None = None
    for item in sorted(cleared, key=lambda item: item.depth_from_cm or 0):
        if (item.depth_from_cm or 0) > (reach_cm or 0):
            break
        if item.depth_cm is not None:
            reach_cm = max(reach_cm or 0, item.depth_cm)
    return reach_cm
