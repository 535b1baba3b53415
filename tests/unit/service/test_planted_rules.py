"""The control of the tests of states and rulings: with one rule turned off, they must fail.

Each bug names what is put in place of what, and a test beside this one that must see it. The
bugs of the fold are planted in ``tests/property/planted.py``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import EvidencePolicy
from rafiqa.service import Office, Reopening
from tests.conformance import test_area_defects as defects
from tests.conformance.keeper import Keeper
from tests.unit.land import test_approval as approvals
from tests.unit.land import test_area_rule as reports
from tests.unit.land import test_completion as completions
from tests.unit.land import test_explanation as explained
from tests.unit.land import test_stage as stages
from tests.unit.service import test_bad_land_input as bad
from tests.unit.service import test_streets as streets
from tests.unit.service.conftest import OfficeAt


def module(name: str) -> Any:
    """The module itself: the rooms give out functions under some of these names."""
    return import_module(f"rafiqa.{name}")


evidence, stage, approval = module("land.evidence"), module("land.stage"), module("land.approval")
completion, closing = module("land.completion"), module("land.closing")
rule, task, point = module("land.rule"), module("land.task"), module("land.point")
reopening, dating, works = (module(f"service.{n}") for n in ("reopening", "dating", "work"))
shelf, ends, survey = (module(f"service.{n}") for n in ("intakearea", "closing", "survey"))


@dataclass(frozen=True)
class Bug:
    """What is wrong, where, and which test must see it."""

    name: str
    place: Any
    attribute: str
    wrong: Any
    seen_by: Callable[..., None]

    def __str__(self) -> str:
        return self.name


def _nothing(*_: Any, **__: Any) -> Iterator[Any]:
    return iter(())


def _never(*_: Any, **__: Any) -> bool:
    return False


def _always(*_: Any, **__: Any) -> bool:
    return True


def _without(code: str, place: Any, name: str) -> Any:
    real = getattr(place, name)

    def weaker(*args: Any) -> Iterator[Any]:
        return (reason for reason in real(*args) if reason.code != code)

    return weaker


def _whole_area(office: Office, order: Reopening) -> GridShape:
    return office.register().areas[order.area_id or "A1"].outline


def _whole_part(office: Office, order: Reopening) -> GridShape:
    return GridShape.of(office.register().parts[order.part_ids[0]][0].shape.geometry)


def _guard(target: str) -> Bug:
    """The guard of one stage turned off; the rows of its table must see it."""

    def rows() -> None:
        for row in stages.GUARDS:
            if row[1] == target:
                stages.test_every_guard_of_a_move_says_what_is_wrong_and_which_paper(*row)

    guards = {**stage._GUARDS, target: _nothing}
    return Bug(f"no guard before {target}", stage, "_GUARDS", guards, rows)


def _approves(code: str, seen_by: Callable[..., None]) -> Bug:
    return Bug(
        f"approval without {code}",
        approval,
        "_faults",
        _without(code, approval, "_faults"),
        seen_by,
    )


def _steps() -> None:
    stranger = approvals.STRANGER
    approvals.test_each_step_is_somebodys("org_ok", "submitted", stranger, [approvals.NOT_YOURS])


def _row(name: str) -> Callable[[OfficeAt], None]:
    """The row of the table of bad input that has a name."""
    (found,) = [row for row in bad.REFUSED if row[0].startswith(name)]

    def seen(at_stage: OfficeAt) -> None:
        bad.test_bad_input_is_refused_with_every_reason_and_changes_nothing(at_stage, *found[1:])

    return seen


def _danger(at_stage: OfficeAt) -> None:
    bad.test_danger_with_a_bad_date_is_taken_from_now_and_its_date_is_told(
        at_stage, bad.DANGER[0][1]
    )


def _placeless() -> None:
    explained.test_an_accident_is_direct_at_a_precisely_known_place("100", "indirect")


def _flat() -> None:
    one = reports.worked("reduced", "ts_systematic", 0)
    reports.test_a_reported_part_says_all_that_its_outcome_needs(
        one, ["land.part.depth-without-clearance"]
    )


complete = streets.test_a_task_is_complete_when_every_square_metre_has_one_outcome
stepwise = streets.test_work_ends_stage_by_stage_each_with_what_it_needs
BUGS = [
    Bug(
        "what cannot be judged confirms",
        evidence,
        "doubted",
        _never,
        explained.test_no_grade_raises_takes_suspicion_away_or_goes_below_suspected,
    ),
    Bug("an accident anywhere confirms", evidence, "_precise", _always, _placeless),
    Bug(
        "the account of who laid it confirms everywhere",
        evidence,
        "EvidencePolicy",
        partial(EvidencePolicy, laid_account=True),
        explained.test_the_account_of_who_laid_it_is_direct_only_where_a_country_says_so,
    ),
    Bug(
        "clearance by nobody accredited is no evidence",
        evidence,
        "_CONTRARY",
        frozenset({*evidence._CONTRARY, "informal_clearance"}),
        explained.test_clearance_by_nobody_accredited_is_told_of_and_counts_in_no_figure,
    ),
    Bug(
        "a class above its evidence",
        rule,
        "class_faults",
        _nothing,
        explained.test_a_class_above_its_evidence_is_refused_with_every_item,
    ),
    *(_guard(target) for target in sorted(stage._GUARDS) if target != "suspended"),
    Bug("ground has an outcome anyhow", task, "_outcomes2", lambda *_: (0, 0), complete),
    Bug("hazard left is not asked", task, "_hazard2", lambda *_: 0, stepwise),
    Bug("a handover's record is filed anyhow", task, "_filed", _always, stepwise),
    Bug("completion is declared anyhow", task, "completed_over", _always, stepwise),
    Bug(
        "failed work counts as done",
        task,
        "unsound",
        _never,
        streets.test_a_failed_inspection_brings_rework_and_its_ground_must_be_worked_again,
    ),
    _approves(
        "land.validation.own-record",
        approvals.test_nobody_of_the_authority_approves_their_own_record,
    ),
    _approves("land.validation.not-your-move", _steps),
    _approves(
        "land.validation.comments-missing",
        partial(approvals.test_what_is_turned_down_says_why, ""),
    ),
    _approves(
        "land.validation.no-successor",
        approvals.test_an_approved_record_is_superseded_by_a_later_entry_alone,
    ),
    _approves(
        "land.validation.no-such-move", approvals.test_unlawful_moves_on_record_move_nothing
    ),
    Bug(
        "a part's reopening takes the whole area",
        reopening,
        "_ground",
        _whole_area,
        streets.test_naming_parts_reopens_exactly_their_ground,
    ),
    Bug(
        "deeper works reopen the whole part",
        reopening,
        "_ground",
        _whole_part,
        streets.test_deeper_works_reopen_only_where_they_lie,
    ),
    Bug(
        "open hazards do not bar completion",
        completion,
        "_hazards",
        _nothing,
        completions.test_every_thing_that_is_open_in_the_boundary_is_named,
    ),
    Bug(
        "open reports do not bar completion",
        completion,
        "_signs",
        _nothing,
        completions.test_where_all_is_answered_completion_may_be_declared,
    ),
    Bug(
        "one person declares completion",
        completion,
        "confirmation_faults",
        _nothing,
        completions.test_it_takes_two_persons_of_the_authority_and_a_boundary,
    ),
    Bug(
        "completion is not told of",
        point,
        "declared_at",
        lambda *_: [],
        completions.test_the_residual_regime_is_told_and_changes_no_state,
    ),
    Bug("parts unlisted in a handover", ends, "_unlisted", _nothing,
        streets.test_a_handover_lists_what_was_not_cleared_and_hands_over_only_what_was_released),
    Bug("a fact of next year", dating, "AHEAD_US", 10**18, _row("an area true next year")),
    Bug("a report lost for its date", dating, "RAISING", (), _danger),
    Bug("a depth beside a survey's finding", rule, "_odd_depth", _nothing, _flat),
    Bug("an answer without how", works, "answer_faults", _nothing, _row("a depth without")),
    Bug("tasks overlap", works, "_ground_faults", _nothing, _row("tasks that overlap")),
    Bug("an area in another's frame", survey, "far_faults", _nothing, _row("an area that reaches")),
    Bug(
        "a twin of released ground is refused",
        shelf.AreaShelf,
        "_all_hazard",
        _always,
        defects.test_a_twin_of_ground_that_was_released_since_is_taken,
    ),
    Bug(
        "a twin that says more is refused",
        shelf,
        "outranks",
        _never,
        defects.test_a_twin_that_says_more_is_taken,
    ),
]  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_rule_turned_off_is_seen(
    bug: Bug, monkeypatch: pytest.MonkeyPatch, at_stage: OfficeAt, tmp_path: Path
) -> None:
    wanted = inspect.signature(bug.seen_by).parameters
    given: dict[str, Any] = {"at_stage": at_stage, "tmp_path": tmp_path}
    if "keeper" in wanted:
        folder = tmp_path / "store"
        folder.mkdir()
        given["keeper"] = Keeper.new(folder)
    monkeypatch.setattr(bug.place, bug.attribute, bug.wrong)
    with pytest.raises((AssertionError, ValueError)):
        bug.seen_by(**{name: value for name, value in given.items() if name in wanted})
