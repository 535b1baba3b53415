"""Answers as plain JSON values, with their words in the asker's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, RafiqaError
from rafiqa.locale import text
from rafiqa.wire.instant import iso

if TYPE_CHECKING:
    from rafiqa.land import Account, Exactness, FloorAccount, PointAnswer, Reason
    from rafiqa.recovery import Gate, GateAnswer

AREA_DEFINITION = "planar-site-frame"
"""Every area of land: planar, in the site's own frame, on its grid. Geodesic areas, where shown,
stand beside it under a name of their own."""
METHOD = "integer faces on the site's 1 mm grid, transverse Mercator at the site's origin"
FLOOR_METHOD = "by unit: as stated, else the footprint where a unit fills it; not land area"
_CODED = {
    "class": "class",
    "supported": "class",
    "status": "class",
    "cause": "reopening_cause",
    "current": "stage",
    "target": "stage",
    "role": "role",
    "surface": "surface",
    "reason": "not_cleared_reason",
    "kind": "evidence_kind",
    "unit_kind": "unit_kind",
    "method": "method",
    "severity": "severity",
    "outcome": "outcome",
    "state": "validation",
    "document": "stage_document",
    "party": "party_role",
    "protected": "protected_kind",
    "who": "role",
}
"""Parameters of texts that are codes, and the dictionary's list that words them."""
_CODES = {"materials": "hazmat"}
"""Parameters that are several codes with commas between, and their list."""
_FIELDS = {"sheet_field": "project", "because": "site_rating", "lines": "utility_note"}
"""Parameters that are names of fields with commas between, and the dictionary's record of them."""


def worded(params: Mapping[str, str | int], lang: str) -> dict[str, str | int]:
    """Returns the parameters of a text with codes turned into the dictionary's labels."""
    lists = dictionary().lists
    shown: dict[str, str | int] = dict(params)
    for name, list_name in _CODED.items():
        value = shown.get(name)
        if isinstance(value, str) and value in lists[list_name].names:
            shown[name] = lists[list_name].label(value, lang)
    for name, list_name in _CODES.items():
        if isinstance(shown.get(name), str):
            codes = str(shown[name]).split(", ")
            shown[name] = ", ".join(lists[list_name].label(code, lang) for code in codes)
    for name, record_name in _FIELDS.items():
        if isinstance(shown.get(name), str):
            shown[name] = ", ".join(_labelled(record_name, str(shown[name]).split(", "), lang))
    return shown


def _labelled(record_name: str, field_names: Iterable[str], lang: str) -> Iterator[str]:
    """Yields the label of each field of a record; a name that is none, as it is."""
    record = dictionary().records[record_name]
    for name in field_names:
        field = record.field(name)
        yield name if field is None else field.labels.of(lang)


def reason_json(reason: Reason, lang: str) -> dict[str, Any]:
    """Returns one reason: its code, its text, what to do next, and the facts it rests on."""
    answer: dict[str, Any] = {
        "code": reason.code,
        "text": text(reason.code, worded(reason.params, lang), lang),
        "subjects": list(reason.subjects),
        "subject": reason.subjects[0] if reason.subjects else None,
    }
    step = next_step(reason.code, reason.params, lang)
    if step:
        answer["next"] = step
    return answer


def next_step(code: str, params: Mapping[str, str | int], lang: str) -> str | None:
    """Returns what to do next about a code, or None where the catalogue says nothing."""
    key = f"{code}.next"
    step = text(key, worded(params, lang), lang)
    return None if step == key else step


def fault_json(fault: Fault, lang: str) -> dict[str, Any]:
    """Returns one fault: row, code, field, what is wrong and what to do next."""
    answer: dict[str, Any] = {
        "row": fault.row,
        "code": fault.code,
        "field": fault.place or None,
        "detail": text(fault.code, worded(fault.params, lang), lang),
    }
    step = next_step(fault.code, fault.params, lang)
    if step:
        answer["next"] = step
    return answer


def point_json(answer: PointAnswer, lang: str) -> dict[str, Any]:
    """Returns what is known of a point, in the shape of the public contract."""
    return {
        "state": answer.state,
        "reopened": answer.reopened,
        "depth_cm": answer.depth_cm,
        "in_doubt": answer.in_doubt,
        "headline": headline(answer, lang),
        "reasons": [reason_json(reason, lang) for reason in answer.reasons],
        "areas": list(answer.area_ids),
        "parts": list(answer.part_ids),
    }


def headline(answer: PointAnswer, lang: str) -> str:
    """Returns a point's state in one line; off the record, with the signs of ordnance near."""
    if answer.in_doubt:
        return text("state.in_doubt", {}, lang)
    first = answer.reasons[0]
    if first.code == "land.point.unrecorded-signs":
        return text("state.unrecorded-signs", first.params, lang)
    key = "reopened" if answer.reopened else answer.state
    return text(f"state.{key}", {"depth_cm": answer.depth_cm or 0}, lang)


def gate_json(gate: Gate, lang: str) -> dict[str, Any]:
    """Returns one gate, in the shape of the public contract."""
    answer: dict[str, Any] = {
        "gate": gate.gate,
        "outcome": gate.outcome,
        "code": gate.code,
        "detail": text(gate.code, worded(gate.params, lang), lang),
        "area_ids": list(gate.area_ids),
        "params": dict(gate.params),
        "fact_ids": list(gate.fact_ids),
        "who": gate.who,
        "until": None if gate.until_us is None else iso(gate.until_us),
    }
    step = next_step(gate.code, gate.params, lang)
    if step:
        answer["next"] = step
    return answer


def gates_json(answer: GateAnswer, lang: str) -> dict[str, Any]:
    """Returns a project's outcome with every gate."""
    return {
        "outcome": answer.outcome,
        "gates": [gate_json(gate, lang) for gate in answer.gates],
        "not_asked": [
            {"gate": gate, "code": code, "detail": text(code, {}, lang)}
            for gate, code in answer.not_asked
        ],
    }


def who_said(who: str, lang: str) -> str:
    """Returns whom a condition binds in words: a role by its label, an organisation as it is."""
    return str(worded({"who": who}, lang)["who"])


def account_json(
    account: Account, *, floor: FloorAccount, known_at_us: int, source: str, boundary: str
) -> dict[str, Any]:
    """Returns the land account, in the shape of the public contract, figures in m².

    Every figure carries where it comes from: source, as-of, method and boundary. Floor area
    stands beside it, and is added to none of its figures.
    """
    return {
        "classes": classes_json(account),
        "released_standing_m2": {name: _m2(size) for name, size in account.released.items()},
        "balance_error_m2": _m2(account.balance_error),
        "floor": _floor_json(floor),
        "from": iso(account.from_us),
        "to": iso(account.until_us),
        "known_at": iso(known_at_us),
        "source": source,
        "method": METHOD,
        "boundary": boundary,
    }


def _floor_json(floor: FloorAccount) -> dict[str, Any]:
    states = {
        state: {
            "floor_m2": float(figure.floor_m2),
            "units": figure.n_units,
            "unmeasured": figure.n_unmeasured,
        }
        for state, figure in floor.figures.items()
    }
    units = [
        {
            "structure": unit.structure_id,
            "unit": unit.unit_id,
            "kind": unit.kind,
            "state": unit.state,
            "floor_m2": None if unit.basis == "none" else float(unit.floor_m2),
            "basis": unit.basis,
        }
        for unit in floor.units
    ]
    return {
        "states": states,
        "units": units,
        "as_of": iso(floor.valid_at_us),
        "method": FLOOR_METHOD,
    }


def classes_json(account: Account) -> dict[str, Any]:
    """Returns the figures of every class, in the shape of the public contract."""
    return {
        name: {
            "opening_m2": _m2(item.opening),
            **{f"{flow}_m2": _m2(size) for flow, size in item.flows.items()},
            "closing_m2": _m2(item.closing),
        }
        for name, item in account.classes.items()
    }


def exactness_json(beside: Exactness) -> dict[str, Any]:
    """Returns what stands beside the account: its one definition of area, and what it leaves."""
    return {
        "area_definition": AREA_DEFINITION,
        "geodesic_closing_m2": {
            status: round(area_m2, 3) for status, area_m2 in sorted(beside.geodesic_m2.items())
        },
        "rounding_m2": {
            "outlines": beside.n_outlines,
            "grid_difference_m2": beside.grid_difference_mm2 / 1e6,
            "bound_m2": beside.bound_mm2 / 1e6,
        },
        "slivers": beside.n_slivers,
        "slivers_m2": _m2(beside.slivers2_mm2),
        "unproven": beside.n_unproven,
        "unproven_m2": _m2(beside.unproven2_mm2),
        "in_doubt_m2": _m2(beside.in_doubt2_mm2),
    }


def _m2(size2_mm2: int) -> float:
    """Returns m² of twice an area in mm²; a float holds figures of a city to the mm²."""
    return size2_mm2 / 2_000_000


def refusal_json(faults: Sequence[Fault] | RafiqaError, lang: str) -> list[dict[str, Any]]:
    """Returns every fault of a refusal."""
    listed: Iterable[Fault] = faults.faults if isinstance(faults, RafiqaError) else faults
    return [fault_json(fault, lang) for fault in listed]
