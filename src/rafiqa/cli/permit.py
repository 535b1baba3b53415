"""``rafiqa permit``: issue a permit for works, end it, print it, or list where all stand.

``--out`` writes its paper as PDF, in force or not: one that is stopped says so across the page.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rafiqa.cli.paperfile import write_paper
from rafiqa.cli.refusal import refuse_acted, show_refusal
from rafiqa.cli.session import (
    DONE,
    USAGE,
    actor_of,
    add_actor,
    add_common,
    add_times,
    as_of,
    ends_of,
    office_of,
    output_of,
)
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.locale import text
from rafiqa.recovery import Party, PermitEnded, PermitIssued
from rafiqa.service import (
    Office,
    Override,
    PermitShown,
    end_permit,
    issue_permit,
    paper_of,
    permit_of,
    permits_of,
)
from rafiqa.wire.permitjson import permit_json, permit_lines
from rafiqa.wire.permitpdf import permit_pdf

ACTS = ("issue", "end", "show", "list")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("act", metavar="ACT", choices=ACTS, help=", ".join(ACTS))
    parser.add_argument(
        "id", metavar="ID", nargs="?", help="issue: the project; end and show: the permit"
    )
    parser.add_argument(
        "--permit", metavar="ID", help="issue: the permit's id; made where left out"
    )
    parser.add_argument(
        "--told",
        metavar="ROLE=ORGANISATION",
        action="append",
        default=[],
        help="issue: who hears of a stop, in the order in which they are called; repeat",
    )
    parser.add_argument(
        "--condition",
        metavar="WORDS",
        action="append",
        default=[],
        help="issue: what is printed on it beside the gate's conditions; repeat",
    )
    parser.add_argument("--until", metavar="T", help="issue: the last moment it is good for")
    parser.add_argument("--override", metavar="REASON", help="issue: why, though gates are closed")
    parser.add_argument("--authority", metavar="OFFICE", help="issue: whose decision that is")
    parser.add_argument(
        "--covers",
        metavar="CODE",
        action="append",
        default=[],
        help="issue: a closed gate's code that the override names; repeat for each",
    )
    parser.add_argument(
        "--seen",
        metavar="NAME",
        help="issue: what a refusal called all that closes the works, when it was read",
    )
    parser.add_argument("--reason", metavar="WORDS", help="end: why")
    parser.add_argument("--project", metavar="ID", help="list: the permits of one project")
    parser.add_argument(
        "--out", metavar="FILE.pdf", type=Path, help="issue, end and show: write its paper there"
    )
    add_times(parser)
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after the act; 2 where it is not said of what."""
    misused = list(_misuses(args))
    if misused:
        show_refusal(args, InvalidInput(misused))
        return USAGE
    office = office_of(args)
    if args.act == "list":
        return _list(args, office)
    permit_id = args.id
    if args.act == "issue":
        permit_id = _issue(args, office)
    elif args.act == "end":
        actor = actor_of(args, office)
        refuse_acted(end_permit(office, actor, PermitEnded(args.id, args.reason)))
    shown = permit_of(office, permit_id, as_of(args))
    if shown is None:
        raise NotFound(Fault("gate.permit.unknown", "ID", params={"permit": permit_id}))
    if args.out is not None:
        write_paper(args.out, permit_pdf(paper_of(office, permit_id)))
    answer = _json(shown, args.lang)
    output_of(args).show(answer, list(permit_lines(answer, args.lang)))
    return DONE


def _misuses(args: argparse.Namespace) -> Iterator[Fault]:
    if (args.id is None) != (args.act == "list"):
        yield Fault("cli.permit.id", "ID")
    if args.out is not None and (args.act == "list" or args.valid_at or args.known_at):
        yield Fault("cli.permit.out-now", "--out")
    if args.act == "end" and args.reason is None:
        yield Fault("gate.permit.end-reason", "--reason", params={"permit": args.id or ""})
    for told in args.told:
        if "=" not in told:
            yield Fault("cli.permit.told-form", "--told", params={"text": told})


def _issue(args: argparse.Namespace, office: Office) -> str:
    permit_id: str = args.permit or f"M-{office.new_id()}"
    (until_us,) = ends_of(args, "--until")
    actor = actor_of(args, office)
    parties = (told.partition("=") for told in args.told)
    fact = PermitIssued(
        permit_id,
        args.id,
        "",
        actor.organisation_id,
        tuple(Party(role.strip(), organisation.strip()) for role, _, organisation in parties),
        conditions=tuple(args.condition),
        until_us=until_us,
        override=args.override,
        authority=args.authority,
    )
    looked = Override(args.covers, args.seen) if args.covers or args.seen else None
    refuse_acted(issue_permit(office, actor, fact, override=looked))
    return permit_id


def _list(args: argparse.Namespace, office: Office) -> int:
    shown = [_json(each, args.lang) for each in permits_of(office, as_of(args), args.project)]
    lines = [line for each in shown for line in permit_lines(each, args.lang)]
    output_of(args).show({"permits": shown}, lines or [text("cli.permit.none", {}, args.lang)])
    return DONE


def _json(shown: PermitShown, lang: str) -> dict[str, Any]:
    return permit_json(shown.case, shown.standing, shown.printed, lang)
