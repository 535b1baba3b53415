"""Help is noted of whoever is known as harmed, by who may touch their case, and of nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rafiqa.land import AccidentRecorded, Actor, AssistanceNoted
from rafiqa.ledger import IdentityErased, IdentityKept
from rafiqa.service import Office, Stamp, record_accident, report_hazard
from rafiqa.service.act import carry_out
from rafiqa.service.inquiry import note_assistance
from tests.unit.service.acts import ACTS
from tests.unit.service.ground import FIRST, INFORMATION, OPERATOR, ORIGIN, RESIDENT, new_office

HELP = AssistanceNoted("H1", "p-0017", "prosthesis", "referred", "yes", "X1")
STRANGER = Actor("information-9", "elsewhere", "information")
VICTIM = "victim_assistance"
UNKNOWN = "service.assistance.unknown-person"


@pytest.fixture
def office() -> Office:
    """A site with two accidents and a report."""
    made = new_office()
    for name in ("X1", "X2"):
        assert record_accident(made, FIRST, AccidentRecorded(name, "ordnance", ORIGIN)).done
    assert report_hazard(made, RESIDENT, ACTS["report_hazard"].fact, Stamp()).done  # type: ignore[arg-type]
    return made


def keep(
    office: Office, record: str, who: Actor = FIRST, name: str = "p-0017", purpose: str = VICTIM
) -> None:
    fact = IdentityKept(name, record, purpose, "2030-01-01")
    assert carry_out(office, who, "keep_identity", name, fact).done


def codes(office: Office, actor: Actor, fact: AssistanceNoted) -> list[str]:
    head, acted = office.store.head(), note_assistance(office, actor, fact)
    if not acted.done:
        assert office.store.head() == head
    return [each.code for each in acted.reasons]


def test_whoever_is_kept_for_that_accident_is_helped(office: Office) -> None:
    keep(office, "X1")
    assert codes(office, INFORMATION, HELP) == []
    assert codes(office, INFORMATION, replace(HELP, state="begun", accident_id=None)) == []


@pytest.mark.parametrize("record", ["X2", "S9"])
def test_somebody_of_another_accident_or_who_reported_is_not(office: Office, record: str) -> None:
    keep(office, record)
    assert codes(office, FIRST, HELP) == [UNKNOWN]


@pytest.mark.parametrize("purpose", ["reporter_contact", "ownership", "picture_original"])
def test_who_is_kept_for_something_else_was_not_harmed(office: Office, purpose: str) -> None:
    keep(office, "X1", purpose=purpose)
    assert codes(office, FIRST, HELP) == [UNKNOWN]


def test_a_pseudonym_that_the_ledger_does_not_name_is_nobody(office: Office) -> None:
    keep(office, "X1", name="p-0001")
    assert codes(office, FIRST, HELP) == [UNKNOWN]


def test_somebody_erased_is_nobody(office: Office) -> None:
    keep(office, "X1")
    erased = IdentityErased("p-0017", "consent_withdrawn")
    assert carry_out(office, FIRST, "erase_identity", "p-0017", erased).done
    assert codes(office, FIRST, HELP) == [UNKNOWN]


def test_who_was_kept_by_others_looks_like_nobody(office: Office) -> None:
    keep(office, "X1", OPERATOR)
    assert codes(office, STRANGER, HELP) == [UNKNOWN]
    # The authority may touch any case.
    assert codes(office, FIRST, HELP) == []


def test_without_a_vault_a_case_file_brings_a_pseudonym_for_one_accident(office: Office) -> None:
    assert codes(office, FIRST, HELP) == []
    assert codes(office, FIRST, replace(HELP, state="begun")) == []
    other = replace(HELP, assistance_id="H2", accident_id="X2")
    assert codes(office, FIRST, other) == [UNKNOWN]


def test_one_help_is_of_one_person(office: Office) -> None:
    assert codes(office, FIRST, HELP) == []
    other = replace(HELP, person_ref="p-0018")
    assert codes(office, FIRST, other) == ["service.assistance.other-help"]
