"""Certificates on paper: English and Arabic on one sheet, with map and codes, as PDF.

Every word and figure comes from the claims that are signed, so that the paper says what its code
says. The same claims give the same bytes. What people must read differently is drawn differently:
a release decision in a double frame, a handover in a single one, an operator's report in a thin
one, a cancellation broken, with hatched bands, and nothing on it speaks of clearance.

Typst lays the sheet out: it shapes Arabic and orders it from right to left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from rafiqa.dictionary import dictionary
from rafiqa.ledger.claims import Claims, Found, NotCleared, Part
from rafiqa.locale import text
from rafiqa.wire.papercode import PaperCode, paper_code
from rafiqa.wire.papermap import map_svg, swatch_svg
from rafiqa.wire.typesetting import typeset

LANGS: Final = ("en", "ar")
"""Both stand on every paper, this one on the left."""
_FRAMES: Final = {
    "release": "double",
    "handover": "single",
    "completion": "thin",
    "cancellation": "broken",
}
_EPOCH: Final = date(1970, 1, 1)
_ADVICE: Final = ("limits", "status", "found")
Both = dict[str, str]


def certificate_pdf(claims: Claims, texts: Sequence[str], checkpoint: str | None = None) -> bytes:
    """The paper of a certificate as PDF.

    Args:
        claims: what it says.
        texts: of its codes: the certificate's, and its proof's where there is one.
        checkpoint: where the log stands, short enough to read aloud; a paper witness.

    Raises:
        InvalidInput: a code's text is longer than paper can hold.
        NotFound: the fonts are not there; they are made at setup.
    """
    # The time is the decision's own: the same claims are the same bytes for ever.
    sheet = paper(claims, texts, checkpoint)
    made = typeset("certificate.typ", sheet, claims.logged_at_s, "pdf")
    assert isinstance(made, bytes)  # noqa: S101 - what Typst gives for one PDF
    return made


def certificate_pngs(claims: Claims, texts: Sequence[str], dpi: float = 150) -> list[bytes]:
    """The pages of a certificate's paper as pictures."""
    made = typeset("certificate.typ", paper(claims, texts), claims.logged_at_s, "png", dpi)
    return [made] if isinstance(made, bytes) else made


def paper(claims: Claims, texts: Sequence[str], checkpoint: str | None = None) -> dict[str, Any]:
    """Everything that stands on the paper, as the sheet takes it; words in both languages."""
    outcomes = list(dict.fromkeys(part.outcome for part in claims.parts))
    left = ["left"] if claims.not_cleared else []
    return {
        "frame": _FRAMES[claims.kind],
        "number": claims.number,
        "title": _both(f"wire.paper.title.{claims.kind}"),
        "subtitle": _both(f"wire.paper.subtitle.{claims.kind}"),
        "rows": list(_rows(claims, checkpoint)),
        "map": map_svg(claims),
        "legend": [{"svg": swatch_svg(each), "words": _legend(each)} for each in outcomes + left],
        "parts_title": _both("wire.paper.parts"),
        "columns": _columns(claims),
        "parts": [_part(at, part, claims) for at, part in enumerate(claims.parts, 1)],
        "left_title": _both("wire.paper.not-cleared") if claims.not_cleared else None,
        "left": [_left(at, each) for at, each in enumerate(claims.not_cleared, 1)],
        "advice": [
            {"title": _both(f"wire.paper.{each}.title"), "words": _both(f"wire.paper.{each}.text")}
            for each in _ADVICE
        ],
        "signatures": _signatures(claims),
        "codes": [
            _code(paper_code(each), name)
            for each, name in zip(texts, ("certificate", "proof"), strict=False)
        ],
    }


def _both(code: str, **params: str | int) -> Both:
    return {lang: text(code, params, lang) for lang in LANGS}


def _same(words: str) -> Both:
    return dict.fromkeys(LANGS, words)


def _listed(name: str, codes: Sequence[str]) -> Both:
    """The labels of codes, with the comma of each language; what is no code stays as it is."""
    known = dictionary().lists[name]
    joins = {"en": ", ", "ar": "، "}
    return {
        lang: joins[lang].join(known.label(each, lang) for each in codes) or "–" for lang in LANGS
    }


def _rows(claims: Claims, checkpoint: str | None) -> Iterator[dict[str, Both]]:
    """Yields each row of facts: its label and its value."""
    decided = (_EPOCH + timedelta(days=claims.decided_on)).isoformat()
    logged = datetime.fromtimestamp(claims.logged_at_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
    values: list[tuple[str, Both | None]] = [
        ("number", _same(claims.number)),
        ("authority", _same(claims.authority)),
        ("place", _same(claims.place)),
        ("decided-on", _same(decided)),
        ("logged-at", _same(logged)),
        ("methods", _listed("method", claims.methods)),
        ("area", _same(f"{claims.area_m2} m²")),
        ("found", _finds(claims.found) if claims.kind != "cancellation" else None),
        ("received-by", _same(claims.received_by) if claims.received_by else None),
        ("supersedes", _same(claims.supersedes) if claims.supersedes else None),
        ("checkpoint", _same(checkpoint) if checkpoint else None),
    ]
    for name, value in values:
        if value is not None:
            yield {"label": _both(f"wire.paper.{name}"), "value": value}


def _finds(found: Sequence[Found]) -> Both:
    if not found:
        return _both("wire.paper.nothing-found")
    known = dictionary().lists["ordnance_category"]
    joins = {"en": ", ", "ar": "، "}
    return {
        lang: joins[lang].join(f"{known.label(each.kind, lang)}: {each.count}" for each in found)
        for lang in LANGS
    }


def _legend(outcome: str) -> Both:
    if outcome == "left":
        return _both("wire.paper.not-cleared")
    return _listed("outcome", [outcome])


def _columns(claims: Claims) -> list[Both]:
    names = ["number-short", "outcome", "area"]
    if claims.kind != "cancellation":
        names[2:2] = ["depth", "not-dug"]
    return [_both(f"wire.paper.{name}") for name in names]


def _part(at: int, part: Part, claims: Claims) -> list[Both]:
    outcome = _listed("outcome", [part.outcome])
    if part.unit:
        outcome = {lang: f"{words} · {part.unit}" for lang, words in outcome.items()}
    cells = [_same(str(at)), outcome, _same(f"{part.area_m2} m²")]
    if claims.kind != "cancellation":
        depth = (
            _both("wire.paper.not-searched-below")
            if part.depth_cm is None
            else _both("wire.paper.depth-cm", depth_cm=part.depth_cm)
        )
        cells[2:2] = [depth, _listed("surface", part.not_dug)]
    return cells


def _left(at: int, left: NotCleared) -> Both:
    reason = _listed("not_cleared_reason", [left.reason])
    unit = f"{left.unit} · " if left.unit else ""
    return {lang: f"X{at} · {unit}{words}" for lang, words in reason.items()}


def _signatures(claims: Claims) -> list[dict[str, Both]]:
    """Who signs by hand, and beneath each line what to write there.

    A handover is an act of two, and the user has no key: the signature of who received the land
    is ink on this paper. The other kinds are signed in the code alone.
    """
    if claims.kind != "handover":
        return []
    return [
        {"who": _both(f"wire.paper.signs-{who}"), "what": _both("wire.paper.signs-what")}
        for who in ("authority", "user")
    ]


def _code(code: PaperCode, name: str) -> dict[str, Any]:
    return {
        "svg": code.svg(),
        "side_mm": round(code.side_mm, 3),
        "words": _both(f"wire.paper.code-{name}"),
    }
