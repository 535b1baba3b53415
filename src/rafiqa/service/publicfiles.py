"""The folder that is published: pages, data, maps, pictures and sheets, each named by its content.

A pure function of what everybody is told and of the page's own script and style: no clock, no
chance. What is in the folder, and the hash of each file, stands in ``manifest.json``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from rafiqa.dictionary import LANGUAGES
from rafiqa.errors import Fault, InvalidInput
from rafiqa.service.office import Office
from rafiqa.service.public import PublicState
from rafiqa.wire.publicart import map_svg
from rafiqa.wire.publicgate import gated_all, public_json
from rafiqa.wire.publicpage import PublicPage, list_html, page_html
from rafiqa.wire.publicsheet import PAIRS, DangerSheet, sheet_pdf

ADDRESS_SETTING: Final = "public.address"
"""The setting that holds where the page is, for the codes on sheets."""
SCRIPTS: Final = ("public.js", "public.css", "worker.js", "icon.svg")
"""What the web build makes for the page."""
_MANIFEST: Final = "manifest.json"
_BEGUN: Final = b"{}"
"""What stands in its place until a first state is whole."""
_DATA: Final = ("danger", "released", "places", "ground", "notices", "totals", "counts", "months")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the pages lead on to.

    Attributes:
        report: of the page to report on; None where there is none, as on a stick.
        verify: of the page on which certificates are checked.
        address: of this page itself, for the codes on sheets.
    """

    report: str | None = "/report"
    verify: str | None = "/verify"
    address: str | None = None


def public_files_of(
    state: PublicState,
    scripts: Mapping[str, bytes],
    doors: Doors,
    beside: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Returns every file by its name, the manifest last.

    Args:
        state: what everybody is told.
        scripts: what the web build made for the page.
        doors: where the pages lead on to.
        beside: further files that go into the folder and the manifest, such as the sheets.
    """
    made: dict[str, bytes] = {**scripts, **(beside or {})}
    data = {}
    for name in (*_DATA, "archive"):
        body = public_json({"about": state.about, name: state.files[name]})
        data[name] = f"data/{name}-{_short(body)}.json"
        made[data[name]] = body
    danger, released = state.files["danger"], state.files["released"]
    svg = map_svg(danger, released, state.files["ground"], state.about["origin"]).encode()
    data["map"] = f"data/map-{_short(svg)}.svg"
    made[data["map"]] = svg
    made |= state.pictures
    for lang in LANGUAGES:
        page = PublicPage(
            lang,
            state.about,
            state.files,
            data,
            frozenset(sheet_places(state)),
            doors.report,
            doors.verify,
            state.behind,
        )
        made[f"{lang}.html"] = page_html(page)
        longer = list_html(page)
        if longer is not None:
            made[f"list-{lang}.html"] = longer
    made["index.html"] = made["en.html"]
    made[_MANIFEST] = _manifest(state, made)
    return made


def _manifest(state: PublicState, made: Mapping[str, bytes]) -> bytes:
    rows = [
        {"name": name, "sha256": sha256(body).hexdigest(), "bytes": len(body)}
        for name, body in sorted(made.items())
    ]
    return public_json({"about": state.about, "files": gated_all("files", rows)})


def _short(body: bytes) -> str:
    return sha256(body).hexdigest()[:16]


def sheet_places(state: PublicState) -> list[str]:
    """Returns the references of the neighbourhoods that have danger to print, in order."""
    return sorted({ref for row in state.files["danger"] for ref in row["places"]})


def sheet_of(state: PublicState, name: str, doors: Doors) -> bytes | None:
    """Returns a sheet as PDF by its file's name, such as ``N-1A2B3C4.pdf``; None for no such."""
    ref = name.removesuffix(".pdf")
    ending = "-ku" if ref.endswith("-ku") else ""
    ref = ref.removesuffix(ending)
    if ref not in sheet_places(state) or not name.endswith(".pdf"):
        return None
    sheet = DangerSheet(
        state.about,
        state.names[ref],
        _in(state.files["danger"], ref),
        _in(state.files["released"], ref),
        state.files["ground"],
        PAIRS[ending],
        doors.address,
    )
    return sheet_pdf(sheet)


def _in(rows: Sequence[Row], ref: str) -> list[Row]:
    return [row for row in rows if ref in row["places"]]


def sheets(state: PublicState, doors: Doors) -> Iterator[tuple[str, bytes]]:
    """Yields every sheet with the name of its file."""
    for ref in sheet_places(state):
        for ending in PAIRS:
            name = f"{ref}{ending}.pdf"
            body = sheet_of(state, name, doors)
            if body is not None:
                yield f"sheets/{name}", body


def write_folder(folder: Path, made: Mapping[str, bytes]) -> None:
    """Writes a published folder: what pages rest on, then the pages, the manifest last.

    What an earlier state left there and this one has not is taken away: a stale sheet is not to
    be hung up beside a new map. Each file is whole or the one before.

    Raises:
        InvalidInput: the folder cannot be written, or holds files and no manifest of ours.
    """
    params: dict[str, str | int] = {"folder": str(folder)}
    try:
        here = [each for each in folder.rglob("*") if each.is_file()] if folder.exists() else []
        if here and not _is_ours(folder / _MANIFEST):
            raise InvalidInput(Fault("service.public.not-ours", "DIR", params=params))
        folder.mkdir(parents=True, exist_ok=True)
        if not here:
            (folder / _MANIFEST).write_bytes(_BEGUN)
        for name in sorted(made, key=_order):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f"{target.name}.new")
            beside.write_bytes(made[name])
            beside.replace(target)
        for old in here:
            if old.relative_to(folder).as_posix() not in made:
                old.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInput(Fault("service.public.not-written", "DIR", params=params)) from error


def _is_ours(manifest: Path) -> bool:
    """Returns whether a manifest is one that was written here: other pages have one, too."""
    try:
        told = msgspec.json.decode(manifest.read_bytes()) if manifest.is_file() else None
    except msgspec.DecodeError:
        return False
    if not isinstance(told, dict):
        return False
    about = told.get("about")
    return told == {} or (isinstance(about, dict) and {"root", "known_at"} <= about.keys())


def _order(name: str) -> tuple[int, str]:
    return (2 if name == _MANIFEST else int(name.endswith(".html")), name)


def address_of(office: Office) -> str | None:
    """Returns where the page is, as set by the office; None where it is not."""
    told = office.store.setting(ADDRESS_SETTING)
    return None if told is None else told.decode()


def set_address(office: Office, address: str) -> None:
    """Sets where the page is.

    Raises:
        InvalidInput: it is no address that a phone opens.
    """
    if not address.startswith(("https://", "http://")) or len(address) > 200:
        raise InvalidInput(Fault("service.public.address", "--address"))
    office.store.put_setting(ADDRESS_SETTING, address.encode())
