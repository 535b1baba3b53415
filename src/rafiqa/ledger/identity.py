"""Identities: that somebody's name and contact are kept, looked at or erased; never who it is.

A person stands in the ledger as a pseudonym alone. It is made with a key and a salt of that
person, both in the vault (``rafiqa.store.vault``): with them gone nobody can tell, by any guess,
whose it was. All that these facts say is codes, for free words are where names slip in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdentityKept:
    """That an identity lies in the vault, what it belongs to, what for, and until when.

    Attributes:
        pseudonym: by which the ledger knows the person.
        record_id: the record that it belongs to: a report, an accident, a victim.
        purpose: a code of the list ``identity_purpose``.
        keep_until_on: the last day on which it is kept, ISO 8601.
    """

    pseudonym: str
    record_id: str
    purpose: str
    keep_until_on: str


@dataclass(frozen=True, slots=True)
class IdentityLookedAt:
    """That somebody was about to be shown an identity, and why (a code of ``look_reason``).

    It is on record before anything is shown. Who, in which role and when stands on its entry.
    """

    pseudonym: str
    reason: str


@dataclass(frozen=True, slots=True)
class IdentityErased:
    """That an identity was erased for good, and why (a code of ``identity_erasure``)."""

    pseudonym: str
    cause: str
