"""The verbs of quality: what is refused, with every reason, and what a stop does to a gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rafiqa.land import (
    AccreditationEnded,
    AccreditationGranted,
    Actor,
    Finding,
    LotInspected,
    NonconformityClosed,
    TaskOrdered,
    WorkedPart,
)
from rafiqa.recovery import LayerRegistered, ProjectRegistered
from rafiqa.service import (
    Acted,
    AssetShelf,
    Office,
    answer_nonconformity,
    ask_account,
    ask_point,
    close_nonconformity,
    end_accreditation,
    gate_layers,
    gate_of,
    grant_accreditation,
    inspect_lot,
    order_work,
    raise_nonconformity,
    record_qa_visit,
    register_layer,
    report_work,
    review_lot,
)
from rafiqa.service.exporting import exported
from rafiqa.service.gateall import gate_everything
from tests.unit.service.acts import ANSWERED, ENDED, GRANT, QC_LOT, RAISED, REVIEW, VISIT
from tests.unit.service.ground import (
    ENGINEER,
    FIRST,
    INSPECTOR,
    OPERATOR,
    SECOND,
    START_US,
    office_at,
    spot_in,
    square,
    work,
)

FAILED = replace(QC_LOT, lot_id="L9", passed=False, part_ids=("P9",), inspected_id="clearance-co")
OWN = Actor("inspector-9", "clearance-co", "quality")
Case = tuple[str, str, Callable[[Office], Acted], list[str]]
CASES: list[Case] = [
    (
        "work ordered from somebody without an accreditation",
        "area",
        lambda o: order_work(o, FIRST, TaskOrdered("T1", "A1", "strangers", ("manual",))),
        ["land.accreditation.missing"],
    ),
    (
        "work ordered by a method that they are not accredited for",
        "area",
        lambda o: order_work(o, FIRST, TaskOrdered("T1", "A1", "clearance-co", ("animal",))),
        ["land.accreditation.method"],
    ),
    (
        "an accreditation of nothing, that ends first, under a taken id",
        "site",
        lambda o: grant_accreditation(
            o, FIRST, AccreditationGranted("C0", "x", (), START_US, START_US - 1)
        ),
        [
            "land.accreditation.method-missing",
            "land.accreditation.ends-before-it-begins",
            "land.accreditation.id-twice",
        ],
    ),
    (
        "an unknown accreditation ended without a word",
        "site",
        lambda o: end_accreditation(o, FIRST, AccreditationEnded("C0", "diggers", " ")),
        ["land.accreditation.unknown", "land.accreditation.reason-missing"],
    ),
    (
        "a visit to nothing by oneself",
        "site",
        lambda o: record_qa_visit(o, OWN, replace(VISIT, activity=" ", work_id="W9")),
        [
            "land.work.unknown",
            "land.task.unknown",
            "land.visit.activity-missing",
            "land.visit.own-organisation",
        ],
    ),
    (
        "a nonconformity of nothing, without a word",
        "site",
        lambda o: raise_nonconformity(o, INSPECTOR, replace(RAISED, work_id=None, note="")),
        ["land.nonconformity.about-nothing", "land.nonconformity.note-missing"],
    ),
    (
        "an empty answer to nothing",
        "site",
        lambda o: answer_nonconformity(
            o, OPERATOR, replace(ANSWERED, root_cause="", corrective_action=" ")
        ),
        [
            "land.nonconformity.unknown",
            "land.nonconformity.cause-missing",
            "land.nonconformity.action-missing",
        ],
    ),
    (
        "a closing of nothing, without a word",
        "site",
        lambda o: close_nonconformity(o, INSPECTOR, NonconformityClosed("N1", "")),
        ["land.nonconformity.unknown", "land.nonconformity.note-missing"],
    ),
    (
        "a lot of nothing, backwards, in another's name, with shares that are none",
        "site",
        lambda o: inspect_lot(
            o,
            INSPECTOR,
            LotInspected(
                "L1",
                "others",
                True,
                5,
                4,
                inspected_share=2,  # type: ignore[arg-type]
                items_found=-1,
                findings=(Finding("critical", "mine"),),
            ),
        ),
        [
            "land.lot.about-nothing",
            "land.lot.no-parts",
            "land.lot.ends-before-it-begins",
            "land.lot.passed-with-item",
            "land.lot.items-negative",
            "land.lot.no-share",
            "land.lot.other-organisation",
        ],
    ),
    (
        "a lot passed by the operator's own body",
        "work",
        lambda o: inspect_lot(o, OWN, replace(QC_LOT, organisation_id="clearance-co")),
        ["land.release.inspected-by-operator"],
    ),
    (
        "a failed lot that does not say whose",
        "work",
        lambda o: inspect_lot(o, INSPECTOR, replace(QC_LOT, passed=False)),
        ["land.lot.hands-unnamed"],
    ),
    (
        "a review of nothing by one person, without a word",
        "site",
        lambda o: review_lot(o, FIRST, replace(REVIEW, note="", confirmed_by=FIRST)),
        ["land.lot.unknown", "land.release.same-person", "land.lot.note-missing"],
    ),
    (
        "a review confirmed by nobody of the authority",
        "site",
        lambda o: review_lot(o, FIRST, replace(REVIEW, confirmed_by=INSPECTOR)),
        ["land.lot.unknown", "land.lot.review-unconfirmed"],
    ),
    (
        "work that ends before it begins",
        "task",
        lambda o: report_work(o, OPERATOR, replace(work(), begun_us=2, ended_us=1)),
        ["land.work.ends-before-it-begins"],
    ),
]


@pytest.mark.parametrize(
    ("stage", "act", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_every_reason_is_told_and_nothing_is_written(
    stage: str, act: Callable[[Office], Acted], expected: list[str]
) -> None:
    office = office_at(stage)
    head = office.store.head()
    acted = act(office)
    assert not acted.done
    assert [reason.code for reason in acted.reasons] == expected
    assert office.store.head() == head


def test_what_is_already_on_record_is_told() -> None:
    office = office_at("work")
    acts: list[tuple[Any, Actor, Any, str]] = [
        (record_qa_visit, INSPECTOR, VISIT, "land.visit.id-twice"),
        (raise_nonconformity, INSPECTOR, RAISED, "land.nonconformity.id-twice"),
        (inspect_lot, INSPECTOR, QC_LOT, "land.lot.id-twice"),
        (grant_accreditation, FIRST, GRANT, "land.accreditation.id-twice"),
    ]
    for verb, actor, fact, code in acts:
        assert verb(office, actor, fact).done
        again = verb(office, actor, fact)
        assert [reason.code for reason in again.reasons] == [code]


def test_who_it_was_raised_against_does_not_close_it() -> None:
    office = office_at("work")
    assert raise_nonconformity(office, INSPECTOR, RAISED).done
    acted = close_nonconformity(office, OWN, NonconformityClosed("N1", "fine"))
    assert [reason.code for reason in acted.reasons] == ["land.nonconformity.own-organisation"]


def test_a_lot_that_did_not_fail_needs_no_review() -> None:
    office = office_at("work")
    assert inspect_lot(office, INSPECTOR, QC_LOT).done
    acted = review_lot(office, FIRST, REVIEW)
    assert [reason.code for reason in acted.reasons] == ["land.lot.not-failed"]


def test_what_speaks_against_work_is_taken_from_its_own_body() -> None:
    office = office_at("work")
    lot = replace(FAILED, organisation_id="clearance-co", part_ids=("P1",))
    assert inspect_lot(office, OWN, lot).done


def test_an_order_after_the_end_of_an_accreditation_is_refused() -> None:
    office = office_at("area")
    assert end_accreditation(office, FIRST, ENDED).done
    acted = order_work(office, FIRST, TaskOrdered("T1", "A1", "clearance-co", ("manual",)))
    assert [reason.code for reason in acted.reasons] == ["land.accreditation.ended"]


def test_a_stop_closes_gates_until_two_persons_have_reviewed_it() -> None:
    office = office_at("released")
    before = ask_account(office).released
    assert before["cleared"]
    other = replace(
        work("W9", part_id="P9"),
        parts=(WorkedPart("P9", "cleared", square(10, 10, 5), "manual", 30),),
    )
    assert report_work(office, OPERATOR, other).done
    shape = office.frame.to_lonlat(square(20, 20, 10)).geometry
    rows = (["b1"], np.array([shape], dtype=object), {"kind": ["house"]})
    layer = LayerRegistered("L1", "buildings", "", 0)
    assert register_layer(office, ENGINEER, layer, rows).done
    project = ProjectRegistered("J1", "School", "school", square(20, 20, 10), 10)
    shelf = AssetShelf()

    def told() -> tuple[str, list[str], list[str], list[str]]:
        ((_, gates),) = gate_layers(office, shelf)
        answer = gate_of(office, project)
        point = [each.code for each in ask_point(office, spot_in(office, 25, 25)).reasons]
        codes = gate_everything(office).codes
        closed = [gate.code for gate in answer.gates if gate.outcome == "closed"]
        assert gates.outcome.tolist() == [{"open": 0, "closed": 2}[answer.outcome]]
        return answer.outcome, closed, point[:3], codes[0]

    outcome, closed, point, codes = told()
    assert (outcome, closed, codes) == ("open", [], [])
    assert len(exported(office, "land-parts")) == 1
    assert inspect_lot(office, INSPECTOR, FAILED).done
    outcome, closed, point, codes = told()
    assert (outcome, closed) == ("closed", ["gate.area.quarantined"])
    assert len(exported(office, "land-parts")) == 0, "elsewhere nobody would know of the doubt"
    assert codes == ["gate.area.quarantined"]
    assert point[0] == "api.point.in-doubt"
    assert point[2] == "land.point.quarantined"
    # The 25 m² of the lot are hazard again; all other ground keeps its state.
    assert ask_account(office).released["cleared"] == before["cleared"] - 2 * 25_000_000
    assert review_lot(office, FIRST, replace(REVIEW, lot_id="L9", confirmed_by=SECOND)).done
    outcome, closed, point, codes = told()
    assert (outcome, closed, codes) == ("open", [], [])
    assert len(exported(office, "land-parts")) == 1
