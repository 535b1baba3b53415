"""Residents' codes, triage, likely twins, and that an inexact report reaches as far as it may."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from rafiqa.geo import Spot
from rafiqa.land import Actor, ReportAnswered, ResidentReported
from rafiqa.recovery import ReporterTold, RequestAnswered, ResidentAsked
from rafiqa.service import (
    Stamp,
    answer_report,
    answer_request,
    ask_office,
    gate_of,
    heard_by_code,
    report_hazard,
    tell_reporter,
)
from rafiqa.service.question import placed_reports
from rafiqa.service.reportcode import check_digit, digest_of, read_code
from rafiqa.service.triage import ORDER, Danger, likely_same, rank, triage_of
from tests.unit.service.acts import PROJECT
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import FIRST, INFORMATION, RESIDENT

DIGITS = st.text("0123456789", min_size=11, max_size=11)
CODE = "12345678901" + check_digit("12345678901")


@given(DIGITS, st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, at: int, off: int) -> None:
    code = digits + check_digit(digits)
    wrong = code[:at] + str((int(code[at]) + off) % 10) + code[at + 1 :]
    assert read_code(code) == code
    assert read_code(wrong) is None


@given(DIGITS, st.integers(0, 10))
def test_two_digits_that_changed_places_are_noticed(digits: str, at: int) -> None:
    code = digits + check_digit(digits)
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (read_code(swapped) is None) == (swapped != code)


def test_the_check_digit_of_the_published_example() -> None:
    assert check_digit("572") == "4"


def test_digits_of_every_script_with_spaces_are_read() -> None:
    arabic = CODE.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    persian = CODE.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    for written in (f"{arabic[:4]} {arabic[4:8]}-{arabic[8:]}", persian, f" {CODE}\n"):
        assert read_code(written) == CODE
    assert read_code("²" + CODE[1:]) is None
    assert read_code("") is None


YES_NO = st.sampled_from([None, "yes", "no", "unknown"])
SEEN = st.sampled_from(["shell", "mine", "sign", "hole", "other", "blast", "no such code"])


@given(SEEN, YES_NO, YES_NO, st.booleans())
def test_saying_yes_never_makes_a_report_less_urgent(
    seen: str, children: str | None, moved: str | None, urgent: bool
) -> None:
    said = rank(triage_of(Danger(seen, children, moved, urgent)))
    assert said in range(len(ORDER))
    for more in (
        Danger(seen, "yes", moved, urgent),
        Danger(seen, children, "yes", urgent),
        Danger(seen, children, moved, urgent=True),
    ):
        assert rank(triage_of(more)) <= said
    unanswered = rank(triage_of(Danger(seen, None, None, urgent)))
    assert unanswered <= rank(triage_of(Danger(seen, "no", "no", urgent)))


def test_urgency_in_the_order_of_the_desk() -> None:
    assert triage_of(Danger("shell", "yes")) == "immediate"
    assert triage_of(Danger("blast")) == "immediate"
    assert triage_of(Danger("other")) == "untriaged"
    assert triage_of(Danger("shell")) == "soon"
    assert triage_of(Danger("sign")) == "routine"
    assert rank("a word of a later version") == rank("untriaged")


def test_twins_are_proposed_by_place_time_and_kind(at_stage: OfficeAt) -> None:
    office = at_stage("site")

    def tell(report_id: str, x_mm: int, seen: str, accuracy_m: int | None = None) -> None:
        spot = office.frame.mm_spot(x_mm, 0)
        fact = ResidentReported(report_id, spot, seen, accuracy_m=accuracy_m)
        assert report_hazard(office, RESIDENT, fact).done

    tell("near", 0, "shell")
    tell("beside", 100_000, "shell")
    tell("other kind", 50_000, "mine")
    tell("unknown kind", 60_000, "other")
    tell("far", 400_000, "shell")
    tell("far but inexact", 500_000, "shell", 400)
    placed = placed_reports(office)
    first = placed[0]
    assert likely_same(first, placed) == ["beside", "unknown kind", "far but inexact"]


def test_a_report_told_inexactly_closes_works_as_far_as_it_may_lie(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    spot = office.frame.mm_spot(5_000, 340_000)

    def waits(report_id: str, accuracy_m: int | None) -> bool:
        fact = ResidentReported(report_id, spot, "shell", "block", accuracy_m=accuracy_m)
        assert report_hazard(office, RESIDENT, fact).done
        found = gate_of(office, PROJECT).gates
        return any(report_id in str(gate) for gate in found)

    assert not waits("exact", None)
    assert waits("blurred", 360)


def test_a_report_without_a_place_is_kept_and_found_by_its_code(at_stage: OfficeAt) -> None:
    office = at_stage("site")
    fact = ResidentReported("R1", None, "mine", "withheld", place="x", code_digest=digest_of(CODE))
    assert report_hazard(office, RESIDENT, fact).done
    asked = ResidentAsked("Q1", "survey", Spot.of(39.0, 35.9), code_digest=digest_of(CODE))
    assert ask_office(office, RESIDENT, asked).done
    assert placed_reports(office) == []
    assert [heard.record.fact for heard in heard_by_code(office, CODE)] == [fact, asked]
    assert list(heard_by_code(office, "000000000000")) == []


def test_it_is_told_only_what_was_answered(at_stage: OfficeAt) -> None:
    office = at_stage("site")
    assert ask_office(office, RESIDENT, ResidentAsked("Q1", "clearance")).done
    assert report_hazard(office, RESIDENT, ResidentReported("R1", None, "mine")).done
    for act, code in (
        (
            answer_request(office, FIRST, RequestAnswered("Q9", "planned")),
            "service.request.unknown",
        ),
        (answer_report(office, FIRST, ReportAnswered("Q1", "marked")), "service.report.unknown"),
        (
            tell_reporter(office, RESIDENT, ReporterTold("Q1", "nothing", "web")),
            "service.report.no-such-answer",
        ),
    ):
        assert [reason.code for reason in act.reasons] == [code]
    planned = RequestAnswered("Q1", "planned", text="in May")
    assert answer_request(office, FIRST, planned, Stamp(entry_id="a1")).done
    wrong = tell_reporter(office, RESIDENT, ReporterTold("R1", "a1", "web"))
    assert [reason.code for reason in wrong.reasons] == ["service.report.no-such-answer"]
    assert tell_reporter(office, RESIDENT, ReporterTold("Q1", "a1", "web")).done
    assert office.recovery().residents.told["a1"].fact == ReporterTold("Q1", "a1", "web")


def test_a_place_that_was_marked_or_not_reached_stops_works_as_before(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    report = ResidentReported("R1", office.frame.mm_spot(5_000, 5_000), "shell")
    assert report_hazard(office, RESIDENT, report).done

    def stopped() -> tuple[bool, bool]:
        point = office.frame.spot_mm(office.frame.mm_spot(5_000, 5_000))
        signs = office.book().witnesses.near(Point(point), office.now_us(), least_mm=1_000)
        by_gate = any("R1" in str(gate) for gate in gate_of(office, PROJECT).gates)
        return by_gate, any(sign.witness.kind == "report" for sign in signs)

    assert stopped() == (True, True)
    for outcome in ("not_reached", "marked"):
        assert answer_report(office, INFORMATION, ReportAnswered("R1", outcome)).done
        assert stopped() == (True, True)
    assert answer_report(office, INFORMATION, ReportAnswered("R1", "nothing_found")).done
    assert stopped() == (False, False)
    assert answer_report(office, INFORMATION, ReportAnswered("R1", "not_reached")).done
    assert stopped() == (True, True), "the last answer counts"


def test_nobody_answers_their_own_report_or_leaves_it_to_an_area_elsewhere(
    at_stage: OfficeAt,
) -> None:
    office = at_stage("released")
    far = office.frame.mm_spot(50_000_000, 0)
    assert report_hazard(office, INFORMATION, ResidentReported("R1", far, "shell")).done
    area_id = next(iter(office.register().areas))

    def against(answer: ReportAnswered, actor: Actor = FIRST) -> list[str]:
        return [reason.code for reason in answer_report(office, actor, answer).reasons]

    own = against(ReportAnswered("R1", "nothing_found"), INFORMATION)
    assert own == ["service.report.own"]
    assert against(ReportAnswered("R1", "joined")) == ["service.report.area-missing"]
    assert against(ReportAnswered("R1", "new_area", "A99")) == ["service.report.area-missing"]
    assert against(ReportAnswered("R1", "joined", area_id)) == ["service.report.area-elsewhere"]
    near = ResidentReported("R2", office.frame.mm_spot(5_000, 5_000), "shell")
    assert report_hazard(office, INFORMATION, near).done
    assert against(ReportAnswered("R2", "joined", area_id)) == []
