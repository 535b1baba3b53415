"""Permits and stop-work notices as plain JSON values, with their words in the asker's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rafiqa.dictionary import dictionary
from rafiqa.locale import text
from rafiqa.recovery import GateAnswer, Notice, Party, PermitCase, PermitStanding
from rafiqa.wire.answer import gate_json, reason_json
from rafiqa.wire.instant import iso


def permit_json(
    case: PermitCase, standing: PermitStanding, printed: GateAnswer | None, lang: str
) -> dict[str, Any]:
    """Returns a permit: where it stands, what stops it, and all that is printed on it.

    Gates that were closed when it was issued are printed in full: an override hides none.
    """
    fact, works = case.fact, case.works
    name = fact.project_id if works is None else works.name
    if works is not None and lang == "ar" and works.name_ar:
        name = works.name_ar
    against = [gate for gate in printed.gates if gate.outcome != "open"] if printed else []
    return {
        "permit_id": fact.permit_id,
        "project_id": fact.project_id,
        "project": name,
        "state": standing.state,
        "state_text": dictionary().lists["permit_state"].label(standing.state, lang),
        "stopped_by": [gate_json(gate, lang) for gate in standing.gates],
        "reasons": [reason_json(reason, lang) for reason in standing.reasons],
        "issued_at": iso(case.issued.valid_at_us),
        "issued_by": fact.issued_by,
        "until": None if fact.until_us is None else iso(fact.until_us),
        "depth_cm": None if works is None else works.depth_cm,
        "conditions": list(fact.conditions),
        "printed": [gate_json(gate, lang) for gate in against],
        "override": fact.override,
        "authority": fact.authority,
        "told": [party_json(party, lang) for party in fact.told],
    }


def party_json(party: Party, lang: str) -> dict[str, Any]:
    """Returns an organisation that is concerned, and as what."""
    label = dictionary().lists["party_role"].label(party.role, lang)
    return {"role": party.role, "role_text": label, "organisation": party.organisation}


def notice_json(notice: Notice, lang: str) -> dict[str, Any]:
    """Returns a stop-work notice: what happened, where, what lifts it, who has heard."""
    stop = notice.stop
    return {
        "notice_id": stop.notice_id,
        "permit_id": stop.permit.permit_id,
        "project_id": stop.permit.project_id,
        "at": iso(stop.at_us),
        "cause": stop.cause,
        "stopped_by": [gate_json(gate, lang) for gate in stop.gates],
        "reasons": [reason_json(reason, lang) for reason in stop.reasons],
        "area_ids": sorted({area for gate in stop.gates for area in gate.area_ids}),
        "over_at": None if stop.over_us is None else iso(stop.over_us),
        "acknowledged": [
            {
                "role": record.fact.role,  # type: ignore[attr-defined]
                "organisation": record.fact.organisation,  # type: ignore[attr-defined]
                "at": iso(record.valid_at_us),
            }
            for record in notice.acknowledged
        ],
        "waiting": [party_json(party, lang) for party in notice.waiting],
        "level": notice.level,
        "call": None if notice.call is None else party_json(notice.call, lang),
    }


def permit_lines(permit: dict[str, Any], lang: str) -> Iterator[str]:
    """Yields a permit's JSON as the lines of a paper, nothing left out."""
    yield f"{permit['permit_id']} {permit['project']}: {permit['state_text']}"
    yield from _against(permit)
    params = {"at": permit["issued_at"], "by": permit["issued_by"]}
    yield "  " + text("cli.permit.issued", params, lang)
    if permit["until"]:
        yield "  " + text("cli.permit.until", {"until": permit["until"]}, lang)
    if permit["override"] is not None:
        params = {"authority": permit["authority"] or "", "reason": permit["override"]}
        yield "  " + text("cli.permit.override", params, lang)
    if permit["printed"] or permit["conditions"]:
        yield "  " + text("cli.permit.printed", {}, lang)
    yield from (
        f"    {each['gate']} {each['outcome']}: {each['detail']}" for each in permit["printed"]
    )
    yield from (f"    - {words}" for words in permit["conditions"])
    yield "  " + text("cli.permit.told", {"told": _parties(permit["told"])}, lang)


def notice_lines(notice: dict[str, Any], lang: str) -> Iterator[str]:
    """Yields a notice's JSON as lines."""
    params = {"notice": notice["notice_id"], "permit": notice["permit_id"], "at": notice["at"]}
    yield text("cli.notices.stopped", params, lang)
    yield from _against(notice)
    if notice["over_at"]:
        yield "  " + text("cli.notices.over", {"at": notice["over_at"]}, lang)
    if notice["waiting"]:
        yield "  " + text("cli.notices.waiting", {"waiting": _parties(notice["waiting"])}, lang)
    else:
        yield "  " + text("cli.notices.heard", {}, lang)
    if notice["call"]:
        params = {"level": notice["level"], "party": _parties([notice["call"]])}
        yield "  " + text("cli.notices.call", params, lang)


def _against(value: dict[str, Any]) -> Iterator[str]:
    for gate in value["stopped_by"]:
        yield f"  {gate['gate']} {gate['outcome']}: {gate['detail']}"
        if gate.get("next"):
            yield f"      {gate['next']}"
    for reason in value["reasons"]:
        yield f"  {reason['text']}"
        if reason.get("next"):
            yield f"      {reason['next']}"


def _parties(parties: Iterable[dict[str, Any]]) -> str:
    return ", ".join(f"{each['organisation']} ({each['role_text']})" for each in parties)
