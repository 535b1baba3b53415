"""The description of the door: valid, whole, and every refusal it shows is one that is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from rafiqa.api import ENDPOINTS
from rafiqa.api.openapi import document
from rafiqa.api.problem import MEDIA_TYPE, Problem
from rafiqa.api.route import Endpoint
from tests.unit.api.client import Client

DOCUMENT = document(ENDPOINTS)
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
NOWHERE = {
    "delegation_id": "D-9",
    "item_id": "A-9",
    "peer_id": "nobody",
    "claim_id": "c-9",
    "document_id": "d-9",
    "page": "1",
    "report_id": "R-nothing",
    "digest": "0" * 64,
    "part": "0",
    "kind": "utility_note",
    "number": "RFQ-9",
    "layer": "x",
    "z": "3",
    "x": "1",
    "y": "1",
    "area_id": "H-9",
    "project_id": "P-9",
    "asset_id": "B-9",
    "release_id": "R-9",
    "task_id": "T-9",
    "accreditation_id": "C-9",
    "nonconformity_id": "N-9",
    "lot_id": "L-9",
    "permit_id": "M-9",
    "notice_id": "N-9",
    "lang": "xx",
    "path": "nothing.js",
    "submission_id": "uuid:nothing-1",
    "name": "a.jpg",
    "import_id": "0" * 16,
    "quarantine_id": "0" * 32,
}
JSON = "application/json"
RAW = "application/octet-stream"
BODIES = {
    "/api/delegations": b'{"login":"nobody","acts":["accept_release"],"until":"2026-04-01"}',
    "/api/session": b'{"login":"nobody","password":"wrong"}',
    "/api/people/{kind}": b'{"fields":{}}',
    "/api/federation/bundles": b'{"sha256":"' + b"0" * 64 + b'","file_name":"a.rfqx"}',
    "/api/federation/peers": b'{"name":"north","card":"{}","fingerprint":"0"}',
    "/api/federation/peers/{peer_id}/revocation": b'{"note":"stolen"}',
    "/api/federation/takeovers": b'{"peer":"north","stream":"s","item":"P1"}',
    "/api/documents": b'{"sha256":"' + b"0" * 64 + b'","file_name":"report.txt"}',
    "/api/claims/{claim_id}/review": b'{"document_id":"d","decision":"accepted"}',
    "/api/session/ticket": b'{"login":"nobody","ticket":"x","password":"long enough"}',
    "/api/areas/{area_id}/reopenings": b'{"cause":"flood","class":"cha","note":"water"}',
    "/api/measure": b'{"geometry":null}',
    "/api/measure-parts": (
        b'{"work_id":"W-9","area_id":"A-9","parts":[],"began":"2026-01-01","ended":"2026-01-02"}'
    ),
    "/api/works": (
        b'{"work_id":"W-9","area_id":"A-9","parts":[],"began":"2026-01-01","ended":"2026-01-02"}'
    ),
    "/api/cut": b'{"geometry":{},"line":[]}',
    "/api/areas": b'{"area_id":"A-9","class":"sha","outline":{}}',
    "/api/areas/{area_id}/boundary": b'{"justification":"seen","outline":{}}',
    "/api/releases/{release_id}/acceptance": b"{}",
    "/api/releases/{release_id}/rejection": b'{"note":"not yet"}',
    "/api/accreditations": (
        b'{"accreditation_id":"C-9","organisation_id":"diggers","methods":[],'
        b'"valid_until":"2036-01-01"}'
    ),
    "/api/accreditations/{accreditation_id}/end": b'{"organisation_id":"diggers","reason":"x"}',
    "/api/visits": b'{"visit_id":"V-9","organisation_id":"diggers","activity":"","work_id":"W-9"}',
    "/api/nonconformities": (
        b'{"nonconformity_id":"N-9","organisation_id":"deminers","severity":"critical",'
        b'"kind":"depth","note":"","work_id":"W-9"}'
    ),
    "/api/nonconformities/{nonconformity_id}/answer": (
        b'{"root_cause":"haste","corrective_action":"training"}'
    ),
    "/api/nonconformities/{nonconformity_id}/closure": b'{"note":"seen"}',
    "/api/papers/{kind}": (
        b'{"fields":{"works_id":"W-9","power":"cut","gas":"cut","water":"cut","voids":"no"}}'
    ),
    "/api/projects": b'{"fields":{"id":"J-9","kind":"school","depth_cm":20}}',
    "/api/queue/aside": b'{"kind":"quarantine","id":"nothing","n":1}',
    "/api/news/seen": b'{"seq":0}',
    "/api/rubble-lots/{lot_id}/state": b'{"state":"stopped"}',
    "/api/lots": b'{"lot_id":"L-9","passed":true,"from":"2026-01-01","until":"2026-01-02"}',
    "/api/lots/{lot_id}/review": (
        b'{"note":"seen","second":{"login":"second","password":"four words of rubble"}}'
    ),
    "/api/permits": (
        b'{"permit_id":"M-9","project_id":"P-9","told":[{"role":"owner","organisation":"x"}]}'
    ),
    "/api/permits/{permit_id}/end": b'{"reason":"done"}',
    "/api/notices/{notice_id}/acknowledgements": b'{"role":"crew_lead"}',
    "/api/area-notices": (
        b'{"notice_id":"A-9","kind":"works","place_id":"nowhere","from":"2026-01-01",'
        b'"until":"2026-01-02"}'
    ),
    "/api/archive": (
        b'{"archive_id":"M-9","subject":"place","subject_id":"nowhere","moment":"before",'
        b'"taken_on":"2024-01-01","purpose":"remembrance","credit":"x","consent_ref":"y"}'
    ),
    "/api/public-items/{item_id}/decision": b'{"decision":"approved"}',
    "/api/releases": b'{"work_id":"W-9","part_ids":["P-9"]}',
}


def refusals() -> Iterator[tuple[Endpoint, int, dict[str, Any]]]:
    for row in ENDPOINTS:
        responses = DOCUMENT["paths"][row.open_path][row.method.lower()]["responses"]
        for status, response in responses.items():
            if status.isdigit() and int(status) >= 400:
                yield row, int(status), response["content"][MEDIA_TYPE]["example"]


REFUSALS = list(refusals())


def test_it_is_an_openapi_document() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert set(DOCUMENT["info"]) >= {"title", "version"}
    for path, item in DOCUMENT["paths"].items():
        assert path.startswith("/")
        assert set(item) <= METHODS
        for operation in item.values():
            names = [(each["in"], each["name"]) for each in operation["parameters"]]
            assert len(names) == len(set(names)), path
            assert all(each["required"] for each in operation["parameters"] if each["in"] == "path")
            for status, response in operation["responses"].items():
                assert status == "default" or 200 <= int(status) < 600
                assert response["description"], (path, status)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    used = set(references(DOCUMENT))
    assert used
    assert {reference.removeprefix("#/components/schemas/") for reference in used} <= set(schemas)


def test_every_operation_shows_a_refusal_with_its_words() -> None:
    shown = {(row.open_path, row.method) for row, _, _ in REFUSALS}
    assert shown == {(row.open_path, row.method) for row in ENDPOINTS}
    for row, status, example in REFUSALS:
        told = msgspec.convert(example, Problem)
        assert told.status == status
        assert told.type == f"urn:rafiqa:problem:{told.code}"
        assert "{" not in told.detail + (told.faults[0].next or ""), row.open_path
        assert told.detail != told.code, "a refusal without words"
        assert told.faults[0].next, "a refusal that does not say what to do"


# 503 takes a disk that is really full: tests/fault/test_full_disk.py has one. 409 takes a
# certificate out of force: tests/unit/api/test_certificate.py has one; or a proposal that has
# changed since it was shown: tests/unit/api/test_queuedesk.py has that.
PROVOKED = [each for each in REFUSALS if each[1] not in {409, 429, 500, 503}]


@pytest.mark.parametrize(
    ("row", "status", "example"),
    PROVOKED,
    ids=[f"{row.method} {row.open_path} {status}" for row, status, _ in PROVOKED],
)
def test_every_refusal_shown_is_given(
    row: Endpoint, status: int, example: dict[str, Any], anybody: Client, staff: Client
) -> None:
    path = row.open_path
    for name in row.placeholders:
        path = path.replace(f"{{{name}}}", NOWHERE[name])
    headers = {"X-Rafiqa": "desk", "Content-Type": RAW if row.raw else JSON}
    body: dict[str, Any] = {"content": BODIES.get(row.open_path, b"")}
    of_staff = {"number", "permit_id", "release_id", "task_id"}
    for_staff = row.method != "GET" or of_staff & {*row.placeholders}
    judged = row.open_path.endswith("/residual") or "/documents" in row.open_path
    client = staff if status in {404, 422} and (for_staff or judged) else anybody
    if status == 400:
        path += "?valid=1"
    elif status == 403:
        del headers["X-Rafiqa"]
    elif status == 413:
        body = {"content": b" " * (1024 * 1024 + 1)}
    elif status == 415:
        headers["Content-Type"] = "text/plain"
    answer = client.send(row.method, path, headers=headers, **({} if row.takes is None else body))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    told = msgspec.json.decode(answer.content, type=Problem)
    assert told.code == example["code"]


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/apix",
        "/nothing",
        "/api/areas/",
        "/api/areas/%00",
        "/api/projects/%ff",
        "/static/",
        "/static/%00",
        "/static/..%2f..%2fapp.py",
        "/tiles",
        "/tiles/buildings/a/1/1.mvt",
        "/tiles/buildings/99999999999999999999/1/1.mvt",
        "/api/catalogue/..%2f..%2fsecrets.json",
        "/favicon.ico",
    ],
)
def test_what_is_not_there_is_not_found(path: str, anybody: Client) -> None:
    answer = anybody.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert msgspec.json.decode(answer.content, type=Problem).status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_is_not_there_is_a_problem_too(method: str, anybody: Client) -> None:
    answer = anybody.send(method, "/api/site")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == MEDIA_TYPE
