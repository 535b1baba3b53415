"""``rafiqa certificates``: where certificates stand; suspend, put back, take back; the list."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rafiqa.cli.passphrase import KnownPassphrases, add_passphrase
from rafiqa.cli.refusal import show_refusal
from rafiqa.cli.session import DONE, USAGE, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.errors import Fault, InvalidInput, RafiqaError, Refused
from rafiqa.land import CertificateMoved, CertificateStanding
from rafiqa.ledger.qrtext import STATUS_LIST, text_of
from rafiqa.locale import text
from rafiqa.service import (
    Office,
    certificate_standings,
    keyring_in,
    move_certificate,
    publish_lists,
)
from rafiqa.service.keyring import key_folder
from rafiqa.service.place import place_of
from rafiqa.wire.answer import reason_json

MOVES = {"suspend": "suspended", "reinstate": "reinstated", "revoke": "revoked"}


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--suspend", metavar="NUMBER", help="take one out of force for a time")
    which.add_argument("--reinstate", metavar="NUMBER", help="put it back, as a second person")
    which.add_argument("--revoke", metavar="NUMBER", help="take one out of force for good")
    parser.add_argument("--reason", metavar="WORDS", help="why; needed with each of these")
    parser.add_argument("--list", metavar="FILE", type=Path, help="write the signed status list")
    parser.add_argument("--keys", metavar="FOLDER", type=Path, help="STORE.keys by default")
    add_passphrase(parser)
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after moving, listing and writing what was asked for."""
    move = next(((how, number) for how in MOVES if (number := getattr(args, how))), None)
    if (move is None) != (args.reason is None):
        show_refusal(args, InvalidInput(Fault("cli.certificates.reason", "--reason")))
        return USAGE
    office = office_of(args)
    if move is not None:
        _move(args, office, *move)
    _renew_list(args, office, moved=move is not None)
    standings = certificate_standings(office)
    answer = {"certificates": [_row(each, args.lang) for each in standings]}
    output_of(args).show(answer, list(_lines(standings, args.lang)))
    return DONE


def _move(args: argparse.Namespace, office: Office, how: str, number: str) -> None:
    states: dict[str, Any] = MOVES
    fact = CertificateMoved(number, states[how], args.reason)
    acted = move_certificate(office, actor_of(args, office), fact)
    if not acted.done:
        faults = [Fault(each.code, f"--{how}", None, each.params) for each in acted.reasons]
        raise Refused(faults)


def _renew_list(args: argparse.Namespace, office: Office, *, moved: bool) -> None:
    """Signs the status list anew where it was asked for, or the key is at hand.

    After a move a key that does not open is told of and no more: what was suspended is suspended.

    Raises:
        RafiqaError: the list was asked for, and cannot be signed or written.
    """
    folder = args.keys or key_folder(place_of(args.store))
    if args.list is None and not (moved and folder.is_dir()):
        return
    try:
        # Only lists are signed here: the key for certificates stays closed.
        made = publish_lists(office, keyring_in(folder, KnownPassphrases(args), ("status",)))
    except RafiqaError as error:
        if moved:
            output_of(args).note(text("cli.certificates.list-as-before", {}, args.lang))
        if args.list is not None:
            raise
        for fault in error.faults:
            output_of(args).note(text(fault.code, fault.params, args.lang))
        return
    if args.list is not None:
        _write(args.list, text_of(STATUS_LIST, made))


def _write(path: Path, words: str) -> None:
    """Writes the list.

    Raises:
        InvalidInput: the place that was named cannot be written to.
    """
    try:
        path.write_text(words + "\n", "ascii")
    except OSError as error:
        params: dict[str, str | int] = {"file": str(path)}
        raise InvalidInput(Fault("cli.certificate.out", "--list", params=params)) from error


def _row(standing: CertificateStanding, lang: str) -> dict[str, Any]:
    return {
        "number": standing.number,
        "state": standing.state,
        "reasons": [reason_json(each, lang) for each in standing.reasons],
    }


def _lines(standings: list[CertificateStanding], lang: str) -> Iterator[str]:
    if not standings:
        yield text("cli.certificates.none", {}, lang)
    for each in standings:
        yield f"{each.number}: {text(f'land.certificate.state.{each.state}', {}, lang)}"
        yield from (f"  - {reason_json(reason, lang)['text']}" for reason in each.reasons)
