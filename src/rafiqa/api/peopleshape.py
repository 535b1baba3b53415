"""The shapes of people harmed and warned at the desk: counts and pseudonyms, never a name."""

from __future__ import annotations

from typing import Any

from rafiqa.api.accessshape import Told
from rafiqa.api.shape import Shape


class InquiryStep(Shape, frozen=True):
    """One step of looking into an accident, by whom, and what was found."""

    step_text: str
    on: str
    organisation: str
    cause_text: str | None
    lessons: str | None
    area_id: str | None


class AccidentTold(Shape, frozen=True):
    """An accident with every step of its inquiry, and the reopening that it brought about.

    How many it harmed is not told one by one: who lives there would know who it was.
    """

    accident_id: str
    kind_text: str
    at: str
    area_ids: list[str]
    steps: list[InquiryStep]
    reopening_id: str | None


class HelpTold(Shape, frozen=True):
    """Where one kind of help for one person stands; they are named by a pseudonym."""

    assistance_id: str
    person_ref: str
    service_text: str
    state_text: str
    consent: str
    consent_text: str
    on: str
    accident_id: str | None


class CommunityTold(Shape, frozen=True):
    """What one community told last to one organisation; how many victims stands in tables alone."""

    survey_id: str
    community: str
    organisation: str
    on: str
    contaminated_text: str
    band: str
    band_text: str
    blocked_text: list[str]
    waits: bool


class FormField(Shape, frozen=True):
    """A field of a form, as the dictionary has it; ``choices`` are the codes of its list."""

    name: str
    label: str
    type: str
    required: bool
    choices: dict[str, str]
    least: float | None
    most: float | None
    letters: int | None


class RecordForm(Shape, frozen=True):
    """A record that can be filled in, and why who asks may not; no reason is that they may."""

    kind: str
    title: str
    fields: list[FormField]
    why_not: list[Told]


class PeopleTold(Shape, frozen=True):
    """Accidents, communities, help, and the forms.

    ``help`` is null for who has no work with pseudonyms.
    """

    accidents: list[AccidentTold]
    communities: list[CommunityTold]
    help: list[HelpTold] | None
    forms: list[RecordForm]


class RecordAsked(Shape, frozen=True):
    """A record of people: its fields by the dictionary's names."""

    fields: dict[str, Any]
