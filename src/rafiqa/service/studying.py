"""Study a document: read it, find its claims and guard them, ask a model where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.study.claim import Context, claims_of, context_of
from rafiqa.study.gazetteer import Gazetteer
from rafiqa.study.guard import refusals
from rafiqa.study.placecore import core_gazetteer
from rafiqa.study.placematch import mentions
from rafiqa.study.proposal import (
    INSTRUCTIONS,
    Proposed,
    answer_schema,
    numbered,
    proposed,
    question,
)
from rafiqa.study.reading import Reading, read
from rafiqa.study.record import Claim
from rafiqa.study.when import Published
from rafiqa.wire.document import Document
from rafiqa.wire.modelclient import ModelServer, Told, ask

PRODUCER: Final = f"rules@{version('rafiqa')}"
"""What found the claims of this program, with its version."""


@dataclass(frozen=True, slots=True)
class Study:
    """What came of a document.

    Attributes:
        document: what was read of it.
        reading, context: what was read of it.
        records: its claims. set_aside: what it only asks or wishes for.
        refused: claims of the rules that the guard refused, with every reason.
        model: what a model proposed beside them; None where none was asked.
        told: how it was asked.
    """

    document: Document
    reading: Reading
    context: Context
    records: tuple[Claim, ...]
    set_aside: tuple[Claim, ...]
    refused: tuple[tuple[Claim, tuple[str, ...]], ...]
    model: Proposed | None = None
    told: Told | None = None


def published_on(day: str | None) -> Published | None:
    """Returns the day of publication that somebody gave, or None.

    Raises:
        InvalidInput: ``service.study.day``: it is no day such as 2024-10-17.
    """
    if day is None:
        return None
    try:
        exact = date.fromisoformat(day)
    except ValueError:
        raise InvalidInput(Fault("service.study.day", params={"text": day[:40]})) from None
    return Published(exact, exact)


def study(
    document: Document,
    published: Published | None = None,
    gazetteer: Gazetteer | None = None,
    server: ModelServer | None = None,
) -> Study:
    """Returns what a document says; with a model the same, and beside it what the model proposes.

    Args:
        document: what was read of it.
        published: the day on which it came out, where somebody knows.
        gazetteer: the places that it may name; the curated ones without.
        server: the model to ask; none is asked without.

    Raises:
        InvalidInput: the faults of ``modelclient.ask``.
    """
    known = core_gazetteer() if gazetteer is None else gazetteer
    reading = read(document.text, lambda text: mentions(text, known), published)
    context = context_of(reading)
    found = claims_of(reading)
    judged = {
        claim: refusals(reading, context, claim) for claim in (*found.records, *found.set_aside)
    }
    told = model = None
    if server is not None:
        clauses = numbered(reading)
        told = ask(server, INSTRUCTIONS, question(clauses), answer_schema(len(clauses)))
        model = proposed(reading, context, told.answer)
    return Study(
        document,
        reading,
        context,
        tuple(claim for claim in found.records if not judged[claim]),
        tuple(claim for claim in found.set_aside if not judged[claim]),
        tuple((claim, faults) for claim, faults in judged.items() if faults),
        model,
        told,
    )
