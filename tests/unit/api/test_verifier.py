"""The verifier's page: its own policy and permissions, and the lists of the office inside it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from rafiqa.api.guard import CONTENT_POLICY
from rafiqa.api.verifier import given_lists, policy_of
from rafiqa.ledger.qrtext import STATUS_LIST, TRUST_LIST, bytes_of
from rafiqa.ledger.trustlist import trust_list_bytes
from rafiqa.service.certifying import STATUS_SETTING, TRUST_SETTING
from tests.papers import TRUST, signer, status_list
from tests.unit.api.client import Client
from tests.unit.service.ground import new_office

GIVEN = re.compile(r'<script type="application/json" id="given">(.*?)</script>')
SCRIPTS = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def test_the_page_has_a_policy_of_its_own_and_nothing_more(anybody: Client) -> None:
    answer = anybody.get("/verify")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    (script,) = SCRIPTS.findall(answer.text)
    expected = b64encode(sha256(script.encode()).digest()).decode()
    assert rules["script-src"] == f"'sha256-{expected}'"
    assert rules["style-src"].startswith("'sha256-")
    assert rules["default-src"] == rules["form-action"] == rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
    assert "connect-src" not in policy, "it asks nobody"
    assert answer.headers["permissions-policy"] == (
        "camera=(self), microphone=(), geolocation=(self), payment=(), usb=()"
    )
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_other_answer_has_a_camera_or_that_policy(anybody: Client) -> None:
    for path in ("/", "/health", "/api/site", "/static/verify.html", "/verify/more"):
        headers = anybody.get(path).headers
        assert headers["content-security-policy"] == CONTENT_POLICY
        assert "camera=()" in headers["permissions-policy"]


def test_the_policy_in_the_file_lets_in_the_same_script(anybody: Client) -> None:
    """A copy that was saved has no server to send its policy."""
    text = anybody.get("/verify").text
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert found
    sent = policy_of(text.encode())
    for rule in ("default-src", "script-src", "style-src", "img-src"):
        pattern = re.compile(rf"{rule} ([^;]+)")
        assert pattern.findall(found[1]) == pattern.findall(sent)


def test_without_lists_none_are_given(anybody: Client) -> None:
    (given,) = GIVEN.findall(anybody.get("/verify").text)
    assert json.loads(given) == {}


def test_the_lists_of_the_store_are_given() -> None:
    office = new_office()
    store = office.store
    trust = trust_list_bytes(TRUST, (signer("root-a"), signer("root-b")))
    store.put_setting(TRUST_SETTING, trust)
    assert given_lists(office).keys() == {"trust"}
    store.put_setting(STATUS_SETTING, status_list())
    given = given_lists(office)
    assert bytes_of(given["trust"], TRUST_LIST) == trust
    assert bytes_of(given["status"], STATUS_LIST) == status_list()
    assert not set(json.dumps(given)) & set("<>&\\")


def test_without_the_web_build_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anybody: Client
) -> None:
    monkeypatch.setattr("rafiqa.api.page.static_folder", lambda: tmp_path / "none")
    answer = anybody.get("/verify")
    assert answer.status_code == 503
    assert "<script" not in answer.text
