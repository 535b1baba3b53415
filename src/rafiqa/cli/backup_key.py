"""``rafiqa backup-key``: a key for backups: a secret in a file, and the text to seal them to."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.session import DONE, add_common, output_of
from rafiqa.locale import text
from rafiqa.store import new_identity


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="for the secret; not there yet")
    add_common(parser, store=False)


def run(args: argparse.Namespace) -> int:
    """Returns 0 after writing the secret; the public text is printed."""
    recipient = new_identity(args.file)
    params: dict[str, object] = {"path": str(args.file), "recipient": recipient}
    lines = [text("cli.backup-key.done", params, args.lang)]
    output_of(args).show({"recipient": recipient}, lines)
    return DONE
