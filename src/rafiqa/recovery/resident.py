"""Facts of residents: what they ask of the office, what became of it, and that they were told."""

from __future__ import annotations

from dataclasses import dataclass, field

from rafiqa.geo import Spot
from rafiqa.land import Recorded


@dataclass(frozen=True, slots=True)
class ResidentAsked:
    """What a resident asks for or offers: a survey, a clearance, a feeling, what they know.

    It moves no ground. ``feels_at_ease`` is asked only of a place that was released.
    """

    request_id: str
    kind: str
    spot: Spot | None = None
    geo_precision: str = "exact"
    accuracy_m: int | None = None
    place: str | None = None
    text: str | None = None
    feels_at_ease: str | None = None
    language: str | None = None
    written_at: str | None = None
    channel: str | None = None
    code_digest: str | None = None


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """What became of a resident's request; ``note`` is for the office, ``text`` for the asker."""

    request_id: str
    outcome: str
    area_id: str | None = None
    note: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ReporterTold:
    """That whoever reported or asked was told of an answer, and how."""

    report_id: str
    answer_entry_id: str
    channel: str


ResidentFact = ResidentAsked | RequestAnswered | ReporterTold


@dataclass(slots=True)
class ResidentBook:
    """What residents asked, what became of each, and that they heard of it.

    ``requests`` and ``answers`` are kept by the request, ``told`` by the answer's entry.
    """

    requests: dict[str, Recorded] = field(default_factory=dict)
    answers: dict[str, list[Recorded]] = field(default_factory=dict)
    told: dict[str, Recorded] = field(default_factory=dict)

    def copied(self) -> ResidentBook:
        """Returns another with the same in it."""
        answers = {key: list(records) for key, records in self.answers.items()}
        return ResidentBook(dict(self.requests), answers, dict(self.told))

    def take(self, recorded: Recorded) -> None:
        """Takes a fact in; what is not of residents changes nothing."""
        match recorded.fact:
            case ResidentAsked() as fact:
                self.requests.setdefault(fact.request_id, recorded)
            case RequestAnswered() as fact:
                self.answers.setdefault(fact.request_id, []).append(recorded)
            case ReporterTold() as fact:
                self.told.setdefault(fact.answer_entry_id, recorded)
            case _:
                return
