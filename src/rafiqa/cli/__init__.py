"""The commands: one file each; words in, words or one JSON document out.

May not know SQL or geometry. Exit status: 0 done, 1 refused or not intact, 2 usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from rafiqa.cli import (
    access,
    account,
    asset,
    at,
    attach,
    backup,
    backup_key,
    bundle,
    certificate,
    certificates,
    check,
    demo,
    device,
    duplicates,
    erase,
    export,
    followup,
    forms,
    gate,
    import_,
    imports,
    keys,
    layers,
    log,
    mappings,
    match,
    new,
    notices,
    permit,
    publish_form,
    quarantine,
    record,
    restore,
    sample,
    serve,
    submissions,
    verify,
    witness,
)
from rafiqa.cli.refusal import show_refusal
from rafiqa.cli.session import REFUSED
from rafiqa.errors import RafiqaError

__all__ = ["main"]

COMMANDS = {
    "demo": (demo, "make a whole demo city with its history"),
    "new": (new, "make an empty store"),
    "import": (import_, "take in a file: GeoJSON, GPKG, SHP, KML, GPX, CSV, XLSX, Parquet, PBF"),
    "imports": (imports, "list what each import brought; take one back, while nobody built on it"),
    "duplicates": (duplicates, "list records of two sources that may be one; decide on them"),
    "mappings": (mappings, "list the mappings saved for each source, and print one"),
    "export": (export, "write out hazards, released land, evidence and more for other programs"),
    "quarantine": (quarantine, "list what was refused and kept, and write out its originals"),
    "account": (account, "print the land account"),
    "at": (at, "say what is known of a point"),
    "asset": (asset, "say what is on record of an asset: damage, tag, epochs; or tag it"),
    "layers": (layers, "list every version of every reference layer, and check its bytes"),
    "match": (match, "match two versions of layers by ground, and decide on the doubtful"),
    "gate": (gate, "say whether a project may start, and why not"),
    "permit": (permit, "issue a permit for works, end it, or say where permits stand"),
    "notices": (notices, "list stop-work notices, who has heard, and whom to call next"),
    "record": (record, "put papers of a project or rubble lot on record"),
    "access": (access, "say who can be come to, and which clearance would open the most"),
    "followup": (followup, "say what came of it, quarter by quarter"),
    "forms": (forms, "write the forms of the field for phones; read a form of others"),
    "sample": (sample, "say how much of finished ground to inspect, and what that proves"),
    "verify": (verify, "say whether a certificate is authentic, and whether it still stands"),
    "keys": (keys, "make the keys that certificates are signed with"),
    "certificate": (certificate, "issue a certificate of an area, or give out the one issued"),
    "certificates": (
        certificates,
        "say where certificates stand; suspend one; write the list",
    ),
    "log": (log, "publish a store's log, have it witnessed, prove what stands in it"),
    "witness": (witness, "watch another organisation's log, over the wire or by a stick"),
    "check": (check, "check the whole log and every invariant"),
    "publish-form": (publish_form, "give a form out to phones, with the files that it needs"),
    "device": (device, "let a phone in by a code that is shown once; list them; shut one out"),
    "bundle": (bundle, "take in submissions that were carried by hand"),
    "submissions": (submissions, "say what came from the field and where it stands; write it out"),
    "attach": (attach, "add a photograph or file to a record; goes on where it was broken off"),
    "erase": (erase, "take the words out of an entry that names a person; the record stays"),
    "backup-key": (backup_key, "make a key that backups are sealed to"),
    "backup": (backup, "write a whole copy of the store, proven before it counts"),
    "restore": (restore, "make a store from a backup; never over another one"),
    "serve": (serve, "serve the desk and the interfaces"),
}


def parser() -> argparse.ArgumentParser:
    """Returns the parser of all commands."""
    top = argparse.ArgumentParser(prog="rafiqa", description="From contaminated to rebuilt.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, help_text) in COMMANDS.items():
        module.add(commands.add_parser(name, help=help_text, description=help_text))
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status of one command."""
    args = parser().parse_args(sys.argv[1:] if argv is None else argv)
    module, _ = COMMANDS[args.command]
    try:
        with ExitStack() as args.after:
            status: int = module.run(args)
    except RafiqaError as error:
        show_refusal(args, error)
        return REFUSED
    except BrokenPipeError:
        return REFUSED
    return status
