"""Reports at this door: for staff alone, as tables and as files, refused by code."""

from __future__ import annotations

import msgspec
import pytest

from rafiqa.api import papershape
from rafiqa.service.reporting import REPORTS
from tests.unit.api.client import Client

KINDS = [kind for kind in REPORTS if kind != "donor"]


@pytest.mark.parametrize("path", ["", "/monthly", "/monthly/pdf", "/monthly/xlsx"])
def test_reports_are_for_staff(anybody: Client, path: str) -> None:
    answer = anybody.get(f"/api/papers{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "api.session.needed")


def test_what_can_be_asked_is_listed(staff: Client) -> None:
    answer = msgspec.json.decode(staff.get("/api/papers").content, type=papershape.Papers)
    assert [each.kind for each in answer.kinds] == list(REPORTS)
    assert answer.areas == ["H1", "H2", "H3"]
    assert answer.donors == []
    assert "J-deep" in answer.projects


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_answers_in_its_shape(staff: Client, kind: str) -> None:
    answer = staff.get(f"/api/papers/{kind}?lang=ar&to=2026-03-01")
    assert answer.status_code == 200
    told = msgspec.json.decode(answer.content, type=papershape.DrawnUp)
    assert told.kind == kind
    assert told.tables
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("suffix", "magic"), [("pdf", b"%PDF-"), ("xlsx", b"PK")])
def test_files_are_named_for_what_they_are(staff: Client, suffix: str, magic: bytes) -> None:
    query = "lang=ar&to=2026-03-01&known_at=2026-03-01"
    answer = staff.get(f"/api/papers/5w/{suffix}?{query}")
    assert answer.content.startswith(magic)
    assert answer.headers["content-disposition"] == f'attachment; filename="5w-ar.{suffix}"'
    assert staff.get(f"/api/papers/5w/{suffix}?{query}").content == answer.content


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("completion?area=nowhere", 404, "land.area.unknown"),
        ("dossier?project=nothing", 404, "service.project.unknown"),
        ("donor?donor=nobody", 404, "service.reporting.donor-unknown"),
        ("monthly?to=2150-01-01", 400, "service.reporting.future"),
        ("monthly?from=2026-03-01&to=2026-02-01", 400, "service.account.period"),
        ("rumour", 400, "service.reporting.kind"),
        ("monthly?form=a", 400, "api.query.unknown"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_refusals_by_code(staff: Client, query: str, status: int, code: str, lang: str) -> None:
    mark = "&" if "?" in query else "?"
    answer = staff.get(f"/api/papers/{query}{mark}lang={lang}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
