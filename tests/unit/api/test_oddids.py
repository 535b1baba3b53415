"""Ids of odd letters: each address that is built of one leads back to it and nowhere else."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from starlette.applications import Starlette

from rafiqa.land import AreaRecorded, EvidenceRecorded
from rafiqa.service import Office, declare_area, record_evidence
from tests.city import FIRST, box, spot
from tests.unit.api.client import Client

ODD = ["a b", "50%41", "a?x=1&y=2#z", "../H1", "منطقة 7", 'q"><i>', "a+b;c", "javascript:alert(1)"]


@pytest.fixture
def staff(own_city: Office, own_app: Starlette) -> Client:
    for number, odd in enumerate(ODD):
        east = 400 + 60 * number
        seen = EvidenceRecorded(f"E-odd-{number}", "eo_seen", "visual", spot(own_city, east + 5, 5))
        area = AreaRecorded(
            odd, "sha", box(east, 0, east + 50, 50), "Odd", (seen.evidence_id,), Decimal(100)
        )
        assert record_evidence(own_city, FIRST, seen).done
        assert declare_area(own_city, FIRST, area).done
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    return client


def test_an_id_of_odd_letters_leads_back_to_itself(staff: Client) -> None:
    items = staff.get("/ogc/collections/areas/items?f=json&limit=1000").json()["features"]
    assert {each["id"] for each in items} >= set(ODD)
    page = staff.get("/ogc/collections/areas/items?f=html&limit=1000").text
    listed = [address for address in re.findall(r'href="([^"]+)"', page) if "/items/" in address]
    assert all(re.fullmatch(r"[\w\-.~%/?&;=:]+", each, re.ASCII) for each in listed), listed
    found = {}
    for address in listed:
        path = re.sub(r"^https?://[^/]+|\?.*$", "", address)
        answer = staff.get(f"{path}?f=json")
        assert answer.status_code == 200, path
        told = answer.json()
        found[told["id"]] = next(each["href"] for each in told["links"] if each["rel"] == "self")
    assert set(found) >= set(ODD)
    for odd in ODD:
        own = re.sub(r"^https?://[^/]+", "", found[odd])
        assert own.isascii()
        assert staff.get(own).json()["id"] == odd
