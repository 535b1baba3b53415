"""Map layers of what happened and what is planned: projects, evidence, accidents, rubble."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rafiqa.api.reason import shown
from rafiqa.api.view import View, named
from rafiqa.geo import GridShape, Spot
from rafiqa.land import AccidentRecorded, EvidenceRecorded, ResidentReported, evidence_class
from rafiqa.recovery import RubbleLotRegistered
from rafiqa.wire.instant import iso_date

Shown = tuple[GridShape | Spot, dict[str, Any]]
WAITING = "waiting"


def projects(view: View) -> Iterator[Shown]:
    """Yields every project that has a place, with the outcome of its gates."""
    for project, gate in view.gates().values():
        if project.shape is None or project.shape.is_empty:
            continue
        codes = [each.code for each in shown(view, gate) if each.outcome != "open"]
        properties = {
            "project_id": project.project_id,
            "name": named(project.name, project.name_ar, view.lang),
            "kind": project.kind,
            "outcome": gate.outcome,
            "depth_cm": project.depth_cm,
            "codes": list(dict.fromkeys(codes)),
        }
        yield project.shape, properties


def evidence(view: View) -> Iterator[Shown]:
    """Yields every item of evidence that has a place and that the asker may see."""
    for record in view.register.evidence.values():
        fact = record.fact
        if not isinstance(fact, EvidenceRecorded) or not view.true(record):
            continue
        if not view.sees(fact.area_id) and record.actor.organisation_id != view.own:
            continue
        place = fact.spot or fact.shape
        if place is not None:
            properties = {
                "evidence_id": fact.evidence_id,
                "kind": fact.kind,
                "class": evidence_class(fact),
            }
            yield place, properties


def accidents(view: View) -> Iterator[Shown]:
    """Yields every accident that has a place; how many were hurt is for staff alone.

    A place, a day and "one injured" name a person to whoever lives there.
    """
    for record in view.register.accidents.values():
        fact = record.fact
        if isinstance(fact, AccidentRecorded) and fact.spot is not None and view.true(record):
            properties = {
                "accident_id": fact.accident_id,
                "kind": fact.kind,
                "on": iso_date(record.valid_at_us),
                "killed": fact.killed if view.staff else None,
                "injured": fact.injured if view.staff else None,
            }
            yield fact.spot, properties


def reports(view: View) -> Iterator[Shown]:
    """Yields residents' reports, with what became of each; for who sees those of every area."""
    register = view.register
    if not view.staff:
        return
    for report_id, record in register.reports.items():
        fact = record.fact
        if not isinstance(fact, ResidentReported) or not view.true(record):
            continue
        if fact.spot is None:
            # Told in words or withheld: it stands on the list of reports, not on the map.
            continue
        answers = [each.fact for each in register.answers.get(report_id, ()) if view.true(each)]
        state = getattr(answers[-1], "outcome", WAITING) if answers else WAITING
        yield fact.spot, {"report_id": report_id, "triage": fact.triage, "state": state}


def rubble(view: View) -> Iterator[Shown]:
    """Yields every rubble lot with where the work on it stands."""
    recovery = view.moment.recovery
    for lot_id, story in recovery.lots.items():
        first = next((e.fact for e in story if isinstance(e.fact, RubbleLotRegistered)), None)
        if first is None:
            continue
        state = recovery.lot_state(lot_id)
        properties = {
            "lot_id": lot_id,
            "name": first.name,
            "state": first.state if state is None else state[0],
        }
        yield first.shape or first.spot, properties
