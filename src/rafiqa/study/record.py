"""The record: one claim of a document, quoted exactly, with what it says and what it does not say.

Field by field as the desk study has it (section 7). Offsets are code points of the text that was
read, ``text[start:end] == quote``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EventType = Literal[
    "contamination_reported",
    "accident",
    "clearance_claimed",
    "detonation",
    "infrastructure_damage",
    "reconstruction",
    "return_of_residents",
    "population_presence",
    "security_notice",
    "other_civil",
]
HazardKind = Literal[
    "mine", "ied", "booby_trap", "uxo", "cluster", "tunnel", "explosive_unspecified"
]
Polarity = Literal["asserted", "negated", "denied", "question", "plan", "principle", "ambiguous"]
Precision = Literal["day", "week", "month", "year", "multi_year", "open"]
TimeBasis = Literal["explicit", "relative", "event_anchor", "none"]
PlaceBasis = Literal["named", "same_sentence", "carried_over", "none"]
PlaceLevel = Literal[
    "country", "region", "governorate", "district", "subdistrict", "town", "quarter"
]
Language = Literal["ar", "ckb", "kmr", "en", "unknown"]


@dataclass(frozen=True, slots=True)
class Span:
    """Code points of the text that was read: from ``start`` to before ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hazard:
    """A kind of explosive hazard, and the words that name it."""

    kind: HazardKind
    span: Span


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    """A place that a name may mean; a point and how far it may reach, never an outline.

    Attributes:
        place_id: in the gazetteer that was compiled.
        name: as the gazetteer writes it.
        lon_deg, lat_deg: WGS 84.
        radius_km: how far from the point it may reach.
        level: what it is.
        within: the ids of what it lies in, nearest first.
    """

    place_id: str
    name: str
    lon_deg: float
    lat_deg: float
    radius_km: float
    level: PlaceLevel
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place as the text names it. No candidates: it is in no gazetteer; several: unsettled."""

    span: Span
    surface: str
    candidates: tuple[PlaceCandidate, ...]


@dataclass(frozen=True, slots=True)
class ClaimPlace:
    """Where a claim is about, or an honest nothing.

    Attributes:
        mention: the words that name it; None where the text names none.
        basis: why this place is taken for this claim.
    """

    mention: PlaceMention | None
    basis: PlaceBasis


@dataclass(frozen=True, slots=True)
class ClaimTime:
    """When a claim is about, or an honest nothing.

    Attributes:
        span: the words that say so. start, end: first and last day, ISO 8601; None where unknown.
        precision, basis: how exact, and from what.
        inferred_from: the span of another phrase on which a relative time rests.
    """

    span: Span | None
    start: str | None
    end: str | None
    precision: Precision
    basis: TimeBasis
    inferred_from: Span | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose claim it is: a role or an organisation, never a person.

    Attributes:
        speaker_role: such as ``interviewer``, ``interviewee``, ``author``, ``resident``.
        organisation_span: the words that name an organisation.
        via: told directly, or reported of another.
        interest: ``self_report`` where who claims is who is said to have done it.
    """

    speaker_role: str
    organisation_span: Span | None = None
    via: Literal["direct", "reported"] = "direct"
    interest: Literal["none", "self_report", "party", "unknown"] = "unknown"


@dataclass(frozen=True, slots=True)
class Claim:
    """One candidate: what a clause says, with every field a span of its sentence or marked.

    Attributes:
        quote: the clause, byte for byte. span, sentence: where it and its sentence stand.
        language: of the sentence.
        polarity: whether it is said to be so; only ``asserted`` may ever become evidence.
        rank: 0 to 1, for the order of the queue; no probability.
        reasons: what it rests on, by code.
        flags: what a reviewer must see first, by code (``imperative``, ``personal-name``, …).
    """

    event_type: EventType
    polarity: Polarity
    quote: str
    span: Span
    sentence: Span
    language: Language
    hazards: tuple[Hazard, ...]
    place: ClaimPlace
    time: ClaimTime
    attribution: Attribution
    rank: float
    reasons: tuple[str, ...]
    flags: tuple[str, ...] = ()
    producer: str = "rules"
