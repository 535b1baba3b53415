"""Certificates at the door: everybody sees numbers and where each stands, staff get the paper."""

from __future__ import annotations

from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest

from rafiqa.land import CertificateMoved, LandReopened
from rafiqa.service import (
    Office,
    issue_certificate,
    kept_certificate,
    move_certificate,
    reopen_land,
)
from tests.city import FIRST, SECOND
from tests.unit.api.client import Client
from tests.unit.service.certifying import papers_keys

KEYS = papers_keys()
AREA = "H1"


def issued(office: Office, area_id: str) -> str:
    made = issue_certificate(office, KEYS, FIRST, "release", area_id)
    assert made.acted.done, made.acted.reasons
    assert kept_certificate(office, KEYS, str(made.number)) is not None
    return str(made.number)


def listed(client: Client) -> list[dict[str, Any]]:
    certificates: list[dict[str, Any]] = client.get(f"/api/areas/{AREA}").json()["certificates"]
    return certificates


def test_an_area_without_certificates_lists_none(own_app: Any) -> None:
    assert listed(Client(own_app)) == []


def test_everybody_sees_where_it_stands_and_staff_get_the_paper(
    own_city: Office, own_app: Any
) -> None:
    number = issued(own_city, AREA)
    anybody, staff = Client(own_app), Client(own_app, address="192.0.2.8")
    assert staff.sign_in("first").status_code == 200
    for client in (anybody, staff):
        (row,) = listed(client)
        assert (row["number"], row["kind"], row["state"]) == (number, "release", "in-force")
    path = f"/api/certificates/{number}/paper"
    refused = anybody.get(path)
    assert (refused.status_code, refused.json()["code"]) == (401, "api.session.needed")
    answer = staff.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    document = pypdfium2.PdfDocument(answer.content)
    assert number in document[0].get_textpage().get_text_bounded()
    document.close()


def test_no_paper_of_what_is_out_of_force(own_city: Office, own_app: Any) -> None:
    number = issued(own_city, AREA)
    staff = Client(own_app)
    assert staff.sign_in("second").status_code == 200
    path = f"/api/certificates/{number}/paper"
    moved = CertificateMoved(number, "suspended", "canary-words-of-the-authority")
    assert move_certificate(own_city, FIRST, moved).done
    refused = staff.get(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "api.certificate.not-in-force")
    assert listed(staff)[0]["state"] == "suspended"
    again = CertificateMoved(number, "reinstated", "looked")
    assert move_certificate(own_city, SECOND, again).done
    assert staff.get(path).status_code == 200
    shape = own_city.register().areas[AREA].outline
    assert reopen_land(own_city, FIRST, LandReopened("O9", shape, "missed_item")).done
    assert staff.get(path).status_code == 409
    assert listed(staff)[0]["state"] == "reopened"
    # As known before, it stood.
    assert "canary-words-of-the-authority" not in Client(own_app).get(f"/api/areas/{AREA}").text


@pytest.mark.parametrize("number", ["RFQ-0", "..%2F..", "x" * 300])
def test_a_number_that_is_not_on_record_is_not_found(own_app: Any, number: str) -> None:
    staff = Client(own_app)
    assert staff.sign_in("first").status_code == 200
    assert staff.get(f"/api/certificates/{number}/paper").status_code == 404
