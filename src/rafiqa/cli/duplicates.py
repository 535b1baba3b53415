"""``rafiqa duplicates``: records of two sources that may be of one thing; decide on them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.session import DONE, REFUSED, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.ledger import PairDecided
from rafiqa.locale import text
from rafiqa.service.duplicates import DECISIONS, Pair, decide_pair, decided_of, proposed_pairs
from rafiqa.wire.answer import reason_json


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--all", action="store_true", help="those that were decided on too")
    parser.add_argument(
        "--decide", nargs=2, metavar=("ONE", "OTHER"), help="decide on these two records"
    )
    parser.add_argument(
        "--as", dest="decision", choices=DECISIONS, help="one thing, or two; both stay on record"
    )
    parser.add_argument("--note", metavar="WHY", help="why")
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns 0 after listing the pairs or deciding on one, 1 where that was refused."""
    office = office_of(args)
    if args.decide is None or args.decision is None:
        rows = [_plain(pair, args.lang) for pair in proposed_pairs(office, every=args.all)]
        lines = [text("cli.duplicates.n", {"n": len(rows)}, args.lang)]
        lines += [line for row in rows for line in _lines(row, args.lang)]
        output_of(args).show({"n": len(rows), "pairs": rows}, lines)
        return DONE
    fact = PairDecided(args.decide[0], args.decide[1], args.decision, args.note)
    acted = decide_pair(office, actor_of(args, office), fact)
    refused = [reason_json(reason, args.lang) for reason in acted.reasons]
    answer = {"decided": acted.done, "entries": list(acted.entry_ids), "refused": refused}
    if not acted.done:
        output_of(args).refuse(answer, [f"{each['text']}  [{each['code']}]" for each in refused])
        return REFUSED
    said = {"one": fact.one, "other": fact.other, "decision": _decision(fact, args.lang)}
    output_of(args).show(answer, [text("cli.duplicates.done", said, args.lang)])
    return DONE


def _decision(fact: PairDecided, lang: str) -> str:
    return text(f"cli.duplicates.{fact.decision}", {}, lang)


def _plain(pair: Pair, lang: str) -> dict[str, Any]:
    return {
        "kind": pair.one.kind,
        "one": pair.one.plain,
        "other": pair.other.plain,
        "reasons": [reason_json(reason, lang) for reason in pair.reasons],
        "differ": list(pair.differences),
        "decided": None if pair.decided is None else decided_of(pair.decided).decision,
    }


def _lines(row: dict[str, Any], lang: str) -> Iterator[str]:
    decided = "" if row["decided"] is None else text(f"cli.duplicates.{row['decided']}", {}, lang)
    yield f"{row['one']['id']}  {row['other']['id']}  {decided}".rstrip()
    yield from (f"  {reason['text']}" for reason in row["reasons"])
    for name in row["differ"]:
        yield f"    {name}: {row['one'][name]}  |  {row['other'][name]}"
