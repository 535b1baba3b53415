"""``rafiqa quarantine``: what was refused, why, and its originals."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.locale import text
from rafiqa.service import Office
from rafiqa.service.intakekept import Kept, kept_items, write_kept, write_kept_files
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
    office = office_of(args)
    for kept in kept_items(office):
        if args.out is not None:
            write_kept(kept, args.out)
            write_kept_files(office, kept, args.out)
        items.append(_plain(office, kept, args))
    lines = [text("cli.quarantine.n", {"count": len(items)}, args.lang)]
    for item in items:
        lines += _lines(item, args.lang)
    output_of(args).show({"n": len(items), "items": items}, lines)
    return DONE


def _plain(office: Office, kept: Kept, args: argparse.Namespace) -> dict[str, Any]:
    item = kept.item
    return {
        "id": item.quarantine_id,
        "at": iso(item.at_us),
        "file": item.file_name or None,
        "row": item.row,
        "faults": refusal_json(item.faults, args.lang),
        "bytes": len(item.original),
        "written": None if args.out is None else kept.name,
        "files": [_file(office, kept, number, args) for number in range(1, len(kept.files) + 1)],
    }


def _file(office: Office, kept: Kept, number: int, args: argparse.Namespace) -> dict[str, Any]:
    named = kept.files[number - 1]
    progress = office.store.progress(named.sha256)
    whole = progress is not None and progress.whole
    return {
        "name": named.note,
        "sha256": named.sha256,
        "bytes": named.n_bytes,
        "whole": whole,
        "written": kept.name_of(number) if whole and args.out is not None else None,
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
    for file in item["files"]:
        key = "cli.quarantine.with-it" if file["whole"] else "cli.quarantine.not-whole"
        params = {"file": _one_line(file["name"] or ""), "bytes": file["bytes"]}
        lines.append("  " + text(key, params, lang))
    written = [item["written"], *(file["written"] for file in item["files"])]
    return lines + [f"  → {name}" for name in written if name]


def _one_line(words: str) -> str:
    """The words without what would move a terminal's cursor: they quote what was refused."""
    return "".join(letter if letter.isprintable() else "·" for letter in words)
