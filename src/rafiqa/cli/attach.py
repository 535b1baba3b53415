"""``rafiqa attach``: a photograph or file for a record; begun again, it goes on where it was."""

from __future__ import annotations

import argparse
import mimetypes
from pathlib import Path

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, REFUSED, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.locale import text
from rafiqa.service import Stamp, attach, bring_parts, named_after
from rafiqa.service.originals import seal_whole


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("record", metavar="RECORD", help="id of what it belongs to")
    parser.add_argument("file", metavar="FILE", type=Path, help="the photograph or file")
    parser.add_argument(
        "--seal", action="store_true", help="seal a picture's original in the vault"
    )
    add_actor(parser, "surveyor")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the whole is there and its hash was right; 1 where it was not sealed."""
    office = office_of(args)
    media_type = mimetypes.guess_type(args.file.name)[0] or "application/octet-stream"
    named = named_after(args.file, args.record, media_type)
    # The same file for the same record is the same act, however often it is begun.
    stamp = Stamp(entry_id=f"attach:{named.sha256[:32]}:{args.record}"[:200])
    actor = actor_of(args, office)
    refuse_acted(attach(office, actor, named, stamp))
    progress = bring_parts(office, args.file, named.sha256)
    answer: dict[str, object] = {
        "sha256": named.sha256,
        "bytes": named.n_bytes,
        "missing": list(progress.missing),
        "whole": progress.whole,
    }
    params: dict[str, object] = {"file": args.file.name, "record": args.record}
    lines = [text("cli.attach.done", params, args.lang)]
    unsealed = False
    if args.seal:
        sealed = seal_whole(office, actor, named.record_id, named.sha256, asked=True)
        unsealed, answer["sealed"] = not sealed, sealed
        code = "cli.attach.sealed" if sealed else "cli.attach.unsealed"
        lines.append(text(code, params, args.lang))
    output_of(args).show(answer, lines)
    return REFUSED if unsealed else DONE
