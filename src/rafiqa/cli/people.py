"""``rafiqa people``: let somebody in, take them out, say what is asked of who approves."""

from __future__ import annotations

import argparse
from typing import Any, cast

from rafiqa.cli.delegation import add_delegation, delegate, end, list_delegations
from rafiqa.cli.machine import entropy
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.errors import Fault, NotFound
from rafiqa.land import ROLES, Actor, Role
from rafiqa.locale import text
from rafiqa.service import Office
from rafiqa.service.accounts import Account, accounts, invite, remove_account
from rafiqa.service.recovering import give_ticket
from rafiqa.service.signinpolicy import (
    APPROVING_BY,
    Provider,
    approving_by,
    diary,
    note,
    provider_of,
    put_approving,
    put_provider,
)
from rafiqa.wire.instant import end_us, iso


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the acts and their arguments."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, about: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = acts.add_parser(name, help=about, description=about)
        add_common(made)
        return made

    new = act("add", "let somebody in; the ticket for their first time is shown once")
    new.add_argument("login", metavar="LOGIN", help="the name that they sign in with")
    new.add_argument("--pseudonym", required=True, help="by which the ledger knows them")
    new.add_argument("--for", dest="of", required=True, metavar="ORG", help="for whom they act")
    new.add_argument("--as", dest="acts_as", required=True, choices=ROLES, help="in which role")
    new.add_argument("--name", default="", help="the organisation's name, for people to read")
    new.add_argument(
        "--until", metavar="T", help="not let in after this day: a role held for a time"
    )
    new.add_argument(
        "--area", action="append", default=[], help="the only area it is for; may be repeated"
    )
    new.add_argument("--vouched", metavar="SUBJECT", help="what the other house calls them")
    act("list", "list who may sign in, and by what")
    ticket = act("ticket", "give a new ticket to who lost every way in")
    ticket.add_argument("login", metavar="LOGIN", help="whose")
    gone = act("remove", "take somebody out; what they recorded stays")
    gone.add_argument("login", metavar="LOGIN", help="whom")
    asked = act("policy", "say, or set, what is asked of who approves")
    asked.add_argument("--approving", choices=APPROVING_BY, help="passkey, totp or password")
    asked.add_argument("--issuer", metavar="URL", help="a house that may vouch; none where empty")
    asked.add_argument(
        "--client-id", default="rafiqa", metavar="ID", help="this server's name there"
    )
    asked.add_argument(
        "--secret-file", default="", metavar="FILE", help="our secret for that house"
    )
    asked.add_argument(
        "--strong-acr",
        action="append",
        default=[],
        metavar="VALUE",
        help="a class of sign-in at that house (acr) that is enough to approve by; may be repeated",
    )
    asked.add_argument(
        "--strong-amr",
        action="append",
        default=[],
        metavar="METHODS",
        help="methods there (amr) that are, such as pwd+otp; may be repeated",
    )
    asked.add_argument("--label", default="", help="what the page calls that house")
    act("diary", "list what happened to accounts")
    add_delegation(act)


def run(args: argparse.Namespace) -> int:
    """Returns 0 once it is done."""
    office = office_of(args)
    return {
        "add": _add,
        "list": _list,
        "ticket": _ticket,
        "remove": _remove,
        "policy": _policy,
        "diary": _diary,
        "delegate": delegate,
        "delegations": list_delegations,
        "end-delegation": end,
    }[args.act](args, office)


def _add(args: argparse.Namespace, office: Office) -> int:
    provider = provider_of(office.store)
    vouched = None
    if args.vouched is not None:
        if provider is None:
            raise NotFound(Fault("service.account.no-provider", "--vouched"))
        vouched = provider.issuer, args.vouched
    account = Account(
        args.login,
        "",
        Actor(args.pseudonym, args.of, cast("Role", args.acts_as)),
        args.name or args.of,
        None if args.until is None else end_us(args.until, "--until"),
        tuple(args.area),
        oidc=vouched,
    )
    invite(office.store, account)
    note(office.store, office.now_us(), "account.added", args.login)
    return _give(args, office)


def _ticket(args: argparse.Namespace, office: Office) -> int:
    return _give(args, office)


def _give(args: argparse.Namespace, office: Office) -> int:
    ticket = give_ticket(office.store, args.login, entropy, office.now_us())
    if ticket is None:
        raise _unknown(args.login)
    lines = [
        text("cli.people.ticket", {"login": args.login, "ticket": ticket}, args.lang),
        text("cli.people.once", {}, args.lang),
    ]
    output_of(args).show({"login": args.login, "ticket": ticket}, lines)
    return DONE


def _unknown(login: str) -> NotFound:
    return NotFound(Fault("service.recovery.unknown", "LOGIN", params={"login": login[:64]}))


def _list(args: argparse.Namespace, office: Office) -> int:
    rows: list[dict[str, Any]] = []
    for account in accounts(office.store).values():
        ways = ["password"] if account.password_hash else []
        ways += ["totp"] if account.code_maker is not None else []
        ways += ["passkey"] * len(account.passkeys)
        ways += ["oidc"] if account.oidc is not None else []
        ways += ["ticket"] if account.ticket is not None else []
        rows.append(
            {
                "login": account.login,
                "pseudonym": account.actor.person_id,
                "organisation": account.actor.organisation_id,
                "role": account.actor.role,
                "until": None if account.until_us is None else iso(account.until_us),
                "areas": list(account.area_ids),
                "ways": ways,
            }
        )
    told = [{**row, "ways": ", ".join(row["ways"]) or "–"} for row in rows]
    lines = [text("cli.people.line", row, args.lang) for row in told]
    output_of(args).show({"people": rows}, lines or [text("cli.people.none", {}, args.lang)])
    return DONE


def _remove(args: argparse.Namespace, office: Office) -> int:
    if not remove_account(office.store, args.login):
        raise _unknown(args.login)
    note(office.store, office.now_us(), "account.removed", args.login)
    words = text("cli.people.removed", {"login": args.login}, args.lang)
    output_of(args).show({"login": args.login, "removed": True}, [words])
    return DONE


def _policy(args: argparse.Namespace, office: Office) -> int:
    store = office.store
    if args.approving is not None:
        put_approving(store, args.approving)
        note(store, office.now_us(), f"policy.{args.approving}", "")
    if args.issuer is not None:
        named = Provider(
            args.issuer.rstrip("/"),
            args.client_id,
            args.label or args.issuer,
            args.secret_file,
            tuple(args.strong_acr),
            tuple(args.strong_amr),
        )
        put_provider(store, named if args.issuer else None)
        note(store, office.now_us(), "policy.provider", "")
    approving, provider = approving_by(store), provider_of(store)
    lines = [text(f"cli.people.approving.{approving}", {}, args.lang)]
    if provider is not None:
        lines.append(text("cli.people.provider", {"label": provider.label}, args.lang))
    issuer = None if provider is None else provider.issuer
    output_of(args).show({"approving": approving, "issuer": issuer}, lines)
    return DONE


def _diary(args: argparse.Namespace, office: Office) -> int:
    rows = [{**each, "at": iso(each["at_us"])} for each in diary(office.store)]
    lines = [f"{row['at']}  {row['event']}  {row['about']}  {row['by']}".rstrip() for row in rows]
    output_of(args).show({"diary": rows}, lines or [text("cli.people.none", {}, args.lang)])
    return DONE
