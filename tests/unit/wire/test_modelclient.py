"""A model behind a loopback address: asked once, believed in nothing; a scripted server answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.service.studying import StudiedText, study
from rafiqa.wire.modelclient import ModelServer, ask, server_of

TEXT = (
    "Teams removed twelve shells from the school. The road has not been cleared of mines. "
    "Did the families return?"
)
DOCUMENT = StudiedText(TEXT, "0" * 64)
Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


class Scripted:
    """A server that answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Answer = lambda _: (200, b"")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append({"path": self.path, **body})
                outer.headers.append(dict(self.headers))
                status, content = outer.answer(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.model = ModelServer(f"http://127.0.0.1:{self.server.server_port}", "tiny", "hush")

    def says(self, claims: object, status: int = 200) -> None:
        content = claims if isinstance(claims, str) else json.dumps({"claims": claims})
        body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
        self.answer = lambda _: (status, body)


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.server.shutdown()
    server.server.server_close()


def item(clause: int, event_type: str, polarity: str, last: int | None = None) -> dict[str, Any]:
    return {
        "clause_from": clause,
        "clause_to": clause if last is None else last,
        "event_type": event_type,
        "polarity": polarity,
    }


def test_with_a_model_the_rules_say_the_same_and_it_is_shown_apart(scripted: Scripted) -> None:
    scripted.says([item(0, "clearance_claimed", "asserted")])
    alone, beside = study(DOCUMENT), study(DOCUMENT, server=scripted.model)
    assert (alone.records, alone.set_aside) == (beside.records, beside.set_aside)
    assert alone.model is None
    assert beside.model is not None
    (claim,) = beside.model.claims
    assert claim.producer == "llm"
    assert TEXT[claim.span.start : claim.span.end] == claim.quote
    sent = scripted.asked[0]
    assert sent["path"] == "/v1/chat/completions"
    assert sent["response_format"]["type"] == "json_schema"
    assert "0: Teams removed twelve shells" in sent["messages"][1]["content"]
    assert scripted.headers[0]["Authorization"] == "Bearer hush"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ([item(1, "clearance_claimed", "asserted")], "clearance-unfounded"),
        ([item(1, "contamination_reported", "negated")], "polarity-other"),
        ([item(2, "return_of_residents", "asserted")], "polarity-other"),
        ([item(0, "accident", "question")], "polarity-other"),
        ([item(0, "clearance_claimed", "asserted", 1)], "clauses-of-two-sentences"),
        ([item(9, "accident", "asserted")], "clause-unknown"),
        ([item(-1, "accident", "asserted")], "clause-unknown"),
        ([item(0, "all_is_well", "asserted")], "code-unknown"),
        ([{"clause_from": True, "clause_to": "0"}], "clause-unknown"),
        (["the bridge is fine"], "answer-malformed"),
        ("no JSON at all", "answer-malformed"),
        ('{"claims": 7}', "answer-malformed"),
    ],
)
def test_what_a_model_may_not_say(scripted: Scripted, claims: object, reason: str) -> None:
    scripted.says(claims)
    found = study(DOCUMENT, server=scripted.model)
    assert found.model is not None
    assert not found.model.claims
    assert reason in dict(found.model.refused)


def test_a_server_that_takes_no_schema_is_asked_without(scripted: Scripted) -> None:
    good = json.dumps({"choices": [{"message": {"content": '{"claims": []}'}}]}).encode()
    scripted.answer = lambda body: (400, b"") if "response_format" in body else (200, good)
    told = ask(scripted.model, "a", "b", {})
    assert not told.held
    assert told.answer == {"claims": []}
    assert len(scripted.asked) == 2


def test_a_server_that_fails_or_is_not_there_is_named(scripted: Scripted) -> None:
    scripted.answer = lambda _: (503, b"")
    with pytest.raises(InvalidInput) as failed:
        ask(scripted.model, "a", "b", {})
    assert failed.value.faults[0].code == "wire.model.failed"
    with pytest.raises(InvalidInput) as gone:
        ask(ModelServer("http://127.0.0.1:9", "tiny"), "a", "b", {})
    assert gone.value.faults[0].code == "wire.model.unreachable"


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"RAFIQA_MODEL_URL": "http://192.0.2.7:80"}, "wire.model.remote"),
        ({"RAFIQA_MODEL_URL": "http://model.example"}, "wire.model.remote"),
        ({"RAFIQA_MODEL_URL": "http://localhost.example"}, "wire.model.remote"),
        ({"RAFIQA_MODEL_URL": "http://127.0.0.1@192.0.2.7/"}, "wire.model.url"),
        ({"RAFIQA_MODEL_URL": "file:///etc/passwd"}, "wire.model.url"),
        ({"RAFIQA_MODEL_URL": "http://127.0.0.1:99999"}, "wire.model.url"),
    ],
)
def test_documents_stay_on_this_machine(environment: dict[str, str], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        server_of(environment)
    assert refused.value.faults[0].code == code


def test_where_a_model_is() -> None:
    assert server_of({}) is None
    for url in ("http://localhost:8080", "http://127.0.0.1:8080/v1", "http://[::1]:8080"):
        assert server_of({"RAFIQA_MODEL_URL": url, "RAFIQA_MODEL": "m"}) == ModelServer(url, "m")
    allowed = {"RAFIQA_MODEL_URL": "http://192.0.2.7:80", "RAFIQA_MODEL_REMOTE": "yes"}
    assert server_of(allowed) is not None
