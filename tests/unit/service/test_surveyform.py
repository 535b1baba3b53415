"""A survey of a community from a phone: its hazard is on the map before anybody reviewed it."""

from __future__ import annotations

from typing import Any

import pytest

from rafiqa.ledger import SubmissionReviewed
from rafiqa.service import Office, reports_waiting, review_submission
from rafiqa.service.community import surveys_on_record
from tests.unit.service.fieldforms import filled, give_out, take
from tests.unit.service.ground import INFORMATION, OPERATOR, office_at

TOLD = {
    "surveyed_on": "2026-03-01",
    "community": "Mill",
    "geometry": "34.9001 38.5501 0 20",
    "contaminated": "yes",
    "blockages": "housing water",
    "coping": "go_in",
    "note": "words that stay in the form",
}


@pytest.fixture
def office() -> Office:
    office = office_at("task")
    give_out(office, "community_impact")
    return office


def sent(office: Office, number: int, **changed: Any) -> None:
    told = {**TOLD, "id": f"C{number}", **changed}
    told = {name: value for name, value in told.items() if value is not None}
    take(office, filled("community_impact", f"uuid:{number}", told, {}), OPERATOR)


def waiting(office: Office) -> list[Any]:
    return list(reports_waiting(office))


def accepted(office: Office, number: int) -> list[str]:
    fact = SubmissionReviewed(f"uuid:{number}", "accepted")
    return [reason.code for reason in review_submission(office, INFORMATION, fact).reasons]


@pytest.mark.parametrize(("contaminated", "n_signs"), [("yes", 1), ("unknown", 1), (None, 1)])
def test_its_hazard_waits_for_an_answer_before_and_after_its_review(
    office: Office, contaminated: str | None, n_signs: int
) -> None:
    sent(office, 1, contaminated=contaminated)
    assert len(waiting(office)) == n_signs
    codes = accepted(office, 1)
    assert codes == ([] if contaminated else ["dictionary.field.missing"])
    assert len(waiting(office)) == n_signs, "one sign, whoever reviewed it"
    assert len(surveys_on_record(office)) == (1 if contaminated else 0)


def test_what_it_says_stands_as_a_fact_without_its_free_words(office: Office) -> None:
    sent(office, 1)
    assert accepted(office, 1) == []
    ((record, fact),) = surveys_on_record(office)
    assert (fact.survey_id, fact.community, fact.blockages) == ("C1", "Mill", ("housing", "water"))
    assert (fact.organisation_id, fact.accuracy_m) == (OPERATOR.organisation_id, 20)
    assert record.actor == INFORMATION
    assert "words" not in repr(fact)


def test_who_says_no_and_tells_of_nothing_puts_no_sign_on_the_map(office: Office) -> None:
    sent(office, 1, contaminated="no", blockages="none")
    assert waiting(office) == []
    assert accepted(office, 1) == []
    assert waiting(office) == []


def test_a_survey_without_a_place_reports_its_hazard_when_it_is_reviewed(office: Office) -> None:
    sent(office, 1, geometry=None)
    assert accepted(office, 1) == []
    assert len(waiting(office)) == 1
