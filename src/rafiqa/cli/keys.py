"""``rafiqa keys``: make the keys that certificates are signed with, or replace one that is lost."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli import trustshelf
from rafiqa.cli.keymodule import add_module, module_of
from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.passphrase import KnownPassphrases, add_passphrase
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.qrtext import TRUST_LIST, text_of
from rafiqa.locale import text
from rafiqa.service import KeyPlan, Keyring, Office, make_keys
from rafiqa.service.certificatelog import log_tree
from rafiqa.service.keychange import REPLACEABLE, KeyChange, replace_key
from rafiqa.service.keyring import OFFICES, key_folder, new_origin
from rafiqa.service.place import place_of
from rafiqa.store.keyplace import InModule, signer_at

_S_US = 1_000_000


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--authority", metavar="NAME", help="as papers name it; the site's id else")
    parser.add_argument("--days", type=int, default=730, help="for how long they count")
    parser.add_argument("--keys", metavar="FOLDER", type=Path, help="STORE.keys by default")
    parser.add_argument("--replace", choices=REPLACEABLE, help="put a new key in the place of one")
    parser.add_argument(
        "--revoke-from",
        type=int,
        metavar="N",
        help="with --replace: what the old key signed counts before this place in the log; all "
        "that is in the log now where left out",
    )
    parser.add_argument(
        "--root",
        action="append",
        metavar="FILE",
        type=Path,
        help="with --replace: a root's key; two are needed",
    )
    add_module(parser, "the key for certificates, or the new one,")
    parser.add_argument(
        "--in-module",
        action="append",
        choices=tuple(OFFICES),
        help="whose key is kept in that module: issuer where left out; may be given again",
    )
    add_passphrase(parser, makes=True)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after writing the keys and saying what to do next."""
    office = office_of(args)
    folder = args.keys or key_folder(place_of(args.store))
    made = _replaced(args, office, folder) if args.replace else _new(args, office, folder)
    trustshelf.put(made.trust_data)
    answer = {
        "folder": str(folder),
        "authority": made.trust.authority,
        "version": made.trust.version,
        "trust": text_of(TRUST_LIST, made.trust_data),
    }
    words = text("cli.keys.made", {"folder": str(folder)}, args.lang)
    after = "cli.keys.replaced" if args.replace else "cli.keys.roots"
    output_of(args).show(answer, [words, text(after, {}, args.lang)])
    return DONE


def _new(args: argparse.Namespace, office: Office, folder: Path) -> Keyring:
    authority = args.authority or office.site.authority_id
    now_s = now_us() // _S_US
    plan = KeyPlan(
        authority,
        new_origin(authority, now_s, entropy),
        now_s,
        args.days,
        in_modules=_in_modules(args),
    )
    return make_keys(plan, folder, entropy, KnownPassphrases(args))


def _in_modules(args: argparse.Namespace) -> dict[str, InModule]:
    """The modules by office.

    Raises:
        InvalidInput: an office is to be in a module, and none is named.
    """
    place = module_of(args)
    if place is None and args.in_module:
        raise InvalidInput(Fault("cli.keys.module", "--in-module"))
    return {} if place is None else dict.fromkeys(args.in_module or ("issuer",), place)


def _replaced(args: argparse.Namespace, office: Office, folder: Path) -> Keyring:
    size = log_tree(office.book()).size
    revoked_from = size if args.revoke_from is None else args.revoke_from
    if args.in_module:  # --replace says whose key it is
        raise InvalidInput(Fault("cli.keys.in-module", "--in-module"))
    passphrases = KnownPassphrases(args)
    roots = tuple(signer_at(path, passphrases) for path in args.root or ())
    change = KeyChange(args.replace, revoked_from, roots, now_us() // _S_US, module_of(args))
    return replace_key(folder, change, entropy, passphrases)
