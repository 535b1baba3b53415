"""Damage in its own scale, and how long an engineer's tag stands."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.dictionary import dictionary
from rafiqa.geo import GridShape, SiteFrame, Spot
from rafiqa.land import (
    AccidentRecorded,
    EvidenceRecorded,
    OrdnanceFound,
    Recorded,
    SiteOpened,
    WorkReported,
)
from rafiqa.recovery import (
    GRADES,
    SCALE_LISTS,
    SPANS,
    AssetGroup,
    AssetsMatched,
    DamageAssessed,
    DamageLinked,
    GradeSpan,
    MatchReviewed,
    RecoveryRegister,
    StructureTagged,
    TagStanding,
    hits_on,
    is_hint,
    register,
    span_of,
    tag_of,
    worsens,
)
from tests.unit.land.story import FIRST, SPOT, box

DAY_US = 86_400_000_000
TAGGED_US = 20_000 * DAY_US + 10 * 3_600_000_000
LATER_US = TAGGED_US + DAY_US
NOW_US = TAGGED_US + 100 * DAY_US
FRAME = SiteFrame(SPOT.lon_deg, SPOT.lat_deg)
SITE = Recorded(1, "e1", 0, 1, FIRST, SiteOpened("Town", SPOT, "office"))
HOUSE = box(0, 0, 10, 10)


def at(x_m: float, y_m: float) -> Spot:
    return FRAME.mm_spot(round(x_m * 1_000), round(y_m * 1_000))


def known(*told: tuple[int, object]) -> RecoveryRegister:
    """What is known of facts in the order in which they were recorded, each true when told."""
    records = [
        Recorded(seq, f"e{seq}", valid_us, seq, FIRST, fact)
        for seq, (valid_us, fact) in enumerate(told, 2)
    ]
    return register([SITE, *records], NOW_US)


def tag(colour: str = "green", until_us: int | None = None) -> StructureTagged:
    return StructureTagged("b1", colour, "engineers", until_us, None, HOUSE)


def graded(code: str, scale: str = "ems98", asset_id: str | None = "b1") -> DamageAssessed:
    return DamageAssessed(f"{scale}-{code}", scale, code, code, asset_id)


def standing(*told: tuple[int, object], valid_us: int = NOW_US) -> TagStanding:
    found = tag_of("b1", known(*told), valid_us)
    assert found is not None
    return found


# --- scales


def test_the_view_has_every_code_of_every_scale_and_no_other() -> None:
    for scale, listed in SCALE_LISTS.items():
        codes = set(dictionary().lists[listed].names) - {"none"}
        assert set(SPANS[scale]) == codes, scale
        for least, most in SPANS[scale].values():
            assert GRADES.index(least) <= GRADES.index(most)
    assert set(GRADES) == set(dictionary().lists["damage_grade"].names)
    assert set(SCALE_LISTS) | {"unknown"} == set(dictionary().lists["damage_scale"].names)


def test_the_page_of_scales_is_the_table() -> None:
    lists = dictionary().lists
    page = (Path(__file__).parents[3] / "docs/reference/damage-scales.md").read_text("utf-8")
    for scale, codes in SPANS.items():
        for code, span in codes.items():
            least, most = (lists["damage_grade"].label(each, "en") for each in span)
            means = least if least == most else f"{least} to {most}"
            name = lists["damage_scale"].label(scale, "en")
            words = lists[SCALE_LISTS[scale]].label(code, "en")
            assert f"| {name} | `{code}` | {words} | {means} |" in page


def test_a_look_from_above_is_a_hint_and_spans_what_it_cannot_tell_apart() -> None:
    severe, exact = graded("severe", "unosat"), graded("grade_4")
    assert (is_hint(severe), is_hint(exact)) == (True, False)
    assert span_of(severe) == GradeSpan("heavy", "very_heavy")
    assert span_of(exact) == GradeSpan("very_heavy", "very_heavy")
    assert is_hint(DamageAssessed("D", "unknown", "sehr kaputt"))
    assert span_of(DamageAssessed("D", "unknown", "sehr kaputt")) is None


@pytest.mark.parametrize(
    ("newer", "before", "worse"),
    [
        (graded("grade_3"), [], True),
        (graded("grade_3"), [graded("grade_3")], False),
        (graded("grade_3"), [graded("grade_2")], True),
        (graded("grade_3"), [graded("major", "rpba")], False),
        # Severe from above may be no more than heavy: grade 4 was not known for certain.
        (graded("grade_4"), [graded("severe", "unosat")], True),
        (graded("severe", "unosat"), [graded("severe", "unosat")], False),
        (graded("no_visible_damage", "unosat"), [], False),
        (DamageAssessed("D", "unknown", "?"), [graded("grade_5")], True),
    ],
)
def test_what_may_be_worse_than_was_known(
    newer: DamageAssessed, before: list[DamageAssessed], worse: bool
) -> None:
    assert worsens(newer, before) is worse


# --- tags


def test_an_asset_without_a_tag_has_none() -> None:
    assert tag_of("b1", known((1, graded("grade_1"))), NOW_US) is None
    assert tag_of("b1", known((LATER_US, tag())), TAGGED_US) is None


def test_a_tag_stands_until_its_date() -> None:
    told = (TAGGED_US, tag(until_us=LATER_US))
    assert standing(told, valid_us=LATER_US).stands
    ended = standing(told, valid_us=LATER_US + 1)
    assert (ended.stands, ended.code) == (False, "gate.tag.expired-by-date")
    assert ended.ended_at_us == LATER_US


def test_the_newest_tag_counts() -> None:
    red = standing((TAGGED_US, tag()), (LATER_US, tag("red")))
    assert (red.fact.tag, red.stands) == ("red", True)
    again = standing((LATER_US, tag("red")), (TAGGED_US, tag()))
    assert again.fact.tag == "red"


def test_damage_that_the_engineer_knew_does_not_end_a_tag() -> None:
    assert standing((1, graded("grade_4")), (TAGGED_US, tag("yellow"))).stands
    same = ((1, graded("grade_4")), (TAGGED_US, tag("yellow")), (LATER_US, graded("grade_4")))
    assert standing(*same).stands


def test_worse_damage_ends_a_tag_at_once_even_seen_from_above() -> None:
    for worse in (graded("grade_3"), graded("possible", "unosat"), graded("red", "field_tag")):
        told = (1, graded("grade_1")), (TAGGED_US, tag()), (LATER_US, worse)
        ended = standing(*told)
        assert (ended.stands, ended.code) == (False, "gate.tag.expired-by-damage")
        assert (ended.by, ended.ended_at_us) == (worse.assessment_id, LATER_US)
        assert standing(*told, valid_us=LATER_US - 1).stands


def test_an_older_look_told_later_does_not_end_a_tag() -> None:
    assert standing((TAGGED_US, tag()), (TAGGED_US - DAY_US, graded("grade_5"))).stands


EVENTS = {
    "accident": AccidentRecorded("X", "ordnance", at(5, 5)),
    "detonation": EvidenceRecorded("X", "detonation", "visual", at(5, 5)),
    "beside it": AccidentRecorded("X", "ordnance", at(19.9, 5)),
    "inexact": EvidenceRecorded("X", "detonation", "verbal", at(60, 5), None, Decimal(45)),
    "drawn": EvidenceRecorded("X", "detonation", "visual", at(99, 99), box(8, 8, 40, 40)),
    "seen": EvidenceRecorded("X", "damaged_infrastructure", "visual", at(5, 5)),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_that_may_have_hit_the_ground_ends_a_tag(name: str) -> None:
    ended = standing((TAGGED_US, tag()), (LATER_US, EVENTS[name]))
    assert (ended.stands, ended.code, ended.by) == (False, "gate.tag.expired-by-event", "X")
    assert standing((TAGGED_US - 2 * DAY_US, EVENTS[name]), (TAGGED_US, tag())).stands


def test_ordnance_destroyed_in_place_ends_a_tag_and_removed_does_not() -> None:
    def work(action: str) -> WorkReported:
        find = OrdnanceFound("uxo", at(12, 5), action=action)
        return WorkReported("W1", "A1", "deminers", (), finds=(find,))

    ended = standing((TAGGED_US, tag()), (LATER_US, work("destroyed_in_place")))
    assert (ended.stands, ended.by) == (False, "W1#1")
    assert standing((TAGGED_US, tag()), (LATER_US, work("removed"))).stands


def test_what_happened_elsewhere_does_not_end_a_tag() -> None:
    far = AccidentRecorded("X", "ordnance", at(20.1, 5))
    crater = EvidenceRecorded("X", "crater", "visual", at(5, 5))
    nowhere = AccidentRecorded("X", "ordnance")
    off_the_grid = AccidentRecorded("X", "ordnance", Spot.of(-60.0, -20.0))
    for fact in (far, crater, nowhere, off_the_grid, graded("grade_5", asset_id="b2")):
        assert standing((TAGGED_US, tag()), (LATER_US, fact)).stands


def test_a_person_links_an_event_that_geometry_does_not() -> None:
    far = AccidentRecorded("X", "ordnance", at(200, 5))
    link = DamageLinked("b1", "X")
    ended = standing((TAGGED_US, tag()), (LATER_US, far), (LATER_US, link))
    assert (ended.stands, ended.by) == (False, "X")


def test_an_event_of_the_day_or_of_no_day_counts_once_it_is_known() -> None:
    hit = EVENTS["accident"]
    midnight = TAGGED_US - TAGGED_US % DAY_US
    undated = -2_208_988_800_000_000
    year = 1_704_067_200_000_000  # 2024-01-01: the tag's year, and no day is known
    assert TAGGED_US // DAY_US == 20_000  # 2024-10-04
    for when in (midnight, undated, year):
        assert not standing((TAGGED_US, tag()), (when, hit)).stands
        assert standing((when, hit), (TAGGED_US, tag())).stands
    assert standing((TAGGED_US, tag()), (midnight - 1, hit)).stands


def test_a_roof_assessed_beside_a_wall_is_the_next_ones() -> None:
    def roof(shape: GridShape) -> DamageAssessed:
        return DamageAssessed("D", "unosat", "Destroyed", "destroyed", None, None, shape)

    assert standing((TAGGED_US, tag()), (LATER_US, roof(box(10, 0, 20, 10)))).stands
    assert not standing((TAGGED_US, tag()), (LATER_US, roof(box(9, 0, 20, 10)))).stands


# --- epochs


def matched(old: str, new: str) -> AssetsMatched:
    return AssetsMatched(f"{old}{new}", "aa", "bb", (AssetGroup((old,), (new,), "same", 900),), "")


def test_tag_and_damage_go_with_an_asset_over_its_epochs() -> None:
    told = [(TAGGED_US, tag()), (1, matched("b1", "c1")), (2, matched("c1", "d1"))]
    for asset_id in ("b1", "c1", "d1"):
        found = tag_of(asset_id, known(*told), NOW_US)
        assert found is not None
        assert found.stands
    hurt = known(*told, (LATER_US, graded("grade_4", asset_id="d1")))
    assert not tag_of("b1", hurt, NOW_US).stands  # type: ignore[union-attr]


def test_a_tag_of_the_whole_speaks_of_no_piece_but_its_damage_does() -> None:
    split = AssetsMatched("M", "aa", "bb", (AssetGroup(("b1",), ("c1", "c2"), "split", 900),), "")
    told = known((TAGGED_US, tag()), (1, split), (LATER_US, graded("grade_4")))
    assert tag_of("c1", told, NOW_US) is None
    line = told.epochs.line("c1")
    assert (line.same_ids, set(line.kin_ids)) == (("c1",), {"b1", "c2"})
    hits = hits_on(told, line.all_ids, [])
    assert [hit.happening.subject for hit in hits] == ["ems98-grade_4"]


def test_a_persons_word_counts_before_ground_alone_whenever_it_came() -> None:
    apart = MatchReviewed("V", "aa", "bb", ("b1",), ("c1",), accepted=False)
    for told in ([matched("b1", "c1"), apart], [apart, matched("b1", "c1")]):
        epochs = known(*((seq, fact) for seq, fact in enumerate(told, 1))).epochs
        assert epochs.line("b1").same_ids == ("b1",)
        assert epochs.reviewed(("b1",), ("c1",))
    joined = MatchReviewed("V2", "aa", "bb", ("b1",), ("c1",), accepted=True)
    (step,) = known((1, apart), (2, joined)).epochs.line("c1").steps
    assert step.by_person


# --- a law: what is told never brings a tag back

HAPPENED = st.sampled_from(
    [
        *EVENTS.values(),
        graded("grade_1"),
        graded("grade_5"),
        graded("possible", "unosat"),
        DamageAssessed("Q", "unknown", "?", None, "b1"),
        DamageLinked("b1", "X"),
    ]
)
TIMES = st.integers(TAGGED_US - 3 * DAY_US, TAGGED_US + 3 * DAY_US)


@given(
    st.lists(st.tuples(TIMES, HAPPENED), max_size=5),
    st.tuples(TIMES, HAPPENED),
)
def test_an_ended_tag_stands_again_only_by_a_new_tag(
    told: list[tuple[int, object]], more: tuple[int, object]
) -> None:
    before = standing((TAGGED_US, tag()), *told)
    after = standing((TAGGED_US, tag()), *told, more)
    assert before.stands or not after.stands
    renewed = standing((TAGGED_US, tag()), *told, more, (NOW_US, tag("yellow")))
    assert (renewed.stands, renewed.fact.tag) == (True, "yellow")
