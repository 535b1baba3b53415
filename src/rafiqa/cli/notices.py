"""``rafiqa notices``: every stop-work notice, who has heard of it, and whom to call next."""

from __future__ import annotations

import argparse

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import (
    DONE,
    actor_of,
    add_actor,
    add_common,
    ends_of,
    office_of,
    output_of,
)
from rafiqa.locale import text
from rafiqa.recovery import NoticeAcknowledged
from rafiqa.service import acknowledge_notice, notices_of
from rafiqa.wire.permitjson import notice_json, notice_lines


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--project", metavar="ID", help="those of one project alone")
    parser.add_argument(
        "--unacknowledged", action="store_true", help="those that somebody has not answered"
    )
    parser.add_argument("--overdue", action="store_true", help="those for which a call is due")
    parser.add_argument("--acknowledge", metavar="NOTICE", help="record that one was heard of")
    parser.add_argument(
        "--as",
        dest="as_role",
        metavar="ROLE",
        default="crew_lead",
        help="with --acknowledge: as which of those named on the permit; ROLE=ORGANISATION where "
        "several bear the role",
    )
    parser.add_argument("--note", metavar="WORDS", help="with --acknowledge: what was said")
    parser.add_argument("--known-at", metavar="K", help="as known at this time (ISO 8601)")
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after recording and listing what was asked for."""
    office = office_of(args)
    (known_us,) = ends_of(args, "--known-at")
    if args.acknowledge:
        actor = actor_of(args, office)
        role, _, organisation = (args.as_role or "").partition("=")
        by = organisation or actor.organisation_id
        heard = NoticeAcknowledged(args.acknowledge, role, by, args.note)
        refuse_acted(acknowledge_notice(office, actor, heard))
    found = [
        notice_json(each, args.lang)
        for each in notices_of(office, known_us, project_id=args.project)
        if (each.waiting or not args.unacknowledged) and (each.level or not args.overdue)
    ]
    lines = [line for each in found for line in notice_lines(each, args.lang)]
    answer = {"notices": found}
    output_of(args).show(answer, lines or [text("cli.notices.none", {}, args.lang)])
    return DONE
