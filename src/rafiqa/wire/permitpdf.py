"""Permits on paper: English and Arabic on one sheet, with map, gates and what stops it, as PDF.

A permit stands only while the record says nothing new against its works, so the paper says at
what moment it asked, and carries no code: one that was read without the ledger could say that
works may go on when they may not. What is out of force is printed in a broken frame with hatched
bands, so that it can be told from across a site.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import dictionary
from rafiqa.geo import SiteFrame
from rafiqa.locale import text
from rafiqa.recovery import Gate, GateAnswer, PermitCase, PermitStanding, ProjectRegistered
from rafiqa.wire.answer import gates_json, reason_json, who_said
from rafiqa.wire.permitjson import permit_json
from rafiqa.wire.permitmap import DRAWN, works_svg, works_swatch_svg
from rafiqa.wire.typesetting import typeset

LANGS: Final = ("en", "ar")
"""Both stand on every paper, this one on the left."""
_ADVICE: Final = ("holds", "ground", "proof")
_S_US: Final = 1_000_000
Both = dict[str, str]


@dataclass(frozen=True, slots=True)
class PermitPaper:
    """All that a permit's paper is made from, as asked at one moment.

    Attributes:
        case: the permit.
        works: for which it was issued.
        standing: where it stands at that moment.
        gate: of its works at that moment.
        printed: their gate when it was issued.
        frame: of the site; the shapes are in mm of it.
        ground: what is on record of the ground around, each ``released`` or ``hazard``.
        site: its name.
        asked_at_us: the moment.
        checkpoint: where the ledger stood then, short enough to read aloud.
    """

    case: PermitCase
    works: ProjectRegistered
    standing: PermitStanding
    gate: GateAnswer | None
    printed: GateAnswer | None
    frame: SiteFrame
    ground: Sequence[tuple[str, BaseGeometry]]
    site: str
    asked_at_us: int
    checkpoint: str


def permit_pdf(asked: PermitPaper) -> bytes:
    """The paper of a permit as PDF; asked at the same moment it is the same bytes.

    Raises:
        NotFound: the fonts are not there; they are made at setup.
    """
    made = _typeset(asked, "pdf")
    assert isinstance(made, bytes)  # noqa: S101 - what Typst gives for one PDF
    return made


def permit_pngs(asked: PermitPaper, dpi: float = 150) -> list[bytes]:
    """The pages of a permit's paper as pictures."""
    made = _typeset(asked, "png", dpi)
    return [made] if isinstance(made, bytes) else made


def _typeset(
    asked: PermitPaper, format_: Literal["pdf", "png"], dpi: float = 150
) -> bytes | list[bytes]:
    return typeset("permit.typ", permit_sheet(asked), asked.asked_at_us // _S_US, format_, dpi)


def permit_sheet(asked: PermitPaper) -> dict[str, Any]:
    """Everything that stands on the paper, as the sheet takes it; words in both languages."""
    in_force = asked.standing.state == "in_force"
    kind = "in-force" if in_force else "out-of-force"
    works, access = asked.works.shape, asked.works.access
    assert works is not None  # noqa: S101 - of works without ground no paper is asked for
    way_in = None if access is None or access.is_empty else access.geometry
    return {
        "frame": "single" if in_force else "broken",
        "number": asked.case.fact.permit_id,
        "title": _both(f"wire.permit.title.{kind}"),
        "subtitle": _both(f"wire.permit.subtitle.{kind}"),
        "rows": list(_rows(asked)),
        "override": list(_override(asked)),
        "map": works_svg(asked.frame, works.geometry, way_in, asked.ground),
        "legend": [
            {"svg": works_swatch_svg(each), "words": _both(f"wire.permit.map.{each}")}
            for each in DRAWN
            if each != "access" or way_in is not None
        ],
        "sections": [
            {"title": _both(f"wire.permit.{name}"), "lines": lines}
            for name, lines in _sections(asked)
            if lines
        ],
        "advice": [
            {"title": _both(f"{each}.title"), "words": _both(f"{each}.text")}
            for each in (*(f"wire.permit.{name}" for name in _ADVICE), "wire.paper.found")
        ],
    }


def _both(code: str, **params: str | int) -> Both:
    return {lang: text(code, params, lang) for lang in LANGS}


def _same(words: str) -> Both:
    return dict.fromkeys(LANGS, words)


def _moment(at_us: int) -> str:
    return datetime.fromtimestamp(at_us // _S_US, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _rows(asked: PermitPaper) -> Iterator[dict[str, Both]]:
    """Yields each row of facts: its label and its value."""
    told = {lang: permit_json(asked.case, asked.standing, None, lang) for lang in LANGS}
    works, fact = asked.works, asked.case.fact
    joins = {"en": ", ", "ar": "، "}
    parties = {
        lang: joins[lang].join(
            f"{each['organisation']} ({each['role_text']})" for each in told[lang]["told"]
        )
        for lang in LANGS
    }
    depth_cm, n_workers = works.depth_cm, works.n_workers
    until = _both("wire.permit.until-open")
    values: list[tuple[str, Both | None]] = [
        ("number", _same(fact.permit_id)),
        ("state", {lang: told[lang]["state_text"] for lang in LANGS}),
        ("asked-at", _same(_moment(asked.asked_at_us))),
        ("project", {lang: f"{told[lang]['project']} · {works.project_id}" for lang in LANGS}),
        ("site", _same(asked.site)),
        ("issued-by", _same(fact.issued_by)),
        ("issued-at", _same(_moment(asked.case.issued.valid_at_us))),
        ("until", until if fact.until_us is None else _same(_moment(fact.until_us))),
        (
            "depth",
            _both("wire.permit.depth-none")
            if depth_cm is None
            else _both("wire.paper.depth-cm", depth_cm=depth_cm),
        ),
        ("method", _method(works.method)),
        ("workers", None if n_workers is None else _same(str(n_workers))),
        ("told", parties),
        ("ledger", _same(asked.checkpoint)),
    ]
    for name, value in values:
        if value is not None:
            yield {"label": _both(f"wire.permit.{name}"), "value": value}


def _method(method: str | None) -> Both:
    if method is None:
        return _both("wire.permit.method-none")
    known = dictionary().lists["works_method"]
    return {lang: known.label(method, lang) for lang in LANGS}


def _override(asked: PermitPaper) -> Iterator[Both]:
    """Yields, where closed gates were overridden, by whom, why, and each of them in full."""
    fact = asked.case.fact
    if fact.override is None and fact.authority is None:
        return
    yield _both("wire.permit.override-by", authority=fact.authority or "–")
    yield _both("wire.permit.override-why", reason=fact.override or "–")
    closed = [] if asked.printed is None else _lines(asked.printed, {"closed"})
    yield from closed


def _sections(asked: PermitPaper) -> Iterator[tuple[str, list[Both]]]:
    standing = asked.standing
    stops = _gates(standing.gates)
    for reason in standing.reasons:
        told = {lang: reason_json(reason, lang) for lang in LANGS}
        stops.append(
            {lang: " ".join((told[lang]["text"], told[lang].get("next", ""))) for lang in LANGS}
        )
    yield "stops", stops
    yield (
        "gates",
        [] if asked.gate is None else _lines(asked.gate, {"open", "conditions", "closed"}),
    )
    yield "not-asked", [] if asked.gate is None else _not_asked(asked.gate)
    when_issued = [] if asked.printed is None else _lines(asked.printed, {"conditions"})
    yield "conditions", [*when_issued, *(_same(words) for words in asked.case.fact.conditions)]


def _lines(answer: GateAnswer, outcomes: set[str]) -> list[Both]:
    return _gates([gate for gate in answer.gates if gate.outcome in outcomes])


def _gates(gates: Sequence[Gate]) -> list[Both]:
    """Returns each gate in a line: its outcome, why, whom it binds, until when, what to do."""
    answer = GateAnswer("closed", tuple(gates))
    told = {lang: gates_json(answer, lang)["gates"] for lang in LANGS}
    return [{lang: _gate(told[lang][at], lang) for lang in LANGS} for at in range(len(gates))]


def _gate(gate: dict[str, Any], lang: str) -> str:
    name = text(f"gate.{gate['gate']}", {}, lang)
    said = [f"{gate['gate']} {name} · {text('outcome.' + gate['outcome'], {}, lang)}:"]
    said.append(gate["detail"])
    if gate["outcome"] != "open" and gate["who"]:
        said.append(text("wire.permit.who", {"who": who_said(gate["who"], lang)}, lang))
    if gate["until"]:
        # Set apart: within Arabic the parts of a bare date would change places.
        day = f"\u2066{gate['until'][:10]}\u2069"
        said.append(text("wire.permit.gate-until", {"until": day}, lang))
    if gate["outcome"] != "open" and gate.get("next"):
        said.append(gate["next"])
    return " ".join(said)


def _not_asked(answer: GateAnswer) -> list[Both]:
    told = {lang: gates_json(answer, lang)["not_asked"] for lang in LANGS}
    return [
        {
            lang: f"{gate} {text(f'gate.{gate}', {}, lang)}: {told[lang][at]['detail']}"
            for lang in LANGS
        }
        for at, (gate, _) in enumerate(answer.not_asked)
    ]
