"""``rafiqa asset``: what is on record of one asset; with ``--tag`` an engineer tags it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import (
    DONE,
    actor_of,
    add_actor,
    add_common,
    add_times,
    as_of,
    office_of,
    output_of,
)
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, NotFound
from rafiqa.locale import text
from rafiqa.recovery import StructureTagged
from rafiqa.service import AssetShelf, Office, asset_answer, tag_structure
from rafiqa.wire.instant import end_us


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("asset", metavar="ASSET", help="the asset's id")
    parser.add_argument("--tag", choices=("green", "yellow", "red"), help="tag it as an engineer")
    parser.add_argument("--until", metavar="DAY", help="with --tag: the last day it stands")
    parser.add_argument("--note", default=None, help="with --tag: what is restricted, and why")
    add_times(parser)
    add_actor(parser, "engineer")


def run(args: argparse.Namespace) -> int:
    """Returns 0 after printing the asset, or once the tag is on record.

    Raises:
        NotFound: no layer holds it, and nothing is on record of it.
    """
    office = office_of(args)
    return _tag(args, office) if args.tag else _show(args, office)


def _tag(args: argparse.Namespace, office: Office) -> int:
    until_us = None if args.until is None else end_us(args.until, "--until")
    actor = actor_of(args, office)
    fact = StructureTagged(args.asset, args.tag, actor.organisation_id, until_us, args.note)
    acted = tag_structure(office, actor, fact, AssetShelf())
    refuse_acted(acted)
    answer = {"asset": args.asset, "tag": args.tag, "entry": acted.entry_ids[0]}
    params: dict[str, str | int] = {"asset": args.asset}
    output_of(args).show(answer, [text("cli.tag.done", params, args.lang)])
    return DONE


def _show(args: argparse.Namespace, office: Office) -> int:
    answer = asset_answer(office, AssetShelf(), args.asset, as_of(args), args.lang)
    if answer is None:
        params: dict[str, str | int] = {"asset": args.asset[:80]}
        raise NotFound(Fault("api.asset.unknown", "ASSET", params=params))
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    return DONE


def _lines(answer: dict[str, Any], lang: str) -> Iterator[str]:
    lists = dictionary().lists
    head = {name: answer[name] or "–" for name in ("asset", "kind", "layer")}
    outcome = lists["gate_outcome"].label(answer["gate"] or "closed", lang)
    yield text("cli.asset.head", {**head, "outcome": outcome}, lang)
    tag = answer["tag"]
    yield "  " + (f"{tag['label']}: {tag['detail']}" if tag else text("asset.tag.none", {}, lang))
    if tag and tag["next"]:
        yield f"      {tag['next']}"
    if answer["damage"]:
        yield text("asset.damage.heading", {}, lang)
    for item in answer["damage"]:
        hint = f" ({text('asset.damage.hint', {}, lang)})" if item["hint"] else ""
        scale = lists["damage_scale"].label(item["scale"], lang)
        yield f"  {item['at'][:10]} {scale}: {item['as_written']}; {item['grade_text']}{hint}"
    if answer["events"]:
        yield text("asset.events.heading", {}, lang)
    for event in answer["events"]:
        kind = lists["damage_event"].label(event["kind"], lang)
        yield f"  {event['at'][:10]} {kind} {event['event']} ({event['distance_m']} m)"
    if answer["damage"] or answer["events"]:
        yield text("asset.nothing-left", {}, lang)
    if answer["epochs"]:
        yield text("asset.epochs.heading", {}, lang)
    for step in answer["epochs"]:
        kind = lists["match_kind"].label(step["kind"], lang)
        yield f"  {', '.join(step['old_ids'])} → {', '.join(step['new_ids'])}: {kind}"
