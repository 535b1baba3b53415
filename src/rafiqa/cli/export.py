"""``rafiqa export``: write out what the store holds, for programs and people elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, add_common, add_times, as_of, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service.exporting import EXPORT_KINDS, exported
from rafiqa.wire.answer import refusal_json
from rafiqa.wire.exportfile import SUFFIXES, write_export

SHOWN = 20


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("kind", metavar="KIND", choices=EXPORT_KINDS, help=", ".join(EXPORT_KINDS))
    parser.add_argument("file", metavar="FILE", type=Path, help=" ".join(SUFFIXES))
    parser.add_argument(
        "--public", action="store_true", help="only what everybody may see; else it is for staff"
    )
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after writing the file.

    Raises:
        InvalidInput: the file cannot be written where it was named, or see ``write_export``.
    """
    office = office_of(args)
    progress_of(args, "cli.progress.export")
    table = exported(office, args.kind, as_of(args), public=args.public)
    try:
        done = write_export(table, args.file, lang=args.lang)
    except OSError as error:
        params: dict[str, str | int] = {"file": str(args.file)}
        raise InvalidInput(Fault("cli.export.not-written", "FILE", params=params)) from error
    warnings = refusal_json(done.warnings, args.lang)
    answer = {"kind": args.kind, "rows": done.rows, "as_of": table.as_of, "warnings": warnings}
    params = {"n": done.rows, "file": str(args.file), "day": table.as_of}
    lines = [text("cli.export.done", params, args.lang)]
    lines += [f"  {each['field'] or ''} {each['detail']}  [{each['code']}]" for each in warnings]
    output_of(args).show(answer, lines[: SHOWN + 1])
    return DONE
