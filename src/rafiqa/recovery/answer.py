"""What a gate answers: its outcome, why, on which facts it rests, who must do what by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rafiqa.land import Reason

Outcome = Literal["open", "conditions", "closed"]
DAY_US = 86_400_000_000
_WORSE: dict[Outcome, int] = {"open": 0, "conditions": 1, "closed": 2}


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """What a country sets: how far a hazard must lie from works, and how long papers hold.

    ``distance_mm`` is tested as a distance, never as a buffer. ``noise_m2`` is ground
    off the record too small to ask about, in whole m²; it is never more than a hundredth of
    the works, so that a borehole off the record is asked about too. ``rating_days`` and
    ``briefing_days`` are how long a rating of the site and a briefing of the crew stand.
    """

    distance_mm: int = 0
    noise_m2: int = 1
    rating_days: int = 365
    briefing_days: int = 365


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate's answer: what, why, and on which areas and entries of the ledger it rests.

    Attributes:
        gate: G0 to G11.
        outcome: open, open with conditions, or closed.
        code: which answer; its words stand in the catalogue.
        params: the figures that its words name.
        area_ids: areas it rests on.
        fact_ids: ids of the entries it rests on.
        who: the role or organisation that a condition binds; None where it binds nobody.
        until_us: until when it holds; None where no time is set.
    """

    gate: str
    outcome: Outcome
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    area_ids: tuple[str, ...] = ()
    fact_ids: tuple[str, ...] = ()
    who: str | None = None
    until_us: int | None = None

    @property
    def reason(self) -> Reason:
        """The answer as a reason, for its text."""
        return Reason(self.code, self.params, self.area_ids)


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """Every gate's answer, the worst of them, and the gates that were not asked, with why.

    A gate that was not asked says nothing: it is no all-clear.
    """

    outcome: Outcome
    gates: tuple[Gate, ...]
    not_asked: tuple[tuple[str, str], ...] = ()


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Returns the worst outcome; closed where there is none to go by."""
    return max(outcomes, key=_WORSE.__getitem__, default="closed")


def gravest(gates: Sequence[Gate]) -> Gate:
    """Returns the worst of several answers; of those alike the last, and it rests on all."""
    outcome = worst([gate.outcome for gate in gates])
    found = [gate for gate in gates if gate.outcome == outcome]
    ids = tuple(dict.fromkeys(each for gate in found for each in gate.fact_ids))
    return replace(found[-1], fact_ids=ids)
