"""What goes out to the field: the forms in use, and the devices that may fetch and send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file that a form needs beside it, kept under its hash."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """A choice of a country's own, and the code of the dictionary's list that it counts as."""

    list_name: str
    code: str
    counts_as: str


@dataclass(frozen=True, slots=True)
class FormPublished:
    """A version of a form given out; a later one of the same id takes its place on phones.

    Attributes:
        form_id: stable id.
        version: changes with the content.
        title: what phones list it under.
        xml_sha256: SHA-256 of the XForm's bytes, which are kept beside the ledger and never made
            again: phones compare them byte for byte.
        record: the dictionary's record that it is mainly about, None where it is not known.
        media: the files that it needs.
        closed: no longer given out; what was filled of it is taken all the same.
        country: the code with which the names of a country's own questions begin.
        choices: the country's own choices as they were when it was given out, so that an answer
            counts for ever as it counted for who chose it.
    """

    form_id: str
    version: str
    title: str
    xml_sha256: str
    record: str | None = None
    media: tuple[FormFile, ...] = ()
    closed: bool = False
    country: str | None = None
    choices: tuple[OwnChoice, ...] | None = None


@dataclass(frozen=True, slots=True)
class DeviceEnrolled:
    """A device that may fetch forms and send what was filled, as one person in one role.

    Attributes:
        device_id: the office's own name for it.
        token_sha256: SHA-256 of its secret, in hex; the secret itself is shown once and not kept.
        person_id: pseudonym of who carries it.
        organisation_id: for whom they act.
        role: in which role.
        task_ids: the tasks whose hazards it is shown; those of its organisation where none.
        until_us: from when on it is no longer let in; None for until it is revoked.
    """

    device_id: str
    token_sha256: str
    person_id: str
    organisation_id: str
    role: str
    task_ids: tuple[str, ...] = ()
    until_us: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceRevoked:
    """A device that is no longer let in: lost, stolen, or given back."""

    device_id: str
    note: str
