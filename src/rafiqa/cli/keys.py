"""``rafiqa keys``: make the keys that certificates are signed with, and their trust list."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.ledger.qrtext import TRUST_LIST, text_of
from rafiqa.locale import text
from rafiqa.service import KeyPlan, make_keys
from rafiqa.service.keyring import key_folder, new_origin

_S_US = 1_000_000


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--authority", metavar="NAME", help="as papers name it; the site's id else")
    parser.add_argument("--days", type=int, default=730, help="for how long they count")
    parser.add_argument("--keys", metavar="FOLDER", type=Path, help="STORE.keys by default")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after writing the keys, and saying what to do with the roots."""
    office = office_of(args)
    folder = args.keys or key_folder(Path(args.store))
    authority = args.authority or office.site.authority_id
    now_s = now_us() // _S_US
    plan = KeyPlan(authority, new_origin(authority, now_s, entropy), now_s, args.days)
    keyring = make_keys(plan, folder, entropy)
    answer = {
        "folder": str(folder),
        "authority": authority,
        "trust": text_of(TRUST_LIST, keyring.trust_data),
    }
    words = text("cli.keys.made", {"folder": str(folder)}, args.lang)
    output_of(args).show(answer, [words, text("cli.keys.roots", {}, args.lang)])
    return DONE
