"""History: the ledger's entries about something, in words, fit for the asker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rafiqa import land, recovery
from rafiqa.api import shape
from rafiqa.api.name import own_names, told
from rafiqa.api.view import View
from rafiqa.dictionary import dictionary, told_to_everybody, told_to_staff
from rafiqa.land import Reason, Recorded
from rafiqa.ledger import (
    DeviceEnrolled,
    DeviceRevoked,
    FormPublished,
    MappingSaved,
    PairDecided,
    RowsImported,
    SubmissionReceived,
    SubmissionReviewed,
)
from rafiqa.locale import joined, text
from rafiqa.service import SITE_RECORDS
from rafiqa.service.coding import REASONS_OF_MOVES
from rafiqa.wire.factcode import KINDS, kind_of
from rafiqa.wire.instant import iso
from rafiqa.wire.paperjson import paper_said

PUBLIC_KINDS = frozenset(kind for kind in KINDS if told_to_everybody(kind))
"""Kinds of entries that everybody may read of; what is not listed is for staff alone."""
Params = dict[str, str | int]


def history(view: View, records: Iterable[Recorded]) -> list[shape.HistoryItem]:
    """Returns entries in words, in the order of the ledger, without persons for everybody."""
    voided = {item.recorded.seq: item.reasons for item in view.register.without_effect}
    once = {record.seq: record for record in records}
    return [
        _item(view, once[seq], voided.get(seq, ()))
        for seq in sorted(once)
        if _is_told(view, kind_of(once[seq].fact))
    ]


def _is_told(view: View, kind: str) -> bool:
    return told_to_staff(kind) if view.staff else kind in PUBLIC_KINDS


def _item(view: View, record: Recorded, against: tuple[Reason, ...]) -> shape.HistoryItem:
    lang, kind = view.lang, kind_of(record.fact)
    key = f"fact.{kind}{_variant(record.fact)}"
    title = text(key, {}, lang)
    maker = _PARAMS.get(type(record.fact))
    params = maker(record.fact, lang) if maker else {}
    if not view.staff:
        # Free text may name somebody; the whitelist of fields is what everybody sees.
        params |= dict.fromkeys(params.keys() & {"note"}, "")
    said = " ".join(text(f"{key}.text", own_names(params, lang), lang).split())
    if against:
        title = text("fact.without-effect", {"title": title}, lang)
        said = " ".join(told(each.code, each.params, lang) for each in against)
    return shape.HistoryItem(
        record.seq,
        kind,
        title,
        said,
        iso(record.valid_at_us),
        iso(record.recorded_at_us),
        record.actor.person_id if view.staff else None,
        record.actor.organisation_id,
    )


def _variant(fact: object) -> str:
    if isinstance(fact, land.WorkInspected):
        return ".passed" if fact.passed else ".failed"
    if isinstance(fact, land.LotInspected):
        return ".failed" if land.lot_fails(fact) else ".passed"
    if isinstance(fact, land.QaVisited) and fact.seeds_laid is not None:
        return ".seeded"
    return ""


def label(list_name: str, code: str | None, lang: str) -> str:
    """Returns a code in the words of the dictionary, or the code where its list lacks it."""
    return dictionary().lists[list_name].label(code or "", lang)


def _depth(depth_cm: int | None, lang: str) -> str:
    return "–" if depth_cm is None else text("desk.depth.label", {"n": depth_cm}, lang)


def _whole_m2(on: land.AreaRecorded | land.BoundaryCorrected) -> str:
    return f"{round(on.shape.area_m2):,}"


def _evidence(fact: land.EvidenceRecorded, lang: str) -> Params:
    return {
        "kind": label("evidence_kind", fact.kind, lang),
        "source_kind": label("evidence_source", fact.source_kind, lang),
        "note": fact.text or "",
    }


def _area(fact: land.AreaRecorded, lang: str) -> Params:
    return {
        "class": label("class", fact.class_, lang),
        "area_m2": _whole_m2(fact),
        "items": len(fact.evidence_ids),
        "note": fact.note or "",
    }


def _class(fact: land.ClassDecided, lang: str) -> Params:
    return {"class": label("class", fact.class_, lang), "note": fact.justification or ""}


def _task(fact: land.TaskOrdered, lang: str) -> Params:
    return {
        "organisation": fact.organisation_id,
        "methods": joined((label("method", each, lang) for each in fact.methods), lang),
        "depth": _depth(fact.depth_cm, lang),
        "note": fact.note or "",
    }


def _work(fact: land.WorkReported, lang: str) -> Params:
    outcomes = [part.outcome for part in fact.parts]
    counts = {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}
    parts = (f"{label('outcome', outcome, lang)} × {n}" for outcome, n in counts.items())
    return {
        "organisation": fact.organisation_id,
        "parts": joined(parts, lang),
        "finds": sum(find.count for find in fact.finds),
        "note": fact.note or "",
    }


def _findings(findings: Sequence[land.Finding], lang: str) -> Params:
    notes = (f"{label('severity', each.severity, lang)}: {each.note}" for each in findings)
    return {"findings": len(findings), "note": joined(notes, lang, ";")}


def _inspection(fact: land.WorkInspected, lang: str) -> Params:
    shown = {"organisation": fact.organisation_id, **_findings(fact.findings, lang)}
    return {**shown, "proves": _proves(fact, lang) if fact.passed else ""}


def _lot(fact: land.LotInspected, lang: str) -> Params:
    shown: Params = {"lot": fact.lot_id, "items": fact.items_found}
    proves = "" if land.lot_fails(fact) else _proves(fact, lang)
    return {**shown, **_findings(fact.findings, lang), "proves": proves}


def _proves(fact: object, lang: str) -> str:
    """Returns what an inspection that passed proves, in words."""
    reason = land.proof_of(fact)
    return told(reason.code, reason.params, lang)


def _nonconformity(fact: land.NonconformityRaised, lang: str) -> Params:
    return {
        "nonconformity": fact.nonconformity_id,
        "organisation": fact.organisation_id,
        "severity": label("severity", fact.severity, lang),
        "kind": label("nonconformity_kind", fact.kind, lang),
        "note": fact.note,
    }


def _transfer(fact: land.ReleaseTransferred, lang: str) -> Params:
    return {
        "outcome": label("outcome", fact.outcome, lang),
        "depth": _depth(fact.depth_cm, lang),
        "authority": fact.released_by,
        "source": fact.source,
    }


def _reopening(fact: land.LandReopened, lang: str) -> Params:
    return {
        "cause": label("reopening_cause", fact.cause, lang),
        "class": label("class", fact.class_, lang),
        "note": fact.note or "",
    }


def _structure(fact: land.StructureRegistered, lang: str) -> Params:
    kind = label("structure_kind", fact.kind, lang)
    return {"name": fact.name or fact.structure_id, "kind": kind, "n": len(fact.units)}


def _reason_of_move(fact: land.StageMoved, lang: str) -> str:
    """Returns why a task was moved, in words where its list has the code."""
    name = REASONS_OF_MOVES.get(fact.stage)
    reason = label(name, fact.reason, lang) if name and fact.reason else fact.reason
    return " ".join(each for each in (reason, fact.note) if each)


def _assessment(fact: land.AssessmentMoved, lang: str) -> Params:
    return {
        "stage": label("stage", fact.stage, lang),
        "note": " ".join(each for each in (fact.reason, fact.note) if each),
    }


def _record(fact: land.RecordMoved, lang: str) -> Params:
    return {
        "record": fact.record_id,
        "state": label("validation", fact.state, lang),
        "note": " ".join([*fact.flags, fact.comments or ""]).strip(),
    }


def _handover(fact: land.LandHandedOver, _lang: str) -> Params:
    return {
        "receiver": fact.receiver,
        "day": fact.community_told_on,
        "parts": ", ".join(fact.not_cleared) or "–",
        "note": " ".join([fact.limits, fact.residual_risk, fact.note or ""]).strip(),
    }


def _override(fact: recovery.PermitIssued, lang: str) -> str:
    """Returns by whom gates were overridden and why; nothing where none was."""
    if fact.override is None:
        return ""
    params = {"authority": fact.authority or "–", "reason": fact.override}
    return text("desk.permits.override", params, lang)


def _paper(fact: object, lang: str) -> Params:
    return {"said": paper_said(_RECORD_OF[type(fact)], fact, lang)}


_RECORD_OF = {type_: kind for kind, (type_, _) in SITE_RECORDS.items()}

_PARAMS: dict[type, Callable[[Any, str], Params]] = {
    land.SiteOpened: lambda fact, _: {"name": fact.name},
    land.EvidenceRecorded: _evidence,
    land.AreaRecorded: _area,
    land.ClassDecided: _class,
    land.BoundaryCorrected: lambda fact, _: {
        "area_m2": _whole_m2(fact),
        "note": fact.justification,
    },
    land.TaskOrdered: _task,
    land.StageMoved: lambda fact, lang: {
        "stage": label("stage", fact.stage, lang),
        "note": _reason_of_move(fact, lang),
    },
    land.WorkReported: _work,
    land.WorkInspected: _inspection,
    land.AccreditationGranted: lambda fact, lang: {
        "organisation": fact.organisation_id,
        "methods": joined((label("method", each, lang) for each in fact.methods), lang),
        "note": fact.note or "",
    },
    land.AccreditationEnded: lambda fact, _: {
        "organisation": fact.organisation_id,
        "note": fact.reason,
    },
    land.QaVisited: lambda fact, lang: {
        "organisation": fact.organisation_id,
        "activity": fact.activity,
        "seeds_laid": fact.seeds_laid or 0,
        "seeds_found": fact.seeds_found or 0,
        **_findings(fact.findings, lang),
    },
    land.NonconformityRaised: _nonconformity,
    land.NonconformityAnswered: lambda fact, _: {
        "nonconformity": fact.nonconformity_id,
        "note": fact.corrective_action,
    },
    land.NonconformityClosed: lambda fact, _: {
        "nonconformity": fact.nonconformity_id,
        "note": fact.note,
    },
    land.LotInspected: _lot,
    land.LotReviewed: lambda fact, _: {"lot": fact.lot_id, "note": fact.note},
    land.ReleaseProposed: lambda fact, _: {
        "parts": ", ".join(fact.part_ids),
        "note": fact.note or "",
    },
    land.ReleaseAccepted: lambda fact, _: {"release": fact.release_id, "note": fact.note or ""},
    land.ReleaseRejected: lambda fact, _: {"release": fact.release_id, "note": fact.note},
    land.ReleaseTransferred: _transfer,
    land.LandReopened: _reopening,
    land.StructureRegistered: _structure,
    land.AccidentRecorded: lambda fact, lang: {"kind": label("accident_kind", fact.kind, lang)},
    land.ResidentReported: lambda fact, lang: {
        "seen": label("report_seen", fact.seen, lang),
        "note": fact.text or "",
    },
    land.ReportAnswered: lambda fact, lang: {
        "outcome": label("report_outcome", fact.outcome, lang),
        "note": fact.note or "",
    },
    recovery.ReporterTold: lambda fact, lang: {
        "channel": label("report_channel", fact.channel, lang)
    },
    recovery.ResidentAsked: lambda fact, lang: {
        "kind": label("request_kind", fact.kind, lang),
        "note": fact.text or "",
    },
    recovery.RequestAnswered: lambda fact, lang: {
        "outcome": label("request_outcome", fact.outcome, lang),
        "note": fact.note or "",
    },
    land.AssessmentMoved: _assessment,
    land.LandHandedOver: _handover,
    land.CompletionDeclared: lambda fact, _: {"note": fact.note},
    land.RecordMoved: _record,
    land.CertificateIssued: lambda fact, _: {"number": fact.number},
    land.CertificateMoved: lambda fact, _: {"number": fact.number, "reason": fact.reason},
    land.RecordWithdrawn: lambda fact, _: {
        "entry": fact.entry_id,
        "import": fact.import_id,
        "note": fact.note,
    },
    RowsImported: lambda fact, _: {
        "n": len(fact.entry_ids),
        "file": fact.file_name,
        "kind": fact.kind,
        "import": fact.import_id,
    },
    MappingSaved: lambda fact, _: {
        "source": fact.source,
        "version": fact.version,
        "kind": fact.kind,
        "note": fact.note or "",
    },
    PairDecided: lambda fact, lang: {
        "one": fact.one,
        "other": fact.other,
        "decision": text(f"cli.duplicates.{fact.decision}", {}, lang),
        "note": fact.note or "",
    },
    FormPublished: lambda fact, _: {"name": fact.title, "version": fact.version},
    DeviceEnrolled: lambda fact, _: {
        "device": fact.device_id,
        "organisation": fact.organisation_id,
    },
    DeviceRevoked: lambda fact, _: {"device": fact.device_id, "note": fact.note},
    SubmissionReceived: lambda fact, _: {
        "name": fact.form_id,
        "organisation": fact.device_id or "–",
    },
    SubmissionReviewed: lambda fact, lang: {
        "state": text(f"field.state.{fact.state}", {}, lang),
        "note": fact.note or "",
    },
    recovery.LayerRegistered: lambda fact, _: {"layer": fact.layer_id, "rows": fact.n_rows},
    recovery.ProjectRegistered: lambda fact, lang: {
        "name": fact.name,
        "depth": _depth(fact.depth_cm, lang),
        "note": fact.note or "",
    },
    recovery.RubbleLotRegistered: lambda fact, lang: {
        "name": fact.name,
        "state": label("rubble_state", fact.state, lang),
    },
    recovery.DamageAssessed: lambda fact, lang: {
        "scale": label("damage_scale", fact.scale, lang),
        "written": fact.as_written,
        "note": fact.note or "",
    },
    recovery.DamageLinked: lambda fact, _: {
        "event": fact.event_id,
        "asset": fact.asset_id,
        "note": fact.note or "",
    },
    recovery.StructureTagged: lambda fact, lang: {
        "tag": label("structural_tag", fact.tag, lang),
        "organisation": fact.engineer,
        "note": fact.note or "",
    },
    recovery.AssetsMatched: lambda fact, _: {"n": len(fact.groups)},
    recovery.MatchReviewed: lambda fact, lang: {
        "old": ", ".join(fact.old_ids),
        "new": ", ".join(fact.new_ids),
        "decision": text(f"cli.match.{'accepted' if fact.accepted else 'rejected'}", {}, lang),
        "note": fact.note or "",
    },
    recovery.PermitIssued: lambda fact, lang: {
        "permit": fact.permit_id,
        "override": _override(fact, lang),
        "note": " ".join(fact.conditions),
    },
    recovery.PermitEnded: lambda fact, _: {"permit": fact.permit_id, "note": fact.reason},
    recovery.NoticeAcknowledged: lambda fact, lang: {
        "notice": fact.notice_id,
        "party": label("party_role", fact.role, lang),
        "organisation": fact.organisation,
        "note": fact.note or "",
    },
    recovery.RubbleLotMoved: lambda fact, lang: {
        "state": label("rubble_state", fact.state, lang),
        "note": fact.note or "",
    },
    **dict.fromkeys(_RECORD_OF, _paper),
}
