"""``rafiqa match``: match two versions of layers by ground, and decide on what is doubtful."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.dictionary import dictionary
from rafiqa.locale import text
from rafiqa.service import (
    AssetShelf,
    MatchReport,
    Office,
    decision_on,
    doubt_json,
    match_layers,
    record_matches,
    review_match,
)

SHOWN = 50


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    names = "a layer's id, or the beginning of a version's hash (rafiqa layers)"
    parser.add_argument("old", metavar="OLD", help=f"the older version: {names}")
    parser.add_argument("new", metavar="NEW", help="the newer version, named likewise")
    parser.add_argument("--dry-run", action="store_true", help="say how they match, record nothing")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--accept", metavar="ID", help="decide that a doubtful match is one")
    choice.add_argument("--reject", metavar="ID", help="decide that a doubtful match is none")
    parser.add_argument("--note", default=None, help="why, with --accept or --reject")
    add_actor(parser, "information")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the matches, or the decision, are on record."""
    office = office_of(args)
    report = match_layers(office, AssetShelf(), args.old, args.new)
    if args.accept or args.reject:
        return _decide(args, office, report)
    if not args.dry_run:
        refuse_acted(record_matches(office, actor_of(args, office), report))
    lines = [_counts(report, args.lang), *_queue(report, args.lang)]
    code = "cli.match.dry" if args.dry_run else "cli.match.recorded"
    output_of(args).show(_answer(report), [*lines, text(code, {}, args.lang)])
    return DONE


def _decide(args: argparse.Namespace, office: Office, report: MatchReport) -> int:
    candidate_id = args.accept or args.reject
    fact = decision_on(office, report, candidate_id, accepted=bool(args.accept), note=args.note)
    acted = review_match(office, actor_of(args, office), fact)
    refuse_acted(acted)
    answer = {"candidate": candidate_id, "accepted": fact.accepted, "entry": acted.entry_ids[0]}
    params: dict[str, str | int] = {"candidate": candidate_id}
    output_of(args).show(answer, [text("cli.match.decided", params, args.lang)])
    return DONE


def _answer(report: MatchReport) -> dict[str, Any]:
    found = report.matching
    return {
        "old_sha256": report.old.sha256,
        "new_sha256": report.new.sha256,
        "sure": len(found.sure),
        "overlap": found.n_overlap,
        "gone": len(found.gone),
        "new": len(found.new),
        "shift_mm": list(found.shift_mm),
        "queue": [doubt_json(doubt) for doubt in report.queue],
    }


def _counts(report: MatchReport, lang: str) -> str:
    found = report.matching
    params: dict[str, str | int] = {
        "sure": len(found.sure),
        "queue": len(report.queue),
        "gone": len(found.gone),
        "new": len(found.new),
        "east_mm": found.shift_mm[0],
        "north_mm": found.shift_mm[1],
    }
    return text("cli.match.counts", params, lang)


def _queue(report: MatchReport, lang: str) -> Iterator[str]:
    kinds, doubts = dictionary().lists["match_kind"], dictionary().lists["match_doubt"]
    for doubt in report.queue[:SHOWN]:
        params: dict[str, str | int] = {
            "candidate": doubt.candidate_id,
            "old": ", ".join(doubt.old_ids),
            "new": ", ".join(doubt.new_ids),
            "kind": kinds.label(doubt.kind, lang),
            "share": doubt.iou_permille,
            "doubts": "; ".join(doubts.label(each, lang) for each in doubt.doubts),
        }
        yield "  " + text("cli.match.item", params, lang)
    if len(report.queue) > SHOWN:
        yield f"  … +{len(report.queue) - SHOWN}"
