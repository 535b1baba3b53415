"""``rafiqa quarantine``: what was refused, why, and its originals."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.locale import text
from rafiqa.service.intakekept import Kept, kept_items, write_kept
from rafiqa.wire.answer import refusal_json
from rafiqa.wire.instant import iso


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="write the originals into this folder"
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 after telling what is kept; an empty quarantine is told too."""
    items: list[dict[str, Any]] = []
    for kept in kept_items(office_of(args)):
        if args.out is not None:
            write_kept(kept, args.out)
        items.append(_plain(kept, args))
    lines = [text("cli.quarantine.n", {"count": len(items)}, args.lang)]
    for item in items:
        lines += _lines(item, args.lang)
    output_of(args).show({"n": len(items), "items": items}, lines)
    return DONE


def _plain(kept: Kept, args: argparse.Namespace) -> dict[str, Any]:
    item = kept.item
    return {
        "id": item.quarantine_id,
        "at": iso(item.at_us),
        "file": item.file_name or None,
        "row": item.row,
        "faults": refusal_json(item.faults, args.lang),
        "bytes": len(item.original),
        "written": None if args.out is None else kept.name,
    }


def _lines(item: dict[str, Any], lang: str) -> list[str]:
    file = item["file"] or text("cli.quarantine.no-file", {}, lang)
    row = "" if item["row"] is None else f":{item['row']}"
    lines = [f"{item['at']}  {_one_line(file)}{row}  {_one_line(item['id'])}"]
    for fault in item["faults"]:
        place = f"{fault['field']}: " if fault["field"] else ""
        lines.append(_one_line(f"  {place}{fault['detail']}  [{fault['code']}]"))
        if fault.get("next"):
            lines.append(_one_line(f"      {fault['next']}"))
    return [*lines, f"  → {item['written']}"] if item["written"] else lines


def _one_line(words: str) -> str:
    """The words without what would move a terminal's cursor: they quote what was refused."""
    return "".join(letter if letter.isprintable() else "·" for letter in words)
