"""The facts of damage: what was assessed in which scale, engineers' tags, what an event damaged.

None of them lowers anything: an assessment says what stands, never what lies in the ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rafiqa.geo import GridShape, Spot


@dataclass(frozen=True, slots=True)
class DamageAssessed:
    """One grade of damage in the words of its own scale; true on the day of the look or image.

    ``as_written`` is the source's text as it came, ``code`` the code of its scale's list that it
    means; None where the scale is unknown. Our own grade is a view (``damagescale``) and stands
    in no fact. ``asset_id`` is the asset that the source names, None where it gives a place alone.
    """

    assessment_id: str
    scale: str
    as_written: str
    code: str | None = None
    asset_id: str | None = None
    spot: Spot | None = None
    shape: GridShape | None = None
    accuracy_m: Decimal | None = None
    sensor: str | None = None
    reader: str | None = None
    source: str | None = None
    note: str | None = None
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class StructureTagged:
    """What an engineer found a structure fit for on the day; stands until a date or new damage.

    ``shape`` is the ground that the asset stood on then, by which later events are known to have
    hit it, whatever becomes of its layer.
    """

    asset_id: str
    tag: str
    engineer: str
    until_us: int | None = None
    note: str | None = None
    shape: GridShape | None = None


@dataclass(frozen=True, slots=True)
class DamageLinked:
    """A person's word that an event on record damaged an asset; geometry alone may not tell.

    It can only be added to: that an event did no damage is for an engineer's new tag to say.
    """

    asset_id: str
    event_id: str
    note: str | None = None
