"""Forms that name somebody, whatever is in them: cut, kept, and never refused for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.service import Sent, receive
from rafiqa.service.submission import filled_of
from rafiqa.service.submissionsealing import JSON
from rafiqa.wire.cutting import cut_by_name, cut_json, cut_xml
from tests.unit.service.ground import OPERATOR
from tests.unit.service.safes import PLACED, Safe, safe_at

HEAD = b'{"form_id":"rafiqa_accident","values":{"kind":"mine","geometry":"34.9 38.55 0 5",'
NAMED = b'"phone":"canary 077"'


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (b'"words":"a\\ud800b"', ("words", "a?b")),
        (b'"wo\\udfffrds":"a"', ("wo?rds", "a")),
        (b'"n":1e999', ("n", "Infinity")),
        (b'"n":123456789012345678901234567890', ("n", "123456789012345678901234567890")),
        (b'"n":1.10', ("n", "1.1")),
    ],
)
def test_an_odd_letter_or_number_beside_a_name_is_kept_and_read_again(
    safe: Safe, odd: bytes, said: tuple[str, str]
) -> None:
    sent = Sent(HEAD + odd + b"," + NAMED + b"}}", JSON, "odd")
    assert receive(safe.office, OPERATOR, sent).acted.done
    assert b"canary" not in safe.ledger()
    fact = safe.office.fieldbook().stories["odd"].fact
    assert said in filled_of(fact).leaves
    assert len(safe.office.register().reports) == 1
    assert receive(safe.office, OPERATOR, sent).acted.already


def test_numbers_and_line_ends_stand_as_they_were_written() -> None:
    cut = cut_by_name({"phone"})
    written, n_cut = cut_json(b'{"values":{"a":1.10,"b":1e999,"phone":"x"}}', cut)
    assert (written, n_cut) == ('{"values":{"a":1.10,"b":1e999,"phone":null}}', 1)
    told, _ = cut_xml(b"<d><a>x&#13;y</a><phone>z</phone></d>", cut)
    assert told == "<d><a>x&#13;y</a><phone></phone></d>"


@pytest.mark.parametrize(
    "values",
    [
        {"victims": [[{"full_name": "canary"}]]},
        {"victim_identity": {"a": {"b": {"first": "canary"}}}},
        {"Full_Name": "canary"},
        {"phone": "0", "meta": {"instanceName": "canary 2026"}},
        {"phone": "0", "g": {"type": "Point", "coordinates": [38, 34], "whose": "canary"}},
        {"victim_identity": [{"type": "Point", "coordinates": [38, 34], "whose": "canary"}]},
        {"g": {"type": "Point", "coordinates": [38, 34], "full_name": "canary"}},
        {"parts": [{"full_name": "canary"}, "words"]},
    ],
)
def test_json_names_nobody_however_deep_it_says_it(safe: Safe, values: dict[str, object]) -> None:
    body = {"form_id": "f", "values": {"kind": "mine", **values}}
    sent = Sent(json.dumps(body).encode(), JSON, "deep")
    assert receive(safe.office, OPERATOR, sent).acted.done
    assert b"canary" not in safe.ledger()


def test_keys_beside_the_answers_stay_behind(safe: Safe) -> None:
    body = {"form_id": "f", "values": {"phone": "0"}, "reporter": "canary", "told_at": "now"}
    assert receive(safe.office, OPERATOR, Sent(json.dumps(body).encode(), JSON, "top")).acted.done
    assert b"canary" not in safe.ledger()
    assert safe.office.fieldbook().stories["top"].fact.told_at == "now"


@pytest.mark.parametrize(
    "inner",
    [
        "<full_name of='canary'>x</full_name>",
        "<full_name of='canary'/>",
        "<full_name>canary</full_name><meta><instanceName>canary 2026</instanceName></meta>",
        "<victim_identity><name><first>canary</first></name></victim_identity>",
        "<Full_Name>canary</Full_Name>",
        "<other of='canary'>x</other><full_name>x</full_name>",
    ],
)
def test_xml_names_nobody_however_it_says_it(safe: Safe, inner: str) -> None:
    form = f'<data id="f" version="1"><kind>mine</kind>{inner}</data>'
    assert receive(safe.office, OPERATOR, Sent(form.encode())).acted.done
    assert b"canary" not in safe.ledger()


def test_what_cannot_be_cut_as_it_is_meant_warns_and_stays_on_the_phone(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(content: bytes, cut: object) -> tuple[str, int]:
        text, n_cut = cut_xml(content, cut)  # type: ignore[arg-type]
        return text.replace("injured", "unhurt"), n_cut

    monkeypatch.setattr("rafiqa.service.submissionsealing.cut_xml", losing)
    with pytest.raises(StoreError, match=r"service\.vault\.cut"):
        receive(safe.office, OPERATOR, Sent(PLACED))
    assert not safe.office.fieldbook().stories
    assert len(safe.office.register().reports) == 1
    assert b"Canary" not in safe.ledger()


def test_what_can_be_read_and_not_written_down_warns_and_is_kept_aside(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> object:
        raise InvalidInput(Fault("wire.json.half-letter"))

    monkeypatch.setattr("rafiqa.service.submission.sealed_submission", refusing)
    for _ in range(2):
        with pytest.raises(InvalidInput):
            receive(safe.office, OPERATOR, Sent(PLACED))
    (kept,) = safe.office.store.quarantined()
    assert kept.original == PLACED
    assert len(safe.office.register().reports) == 1
