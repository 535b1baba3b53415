"""The commands: one file each; words in, words or one JSON document out.

May not know SQL or geometry. Exit status: 0 done, 1 refused or not intact, 2 usage; 130 stopped by
Ctrl-C, 141 nobody reads what is printed, as shells count them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from typing import Any, Final

from rafiqa.cli.ending import broken_off, interrupted
from rafiqa.cli.example import example_lines
from rafiqa.cli.usage import CommandParser, Misused, nearest, with_examples
from rafiqa.errors import RafiqaError

__all__ = ["main"]

COMMANDS: Final = {
    "demo": "make a whole demo city with its history",
    "new": "make an empty store",
    "import": "take in a file: GeoJSON, GPKG, SHP, KML, GPX, CSV, XLSX, Parquet, PBF",
    "imports": "list what each import brought; take one back, while nobody built on it",
    "duplicates": "list records of two sources that may be one; decide on them",
    "review": "list candidates out of documents; accept, reject or leave each",
    "mappings": "list the mappings saved for each source, and print one",
    "places": "compile lists of places into the gazetteer that names are looked up in",
    "export": "write out hazards, released land, evidence and more for other programs",
    "tiles": "write the reference layers as one file of map tiles, to serve beside a store",
    "publish": "write what everybody is told into a folder: danger map, sheets, notices",
    "mirror": "publish land and projects for QGIS and BI tools: GeoPackage or PostGIS",
    "quarantine": "list what was refused and kept, and write out its originals",
    "account": "print the land account",
    "at": "say what is known of a point",
    "asset": "say what is on record of an asset: damage, tag, epochs; or tag it",
    "layers": "list every version of every reference layer, and check its bytes",
    "match": "match two versions of layers by ground, and decide on the doubtful",
    "gate": "say whether a project may start, and why not",
    "bulk": "ask gates, accounts, risk or tiles of many cities at once, by one worker or many",
    "permit": "issue a permit for works, end it, or say where permits stand",
    "notices": "list stop-work notices, who has heard, and whom to call next",
    "record": "put papers of works, or sessions of risk education, on record",
    "papers": "list the papers of a project or rubble lot, or all chance finds",
    "lot": "say where the work on a rubble lot stands: begun, stopped, going on, done",
    "access": "say who can be come to, and which clearance would open the most",
    "plan": "say what to do first, by whom and when, with reasons; it moves no land",
    "report": "draw up a report: completion, handover, treaty, 5W, dossier, monthly and more",
    "followup": "say what came of it, quarter by quarter",
    "forms": "write the forms of the field for phones; read a form of others",
    "risk": "say how likely contamination is of every cell, and why",
    "sample": "say how much of finished ground to inspect, and what that proves",
    "residual": "say what is judged to be left in cleared ground, and how sure that is",
    "worth": "say whether to survey, clear or watch each area next, and why",
    "desk-study": "say what a document says of hazards, word for word, and of what else",
    "verify": "say whether a certificate is authentic, and whether it still stands",
    "keys": "make the keys that certificates are signed with",
    "certificate": "issue a certificate of an area, or give out the one issued",
    "certificates": "say where certificates stand; suspend one; write the list",
    "log": "publish a store's log, have it witnessed, prove what stands in it",
    "witness": "watch another organisation's log, over the wire or by a stick",
    "check": "check the whole log and every invariant",
    "people": "say who may sign in at the desk, and what is asked of who approves",
    "publish-form": "give a form out to phones, with the files that it needs",
    "device": "let a phone in by a code that is shown once; list them; shut one out",
    "bundle": "take in submissions that were carried by hand",
    "submissions": "say what came from the field and where it stands; write it out",
    "reports": "list what residents reported and asked for; answer one; say who was told",
    "attach": "add a photograph or file to a record; goes on where it was broken off",
    "erase": "take the words out of an entry that names a person; the record stays",
    "federation": "exchange what is shared with other authorities, as signed files on a stick",
    "picture": "make a picture that may be shared: faces and number plates hidden",
    "vault": "keep names and contacts apart: put in, look for a reason, erase",
    "backup-key": "make a key that backups are sealed to",
    "backup": "write a whole copy of the store, proven before it counts",
    "restore": "make a store from a backup; never over another one",
    "move": "carry a store to another place, such as PostgreSQL; the old one is then only read",
    "serve": "serve the desk and the interfaces",
    "completion": "print the script by which bash, zsh or fish completes rafiqa",
}
"""Each command, which is a file of this room, and what it does."""


def parser(asked: str | None = None) -> CommandParser:
    """Returns the parser of all commands.

    Args:
        asked: the one whose arguments are wanted; those of all where None. What no one asks for is
            not loaded: half of what a command takes to start would be the others.
    """
    top = CommandParser(prog="rafiqa", description="From contaminated to rebuilt.")
    version = import_module("rafiqa").__version__
    top.add_argument("--version", action="version", version=f"rafiqa {version}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text)
        if asked in {None, name}:
            _module(name).add(command)
            with_examples(command, name, example_lines(name))
    return top


def file_of(name: str) -> str:
    """Returns the name of the file that a command is."""
    return "import_" if name == "import" else name.replace("-", "_")


def _module(name: str) -> Any:
    return import_module(f"rafiqa.cli.{file_of(name)}")


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status of one command."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        try:
            return _ran(words)
        finally:
            # What is told at the last moment, such as a help, fails here and not after the end.
            sys.stdout.flush()
    except KeyboardInterrupt:
        return interrupted(words)
    except BrokenPipeError:
        return broken_off()


def _ran(words: Sequence[str]) -> int:
    # Loaded here: it takes half a second, and whoever stops it then is told so like any other.
    from rafiqa.cli.refusal import show_failure, show_misuse, show_refusal
    from rafiqa.cli.session import REFUSED

    top = parser(next(iter(words), ""))
    try:
        args = top.parse_args(words)
    except Misused as error:
        return show_misuse(nearest(error, top, words), words)
    try:
        with ExitStack() as args.after:
            status: int = _module(args.command).run(args)
    except RafiqaError as error:
        show_refusal(args, error)
        return REFUSED
    except BrokenPipeError:
        raise
    except OSError as error:
        return show_failure(args, error)
    return status
