"""``rafiqa erase``: take the words out of an entry that names a person; the record stays."""

from __future__ import annotations

import argparse

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, REFUSED, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.cli.vaulttold import unreached_told
from rafiqa.locale import text
from rafiqa.service.erasing import ERASED_WORDS, erase_with_identities


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("entry", metavar="ENTRY", help="id of the entry")
    parser.add_argument("--cause", required=True, help="why, in words that name nobody")
    parser.add_argument("--instead", default=ERASED_WORDS, help="what stands in their place")
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the words are gone from the store's files; 1 where a vault still has them."""
    office = office_of(args)
    acted, gone = erase_with_identities(
        office, actor_of(args, office), args.entry, args.cause, args.instead
    )
    refuse_acted(acted)
    answer: dict[str, object] = {"erased": args.entry, "by": acted.entry_ids[0]}
    lines = [text("cli.erase.done", {"entry": args.entry}, args.lang)]
    if gone:
        answer["from_vault"] = list(gone)
        lines += [text("cli.erase.vault", {"pseudonym": name}, args.lang) for name in gone]
    if not gone:
        output_of(args).show(answer, lines)
        return DONE
    beside, said = unreached_told(args, office)
    output_of(args).show({**answer, **beside}, [*lines, *said])
    return REFUSED if beside else DONE
