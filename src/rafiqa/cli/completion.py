"""``rafiqa completion``: the script by which a shell completes commands, options and files."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.commandtree import command_tree
from rafiqa.cli.session import DONE, add_common, output_of
from rafiqa.cli.shellscript import SCRIPTS
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("shell", metavar="SHELL", choices=SCRIPTS, help=", ".join(SCRIPTS))
    parser.add_argument("--out", metavar="FILE", type=Path, help="write it there; printed without")
    add_common(parser, store=False)


def run(args: argparse.Namespace) -> int:
    """Returns 0 after printing or writing the script.

    Raises:
        InvalidInput: the file cannot be written.
    """
    from rafiqa.cli import parser

    script = SCRIPTS[args.shell](list(command_tree(parser())))
    answer = {"shell": args.shell, "out": args.out and str(args.out), "script": script}
    if args.out is None:
        output_of(args).show(answer, script.splitlines())
        return DONE
    params: dict[str, str | int] = {"file": str(args.out)}
    try:
        args.out.write_text(script, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(Fault("cli.export.not-written", "--out", params=params)) from error
    output_of(args).show(answer, [text("cli.completion.written", params, args.lang)])
    return DONE
