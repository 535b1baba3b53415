"""History: the ledger's entries about something, in words, fit for the asker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rafiqa import land, recovery
from rafiqa.api import shape
from rafiqa.api.view import View
from rafiqa.land import Reason, Recorded
from rafiqa.locale import text
from rafiqa.wire.answer import worded
from rafiqa.wire.factcode import kind_of
from rafiqa.wire.instant import iso

PUBLIC_KINDS = frozenset(
    {
        "site.opened",
        "area.recorded",
        "area.class-decided",
        "area.boundary-corrected",
        "release.accepted",
        "release.transferred",
        "land.reopened",
        "accident.recorded",
        "layer.registered",
        "project.registered",
        "rubble.registered",
        "rubble.moved",
    }
)
"""Kinds of entries that everybody may read of; what is not listed is for staff alone."""
Params = dict[str, str | int]
Words = Callable[[str], str]


def history(view: View, records: Iterable[Recorded]) -> list[shape.HistoryItem]:
    """Returns entries in words, in the order of the ledger, without persons for everybody."""
    voided = {item.recorded.seq: item.reasons for item in view.register.without_effect}
    once = {record.seq: record for record in records}
    return [
        _item(view, once[seq], voided.get(seq, ()))
        for seq in sorted(once)
        if view.staff or kind_of(once[seq].fact) in PUBLIC_KINDS
    ]


def _item(view: View, record: Recorded, against: tuple[Reason, ...]) -> shape.HistoryItem:
    lang, kind = view.lang, kind_of(record.fact)
    key = f"fact.{kind}{_variant(record.fact)}"
    title = text(key, {}, lang)
    params = _params(record.fact, lang)
    if not view.staff:
        # Free text may name somebody; the whitelist of fields is what everybody sees.
        params |= dict.fromkeys(params.keys() & {"note"}, "")
    told = " ".join(text(f"{key}.text", worded(params, lang), lang).split())
    if against:
        title = text("fact.without-effect", {"title": title}, lang)
        told = " ".join(text(each.code, worded(each.params, lang), lang) for each in against)
    return shape.HistoryItem(
        record.seq,
        kind,
        title,
        told,
        iso(record.valid_at_us),
        iso(record.recorded_at_us),
        record.actor.person_id if view.staff else None,
        record.actor.organisation_id,
    )


def _variant(fact: object) -> str:
    if isinstance(fact, land.WorkInspected):
        return ".passed" if fact.passed else ".failed"
    return ""


def _params(fact: object, lang: str) -> Params:
    maker = _PARAMS.get(type(fact))
    return maker(fact, lambda code: label(code, lang)) if maker else {}


def label(code: str, lang: str) -> str:
    """Returns a code of the dictionary in words, or the code spaced out where it has none."""
    key = f"code.{code}"
    found = text(key, {}, lang)
    return code.replace("_", " ") if found == key else found


def _depth(depth_cm: int | None) -> str:
    return "–" if depth_cm is None else f"{depth_cm} cm"


def _whole_m2(on: land.AreaRecorded | land.BoundaryCorrected) -> str:
    return f"{round(on.shape.area_m2):,}"


def _area(fact: land.AreaRecorded, words: Words) -> Params:  # noqa: ARG001
    params: Params = {"class": fact.class_, "area_m2": _whole_m2(fact)}
    return params | {"items": len(fact.evidence_ids), "note": fact.note or ""}


def _work(fact: land.WorkReported, words: Words) -> Params:
    outcomes = [part.outcome for part in fact.parts]
    counts = {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}
    told = ", ".join(f"{words(outcome)} × {n}" for outcome, n in counts.items())
    finds = sum(find.count for find in fact.finds)
    return {
        "organisation": fact.organisation_id,
        "parts": told,
        "finds": finds,
        "note": fact.note or "",
    }


def _inspection(fact: land.WorkInspected, words: Words) -> Params:
    notes = "; ".join(f"{words(each.severity)}: {each.note}" for each in fact.findings)
    findings = len(fact.findings)
    return {"organisation": fact.organisation_id, "findings": findings, "note": notes}


def _transfer(fact: land.ReleaseTransferred, words: Words) -> Params:  # noqa: ARG001
    return {
        "outcome": fact.outcome,
        "depth": _depth(fact.depth_cm),
        "authority": fact.released_by,
        "source": fact.source,
    }


def _task(fact: land.TaskOrdered, words: Words) -> Params:
    return {
        "organisation": fact.organisation_id,
        "methods": ", ".join(map(words, fact.methods)),
        "depth": _depth(fact.depth_cm),
        "note": fact.note or "",
    }


_PARAMS: dict[type, Callable[[Any, Words], Params]] = {
    land.SiteOpened: lambda fact, _: {"name": fact.name},
    land.EvidenceRecorded: lambda fact, words: {
        "kind": words(fact.kind),
        "source_kind": words(fact.source_kind),
        "note": fact.text or "",
    },
    land.AreaRecorded: _area,
    land.ClassDecided: lambda fact, _: {"class": fact.class_, "note": fact.justification or ""},
    land.BoundaryCorrected: lambda fact, _: {
        "area_m2": _whole_m2(fact),
        "note": fact.justification,
    },
    land.TaskOrdered: _task,
    land.StageMoved: lambda fact, _: {"stage": fact.stage, "note": fact.reason or ""},
    land.WorkReported: _work,
    land.WorkInspected: _inspection,
    land.ReleaseProposed: lambda fact, _: {
        "parts": ", ".join(fact.part_ids),
        "note": fact.note or "",
    },
    land.ReleaseAccepted: lambda fact, _: {"release": fact.release_id, "note": fact.note or ""},
    land.ReleaseRejected: lambda fact, _: {"release": fact.release_id, "note": fact.note},
    land.ReleaseTransferred: _transfer,
    land.LandReopened: lambda fact, _: {
        "cause": fact.cause,
        "class": fact.class_,
        "note": fact.note or "",
    },
    land.AccidentRecorded: lambda fact, words: {"kind": words(fact.kind)},
    land.ResidentReported: lambda fact, words: {"seen": words(fact.seen), "note": fact.text or ""},
    land.ReportAnswered: lambda fact, words: {
        "outcome": words(fact.outcome),
        "note": fact.note or "",
    },
    recovery.LayerRegistered: lambda fact, _: {"layer": fact.layer_id, "rows": fact.n_rows},
    recovery.ProjectRegistered: lambda fact, _: {
        "name": fact.name,
        "depth": _depth(fact.depth_cm),
        "note": fact.note or "",
    },
    recovery.RubbleLotRegistered: lambda fact, words: {
        "name": fact.name,
        "state": words(fact.state),
    },
    recovery.RubbleLotMoved: lambda fact, words: {
        "state": words(fact.state),
        "note": fact.note or "",
    },
}
