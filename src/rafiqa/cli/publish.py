"""``rafiqa publish``: write what everybody is told into a folder, for a web server or a stick."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from rafiqa.api.page import static_folder
from rafiqa.api.public import scripts
from rafiqa.cli.session import DONE, add_common, add_times, all_of, as_of, office_of, output_of
from rafiqa.locale import text
from rafiqa.service import AsOf, AssetShelf
from rafiqa.service.public import public_state, set_whom_to_call
from rafiqa.service.publicfiles import (
    Doors,
    address_of,
    public_files_of,
    set_address,
    sheets,
    write_folder,
)

_MAP: Final = ("map.js", "map.css", "maplibre-gl-worker.mjs", "part-*.js", "icon.svg")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("folder", metavar="DIR", type=Path, help="a folder of its own")
    parser.add_argument(
        "--call", metavar="WORDS", help="whom to call, for the page and the sheets; is kept"
    )
    parser.add_argument(
        "--address", metavar="URL", help="where the page will be, for the codes on sheets; is kept"
    )
    parser.add_argument("--no-sheets", action="store_true", help="leave the sheets to print out")
    parser.add_argument(
        "--links",
        action="store_true",
        help="link to /report and /verify of the same host; a stick has none",
    )
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after writing the folder.

    Raises:
        InvalidInput: the folder, an address or words cannot be used, or hazard cannot be drawn.
        NotFound: the web build is missing.
    """
    office = office_of(args)
    asked = as_of(args)
    told = []
    if args.call is not None:
        told.append(lambda: set_whom_to_call(office, args.call))
    if args.address is not None:
        told.append(lambda: set_address(office, args.address))
    all_of(*told)
    # One moment for all of it, however long the sheets take.
    at = AsOf(asked.valid_us(office), asked.known_at_us)
    state = public_state(office, AssetShelf(), at)
    report, verify = ("/report", "/verify") if args.links else (None, None)
    doors = Doors(report, verify, address_of(office))
    beside = {} if args.no_sheets else dict(sheets(state, doors))
    beside |= {f"static/{each.name}": each.read_bytes() for each in _map_files()}
    made = public_files_of(state, scripts(), doors, beside)
    write_folder(args.folder, made)
    answer = {
        "folder": str(args.folder),
        "files": len(made),
        "bytes": sum(map(len, made.values())),
        "danger": len(state.files["danger"]),
        "released": len(state.files["released"]),
        "notices": len(state.files["notices"]),
        "archive": len(state.files["archive"]),
        "sheets": sum(name.startswith("sheets/") for name in made),
        "as_of": state.about["as_of"],
        "known_at": state.about["known_at"],
    }
    lines = [text("cli.publish.done", answer, args.lang), text("cli.publish.of", answer, args.lang)]
    output_of(args).show(answer, lines)
    return DONE


def _map_files() -> list[Path]:
    """Returns the files of the large map, for whoever opens the folder at the root of a host."""
    folder = static_folder()
    return sorted(file for pattern in _MAP for file in folder.glob(pattern))
