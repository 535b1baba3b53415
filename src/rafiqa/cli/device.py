"""``rafiqa device``: let a phone in, list the phones, shut one out."""

from __future__ import annotations

import argparse
from typing import Any, cast

from rafiqa.cli.machine import entropy
from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.land import ROLES, Role
from rafiqa.ledger import DeviceEnrolled, DeviceRevoked
from rafiqa.locale import text
from rafiqa.service import (
    Office,
    enrol_device,
    new_token,
    revoke_device,
    settings_text,
    token_sha256,
)
from rafiqa.wire.instant import end_us, iso


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the acts and their arguments."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, about: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = acts.add_parser(name, help=about, description=about)
        add_common(made)
        return made

    new = act("add", "let a phone in; its code is shown once")
    new.add_argument("device", metavar="NAME", help="the office's own name for it")
    new.add_argument("--url", required=True, help="where phones reach this server: https://host")
    new.add_argument("--carrier", required=True, help="pseudonym of who carries it")
    new.add_argument("--for", dest="of", required=True, metavar="ORG", help="for whom they act")
    new.add_argument(
        "--as", dest="acts_as", default="surveyor", choices=ROLES, help="in which role"
    )
    new.add_argument(
        "--task", action="append", default=[], help="whose hazards it is shown; may be repeated"
    )
    new.add_argument("--until", metavar="T", help="not let in after this day")
    act("list", "list the phones, and what each counted that has not come")
    end = act("revoke", "shut a phone out")
    end.add_argument("device", metavar="NAME", help="its name")
    end.add_argument("--note", default="", help="why")
    for each in (new, end):
        add_actor(each, "information")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once it is done."""
    office = office_of(args)
    if args.act == "list":
        return _list(args, office)
    return _add(args, office) if args.act == "add" else _revoke(args, office)


def _add(args: argparse.Namespace, office: Office) -> int:
    token = new_token(entropy)
    url = f"{args.url.rstrip('/')}/openrosa/key/{token}"
    settings = settings_text(url, args.lang)
    fact = DeviceEnrolled(
        args.device,
        token_sha256(token),
        args.carrier,
        args.of,
        cast("Role", args.acts_as),
        tuple(args.task),
        None if args.until is None else end_us(args.until, "--until"),
    )
    refuse_acted(enrol_device(office, actor_of(args, office), fact))
    answer = {"device": args.device, "url": url, "settings": settings, "key": token}
    lines = [
        text("cli.device.added", {"device": args.device}, args.lang),
        url,
        settings,
        text("cli.device.once", {}, args.lang),
    ]
    output_of(args).show(answer, lines)
    return DONE


def _list(args: argparse.Namespace, office: Office) -> int:
    book = office.fieldbook()
    items: list[dict[str, Any]] = []
    for device in book.devices.values():
        revoked = book.revoked.get(device.device_id)
        items.append(
            {
                "device": device.device_id,
                "organisation": device.organisation_id,
                "role": device.role,
                "until": None if device.until_us is None else iso(device.until_us),
                "revoked_at": None if revoked is None else iso(revoked.recorded_at_us),
                "holes": [list(run) for run in book.holes(device.device_id)],
                "twice": list(book.twice(device.device_id)),
            }
        )
    lines = [text("cli.device.n", {"count": len(items)}, args.lang)]
    for item in items:
        runs = ", ".join(f"{one}–{other}" for one, other in item["holes"])
        params = {"device": item["device"], "organisation": item["organisation"]}
        key = "cli.device.out" if item["revoked_at"] else "cli.device.in"
        lines.append(text(key, params, args.lang))
        if runs:
            lines.append(text("cli.device.holes", {"runs": runs}, args.lang))
        if item["twice"]:
            numbers = {"numbers": ", ".join(map(str, item["twice"]))}
            lines.append(text("cli.device.twice", numbers, args.lang))
    output_of(args).show({"devices": items}, lines)
    return DONE


def _revoke(args: argparse.Namespace, office: Office) -> int:
    fact = DeviceRevoked(args.device, args.note)
    refuse_acted(revoke_device(office, actor_of(args, office), fact))
    words = text("cli.device.revoked", {"device": args.device}, args.lang)
    output_of(args).show({"device": args.device, "revoked": True}, [words])
    return DONE
