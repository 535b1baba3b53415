"""After an accident: what was found out (IMAS 10.60), and help for who was harmed (IMAS 13.10).

Who was harmed stands nowhere here: help names a pseudonym, which other means than this resolve.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccidentInquired:
    """One step of looking into an accident: a detailed report, an investigation, lessons shared.

    Attributes:
        accident_id: which accident.
        step: of list ``inquiry_step``.
        organisation_id: who looked into it.
        cause: what was found to have set the item off.
        lessons: what others should learn of it, without anybody's name.
        area_id: the area it belongs to.
        reopening_id: the reopening that followed, where it was not the accident's own.
    """

    accident_id: str
    step: str
    organisation_id: str
    cause: str | None = None
    lessons: str | None = None
    area_id: str | None = None
    reopening_id: str | None = None


@dataclass(frozen=True, slots=True)
class AssistanceNoted:
    """One step of help for one victim.

    Attributes:
        assistance_id: its id.
        person_ref: the pseudonym; never a name, a number of papers or a date of birth.
        service, state: of lists ``assistance_service`` and ``assistance_state``.
        consent: what they said to being referred (list ``yes_no_unknown``).
        accident_id: in which accident they were harmed, where that may be told.
    """

    assistance_id: str
    person_ref: str
    service: str
    state: str
    consent: str
    accident_id: str | None = None
