"""``rafiqa followup``: what came of it, quarter by quarter."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

from rafiqa.cli.session import DONE, add_common, all_of, ends_of, office_of, output_of, tellable
from rafiqa.dictionary import dictionary
from rafiqa.locale import text
from rafiqa.service import AssetShelf
from rafiqa.service.followup import ask_followup
from rafiqa.wire.followupjson import followup_json
from rafiqa.wire.instant import instant_us


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--from", dest="from_", metavar="T", help="from this time's quarter on")
    parser.add_argument("--to", metavar="T", help="until this time; now by default")
    parser.add_argument("--known-at", metavar="K", help="as known at this time")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing the quarters."""
    start, ends = all_of(lambda: _start(args.from_), lambda: ends_of(args, "--to", "--known-at"))
    until_us, known_us = ends
    found = ask_followup(
        office_of(args), AssetShelf(), from_us=start, until_us=until_us, known_at_us=known_us
    )
    answer = followup_json(found)
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    return DONE


def _start(said: str | None) -> int | None:
    return None if said is None else tellable(instant_us(said, "--from"), said, "--from")


def _lines(answer: dict[str, Any], lang: str) -> Iterator[str]:
    told = answer["statement"]
    where = (told["source"], f"{told['from']} – {told['valid_at']}", told["known_at"])
    yield " · ".join(where)
    params = {"entries": told["ledger"]["entries"], "method": told["method"]}
    yield text("account.rests-on", params, lang)
    for quarter in answer["quarters"]:
        yield from _quarter(quarter, lang)


def _quarter(quarter: dict[str, Any], lang: str) -> Iterator[str]:
    yield ""
    yield quarter["quarter"]
    land = [*quarter["hazard_m2"].items(), *quarter["flows_m2"].items()]
    sizes = [f"{_heading(name, lang)} {size:,.1f} m²" for name, size in land]
    yield f"  {text('followup.land', {}, lang)}: {', '.join(sizes)}"
    for name, codes in (
        ("projects", "gate_outcome"),
        ("permits", "permit_state"),
        ("buildings", "gate_outcome"),
        ("rubble", "rubble_state"),
    ):
        if quarter[name]:
            yield f"  {text(f'followup.{name}', {}, lang)}: {_counts(codes, quarter[name], lang)}"
    if quarter["lifted_m3"]:
        yield "  " + text("followup.lifted", {"volume_m3": quarter["lifted_m3"]}, lang)
    for kind, states in quarter["services"].items():
        yield f"  {_label('asset_kind', kind, lang)}: {_counts('asset_state', states, lang)}"
    for felt in quarter["feelings"]:
        code = f"followup.feeling-{felt['at_ease'] or 'unsaid'}"
        yield "  " + text(code, {**felt, "hazard_m2": f"{felt['hazard_m2']:,.1f}"}, lang)


def _heading(name: str, lang: str) -> str:
    return name.upper() if name in {"sha", "cha"} else text(f"account.{name}_m2", {}, lang)


def _counts(codes: str, counted: Mapping[str, int], lang: str) -> str:
    return ", ".join(f"{_label(codes, code, lang)} {n}" for code, n in sorted(counted.items()))


def _label(codes: str, code: str, lang: str) -> str:
    known = dictionary().lists.get(codes)
    return known.label(code, lang) if known is not None else code
