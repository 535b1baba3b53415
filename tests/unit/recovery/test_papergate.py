"""Gates of papers: each open, with conditions, and closed; nothing on record is no all-clear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rafiqa.recovery import (
    CHAIN,
    PAPER_GATES,
    QUESTIONS,
    GatePolicy,
    HazmatScreened,
    ProjectRegistered,
    RightsClaimed,
    SheetStated,
    SiteRated,
    StructureTag,
    WorksClosed,
    ask_gate,
    rated,
)
from tests.unit.recovery.folder import (
    BRIEFED,
    CUT,
    DAY_US,
    NO,
    RATED,
    RIGHTS,
    SCREENED,
    TEAM,
    WORKS,
    asked,
    cleared,
    of_gate,
    papers_of,
    row,
    works,
)

YES_PLAN = replace(RATED, item_seen="yes", plan="lift by hand, team beside")
CLAIM = RightsClaimed("J1", "K7", "title", "clear", "no", "yes")
GREEN = {"b1": StructureTag("green", None, 300 * DAY_US, "tag-1")}
WHOLE = (RIGHTS, RATED, CUT, SCREENED, BRIEFED)


def test_a_whole_sheet_on_cleared_ground_is_open_at_every_gate_it_is_asked() -> None:
    answer = asked(works("repair", asset_ids=("b1",)), *WHOLE, tags=GREEN)
    assert answer.outcome == "open"
    assert [gate.gate for gate in answer.gates] == [
        *("G0", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G9", "G10")
    ]
    assert answer.not_asked == (
        ("G8", "gate.not-asked.kind"),
        ("G11", "gate.not-asked.not-filed"),
        ("G3", "gate.not-asked.no-roads"),
    )


def test_works_without_a_sheet_are_asked_the_ground_alone_and_told_what_was_not_asked() -> None:
    bare = ProjectRegistered("J1", "School", "school", WORKS, 30)
    answer = asked(bare)
    assert answer.outcome == "open"
    assert [gate.gate for gate in answer.gates] == ["G0", "G3", "G9", "G10"]
    assert dict(answer.not_asked) == {
        **dict.fromkeys(("G1", "G2", "G4", "G6", "G7"), "gate.not-asked.no-sheet"),
        **dict.fromkeys(("G5", "G8"), "gate.not-asked.kind"),
        "G11": "gate.not-asked.not-filed",
    }


@pytest.mark.parametrize("said", [{"method": "by_hand"}, {"n_workers": 0}])
def test_works_that_state_method_or_workers_have_a_sheet(said: dict[str, Any]) -> None:
    bare = ProjectRegistered("J1", "School", "school", WORKS, 30, **said)
    answer = asked(bare)
    assert answer.outcome == "conditions"
    assert of_gate(answer, "G1") == [("conditions", "gate.rights.missing")]


def test_any_paper_makes_a_sheet() -> None:
    bare = ProjectRegistered("J1", "School", "school", WORKS, 30)
    assert of_gate(asked(bare, CUT), "G2") == [("conditions", "gate.rating.missing")]


def test_every_gate_of_the_chain_is_of_the_ground_or_in_the_table() -> None:
    assert {row.gate for row in PAPER_GATES} == set(CHAIN) - {"G0", "G3", "G9", "G10"}


def test_what_was_not_recorded_says_who_must_record_it() -> None:
    answer = asked(works("demolition", asset_ids=("b1",)))
    missing = [gate for gate in answer.gates if gate.code.endswith((".missing", ".no-team"))]
    assert {gate.gate: (gate.outcome, gate.who) for gate in missing} == {
        "G1": ("conditions", "engineer"),
        "G2": ("conditions", "surveyor"),
        "G4": ("conditions", "engineer"),
        "G6": ("conditions", "engineer"),
        "G7": ("conditions", "engineer"),
        "G8": ("conditions", "operator"),
    }


# --- G0


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("volume_m3", "volume_m3"),
        ("method", "works_method"),
        ("n_workers", "workers"),
        ("access", "access_geometry"),
        ("owner", "owner"),
        ("funder", "funder"),
    ],
)
def test_each_item_that_a_sheet_leaves_out_is_a_condition(name: str, field: str) -> None:
    left_out: dict[str, Any] = {name: None}
    answer = asked(works(**left_out), *WHOLE)
    assert of_gate(answer, "G0") == [("conditions", "gate.registration.item-missing")]
    assert row(answer, "gate.registration.item-missing").params == {"sheet_field": field}


@pytest.mark.parametrize(
    ("kind", "protected", "expected"),
    [
        ("demolition", "memorial", [("closed", "gate.registration.protected")]),
        ("rubble_removal", "heritage", [("closed", "gate.registration.protected")]),
        ("repair", "heritage", [("conditions", "gate.registration.protected-consent")]),
        ("demolition", "none", [("open", "gate.registration.complete")]),
        ("repair", None, [("open", "gate.registration.complete")]),
    ],
)
def test_memorials_and_heritage_stay_out_of_demolition(
    kind: str, protected: str | None, expected: list[tuple[str, str]]
) -> None:
    assert of_gate(asked(works(kind, protected=protected)), "G0") == expected
    bare = ProjectRegistered("J1", "Hall", kind, WORKS, 30, protected=protected)
    assert of_gate(asked(bare), "G0") == expected


def test_a_sheet_to_carry_away_says_whether_the_place_is_protected() -> None:
    answer = asked(works("demolition", protected=None))
    assert row(answer, "gate.registration.item-missing").params == {"sheet_field": "protected"}


# --- G1


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ((RIGHTS,), [("open", "gate.rights.clear")]),
        ((RIGHTS, CLAIM), [("open", "gate.rights.clear")]),
        ((replace(RIGHTS, consents=()),), [("conditions", "gate.rights.no-papers")]),
        ((replace(RIGHTS, hlp_status="disputed"),), [("closed", "gate.rights.disputed")]),
        (
            (replace(RIGHTS, hlp_status="approval_missing"),),
            [("closed", "gate.rights.no-approval")],
        ),
        (
            (replace(RIGHTS, hlp_status="owner_absent"),),
            [("conditions", "gate.rights.owner-absent")],
        ),
        ((replace(RIGHTS, hlp_status="unknown"),), [("conditions", "gate.rights.unknown")]),
        ((replace(RIGHTS, hlp_status="decided"),), [("conditions", "gate.rights.decided-by")]),
        (
            (replace(RIGHTS, hlp_status="decided", decided_by="property court"),),
            [("open", "gate.rights.clear")],
        ),
        ((RIGHTS, replace(CLAIM, hlp_status="disputed")), [("closed", "gate.rights.disputed")]),
        (
            (replace(CLAIM, hlp_status="disputed"),),
            [("closed", "gate.rights.disputed"), ("conditions", "gate.rights.missing")],
        ),
        ((RIGHTS, replace(CLAIM, absent="yes")), [("conditions", "gate.rights.owner-absent")]),
        (
            (RIGHTS, replace(CLAIM, hlp_status="disputed"), replace(CLAIM, hlp_status="decided")),
            [("open", "gate.rights.clear")],
        ),
        (
            (RIGHTS, replace(CLAIM, hlp_status="disputed"), replace(CLAIM, claim_id="K8")),
            [("closed", "gate.rights.disputed")],
        ),
    ],
)
def test_rights(papers: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert of_gate(asked(works(), *papers), "G1") == expected


# --- G2


@pytest.mark.parametrize(
    ("answers", "rating"),
    [
        ({}, "low"),
        ({"item_seen": "yes"}, "high"),
        ({"entry_hole": "yes", "bombed": "unknown"}, "high"),
        ({"item_seen": "unknown"}, "medium"),
        ({"bombed": "yes"}, "medium"),
        ({"bombed": "yes", "fought_over": "yes"}, "medium"),
        ({"bombed": "yes", "fought_over": "yes", "unused_since": "yes"}, "high"),
        (dict.fromkeys(NO, "unknown"), "medium"),
        ({"bombed": "perhaps"}, "medium"),
    ],
)
def test_a_rating_follows_from_the_answers(answers: dict[str, Any], rating: str) -> None:
    found = rated(replace(RATED, **answers))
    assert found.rating == rating
    assert set(found.because) <= set(answers)
    assert bool(found.because) == (rating != "low")


def test_nothing_answered_is_not_low() -> None:
    assert rated(SiteRated("J1", True)).rating == "medium"
    assert set(rated(SiteRated("J1", True)).because) == set(QUESTIONS)


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ((RATED,), [("open", "gate.rating.low")]),
        ((replace(RATED, bombed="yes"),), [("conditions", "gate.rating.medium")]),
        ((replace(RATED, item_seen="yes"),), [("closed", "gate.rating.high-no-plan")]),
        ((YES_PLAN,), [("closed", "gate.rating.high-no-team")]),
        ((YES_PLAN, TEAM), [("conditions", "gate.rating.high")]),
        ((YES_PLAN, replace(TEAM, until_us=5 * DAY_US)), [("closed", "gate.rating.high-no-team")]),
        ((replace(RATED, trained=False),), [("conditions", "gate.rating.untrained")]),
        (
            (replace(RATED, trained=False, item_seen="yes"),),
            [("closed", "gate.rating.high-no-plan")],
        ),
        (
            (YES_PLAN, TEAM, replace(RATED, trained=False)),
            [("conditions", "gate.rating.high")],
        ),
        (
            (RATED, replace(RATED, trained=False, item_seen="yes")),
            [("closed", "gate.rating.high-no-plan")],
        ),
        (
            (replace(RATED, trained=False, item_seen="yes"), RATED),
            [("open", "gate.rating.low")],
        ),
    ],
)
def test_rating(papers: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert of_gate(asked(works(), *papers), "G2") == expected


def test_a_rating_runs_out_to_the_microsecond() -> None:
    about, policy, book = works(), GatePolicy(rating_days=30), cleared().book()
    papers = papers_of(RATED, day=100)
    last = ask_gate(about, book, 31 * DAY_US, policy=policy, papers=papers)
    assert of_gate(last, "G2") == [("open", "gate.rating.low")]
    past = ask_gate(about, book, 31 * DAY_US + 1, policy=policy, papers=papers)
    assert ("closed", "gate.rating.expired") in of_gate(past, "G2")
    assert past.outcome == "closed"


def test_a_condition_names_whom_it_binds_and_until_when() -> None:
    answer = asked(works(), YES_PLAN, replace(TEAM, until_us=20 * DAY_US))
    gate = row(answer, "gate.rating.high")
    assert (gate.who, gate.until_us, gate.fact_ids) == ("eod-unit", 20 * DAY_US, ("e100", "e101"))


# --- G4, G6, G7


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [("open", "gate.utilities.cut")]),
        ({"gas": "live"}, [("closed", "gate.utilities.live")]),
        ({"power": "unknown"}, [("closed", "gate.utilities.unknown")]),
        ({"voids": "unknown"}, [("closed", "gate.utilities.unknown")]),
        ({"voids": "yes"}, [("conditions", "gate.utilities.voids")]),
        (
            {"gas": "live", "voids": "yes"},
            [("closed", "gate.utilities.live"), ("conditions", "gate.utilities.voids")],
        ),
    ],
)
def test_utilities(said: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert of_gate(asked(works(), replace(CUT, **said)), "G4") == expected


@pytest.mark.parametrize(
    ("found", "plan", "expected"),
    [
        (("screened_none",), None, ("open", "gate.materials.none")),
        (("asbestos",), None, ("closed", "gate.materials.no-plan")),
        (("asbestos", "human_remains"), "wet, bagged", ("conditions", "gate.materials.plan")),
        (("unknown",), "wet", ("closed", "gate.materials.unknown")),
        (("screened_none", "unknown"), None, ("closed", "gate.materials.unknown")),
        ((), None, ("closed", "gate.materials.unknown")),
    ],
)
def test_materials(found: tuple[str, ...], plan: str | None, expected: tuple[str, str]) -> None:
    answer = asked(works("repair", asset_ids=("b1",)), HazmatScreened("J1", found, plan))
    assert of_gate(answer, "G6") == [expected]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ("open", "gate.crew.briefed")),
        ({"workers_briefed": 11}, ("conditions", "gate.crew.some")),
        ({"workers_briefed": 0}, ("closed", "gate.crew.not-briefed")),
        ({"eore": False}, ("closed", "gate.crew.not-briefed")),
        ({"stop_work": False}, ("closed", "gate.crew.not-briefed")),
    ],
)
def test_crew(said: dict[str, Any], expected: tuple[str, str]) -> None:
    assert of_gate(asked(works(), replace(BRIEFED, **said)), "G7") == [expected]


def test_a_briefing_of_a_crew_of_unknown_size_and_an_old_one_bind_the_engineer() -> None:
    unknown = asked(works(n_workers=None), BRIEFED)
    assert of_gate(unknown, "G7") == [("conditions", "gate.crew.unknown-size")]
    old = asked(works(), BRIEFED, day=367)
    assert of_gate(old, "G7") == [("conditions", "gate.crew.expired")]


# --- G11


@pytest.mark.parametrize(
    ("said", "in_force", "expected"),
    [
        ({}, True, [("open", "gate.closing.complete")]),
        ({"as_built_on": None}, True, [("conditions", "gate.closing.as-built")]),
        (
            {"certificate_number": None},
            True,
            [("conditions", "gate.closing.certificate-missing")],
        ),
        ({}, False, [("closed", "gate.closing.certificate-not-in-force")]),
        ({"residual_told_to": None}, True, [("conditions", "gate.closing.residual-not-told")]),
        ({"residual_told_on": None}, True, [("conditions", "gate.closing.residual-not-told")]),
    ],
)
def test_closing(said: dict[str, Any], in_force: bool, expected: list[tuple[str, str]]) -> None:
    closed = replace(WorksClosed("J1", "2026-03-01", "RFQ-1", "2026-03-02", "school board"), **said)
    numbers = frozenset({"RFQ-1"} if in_force else ())
    assert of_gate(asked(works(), closed, in_force=numbers), "G11") == expected


def test_a_certificate_of_other_ground_closes_no_works() -> None:
    closed = WorksClosed("J1", "2026-03-01", "RFQ-1", "2026-03-02", "school board")
    numbers = frozenset({"RFQ-1"})
    answer = asked(works(), closed, in_force=numbers, elsewhere=numbers)
    assert of_gate(answer, "G11") == [("closed", "gate.closing.certificate-elsewhere")]


def test_papers_of_other_ground_open_nothing_and_still_close() -> None:
    every = frozenset(f"e{seq}" for seq in range(100, 110))
    answer = asked(works("repair", asset_ids=("b1",)), *WHOLE, tags=GREEN, elsewhere=every)
    other = [gate for gate in answer.gates if gate.code == "gate.paper.other-ground"]
    assert [(gate.gate, gate.outcome, gate.who) for gate in other] == [
        ("G1", "conditions", "engineer"),
        ("G2", "conditions", "surveyor"),
        ("G4", "conditions", "engineer"),
        ("G6", "conditions", "engineer"),
    ]
    live = asked(works(), replace(CUT, gas="live"), elsewhere=every)
    assert of_gate(live, "G4") == [("closed", "gate.utilities.live")]


# --- what an imported sheet states


@pytest.mark.parametrize(
    ("stated", "code", "paper"),
    [
        (SheetStated(hlp_status="disputed"), "gate.rights.disputed", RIGHTS),
        (SheetStated(hlp_status="approval_missing"), "gate.rights.no-approval", RIGHTS),
        (SheetStated(eo_rating="high"), "gate.rating.stated-high", RATED),
        (SheetStated(gas="live"), "gate.utilities.live", CUT),
        (SheetStated(hazmat=("fuel", "unknown")), "gate.materials.no-plan", SCREENED),
    ],
)
def test_a_stated_doubt_closes_until_a_paper_replaces_it(
    stated: SheetStated, code: str, paper: Any
) -> None:
    bare = ProjectRegistered("J1", "School", "school", WORKS, 30, stated=stated)
    answer = asked(bare)
    assert answer.outcome == "closed"
    assert row(answer, code).outcome == "closed"
    assert not [gate for gate in asked(bare, paper).gates if gate.outcome == "closed"]


def test_what_a_sheet_states_in_its_own_favour_opens_nothing() -> None:
    kind = SheetStated("clear", "low", "cut", "cut", "cut", "green", ("screened_none",))
    answer = asked(works(stated=kind))
    assert answer == asked(works())
    assert answer.outcome == "conditions"
