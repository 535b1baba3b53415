"""``rafiqa imports``: what each import brought; take one back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.session import DONE, REFUSED, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.land import Actor
from rafiqa.locale import text
from rafiqa.service import Office
from rafiqa.service.undoing import Undone, UndoOrder, undo_import
from rafiqa.wire.answer import reason_json
from rafiqa.wire.instant import iso

SHOWN = 50


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--undo", metavar="IMPORT", help="take back what this import brought")
    parser.add_argument("--note", metavar="WHY", default="", help="why; needed to take it back")
    parser.add_argument(
        "--confirmed-by", metavar="PERSON", help="the second person of the authority"
    )
    parser.add_argument(
        "--also",
        metavar="IMPORT",
        action="append",
        default=[],
        help="another import that is as wrong, though it says the same",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would stay, undo nothing")
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns 1 where nothing could be taken back, else 0."""
    office = office_of(args)
    if args.undo is None:
        rows = list(_imports(office))
        lines = [text("cli.imports.line", row, args.lang) for row in rows]
        output_of(args).show(
            {"n": len(rows), "imports": rows}, lines or [text("cli.imports.none", {}, args.lang)]
        )
        return DONE
    actor = actor_of(args, office)
    second = None
    if args.confirmed_by is not None:
        second = Actor(args.confirmed_by, actor.organisation_id, "authority")
    order = UndoOrder(args.undo, args.note, second, args.dry_run, frozenset(args.also))
    return _told(args, undo_import(office, actor, order))


def _imports(office: Office) -> Iterator[dict[str, Any]]:
    book = office.importbook()
    for import_id, story in book.imports.items():
        yield {
            "import": import_id,
            "at": iso(story.first.recorded_at_us),
            "file": story.fact.file_name,
            "kind": story.fact.kind,
            "mapping": story.fact.mapping,
            "rows": len(story.entry_ids),
            "withdrawn": sum(item in book.withdrawn for item in story.entry_ids),
        }


def _told(args: argparse.Namespace, undone: Undone) -> int:
    staying = [
        {"entry": entry_id, "reasons": [reason_json(each, args.lang) for each in reasons]}
        for entry_id, reasons in undone.staying
    ]
    refused = [reason_json(each, args.lang) for each in undone.acted.reasons]
    answer = {
        "undone": undone.taken_back,
        "already": undone.already,
        "staying": staying,
        "refused": refused,
        "dry_run": args.dry_run,
    }
    lines = list(_lines(args, answer))
    if refused:
        output_of(args).refuse(answer, lines)
        return REFUSED
    output_of(args).show(answer, lines)
    return REFUSED if staying and not (undone.taken_back or undone.already) else DONE


def _lines(args: argparse.Namespace, answer: dict[str, Any]) -> Iterator[str]:
    yield from _reasons(answer["refused"])
    if answer["refused"]:
        return
    counts = {
        "n": len(answer["undone"]),
        "already": len(answer["already"]),
        "stay": len(answer["staying"]),
    }
    yield text("cli.imports.would" if args.dry_run else "cli.imports.undone", counts, args.lang)
    for row in answer["staying"][:SHOWN]:
        yield from _reasons(row["reasons"])
    if len(answer["staying"]) > SHOWN:
        yield f"  … +{len(answer['staying']) - SHOWN}"
    if answer["undone"] and not args.dry_run:
        yield text("cli.imports.again", {}, args.lang)


def _reasons(reasons: list[dict[str, Any]]) -> Iterator[str]:
    for reason in reasons:
        yield f"  {reason['text']}  [{reason['code']}]"
        if reason.get("next"):
            yield f"      {reason['next']}"
