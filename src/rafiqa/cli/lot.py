"""``rafiqa lot``: say where the work on a rubble lot stands: begun, stopped, going on, done."""

from __future__ import annotations

import argparse

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.dictionary import dictionary
from rafiqa.recovery import RubbleLotMoved
from rafiqa.service import move_rubble_lot


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("lot", metavar="LOT", help="the rubble lot's id")
    states = dictionary().lists["rubble_state"].names
    parser.add_argument("--state", required=True, choices=states, help="where the work stands now")
    parser.add_argument("--note", metavar="WORDS", help="what was said of it")
    add_actor(parser, "engineer")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once it is on record where the work stands."""
    office = office_of(args)
    fact = RubbleLotMoved(args.lot, args.state, args.note)
    acted = move_rubble_lot(office, actor_of(args, office), fact)
    refuse_acted(acted)
    label = dictionary().lists["rubble_state"].label(args.state, args.lang)
    answer = {"entries": list(acted.entry_ids), "state": args.state}
    output_of(args).show(answer, [f"{args.lot}: {label}"])
    return DONE
