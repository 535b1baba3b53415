"""Claims: what a sentence says, and that nothing negated, denied or asked is told as a fact."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.study.guard import refusals
from tests.unit.study.said import rows, told

ROWS = rows()


def test_there_are_enough_adversarial_sentences_in_every_language() -> None:
    counted = Counter(language for language, _, _ in ROWS)
    assert sum(counted.values()) >= 200
    assert set(counted) == {"ar", "ckb", "kmr", "en"}
    assert min(counted.values()) >= 40
    assert len({text for _, _, text in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("language", "said", "text"), ROWS)
def test_what_a_sentence_says(language: str, said: str, text: str) -> None:
    reading, _, claims = told(text)
    assert reading.passages[0].language == language
    records = [f"{claim.event_type}/{claim.polarity}" for claim in claims.records]
    if said in {"aside", "-"}:
        assert not records
        assert bool(claims.set_aside) <= (said == "aside")
    else:
        assert said in records


@pytest.mark.parametrize(("said", "text"), [row[1:] for row in ROWS])
def test_no_hard_error(said: str, text: str) -> None:
    _, _, claims = told(text)
    facts = {claim.event_type for claim in claims.records if claim.polarity == "asserted"}
    event_type, _, polarity = said.partition("/")
    if polarity != "asserted":
        assert event_type not in facts
    if said in {"aside", "-"}:
        assert not facts
    if said != "clearance_claimed/asserted":
        assert "clearance_claimed" not in facts


@pytest.mark.parametrize("text", [row[2] for row in ROWS])
def test_the_guard_lets_through_what_the_rules_say(text: str) -> None:
    reading, context, claims = told(text)
    for claim in (*claims.records, *claims.set_aside):
        assert not refusals(reading, context, claim)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([text for _, _, text in ROWS]), min_size=1, max_size=4), st.data())
def test_any_document_of_such_sentences_is_quoted_to_the_letter(
    parts: list[str], data: st.DataObject
) -> None:
    joints = st.sampled_from([" ", "\n\n", "\u200f ", "\u00a0", "\r\n\r\n", " – "])
    text = "".join(part + data.draw(joints) for part in parts)
    reading, context, claims = told(text)
    for claim in (*claims.records, *claims.set_aside):
        assert text[claim.span.start : claim.span.end] == claim.quote
        assert claim.sentence.start <= claim.span.start < claim.span.end <= claim.sentence.end
        assert not refusals(reading, context, claim)


@given(st.text(max_size=120))
@settings(max_examples=40, deadline=None)
def test_no_text_at_all_is_too_odd(text: str) -> None:
    _, _, claims = told(text)
    for claim in (*claims.records, *claims.set_aside):
        assert text[claim.span.start : claim.span.end] == claim.quote


@pytest.mark.parametrize(
    ("text", "organisation", "role"),
    [
        ("قالت مديرية الصحة إن لغماً انفجر بسيارة في القرية.", "مديرية الصحة", "organisation"),
        ("بحسب شهود، انفجر لغم بجرار زراعي.", "شهود", "witness"),
        ("A mine injured two farmers, the municipality said.", "the municipality", "organisation"),
        ("According to residents, a mine killed a cow and a boy.", "residents", "witness"),
        (
            "شارەوانی ڕایگەیاند کە مینێک تەقییەوە و دوو منداڵ بریندار بوون.",
            "شارەوانی",
            "organisation",
        ),
        ("Li gorî şahidan, mayînek teqiya û zarokek birîndar bû.", "şahidan", "witness"),
        ("A mine injured two farmers.", None, "author"),
    ],
)
def test_whose_claim_it_is(text: str, organisation: str | None, role: str) -> None:
    reading, _, claims = told(text)
    said = claims.records[0].attribution
    span = said.organisation_span
    assert (span and reading.text[span.start : span.end]) == organisation
    assert said.speaker_role == role


def test_a_person_is_no_field_and_is_flagged_in_a_quote() -> None:
    text = "قال مدير البلدية محمد خليل إن لغماً انفجر بسيارة. أصيب أحمد حسن بانفجار لغم قرب السوق."
    reading, context, claims = told(text)
    named = [text[span.start : span.end] for span in context.names]
    assert {"محمد خليل", "أحمد حسن"} <= set(named)
    first, second = claims.records
    assert "محمد" not in first.quote
    assert first.attribution.organisation_span is not None
    span = first.attribution.organisation_span
    assert text[span.start : span.end] == "البلدية"
    assert "personal-name" in second.flags
    assert reading.text[second.span.start : second.span.end] == second.quote


def test_an_interview_has_turns_and_a_question_is_no_answer() -> None:
    text = (
        "هل أزلتم الألغام من المدينة؟\n\nنعم، أزالت فرقنا الألغام من المدينة.\n\n"
        "هل عاد السكان؟\n\nلم يعد السكان بعد إلى بيوتهم.\n"
    )
    _, _, claims = told(text)
    assert [claim.attribution.speaker_role for claim in claims.set_aside] == ["interviewer"] * 2
    cleared, returned = claims.records
    assert cleared.event_type == "clearance_claimed"
    assert cleared.attribution.speaker_role == "interviewee"
    assert cleared.attribution.interest == "self_report"
    assert "self-report" in cleared.flags
    assert (returned.event_type, returned.polarity) == ("return_of_residents", "negated")


def test_mines_that_must_go_are_there() -> None:
    _, _, claims = told("يجب إزالة الألغام المزروعة في حقول القرية.")
    assert [claim.event_type for claim in claims.records] == ["contamination_reported"]
    assert [claim.event_type for claim in claims.set_aside] == ["clearance_claimed"]


def test_a_line_that_is_wrapped_does_not_lose_its_negation() -> None:
    text = (
        "The people of the village told us again and again that the\n"
        "teams that came in the spring have not\nremoved the mines from the orchard.\n"
    )
    _, _, claims = told(text)
    assert [(claim.event_type, claim.polarity) for claim in claims.records] == [
        ("contamination_reported", "asserted")
    ]
