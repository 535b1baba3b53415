"""``rafiqa review``: candidates out of documents, and a decision on each."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rafiqa.cli.session import DONE, REFUSED, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.land import Actor
from rafiqa.ledger import ClaimDecision
from rafiqa.locale import text
from rafiqa.service import Office
from rafiqa.service.agreement import agreement_on
from rafiqa.service.claimreview import Review, becomes_evidence, review_claim
from rafiqa.service.deskbook import DocumentStory
from rafiqa.service.deskstudy import Candidate, candidates_of, document_of
from rafiqa.service.scope import reads_document
from rafiqa.wire.answer import reason_json

_DECISIONS: Final[dict[str, ClaimDecision]] = {
    "accept": "accepted",
    "reject": "rejected",
    "cannot_tell": "cannot_tell",
    "undo": "undone",
}
_SHOWN: Final = 200
_COVERED: Final = "█"
"""What stands in place of a quote that may name a person."""


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--document", metavar="ID", help="only of this document")
    parser.add_argument("--all", action="store_true", help="those that were decided on too")
    for option, meant in (
        ("--accept", "accept these candidates as they stand"),
        ("--reject", "reject these candidates"),
        ("--cannot-tell", "say that these cannot be told"),
        ("--undo", "take the decisions on these back"),
    ):
        parser.add_argument(option, nargs="+", default=[], metavar="ID", help=meant)
    parser.add_argument(
        "--place", type=int, metavar="N", help="with --accept: the place that is meant, from 1"
    )
    parser.add_argument("--note", default="", metavar="WHY", help="why")
    parser.add_argument(
        "--confirmed-by",
        metavar="PERSON",
        help="with --undo: the second person of the authority, where evidence is taken back",
    )
    add_actor(parser, "information")


def run(args: argparse.Namespace) -> int:
    """Returns 0 after listing candidates or deciding on all that are named, 1 where refused."""
    office = office_of(args)
    named = [
        (claim_id, decision)
        for option, decision in _DECISIONS.items()
        for claim_id in getattr(args, option)
    ]
    return _decide(args, office, named) if named else _list(args, office)


def _decide(
    args: argparse.Namespace, office: Office, named: list[tuple[str, ClaimDecision]]
) -> int:
    actor = actor_of(args, office)
    second = None
    if args.confirmed_by is not None:
        second = Actor(args.confirmed_by, actor.organisation_id, "authority")
    decided: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for claim_id, decision in named:
        place = args.place - 1 if args.place is not None and decision == "accepted" else None
        review = Review(decision, args.note, place=place, confirmed_by=second)
        acted = review_claim(office, actor, _document_id(office, claim_id), claim_id, review)
        told = [reason_json(reason, args.lang) for reason in acted.reasons]
        if acted.done:
            warnings = [reason_json(reason, args.lang) for reason in acted.warnings]
            decided.append(
                {
                    "claim_id": claim_id,
                    "decision": decision,
                    "entries": list(acted.entry_ids),
                    "warnings": warnings,
                }
            )
        else:
            refused += [{"claim_id": claim_id, **each} for each in told]
    answer = {"decided": decided, "refused": refused}
    lines = [text("cli.review.done", {"n": len(decided)}, args.lang)]
    for each in decided:
        lines += [f"  {warning['text']}" for warning in each["warnings"]]
    if refused:
        lines += [f"{each['claim_id']}: {each['text']}  [{each['code']}]" for each in refused]
        output_of(args).refuse(answer, lines)
        return REFUSED
    output_of(args).show(answer, lines)
    return DONE


def _document_id(office: Office, claim_id: str) -> str:
    """The document of a candidate: its id begins with the first half of the document's."""
    prefix = claim_id.partition(".")[0]
    documents = office.deskbook().documents
    return next((id_ for id_ in documents if prefix and id_.startswith(prefix)), "")


def _list(args: argparse.Namespace, office: Office) -> int:
    actor = actor_of(args, office)
    read = {
        document_id: story
        for document_id, story in office.deskbook().documents.items()
        if reads_document(office, actor, story)
    }
    rows = list(_rows(office, args, read))
    lines = [
        text("cli.review.documents", {"n": len(read)}, args.lang),
        text("cli.review.n", {"n": len(rows)}, args.lang),
    ]
    lines += [line for row in rows[:_SHOWN] for line in _lines(row, args.lang)]
    if len(rows) > _SHOWN:
        lines.append(f"… +{len(rows) - _SHOWN}")
    output_of(args).show({"n": len(rows), "candidates": rows}, lines)
    return DONE


def _rows(
    office: Office, args: argparse.Namespace, read: Mapping[str, DocumentStory]
) -> Iterator[dict[str, Any]]:
    for document_id, story in read.items():
        if args.document is not None and not document_id.startswith(args.document):
            continue
        if not (args.all or story.n_waiting):
            continue
        document = document_of(office, document_id)
        words = "" if document is None else document.text
        for found in candidates_of(office, story, words):
            if args.all or found.state == "waiting":
                yield _row(office, story, found)


def _row(office: Office, story: DocumentStory, found: Candidate) -> dict[str, Any]:
    claim, mention = found.claim, found.claim.place.mention
    review = found.review
    agree = 0
    if review is not None and review.evidence_id is not None:
        agree = agreement_on(office.deskbook(), story, review).n_independent
    return {
        "claim_id": found.claim_id,
        "document_id": story.fact.document_id,
        "state": found.state,
        "event_type": claim.event_type,
        "polarity": claim.polarity,
        "becomes": "evidence" if becomes_evidence(claim) else "reference",
        # Who must see a name goes to the desk, where the document is; a terminal's output travels.
        "quote": _COVERED if "personal-name" in claim.flags else claim.quote,
        "start": claim.span.start,
        "end": claim.span.end,
        "places": [] if mention is None else [each.name for each in mention.candidates],
        "from_on": claim.time.start,
        "until_on": claim.time.end,
        "flags": list(claim.flags),
        "agree": agree,
    }


def _lines(row: dict[str, Any], lang: str) -> Iterator[str]:
    event = text(f"study.event.{row['event_type']}", {}, lang)
    polarity = text(f"study.polarity.{row['polarity']}", {}, lang)
    state = text(f"study.state.{row['state']}", {}, lang)
    yield f"{row['claim_id']}  {event}, {polarity}  ({state})"
    # Isolated, so that a quote of either direction leaves the line as it is.
    yield f"  \u2068{' '.join(row['quote'].split())}\u2069"
    if len(row["places"]) > 1:
        names = "; ".join(f"{at} {name}" for at, name in enumerate(row["places"], 1))
        yield "  " + text("cli.review.places", {"names": names}, lang)
    if row["agree"]:
        yield "  " + text("cli.review.agree", {"n": row["agree"]}, lang)
    for flag in row["flags"]:
        yield "  " + text(f"study.flag.{flag}", {}, lang)
