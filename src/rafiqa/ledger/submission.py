"""Submissions: filled forms as they came from the field, and what was said of each.

The ledger keeps the content that was sent, so that what a phone showed can be proven for ever;
what says who somebody is lies in the vault, where there is one. What it says of the land becomes
a fact of the land only by a verb of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ReviewState = Literal["accepted", "returned", "refused"]


@dataclass(frozen=True, slots=True)
class SubmissionReceived:
    """One filled form as it was sent; never changed, only replaced by a later one that names it.

    Attributes:
        instance_id: the id that its sender made.
        form_id: the form that it says it fills.
        text: the content as it came, XML or JSON; without what says who somebody is, where that
            lies in the vault.
        media_type: ``text/xml`` or ``application/json``.
        sha256: SHA-256 of the bytes as they came, in hex; under the vault's key where it has some.
        form_version: as it says.
        device_id: the enrolled device that sent it, None where it came otherwise.
        number: the device's own count of what it finished; a gap shows what is missing.
        told_at: when it was filled by the phone's clock; told, never believed.
        replaces: the instance that it corrects.
        awaits: names of the files that it speaks of.
        faults: codes of what is wrong with it; it is taken all the same, and a person looks.
        sign_id: the report that stands on the map for it until it is answered.
        left_id: what names what is left of its text after something was cut out of it, where no
            sign does: known by it, its words do not come back once they were erased.
    """

    instance_id: str
    form_id: str
    text: str
    media_type: str
    sha256: str
    form_version: str | None = None
    device_id: str | None = None
    number: int | None = None
    told_at: str | None = None
    replaces: str | None = None
    awaits: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    sign_id: str | None = None
    left_id: str | None = None


@dataclass(frozen=True, slots=True)
class SubmissionReviewed:
    """What a reviewer said of a submission, and the facts that came of it where accepted."""

    instance_id: str
    state: ReviewState
    note: str | None = None
    fact_ids: tuple[str, ...] = ()
