"""What everybody is told, served: the same files that ``rafiqa publish`` writes into a folder.

They are made when the ledger has grown, when a notice begins or ends, and once an hour, so that
their age is honest; until then they are kept. A map that cannot be made whole is not served.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from rafiqa.api import page
from rafiqa.api.ask import Ask
from rafiqa.api.desk import Desk
from rafiqa.api.guard import CONTENT_POLICY
from rafiqa.api.publicshape import NoticesTold, NoticeTold
from rafiqa.api.reply import Reply, pack, reply
from rafiqa.api.site import base_map
from rafiqa.dictionary import LANGUAGES, dictionary
from rafiqa.errors import Fault, NotFound
from rafiqa.locale import public_words
from rafiqa.service import AsOf
from rafiqa.service.public import (
    PublicState,
    n_telling,
    notices_told,
    public_state,
    stands_behind,
    whom_to_call,
)
from rafiqa.service.publicfiles import SCRIPTS, Doors, address_of, public_files_of, sheet_of
from rafiqa.wire.publicpage import named

_HOUR_US: Final = 3_600_000_000
_MINUTE_US: Final = 60_000_000
_BUILT: Final[Mapping[str, str]] = {"worker.js": "public-worker.js"}
_PDF: Final = "application/pdf"
_TYPES: Final[Mapping[str, str]] = {".jpg": "image/jpeg", ".svg": "image/svg+xml", ".pdf": _PDF}


@dataclass(frozen=True, slots=True, eq=False)
class PublicSite:
    """What is told now, and every file of it but the sheets."""

    state: PublicState
    files: dict[str, bytes]
    doors: Doors


def scripts() -> dict[str, bytes]:
    """Returns what the web build made for the public pages.

    Raises:
        NotFound: the web build is missing.
    """
    folder = page.static_folder()
    found = {}
    for name in SCRIPTS:
        file = folder / _BUILT.get(name, name)
        if not file.is_file():
            raise NotFound(Fault("api.public.unbuilt", "DIR"))
        found[name] = file.read_bytes()
    return found


def site_now(desk: Desk) -> PublicSite:
    """Returns what everybody is told now, made anew where something has changed.

    Raises:
        InvalidInput: hazard cannot be drawn.
        CorruptLedger: a row holds what the whitelist does not list.
        NotFound: the web build is missing.
    """
    moment = desk.moments.at(AsOf())
    turned = bisect_right(moment.recovery.public.turns_us(), moment.valid_us)
    doors = Doors(address=address_of(desk.office))
    call = whom_to_call(desk.office)
    telling = n_telling(desk.office, moment.known_us)
    doubt = desk.office.still.contradicted(moment.book, moment.valid_us)
    due = moment.n_known - moment.n_valid
    old = stands_behind(desk.office)
    # A copy says as of when it is by the minute.
    age_us = _HOUR_US if desk.office.following is None else _MINUTE_US
    grounds = desk.office.n_grounds()
    key = (
        telling,
        doubt,
        grounds,
        due,
        moment.n_due,
        turned,
        moment.valid_us // age_us,
        doors,
        call,
        old,
    )

    def make() -> PublicSite:
        as_of = AsOf(moment.valid_us, moment.known_us)
        state = public_state(desk.office, desk.shelf, as_of, behind=old)
        return PublicSite(state, public_files_of(state, scripts(), doors), doors)

    site: PublicSite = desk.public.get(key, make)
    return site


def show_public(ask: Ask) -> Reply:
    """Returns the danger map and all that everybody is told, in the asker's language."""
    lang = ask.query.get("lang", "").lower()
    lang = lang if lang in LANGUAGES else ask.lang
    body = site_now(ask.desk).files[f"{lang}.html"]
    # Its addresses begin in the folder, whose name stands without a stroke behind it here.
    body = _with_base(ask, body.replace(b"<head>", b'<head><base href="/public/">', 1))
    policy = CONTENT_POLICY.replace("base-uri 'none'", "base-uri 'self'")
    headers = {"Cache-Control": page.ASK_AGAIN, "Content-Security-Policy": policy}
    return Reply(body, "text/html", headers=headers, packed=pack(body))


def _with_base(ask: Ask, body: bytes) -> bytes:
    """Returns a page that names the base map of this server; elsewhere it lies without one."""
    base = base_map(ask.desk)
    if base is None:
        return body
    told = escape(" ".join([str(base.first_zoom), str(base.last_zoom), *base.layers]))
    return body.replace(b"<head>", f'<head><meta name="rafiqa-base" content="{told}">'.encode(), 1)


def show_public_file(ask: Ask) -> Reply:
    """Returns one file of what is published.

    Raises:
        NotFound: there is no such file now.
    """
    name = ask.path["path"] or "index.html"
    site = site_now(ask.desk)
    body = site.files.get(name)
    if body is None and name.startswith("sheets/"):
        key = ("sheet", name, site.state.about["as_of"], site.state.about["root"], site.doors)
        return ask.desk.replies.get(key, lambda: _sheet(site, name.removeprefix("sheets/")))
    if body is None:
        raise NotFound(Fault("api.route.unknown", "path"))
    ending = "." + name.rpartition(".")[2]
    body = _with_base(ask, body) if ending == ".html" else body
    media_type = _TYPES.get(ending) or page.TYPES[ending]
    hashed = name.startswith(("data/", "pictures/"))
    headers = {"Cache-Control": page.FOREVER if hashed else page.ASK_AGAIN}
    if name == "worker.js":
        headers["Service-Worker-Allowed"] = "/public"
    return Reply(body, media_type, headers=headers, packed=pack(body))


def _sheet(site: PublicSite, name: str) -> Reply:
    body = sheet_of(site.state, name, site.doors)
    if body is None:
        raise NotFound(Fault("api.route.unknown", "path"))
    return Reply(body, _PDF, headers={"Cache-Control": page.ASK_AGAIN})


def show_area_notices(ask: Ask) -> Reply:
    """Returns the notices in force, in words, for residents' pages."""
    lang = ask.query.get("lang", "").lower()
    lang = lang if lang in LANGUAGES else ask.lang
    rows, places = notices_told(ask.desk.office, ask.desk.shelf)
    words, kinds = public_words(lang), dictionary().lists["area_notice_kind"]
    told = []
    for row in rows:
        place = places.get(row.get("place", ""))
        free = row.get("text_ar" if lang in {"ar", "ckb"} else "text")
        told.append(
            NoticeTold(
                row["ref"],
                row["kind"],
                kinds.label(row["kind"], lang) or row["kind"],
                None if place is None else named(place, lang),
                row["from"],
                row["until"],
                words[f"notices.{row['kind']}"],
                free or row.get("text") or row.get("text_ar"),
            )
        )
    return reply(NoticesTold(told, words["notices.limit"]), {"Cache-Control": page.ASK_AGAIN})
