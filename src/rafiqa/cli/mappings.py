"""``rafiqa mappings``: how files of each source are read, and every version of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.locale import text
from rafiqa.service import Office
from rafiqa.service.mappings import mapping_named, saved_of
from rafiqa.wire.instant import iso


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--show", metavar="SOURCE", help="print this mapping, to copy or change it")
    parser.add_argument("--version", type=int, metavar="N", help="which version; the newest")


def run(args: argparse.Namespace) -> int:
    """Returns 0 after listing the mappings, or printing one."""
    office = office_of(args)
    if args.show is not None:
        plain = mapping_named(office, args.show, args.version).plain
        shown = json.dumps(plain, ensure_ascii=False, indent=1)
        output_of(args).show({"source": args.show, "mapping": plain}, [shown])
        return DONE
    rows = list(_rows(office))
    lines = [text("cli.mappings.line", row, args.lang) for row in rows]
    output_of(args).show(
        {"n": len(rows), "mappings": rows}, lines or [text("cli.mappings.none", {}, args.lang)]
    )
    return DONE


def _rows(office: Office) -> Iterator[dict[str, Any]]:
    for source, versions in office.importbook().mappings.items():
        for recorded in versions:
            fact = saved_of(recorded)
            yield {
                "source": source,
                "version": fact.version,
                "kind": fact.kind,
                "at": iso(recorded.recorded_at_us),
                "person": recorded.actor.person_id,
            }
