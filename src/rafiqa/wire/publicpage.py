"""The pages that everybody reads, whole without a script: danger first, then all that is told.

They are made from rows that came through the gate (``rafiqa.wire.publicgate``) and from our own
words, and from nothing else. Script and style are files beside them; a folder of these files works
from any web server, or from a stick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from rafiqa.dictionary import LANGUAGES, dictionary
from rafiqa.locale import direction, own_name, public_words
from rafiqa.locale.catalogue import fill
from rafiqa.wire.instant import instant_us
from rafiqa.wire.publicart import MESSAGES, SHOWN, message_svg, swatch_svg

LANGUAGE_NAMES: Final = {"en": "English", "ar": "العربية", "ckb": "سۆرانی", "kmr": "Kurmancî"}
_CURRENT: Final = ' aria-current="page"'
INLINE: Final = 300
"""Rows that stand on the first page; where there are more they have a page of their own."""
GROUPS: Final = 400
"""Neighbourhoods that the first page names; where there are more they stand on that page too."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PublicPage:
    """What a page is made from.

    Attributes:
        lang: its language.
        about: the site, the two times, whom to call.
        files: rows by the name of their file.
        data: names of the data files, by what they hold.
        sheets: references of the neighbourhoods that have a sheet to print.
        report: address of the page to report on; None where there is none.
        verify: likewise of the page on which certificates are checked.
        behind: whether it was made of an old copy, and tells of all released ground as danger.
    """

    lang: str
    about: Row
    files: Mapping[str, Sequence[Row]]
    data: Mapping[str, str]
    sheets: frozenset[str]
    report: str | None = "/report"
    verify: str | None = "/verify"
    behind: bool = False

    def say(self, code: str, **params: str | int) -> str:
        """Returns our own words of a code, ready for a page."""
        held = {name: f"\u2068{value}\u2069" for name, value in params.items()}
        return escape(fill(public_words(self.lang)[code], held))

    def label(self, codelist: str, code: str) -> str:
        """Returns the label of a listed code, ready for a page."""
        return escape(dictionary().lists[codelist].label(code, self.lang) or code)

    def place(self, ref: str | None) -> str:
        """Returns the name of a neighbourhood in the page's language, or else as it is written."""
        row = next((each for each in self.files["places"] if each["ref"] == ref), None)
        if row is None:
            return "–"
        return f'<bdi dir="auto">{escape(named(row, self.lang))}</bdi>'


def named(row: Row, lang: str) -> str:
    """Returns a name in a language: Sorani readers read Arabic letters where it has no own."""
    tried = {"ar": ("ar",), "ckb": ("ckb", "ar"), "kmr": ("kmr",)}.get(lang, ())
    return next(
        (str(row[f"name_{each}"]) for each in tried if row.get(f"name_{each}")), row["name"]
    )


def told_at(about: Row) -> str:
    """Returns how old what is told is: when it was known, or true at if that is longer ago.

    A state of some earlier day, published today, is as old as that day, whatever is known since.
    """
    return min(str(about["known_at"]), str(about["as_of"]), key=instant_us)


def page_html(page: PublicPage) -> bytes:
    """Returns the first page in one language, as HTML."""
    # A notice in force stands before everything; that there is none is no news.
    notices = _notices(page)
    parts = [
        *([notices] if page.files["notices"] else []),
        _map(page),
        _list(page),
        *([] if page.files["notices"] else [notices]),
        _messages(page),
        _released(page),
        _figures(page),
        _archive(page),
        _files(page),
    ]
    return _document(page, "".join(parts), "")


def list_html(page: PublicPage) -> bytes | None:
    """Returns the page of all areas where the first has too many; None where it has them all."""
    if not _is_long(page):
        return None
    back = f'<p><a href="{page.lang}.html">{page.say("list.back")}</a></p>'
    body = (
        back
        + _search(page)
        + _groups(page, "danger", _danger_row)
        + _groups(page, "released", _released_row)
    )
    return _document(page, _card("list", page.say("list.title"), body), "list-")


def _document(page: PublicPage, body: str, prefix: str) -> bytes:
    about, lang = page.about, page.lang
    links = "".join(
        f'<a href="{prefix}{each}.html" lang="{each}" hreflang="{each}"'
        f"{_CURRENT if each == lang else ''}>{LANGUAGE_NAMES[each]}</a>"
        for each in LANGUAGES
    )
    title = page.say("page.title")
    name = escape(own_name(about["site"], lang))
    site = f'<bdi dir="auto">{name}</bdi>'
    when = _minute(told_at(about))
    texts = {name: page.say(f"age.{name}") for name in ("today", "stale", "offline", "newer")}
    told = "".join(f' data-{name}="{words}"' for name, words in texts.items())
    days = page.say("age.days", n="{n}").replace("\u2068", "").replace("\u2069", "")
    behind = f'<p class="danger">{page.say("age.behind", when=when)}</p>' if page.behind else ""
    html = (
        f'<!doctype html>\n<html lang="{lang}" dir="{direction(lang)}" data-page="{prefix}">'
        '<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">'
        '<meta name="color-scheme" content="light"><meta name="referrer" content="no-referrer">'
        f'<meta name="theme-color" content="#1d2430"><title>{title} · {name}</title>'
        '<link rel="icon" href="icon.svg"><link rel="stylesheet" href="public.css">'
        '<script src="public.js" defer></script></head>'
        f'<body><header><a class="skip" href="{prefix}{lang}.html#list">'
        f'{page.say("page.to-list")}</a><div><span class="brand">{title}</span> {site}</div>'
        f'<nav aria-label="{page.say("page.language")}">{links}</nav></header><main>'
        f'<h1 class="unseen">{title}: {name}</h1>'
        f'<p class="danger">{page.say("rule.unknown")}</p>{behind}'
        f'<div class="age" id="age" data-known="{told_at(about)}" data-days="{days}"{told}>'
        f"<p>{page.say('age.known', when=when)}</p>"
        '<p class="days" role="status"></p></div>'
        f"{_doors(page)}{body}</main></body></html>\n"
    )
    return html.encode()


def _doors(page: PublicPage) -> str:
    """The ways on: report, check a certificate, whom to call."""
    call = page.about.get("call")
    words = page.say("do.call", call=call) if call else page.say("do.call-none")
    links = [("report", page.report), ("verify", page.verify)]
    buttons = "".join(
        f'<a class="button{" main" if name == "report" else ""}" href="{escape(address)}'
        f'?lang={page.lang}">{page.say(f"do.{name}")}</a>'
        for name, address in links
        if address is not None
    )
    return f'<div class="doors">{buttons}<p class="call">{words}</p></div>'


def _card(name: str, title: str, body: str) -> str:
    return (
        f'<section class="card" id="{name}" aria-labelledby="{name}-title">'
        f'<h2 id="{name}-title">{title}</h2>{body}</section>'
    )


def _notices(page: PublicPage) -> str:
    items = "".join(_notice(page, row) for row in page.files["notices"])
    if items:
        body = f'<ul class="notices">{items}</ul><p class="quiet">{page.say("notices.limit")}</p>'
    else:
        body = f'<p class="quiet">{page.say("notices.none")}</p>'
    return _card("notices", page.say("notices.title"), body)


def _notice(page: PublicPage, row: Row) -> str:
    free = row.get("text_ar" if direction(page.lang) == "rtl" else "text") or row.get("text")
    free = free or row.get("text_ar")
    beside = f'<p dir="auto">{escape(free)}</p>' if free else ""
    ends = {name: _minute(row[name]) for name in ("from", "until")}
    return (
        f'<li class="notice" data-until="{row["until"]}">'
        f"<strong>{page.label('area_notice_kind', row['kind'])} · {page.place(row.get('place'))}"
        f"</strong><p>{page.say('notices.' + row['kind'])}</p>{beside}"
        f'<p class="quiet">{page.say("notices.time", **ends)}</p></li>'
    )


def _minute(instant: str) -> str:
    # Not broken over two lines: half a time is read as another one.
    return f"{instant[:16].replace('T', chr(0xA0))}\u00a0UTC".replace("-", "\u2011")


def _map(page: PublicPage) -> str:
    legend = [*SHOWN, "unrecorded"]
    keys = "".join(f"<li>{swatch_svg(name)}<span>{_key(page, name)}</span></li>" for name in legend)
    data = "".join(
        f' data-{name}="{escape(page.data[name])}"'
        for name in ("danger", "released", "ground", "places")
        if name in page.data
    )
    words = "".join(
        f' data-say-{name}="{page.say(f"map.{name}")}"'
        for name in ("title", "coming", "failed", "nearer", "farther", "base")
    )
    body = (
        f'<figure><img src="{escape(page.data["map"])}" alt="{page.say("map.alt")}"></figure>'
        f'<div id="large"{data}{words} hidden><button type="button" class="button">'
        f"{page.say('map.larger')}</button></div>"
        f'<details class="legend" open><summary>{page.say("legend.title")}</summary>'
        f'<ul class="keys">{keys}</ul></details>'
    )
    return _card("map", page.say("map.title"), body)


def _key(page: PublicPage, name: str) -> str:
    if name == "unrecorded":
        return page.say("legend.unrecorded")
    if name in {"cha", "sha", "indication"}:
        return page.label("class", name)
    return f"{page.label('outcome', name)} – {page.say('legend.released')}"


def _is_long(page: PublicPage) -> bool:
    return len(page.files["danger"]) + len(page.files["released"]) > INLINE


def _search(page: PublicPage) -> str:
    return (
        f'<div class="search" hidden><label for="search">{page.say("search.label")}</label>'
        '<input id="search" type="search" autocomplete="off" dir="auto">'
        f'<p id="found" role="status" data-none="{page.say("search.none")}"></p></div>'
    )


def _list(page: PublicPage) -> str:
    search = _search(page)
    if _is_long(page):
        link = f"list-{page.lang}.html"
        body = f'<p><a href="{link}">{page.say("list.all")}</a></p>' + _groups(
            page, "danger", None, link
        )
    else:
        body = _groups(page, "danger", _danger_row)
    print_ = (
        f'<button type="button" id="print" class="button" hidden>{page.say("page.print")}</button>'
    )
    return _card("list", page.say("list.title"), search + body + print_)


def _groups(
    page: PublicPage, file: str, row_of: Callable[[PublicPage, Row], str] | None, link: str = ""
) -> str:
    """Returns the rows of a file by neighbourhood; without rows, a link to where they stand."""
    by_place: dict[str, list[Row]] = {}
    for row in page.files[file]:
        for ref in row["places"] or ["–"]:
            by_place.setdefault(ref, []).append(row)
    if not by_place:
        code = "list.none" if file == "danger" else "released.none"
        return f'<p class="quiet">{page.say(code)}</p>'
    if row_of is None and len(by_place) > GROUPS:
        return ""
    known = {row["ref"]: row for row in page.files["places"]}
    ordered = sorted(by_place, key=lambda ref: named(known[ref], page.lang) if ref in known else "")
    return "".join(
        _group(page, file, known.get(ref, {"ref": ref, "name": "–"}), by_place[ref], row_of, link)
        for ref in ordered
    )


def _group(
    page: PublicPage,
    file: str,
    place: Row,
    rows: Sequence[Row],
    row_of: Callable[[PublicPage, Row], str] | None,
    link: str,
) -> str:
    names = " ".join(str(place[key]) for key in place if key.startswith("name"))
    title = f'<bdi dir="auto">{escape(named(place, page.lang))}</bdi>'
    count = page.say("list.areas", n=len(rows))
    sheet = ""
    if file == "danger" and place["ref"] in page.sheets:
        sheet = f'<p><a href="sheets/{place["ref"]}.pdf">{page.say("list.sheet")}</a></p>'
    anchor = f"{file}-{place['ref']}"
    if row_of is None:
        inner = f'<p><a href="{link}#{anchor}">{page.say("list.all")}</a></p>'
    else:
        inner = "<ul>" + "".join(row_of(page, row) for row in rows) + "</ul>"
    return (
        f'<details class="place" id="{anchor}" data-name="{escape(names)}"><summary><b>{title}</b> '
        f'<span class="quiet">{count}</span></summary>{inner}{sheet}</details>'
    )


def _pairs(pairs: Iterator[tuple[str, str]]) -> str:
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in pairs)
    return f"<dl>{rows}</dl>"


def _danger_row(page: PublicPage, row: Row) -> str:
    return (
        f'<li class="row" data-class="{row["class"]}">{swatch_svg_of(row["class"])}'
        f"<strong>{page.label('class', row['class'])}</strong>{_pairs(_danger(page, row))}</li>"
    )


def swatch_svg_of(name: str) -> str:
    """Returns the mark of a class beside a row; its pattern stands in the style, once."""
    return f'<span class="swatch {name}" aria-hidden="true"></span>'


def _danger(page: PublicPage, row: Row) -> Iterator[tuple[str, str]]:
    yield page.say("label.status"), page.label("hazard_status", row["status"])
    marking = row.get("marking", "unknown")
    yield page.say("label.marking"), page.label("marking", marking)
    near = row.get("landmark_ar") if direction(page.lang) == "rtl" else None
    near = near or row.get("landmark")
    if near:
        yield page.say("label.near"), f'<bdi dir="auto">{escape(near)}</bdi>'
    since = row.get("since_on")
    yield (
        page.say("label.since"),
        f"<bdi>{since}</bdi>" if since else page.say("label.unknown-since"),
    )
    yield page.say("label.area"), f'<bdi dir="ltr">{row["area_m2"]:,} m²</bdi>'
    yield page.say("label.office"), f'<bdi dir="auto">{escape(page.about["authority"])}</bdi>'
    yield page.say("label.number"), f'<bdi dir="ltr">{row["ref"]}</bdi>'


def _released(page: PublicPage) -> str:
    if _is_long(page):
        body = _groups(page, "released", None, f"list-{page.lang}.html")
    else:
        body = _groups(page, "released", _released_row)
    limits = f"<p>{page.say('released.limits')}</p>"
    return _card("released", page.say("released.title"), limits + body)


def _released_row(page: PublicPage, row: Row) -> str:
    depth = row.get("depth_cm")
    number = row.get("certificate")
    certificate = (
        page.say("released.certificate", number=number)
        if number
        else page.say("released.no-certificate")
    )
    told = [
        page.say("released.depth", cm=depth) if depth else page.say("released.no-depth"),
        f"<bdi>{row['released_on']}</bdi>" if row.get("released_on") else "",
        certificate,
        f'<bdi dir="ltr">{row["area_m2"]:,} m²</bdi>',
        f'<bdi dir="ltr">{row["ref"]}</bdi>',
    ]
    words = " · ".join(each for each in told if each)
    return (
        f'<li class="row">{swatch_svg_of(row["outcome"])}'
        f"<strong>{page.label('outcome', row['outcome'])}</strong><p>{words}</p></li>"
    )


def _messages(page: PublicPage) -> str:
    items = "".join(
        f"<li>{message_svg(name)}<p>{page.say(f'messages.{name}')}</p></li>" for name in MESSAGES
    )
    return _card("messages", page.say("messages.title"), f'<ol class="messages">{items}</ol>')


def _figures(page: PublicPage) -> str:
    totals = [
        (
            page.label("class", row["class"])
            if "class" in row
            else page.label("outcome", row["outcome"]),
            f'<bdi dir="ltr">{row["area_m2"]:,}</bdi>',
        )
        for row in page.files["totals"]
    ]
    counts = [
        [f'<bdi dir="ltr">{row["cell"][1]:.2f}, {row["cell"][0]:.2f}</bdi>']
        + [f'<bdi dir="ltr">{row.get(name, "–")}</bdi>' for name in ("finds", "accidents")]
        for row in page.files["counts"]
    ]
    works = [
        [
            f"<bdi>{row['month']}</bdi>",
            page.place(row["place"]),
            f'<bdi dir="ltr">{row["works"]}</bdi>',
        ]
        for row in page.files["months"]
    ]
    body = (
        f"<h3>{page.say('figures.totals')}</h3>{_pairs(iter(totals))}"
        f"<p class='quiet'>{page.say('figures.note')}</p>"
        + _table(
            page, "figures.counts", ("figures.cell", "figures.finds", "figures.accidents"), counts
        )
        + _table(page, "figures.months", ("figures.month", "figures.place", "figures.works"), works)
    )
    return _card("figures", page.say("figures.title"), body)


def _table(
    page: PublicPage, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]
) -> str:
    if not rows:
        return f"<h3>{page.say(title)}</h3><p class='quiet'>{page.say('figures.none')}</p>"
    top = "".join(f'<th scope="col">{page.say(head)}</th>' for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f"<details><summary><b>{page.say(title)}</b></summary>"
        f'<div class="wide" tabindex="0" role="region" aria-label="{page.say(title)}"><table>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


def _archive(page: PublicPage) -> str:
    items = "".join(_memory(page, row) for row in page.files["archive"])
    body = (
        f'<ul class="archive">{items}</ul>'
        if items
        else (f'<p class="quiet">{page.say("archive.none")}</p>')
    )
    return _card("archive", page.say("archive.title"), body)


def _memory(page: PublicPage, row: Row) -> str:
    caption = caption_of(row, page.lang)
    picture = ""
    if row.get("picture"):
        alt = page.say("archive.picture", caption=caption)
        picture = f'<img src="{row["picture"]}" alt="{alt}" loading="lazy">'
    return (
        f"<li>{picture}<strong><bdi>{row['taken_on']}</bdi> · "
        f"{page.label('picture_moment', row['moment'])} · {page.place(row.get('place'))}</strong>"
        f'<p dir="auto">{escape(caption)}</p><p class="quiet">'
        f"{page.label('archive_purpose', row['purpose'])} · "
        f"{page.say('archive.credit', credit=row['credit'])}</p></li>"
    )


def caption_of(row: Row, lang: str) -> str:
    """Returns the caption in a language, else in one that it was written in."""
    keys = ["caption" if each == "en" else f"caption_{each}" for each in (lang, *LANGUAGES)]
    return next((str(row[key]) for key in keys if row.get(key)), "")


def _files(page: PublicPage) -> str:
    names = [*sorted(set(page.data.values())), "manifest.json"]
    links = "".join(
        f'<li><a href="{escape(name)}" dir="ltr">{escape(name)}</a></li>' for name in names
    )
    made = page.say("files.made", n=page.about["entries"], root=page.about["root"][:16])
    return _card(
        "files",
        page.say("files.title"),
        f'<ul class="files">{links}</ul><p class="quiet">{made}</p>',
    )
