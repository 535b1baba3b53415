"""Copy age: what a server says, and what it keeps to itself, whose database only follows another.

Each answer says as of when it is. Past a limit nothing is answered that might show ground as
released which was reopened since: only health, and what everybody is told, which then shows all of
it as hazard. Whoever asks is told where to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from rafiqa.api.reply import Reply
from rafiqa.errors import RafiqaError
from rafiqa.service import Office
from rafiqa.wire.instant import iso

AS_OF: Final = "Rafiqa-As-Of"
BEHIND: Final = "Rafiqa-Behind-S"
ALWAYS: Final = frozenset({"/health"})
"""Answered by an old copy too. So are our pages, which hold nothing or know of it themselves."""


def refuse_old(office: Office, path: str = "") -> None:
    """Does nothing where a question may be answered.

    Raises:
        StoreError: ``store.replica-old``: the store is a copy that stands too far behind.
    """
    if office.following is not None and path not in ALWAYS:
        office.following.refuse_old()


def age_now(office: Office) -> dict[str, str]:
    """Returns the headers that say as of when an answer is; none where the store is no copy.

    Asked before the answer is made: what comes in meanwhile may not be in it.
    """
    try:
        following = office.following
        if following is None:
            return {}
        as_of_us, lag_us = following.as_of_us(), following.lag_us()
    except RafiqaError:
        # It does not answer now: then nothing is told of it either.
        return {}
    behind = "unknown" if lag_us is None else str(lag_us // 1_000_000)
    return {AS_OF: iso(as_of_us), BEHIND: behind}


def told_age(made: Reply, age: Mapping[str, str]) -> Reply:
    """Returns an answer that says how old it is, first of all."""
    return replace(made, headers={**age, **made.headers}) if age else made
