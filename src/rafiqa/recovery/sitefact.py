"""Facts about one works: rights, rating, utilities, structure, crew, rubble, finds, closing.

Works are a project or a rubble lot; ``works_id`` is its id. Every fact is flat, its fields as the
dictionary's record of the same thing names them. None names a person: who holds a right, who sat
in a briefing and who is seen in a picture stay in papers that are kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rafiqa.geo import Spot


@dataclass(frozen=True, slots=True)
class RightsChecked:
    """What due diligence found on housing, land and property; a newer check replaces it.

    ``consents`` are references of the papers. A handover of the land is no title to it.
    """

    works_id: str
    hlp_status: str
    ownership: str | None = None
    consents: tuple[str, ...] = ()
    decided_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RightsClaimed:
    """One claim to the land of a works, without its claimant; told again, it is as told last."""

    works_id: str
    claim_id: str
    basis: str
    hlp_status: str
    absent: str = "unknown"
    woman_holds: str = "unknown"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SiteRated:
    """A site's checklist of ordnance risk; the rating follows from the answers alone.

    Each answer is yes, no or unknown. ``plan`` is how a site rated high is worked all the same.
    """

    works_id: str
    trained: bool
    item_seen: str = "unknown"
    entry_hole: str = "unknown"
    devices_laid: str = "unknown"
    accident_here: str = "unknown"
    bombed: str = "unknown"
    fought_over: str = "unknown"
    unsearched_rubble: str = "unknown"
    unused_since: str = "unknown"
    plan: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class EodSupportAgreed:
    """A named ordnance team stands by at the works until a day; it makes no ground released."""

    works_id: str
    organisation_id: str
    team: str
    until_us: int
    method: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class UtilitiesNoted:
    """What of power, gas and water runs to the site, and whether voids lie below it."""

    works_id: str
    power: str
    gas: str
    water: str
    voids: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class MethodStated:
    """How a structure is entered, held up or taken down where its tag forbids the plain way."""

    works_id: str
    statement: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class HazmatScreened:
    """Which dangerous materials a screening found, and how they are dealt with."""

    works_id: str
    hazmat: tuple[str, ...]
    plan: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CrewBriefed:
    """How many of the crew were briefed on ordnance and on the rule to stop work."""

    works_id: str
    workers_briefed: int
    eore: bool
    stop_work: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RubbleLifted:
    """One lift of a layer, counted from the top, with the tickets of the trucks it left on."""

    works_id: str
    lift_id: str
    layer: int
    volume_m3: Decimal
    eod_on_call: bool
    tickets: tuple[str, ...] = ()
    tickets_m3: Decimal | None = None
    destination: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ChanceFound:
    """Ordnance found by works: they stop until an ordnance team's note lets them go on."""

    works_id: str
    find_id: str
    lay_in: str
    spot: Spot | None = None
    category: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ChanceFindAnswered:
    """The ordnance team's note on a find: whether the works may go on."""

    works_id: str
    find_id: str
    may_go_on: bool
    note: str


@dataclass(frozen=True, slots=True)
class BombSearched:
    """A search for bombs below the works: how deep, and how many signals stay unexplained."""

    works_id: str
    search_id: str
    organisation_id: str
    depth_cm: int
    anomalies_open: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class WorksClosed:
    """The file of finished works: as built, the certificate, and who was told what stays below."""

    works_id: str
    as_built_on: str | None = None
    certificate_number: str | None = None
    residual_told_on: str | None = None
    residual_told_to: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PictureKept:
    """A picture of a works before, during or after, by the hash of its bytes."""

    works_id: str
    picture_moment: str
    sha256: str
    taken_on: str
    source: str
    consent: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ProtectionConsented:
    """The word of the body named for a protected site on works there: its last one counts."""

    works_id: str
    site_id: str
    agrees: bool
    organisation_id: str
    reference: str | None = None
    note: str | None = None


SiteFact = (
    RightsChecked
    | RightsClaimed
    | SiteRated
    | EodSupportAgreed
    | UtilitiesNoted
    | MethodStated
    | HazmatScreened
    | CrewBriefed
    | RubbleLifted
    | ChanceFound
    | ChanceFindAnswered
    | BombSearched
    | WorksClosed
    | PictureKept
    | ProtectionConsented
)
