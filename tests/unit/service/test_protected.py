"""Memorials and heritage on record keep out demolition until the body named for them consents."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from rafiqa.geo import GridShape
from rafiqa.land import Actor
from rafiqa.recovery import LayerRegistered, ProjectRegistered, ProtectionConsented
from rafiqa.service import (
    Acted,
    Office,
    gate_of,
    put_on_record,
    register_layer,
    register_project,
)
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder
from rafiqa.service.permitting import permits_of
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import ENGINEER, FIRST, square
from tests.unit.service.stages import office_for

BODY = Actor("keeper-1", "antiquities", "authority")
CONSENT = ProtectionConsented("J7", "S7", True, "antiquities", "A-12/26")


def codes(acted: Acted) -> list[str]:
    return [reason.code for reason in acted.reasons]


def protect(office: Office, shape: GridShape | shapely.Geometry, body: str | None) -> None:
    geometry = shape.geometry if isinstance(shape, GridShape) else shape
    lonlat = office.frame.shapes_to_lonlat(np.array([geometry], dtype=object))
    named: dict[str, list[str | None]] = {
        "name": ["Old mill"],
        "protected": ["heritage"],
        "organisation_id": [body],
    }
    fact = LayerRegistered("sites", "protected-sites", "", 0)
    assert register_layer(office, ENGINEER, fact, (["S7"], lonlat, named)).done


def plan(office: Office, kind: str, shape: GridShape) -> ProjectRegistered:
    works = ProjectRegistered("J7", "Works", kind, shape, 0, protected="none")
    assert register_project(office, ENGINEER, works).done
    return works


def told(office: Office, works: ProjectRegistered) -> list[tuple[str, str]]:
    gates = gate_of(office, works).gates
    return [
        (gate.outcome, gate.code.removeprefix("gate.registration."))
        for gate in gates
        if ".site-" in gate.code
    ]


@pytest.mark.parametrize("kind", ["demolition", "rubble_removal"])
def test_demolition_is_closed_whatever_the_sheet_says_until_the_body_named_consents(
    at_stage: OfficeAt, kind: str
) -> None:
    office = at_stage("site")
    works = plan(office, kind, square(0, 0, 20))
    assert told(office, works) == []
    protect(office, square(10, 10, 20), BODY.organisation_id)
    assert told(office, works) == [("closed", "site-protected")]
    for actor, fact in (
        (FIRST, CONSENT),
        (FIRST, ProtectionConsented("J7", "S7", True, FIRST.organisation_id)),
    ):
        assert codes(put_on_record(office, actor, fact)) == ["service.site.not-its-body"]
    unknown = ProtectionConsented("J7", "S8", True, "antiquities")
    assert codes(put_on_record(office, BODY, unknown)) == ["service.site.protected-unknown"]
    assert told(office, works) == [("closed", "site-protected")]
    assert put_on_record(office, BODY, CONSENT).done
    assert told(office, works) == [("conditions", "site-consented")]
    # Of other ground it says nothing.
    wider = plan(office, kind, square(0, 0, 40))
    assert told(office, wider) == [("closed", "site-protected")]
    refusal = ProtectionConsented("J7", "S7", False, "antiquities")
    assert put_on_record(office, BODY, refusal).done
    assert told(office, wider) == [("closed", "site-refused")]


def test_other_works_get_a_condition_and_a_site_without_a_body_no_consent(
    at_stage: OfficeAt,
) -> None:
    office = at_stage("site")
    protect(office, shapely.Point(20_900, 10_000), None)
    assert told(office, plan(office, "school", square(0, 0, 20))) == [
        ("conditions", "site-touched")
    ]
    assert told(office, plan(office, "demolition", square(0, 0, 20))) == [
        ("closed", "site-unnamed")
    ]
    assert codes(put_on_record(office, BODY, CONSENT)) == ["service.site.not-its-body"]
    assert told(office, plan(office, "demolition", square(0, 0, 19))) == []


def test_a_layer_of_sites_stops_what_was_permitted_there(
    at_stage: OfficeAt, tmp_path: Path
) -> None:
    office = office_for("permitted", at_stage, tmp_path)
    states = {each.standing.state for each in permits_of(office)}
    assert states == {"in_force"}
    protect(office, square(20, 20, 20), "antiquities")
    (stopped,) = permits_of(office)
    assert stopped.standing.state == "stopped"


def test_the_layer_comes_in_by_file(at_stage: OfficeAt, tmp_path: Path) -> None:
    office = at_stage("site")
    place = office.frame.to_lonlat(square(0, 0, 20)).geometry
    row = {
        "type": "Feature",
        "properties": {"id": "S7", "kind": "memorial", "authority": "antiquities"},
        "geometry": shapely.geometry.mapping(place),
    }
    file = tmp_path / "sites.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    report = import_file(office, FIRST, IntakeOrder(file, "protected-sites"))
    assert (report.accepted, report.refused) == (1, [])
    works = plan(office, "demolition", square(0, 0, 20))
    (gate,) = (gate for gate in gate_of(office, works).gates if ".site-" in gate.code)
    assert (gate.params["protected"], gate.params["authority"]) == ("memorial", "antiquities")
