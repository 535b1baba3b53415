"""``rafiqa papers``: the papers of one works, or the log of all chance finds."""

from __future__ import annotations

import argparse
from typing import Any

from rafiqa.cli.refusal import show_refusal
from rafiqa.cli.session import DONE, USAGE, add_common, add_times, as_of, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service.findlog import find_log, folder_of


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("works", metavar="WORKS", nargs="?", help="a project or rubble lot")
    parser.add_argument("--finds", action="store_true", help="chance finds; of all works if none")
    parser.add_argument(
        "--open", action="store_true", help="with --finds: those that nobody has answered"
    )
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after listing; 2 where it is not said of what."""
    if not args.finds and (args.works is None or args.open):
        show_refusal(args, InvalidInput(Fault("cli.papers.of-what", "WORKS")))
        return USAGE
    office, times = office_of(args), as_of(args)
    if args.finds:
        found = find_log(office, args.lang, times, args.works)
        found = [each for each in found if each["open"] or not args.open]
        lines = [line for each in found for line in _find_lines(each, args.lang)]
        output_of(args).show(
            {"finds": found}, lines or [text("cli.papers.no-finds", {}, args.lang)]
        )
        return DONE
    papers = folder_of(office, args.works, args.lang, times)
    lines = [line for each in papers for line in _paper_lines(each, args.lang)]
    answer = {"works": args.works, "papers": papers}
    output_of(args).show(answer, lines or [text("cli.papers.none", {}, args.lang)])
    return DONE


def _find_lines(find: dict[str, Any], lang: str) -> list[str]:
    what = ", ".join(
        each for each in (find["lay_in_text"], find["category_text"], find["note"]) if each
    )
    lines = [
        f"{find['at'][:16]}  {find['works_id']}  {find['find_id']}: {find['state_text']}",
        f"    {what}",
    ]
    if not find["works_known"]:
        lines.append(f"    {text('cli.papers.works-unknown', {}, lang)}")
    return [*lines, *(f"    {each['at'][:16]}  {each['note']}" for each in find["answers"])]


def _paper_lines(paper: dict[str, Any], lang: str) -> list[str]:
    replaced = "" if paper["stands"] else f"  ({text('cli.papers.replaced', {}, lang)})"
    by = paper["organisation"]
    return [f"{paper['at'][:16]}  {paper['label']}  {by}{replaced}", f"    {paper['said']}"]
