"""Problems: refusals as application/problem+json (RFC 9457), in the asker's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from rafiqa.api.name import told
from rafiqa.api.reply import Reply
from rafiqa.errors import Fault, RafiqaError
from rafiqa.land import Reason
from rafiqa.locale import text
from rafiqa.wire.answer import next_step

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 30
"""When to try again after the store could not write; for a disk that somebody makes room on."""


class Unknown(RafiqaError):  # noqa: N818 - named like the errors it stands beside
    """Nobody is signed in, and the question or act needs somebody."""

    status = 401


class WrongMethod(RafiqaError):  # noqa: N818
    """The path exists, but not for this method."""

    status = 405


class TooLarge(RafiqaError):  # noqa: N818
    """The body is larger than this door takes."""

    status = 413


class WrongType(RafiqaError):  # noqa: N818
    """The body is not JSON."""

    status = 415


class TooMany(RafiqaError):  # noqa: N818
    """Too many attempts; try again later."""

    status = 429


class ProblemFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing wrong: stable code, where, in words, and what to do next."""

    code: str
    place: str | None
    row: int | None
    detail: str
    next: str | None


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refusal after RFC 9457; ``faults`` lists every reason."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    faults: list[ProblemFault]


def problem(error: RafiqaError, lang: str) -> Reply:
    """Returns an error as a reply: every fault, worded in a language."""
    again = {"Retry-After": str(RETRY_AFTER_S)} if error.status in {429, 503} else None
    return problem_reply(error.status, error.faults, lang, again)


def problem_reply(
    status: int, faults: Sequence[Fault], lang: str, headers: Mapping[str, str] | None = None
) -> Reply:
    """Returns faults as a reply with a status."""
    body = described(status, faults, lang)
    extra = {"WWW-Authenticate": 'Session realm="rafiqa"'} if status == 401 else {}
    extra |= {"Cache-Control": "no-store", "Content-Language": lang} | dict(headers or {})
    return Reply(msgspec.json.encode(body), MEDIA_TYPE, status, extra)


def described(status: int, faults: Sequence[Fault], lang: str) -> Problem:
    """Returns the problem that faults make, in words."""
    listed = [told_fault(fault, lang) for fault in faults]
    code = listed[0].code if listed else "api.internal"
    return Problem(
        f"urn:rafiqa:problem:{code}",
        text(f"api.status.{status}", {}, lang),
        status,
        listed[0].detail if listed else text("api.internal", {}, lang),
        code,
        listed,
    )


def told_fault(fault: Fault, lang: str) -> ProblemFault:
    """Returns a fault in the words of a language."""
    step = next_step(fault.code, fault.params, lang)
    return ProblemFault(
        fault.code,
        _carried(fault.place) or None,
        fault.row,
        _carried(told(fault.code, fault.params, lang)),
        None if step is None else _carried(step),
    )


def _carried(words: str) -> str:
    """Returns words with half characters escaped: JSON brings them in, UTF-8 carries none out."""
    return words.encode("utf-8", "backslashreplace").decode()


def faults_of(reasons: Sequence[Reason]) -> tuple[Fault, ...]:
    """Returns a ruling's reasons as faults of the act that they forbid, each at its place."""
    return tuple(
        Fault(reason.code, str(reason.params.get("place", "")), params=reason.params)
        for reason in reasons
    )
