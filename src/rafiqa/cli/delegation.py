"""``rafiqa people delegate``: hand acts of one account's role to a colleague, and end it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, actor_of, add_actor, output_of, tellable
from rafiqa.errors import Fault, NotFound
from rafiqa.ledger import DelegationEnded, DelegationGiven
from rafiqa.locale import text
from rafiqa.service import Office, end_delegation, give_delegation
from rafiqa.service.accounts import Account, accounts
from rafiqa.service.delegable import DELEGABLE, MOST_DAYS, delegable_by
from rafiqa.service.delegationbook import delegations, state_of
from rafiqa.wire.instant import end_us, iso


def add_delegation(act: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Adds the three acts and their arguments."""
    given = act("delegate", "hand acts of one account's role to a colleague until a day")
    given.add_argument("login", metavar="LOGIN", help="whose role")
    given.add_argument("--to", required=True, metavar="LOGIN", help="who stands in")
    given.add_argument(
        "--until", required=True, metavar="T", help=f"to the end of this day; {MOST_DAYS} at most"
    )
    given.add_argument(
        "--act",
        dest="named",
        action="append",
        default=[],
        choices=sorted(DELEGABLE),
        metavar="ACT",
        help="an act by its name in the table of permits; may be repeated; all of them if left out",
    )
    given.add_argument(
        "--area", action="append", default=[], help="the only area it is for; may be repeated"
    )
    act("delegations", "list who stands in for whom, until when, and whether it stands")
    ended = act("end-delegation", "end a delegation before its day")
    ended.add_argument("delegation", metavar="ID", help="which")
    add_actor(ended, "authority")


def delegate(args: argparse.Namespace, office: Office) -> int:
    """Returns 0 once acts of an account's role are in a colleague's hands."""
    giver, taker = _account(office, args.login, "LOGIN"), _account(office, args.to, "--to")
    fact = DelegationGiven(
        office.new_id(),
        taker.actor.person_id,
        tuple(args.named) or delegable_by(giver.actor.role),
        tuple(args.area),
        tellable(end_us(args.until, "--until"), args.until, "--until"),
    )
    refuse_acted(give_delegation(office, giver.actor, fact))
    told = {
        "delegation": fact.delegation_id,
        "giver": giver.actor.person_id,
        "taker": fact.taker_id,
        "until": iso(fact.until_us),
        "acts": list(fact.acts),
    }
    output_of(args).show(told, [text("cli.people.delegated", told, args.lang)])
    return DONE


def _account(office: Office, login: str, place: str) -> Account:
    found = accounts(office.store).get(login)
    if found is None:
        raise NotFound(Fault("service.recovery.unknown", place, params={"login": login[:64]}))
    return found


def list_delegations(args: argparse.Namespace, office: Office) -> int:
    """Returns 0 after listing all delegations on record, oldest first."""
    known, now_us = accounts(office.store), office.now_us()
    rows: list[dict[str, Any]] = [
        {
            "delegation": name,
            "giver": story.giver.person_id,
            "role": story.giver.role,
            "taker": story.fact.taker_id,
            "acts": list(story.fact.acts),
            "areas": list(story.fact.area_ids),
            "until": iso(story.fact.until_us),
            "state": state_of(story, known, now_us),
        }
        for name, story in delegations(office).items()
    ]
    lines = [
        text(
            "cli.people.delegation",
            {
                **row,
                "acts": ", ".join(row["acts"]),
                "state": text(f"desk.person.delegation-state.{row['state']}", {}, args.lang),
            },
            args.lang,
        )
        for row in rows
    ]
    nobody = [text("desk.person.delegation-none", {}, args.lang)]
    output_of(args).show({"delegations": rows}, lines or nobody)
    return DONE


def end(args: argparse.Namespace, office: Office) -> int:
    """Returns 0 once a delegation has ended."""
    refuse_acted(end_delegation(office, actor_of(args, office), DelegationEnded(args.delegation)))
    told = {"delegation": args.delegation}
    words = text("cli.people.delegation-ended", told, args.lang)
    output_of(args).show({**told, "ended": True}, [words])
    return DONE
