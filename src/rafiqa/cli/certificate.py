"""``rafiqa certificate``: issue a certificate of an area, or give out again the one issued."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rafiqa.cli import trustshelf
from rafiqa.cli.paperfile import write_paper
from rafiqa.cli.passphrase import KnownPassphrases, add_passphrase
from rafiqa.cli.refusal import show_refusal
from rafiqa.cli.session import (
    DONE,
    REFUSED,
    USAGE,
    actor_of,
    add_actor,
    add_common,
    office_of,
    output_of,
)
from rafiqa.errors import Fault, InvalidInput, NotFound, Refused
from rafiqa.land import Actor
from rafiqa.locale import text
from rafiqa.service import (
    Kept,
    Keyring,
    Office,
    issue_certificate,
    kept_certificate,
    keyring_in,
    newest_certificate,
    publish_lists,
)
from rafiqa.service.certificatelog import short_checkpoint
from rafiqa.service.keyring import key_folder
from rafiqa.service.place import place_of
from rafiqa.wire.answer import reason_json
from rafiqa.wire.certificatepdf import certificate_pdf

KINDS = ("release", "cancellation", "handover", "completion")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("area", metavar="AREA", nargs="?", help="the area's id")
    parser.add_argument(
        "--any-released", action="store_true", help="of the first area that has released ground"
    )
    parser.add_argument("--number", metavar="NUMBER", help="give out again the one of this number")
    parser.add_argument("--kind", choices=KINDS, default="release", help="which paper")
    parser.add_argument("--anew", action="store_true", help="issue one that supersedes the last")
    parser.add_argument("--out", metavar="FILE.pdf", type=Path, help="write the paper there")
    parser.add_argument("--keys", metavar="FOLDER", type=Path, help="STORE.keys by default")
    add_passphrase(parser)
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after issuing or finding the certificate; 1 where it is refused."""
    if sum([args.area is not None, args.any_released, args.number is not None]) != 1:
        show_refusal(args, InvalidInput(Fault("cli.certificate.which-one", "AREA")))
        return USAGE
    office = office_of(args)
    keyring = keyring_in(args.keys or key_folder(place_of(args.store)), KnownPassphrases(args))
    # Who issues here may verify here: the list is this store's own, and came with no paper.
    trustshelf.put(keyring.trust_data)
    number = args.number or _number(args, office, keyring)
    kept = kept_certificate(office, keyring, number)
    publish_lists(office, keyring)
    if kept is None:
        params: dict[str, str | int] = {"number": number}
        raise NotFound(Fault("service.certificate.unknown", "--number", params=params))
    if args.out is not None:
        if kept.standing.state != "in-force":
            # A paper looks good on any wall: none is printed of what is out of force.
            codes = [Fault(each.code, "--out", None, each.params) for each in kept.standing.reasons]
            raise Refused(codes)
        write_paper(
            args.out, certificate_pdf(kept.claims, kept.texts, short_checkpoint(office.book()))
        )
    output_of(args).show(_answer(kept, args), list(_lines(kept, args)))
    return DONE if kept.standing.state == "in-force" else REFUSED


def _number(args: argparse.Namespace, office: Office, keyring: Keyring) -> str:
    """Returns the number of the certificate that was asked for, issued now where there is none.

    Raises:
        Refused: none may be issued; every reason is told.
    """
    actor = actor_of(args, office)
    if args.area is not None:
        return _of_area(args, office, keyring, actor, args.area)
    for area_id in office.register().areas:
        try:
            return _of_area(args, office, keyring, actor, area_id)
        except Refused:
            continue
    params: dict[str, str | int] = {"kind": args.kind}
    raise Refused(Fault("cli.certificate.none-released", "--any-released", params=params))


def _of_area(
    args: argparse.Namespace, office: Office, keyring: Keyring, actor: Actor, area_id: str
) -> str:
    newest = None if args.anew else newest_certificate(office, args.kind, area_id)
    if newest is not None and newest.state == "in-force":
        return newest.number
    issued = issue_certificate(office, keyring, actor, args.kind, area_id)
    if issued.number is None or not issued.acted.done:
        faults = [Fault(each.code, "AREA", None, each.params) for each in issued.acted.reasons]
        raise Refused(faults)
    return issued.number


def _answer(kept: Kept, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "number": kept.number,
        "kind": kept.kind,
        "area": kept.area_id,
        "state": kept.standing.state,
        "reasons": [reason_json(each, args.lang) for each in kept.standing.reasons],
        "qr": kept.texts[0],
        "codes": list(kept.texts),
        "out": None if args.out is None else str(args.out),
    }


def _lines(kept: Kept, args: argparse.Namespace) -> Iterator[str]:
    kind = text(f"wire.paper.title.{kept.kind}", {}, args.lang)
    state = text(f"land.certificate.state.{kept.standing.state}", {}, args.lang)
    yield f"{kept.number} · {kind} · {kept.area_id}: {state}"
    yield from (f"  - {reason_json(each, args.lang)['text']}" for each in kept.standing.reasons)
    yield from kept.texts
    if args.out is not None:
        yield str(args.out)
