"""An operator acts within its own tasks: another's is not moved, reported on or answered for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.land import Actor, NonconformityAnswered, StageMoved, WorkedPart, WorkReported
from rafiqa.service import Office, answer_nonconformity, move_task, report_work
from rafiqa.service.permit import Facts, allow
from rafiqa.service.scope import areas_seen, organisations_in, owners_of
from tests.city import FIRST, OPERATOR, box, small_city

OTHER = Actor("person-31", "others", "operator")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = small_city(tmp_path_factory.mktemp("scope"))
    yield office
    office.store.close()


def test_another_s_task_is_not_moved_nor_reported_on(city: Office) -> None:
    head = city.store.head()
    part = WorkedPart("P9", "cleared", box(0, 0, 5, 5), "manual", 30)
    acts = (
        move_task(city, OTHER, StageMoved("T-1", "in_progress")),
        report_work(city, OTHER, WorkReported("W9", "H1", "others", (part,), task_id="T-1")),
    )
    for acted in acts:
        assert "service.permit.organisation" in [each.code for each in acted.reasons]
    for_others = WorkReported("W9", "H1", "others", (part,), task_id="T-1")
    acted = report_work(city, OPERATOR, for_others)
    assert [each.code for each in acted.reasons] == ["land.work.other-organisation"]
    assert city.store.head() == head


def test_what_is_not_there_is_nobody_else_s(city: Office) -> None:
    """The rules of the land say so, and no permit tells another organisation's from it."""
    unknown = NonconformityAnswered("N-none", "haste", "training")
    acted = answer_nonconformity(city, OTHER, unknown)
    assert [each.code for each in acted.reasons] == ["land.nonconformity.unknown"]
    register = city.register()
    assert owners_of(register, StageMoved("T-none", "in_progress")) is None
    assert owners_of(register, StageMoved("T-1", "in_progress")) == frozenset({"deminers"})


def test_a_report_that_nobody_ordered_opens_no_dossier(tmp_path: Path) -> None:
    own = small_city(tmp_path)
    part = WorkedPart("P9", "cleared", box(61, 1, 65, 5), "manual", 30)
    assert areas_seen(own, own.register(), OTHER) == frozenset()
    acted = report_work(own, OTHER, WorkReported("W9", "H1", "others", (part,)))
    assert acted.done, acted.reasons
    register = own.register()
    assert organisations_in(register, "H1") == {"deminers", "others"}
    assert areas_seen(own, register, OTHER) == frozenset()
    assert "H1" in areas_seen(own, register, OPERATOR), "nor does it close the other's own"
    own.store.close()


def test_who_acts_for_the_authority_sees_all_and_does_no_more_for_it(city: Office) -> None:
    known = Facts(frozenset({"deminers"}), authority_id=city.site.authority_id)
    surveyor = Actor("person-32", FIRST.organisation_id, "surveyor")
    assert allow(surveyor, "see_work", known).allowed
    assert not allow(surveyor, "report_work", known).allowed
