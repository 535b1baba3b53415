"""Damage, tags, layers and matching in a store on disk: what is kept, refused, and told."""

from __future__ import annotations

from pathlib import Path

import apsw
import numpy as np
import pytest
import shapely

from rafiqa.errors import CorruptLedger, InvalidInput, NotFound, Refused
from rafiqa.geo import GridShape
from rafiqa.land import AccidentRecorded, Actor
from rafiqa.recovery import (
    DamageAssessed,
    LayerRegistered,
    MatchReviewed,
    ProjectRegistered,
    StructureTagged,
    tag_of,
)
from rafiqa.service import (
    Acted,
    AsOf,
    AssetShelf,
    Office,
    Stamp,
    assess_damage,
    asset_answer,
    check_site,
    decision_on,
    gate_layers,
    gate_of,
    layer_named,
    layer_versions,
    match_layers,
    open_office,
    record_accident,
    record_matches,
    register_layer,
    register_project,
    review_match,
    tag_structure,
)
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder, IntakeReport
from tests.city import DAY_US, FIRST, Clock, box, small_city, spot

ENGINEER = Actor("engineer", "municipality", "engineer")
INFORMATION = Actor("informant", "office", "information")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return small_city(tmp_path)


def codes(acted: Acted) -> list[str]:
    return [reason.code for reason in acted.reasons]


def layer(office: Office, name: str, shapes: dict[str, GridShape]) -> str:
    lonlat = np.array(
        [office.frame.to_lonlat(each).geometry for each in shapes.values()], dtype=object
    )
    fact = LayerRegistered(name, "buildings", "", 0, "survey")
    assert register_layer(office, FIRST, fact, (list(shapes), lonlat, {})).done
    return layer_named(office, name).sha256


# --- damage never lowers


def test_damage_of_any_kind_changes_no_state_and_opens_no_gate(office: Office) -> None:
    shelf = AssetShelf()

    def ruled() -> list[tuple[list[int], list[str]]]:
        states: list[str] = [state.status for _, state in office.book().states(office.now_us())]
        return [(gate.outcome.tolist(), states) for _, gate in gate_layers(office, shelf)]

    before = ruled()
    for number, code in enumerate(("grade_1", "grade_5")):
        fact = DamageAssessed(f"D{number}", "ems98", code, code, "b2", spot(office, 60, 15))
        assert assess_damage(office, ENGINEER, fact).done
    for colour in ("red", "green"):
        assert tag_structure(office, ENGINEER, StructureTagged("b2", colour, ""), shelf).done
    assert ruled() == before


# --- tags


def test_a_tag_keeps_the_ground_it_was_given_on_and_an_accident_there_ends_it(
    office: Office,
) -> None:
    shelf = AssetShelf()
    tagged = tag_structure(office, ENGINEER, StructureTagged("b20", "green", ""), shelf)
    assert tagged.done
    standing = tag_of("b20", office.recovery(), office.now_us())
    assert standing is not None
    assert (standing.stands, standing.fact.engineer) == (True, "municipality")
    assert standing.fact.shape == box(0, 10, 8, 18)
    hit = AccidentRecorded("X9", "ordnance", spot(office, 12, 14))
    assert record_accident(office, FIRST, hit).done
    told = asset_answer(office, shelf, "b20", AsOf(), "en")
    assert told is not None
    assert (told["tag"]["stands"], told["tag"]["by"]) == (False, "X9")
    assert [(event["event"], event["how"]) for event in told["events"]] == [("X9", "near")]


def test_the_gate_of_works_rests_on_the_tag_of_their_building(office: Office) -> None:
    works = ProjectRegistered(
        "J9", "Repair", "repair", box(10, 10, 18, 18), 0, asset_ids=("b20",), n_workers=4
    )
    assert register_project(office, FIRST, works).done

    def asked() -> list[tuple[str, str]]:
        answer = gate_of(office, works)
        return [(gate.outcome, gate.code) for gate in answer.gates if gate.gate == "G5"]

    assert asked() == [("closed", "gate.structure.no-tag")]
    tag = StructureTagged("b20", "green", "")
    assert tag_structure(office, ENGINEER, tag, AssetShelf()).done
    assert asked() == [("open", "gate.structure.green")]
    worse = DamageAssessed("D", "unosat", "Destroyed", "destroyed", None, spot(office, 4, 14))
    assert assess_damage(office, INFORMATION, worse).done
    assert asked() == [("closed", "gate.structure.tag-damaged")]


@pytest.mark.parametrize(
    ("fact", "refused"),
    [
        (StructureTagged("nowhere", "green", ""), ["service.asset.unknown"]),
        (StructureTagged("nowhere", "yellow", ""), ["service.asset.unknown"]),
        (StructureTagged("b2", "none", ""), ["service.tag.none"]),
        (StructureTagged("b2", "green", "", 1), ["service.tag.ends-before"]),
    ],
)
def test_a_tag_that_could_not_be_held_is_refused(
    office: Office, fact: StructureTagged, refused: list[str]
) -> None:
    assert codes(tag_structure(office, ENGINEER, fact, AssetShelf())) == refused


def test_a_red_tag_is_taken_wherever_it_is(office: Office) -> None:
    acted = tag_structure(office, ENGINEER, StructureTagged("nowhere", "red", ""), AssetShelf())
    assert acted.done
    assert [item.code for item in acted.warnings] == ["service.asset.unknown"]


def test_nobody_but_an_engineer_tags(office: Office) -> None:
    for actor in (FIRST, INFORMATION):
        acted = tag_structure(office, actor, StructureTagged("b2", "green", ""), AssetShelf())
        assert codes(acted) == ["service.permit.denied"]


def test_a_tag_sent_again_is_the_same_though_its_layer_changed(office: Office) -> None:
    stamp, fact = Stamp(office.now_us(), "t1"), StructureTagged("b2", "green", "")
    assert tag_structure(office, ENGINEER, fact, AssetShelf(), stamp).done
    layer(office, "small-buildings", {"b2": box(500, 0, 510, 10)})
    again = tag_structure(office, ENGINEER, fact, AssetShelf(), stamp)
    assert (again.done, again.already) == (True, True)


# --- assessments


def test_a_code_of_another_scale_is_refused_by_name(office: Office) -> None:
    acted = assess_damage(
        office, ENGINEER, DamageAssessed("D", "unosat", "Grade 3", "grade_3", "b2")
    )
    (reason,) = acted.reasons
    assert reason.code == "service.damage.code-unknown"
    assert reason.params["value"] == "grade_3"
    of_nothing = DamageAssessed("D", "unknown", "broken")
    assert codes(assess_damage(office, ENGINEER, of_nothing)) == ["service.damage.of-nothing"]
    no_scale = DamageAssessed("D", "richter", "7", None, "b2")
    assert "service.code.unknown" in codes(assess_damage(office, ENGINEER, no_scale))


def test_damage_dated_ahead_counts_from_now(office: Office) -> None:
    fact = DamageAssessed("D", "ems98", "5", "grade_5", "b2")
    acted = assess_damage(office, ENGINEER, fact, Stamp(office.now_us() + 90 * DAY_US))
    assert acted.done
    assert [item.code for item in acted.warnings] == ["service.date.set-aside"]


ROWS = """id,asset_id,scale,as_written,ems98,observed_on,lon,lat,sensor
1,b2,ems98,Grade 3,,2025-12-01,,,walk
2,b2,unosat,Severe damage,,2025-12-01,,,WorldView
3,b2,unosat,Wobbly,,2025-12-01,,,
4,b2,ems98,Grade 3,grade_5,2025-12-01,,,
5,b2,ems98,Grade 3,,2099-01-01,,,
6,,ems98,Grade 3,,2025-12-01,,,
6,b3,rpba,major,,2025-12-01,,,
7,b2,unknown,Totalschaden,,2025-12-01,,,
8,b2,,Grade 3,,2025-12-01,,,
"""


def take(office: Office, path: Path) -> IntakeReport:
    return import_file(office, INFORMATION, IntakeOrder(path, "damage"))


def test_a_table_of_damage_is_kept_word_for_word_and_its_faults_by_row(
    office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "damage.csv"
    file.write_text(ROWS, encoding="utf-8")
    report = take(office, file)
    assert (report.accepted, report.quarantined) == (3, 6)
    assert {(fault.row, fault.code) for fault in report.refused} == {
        (4, "service.damage.code-unknown"),
        (5, "service.damage.code-two"),
        (6, "dictionary.date.future"),
        (7, "service.damage.of-nothing"),
        (8, "wire.id.duplicate"),
        (10, "dictionary.field.missing"),
    }
    again = take(office, file)
    assert (again.accepted, again.already) == (3, 3)
    told = asset_answer(office, AssetShelf(), "b2", AsOf(), "en")
    assert told is not None
    shown = {item["scale"]: item for item in told["damage"]}
    assert set(shown) == {"ems98", "unosat", "unknown"}
    assert (shown["ems98"]["as_written"], shown["ems98"]["code"]) == ("Grade 3", "grade_3")
    assert (shown["unosat"]["as_written"], shown["unosat"]["sensor"]) == (
        "Severe damage",
        "WorldView",
    )
    assert [shown[name]["hint"] for name in ("ems98", "unosat", "unknown")] == [False, True, True]
    assert (shown["unknown"]["as_written"], shown["unknown"]["code"]) == ("Totalschaden", None)


def test_the_same_number_on_another_day_is_another_assessment(
    office: Office, tmp_path: Path
) -> None:
    for day in ("2025-11-01", "2025-12-01"):
        file = tmp_path / f"{day}.csv"
        file.write_text(f"id,asset_id,scale,as_written,observed_on\n1,b2,ems98,3,{day}\n")
        assert take(office, file).accepted == 1
    told = asset_answer(office, AssetShelf(), "b2", AsOf(), "en")
    assert told is not None
    assert [item["at"][:10] for item in told["damage"]] == ["2025-11-01", "2025-12-01"]


# --- layers


def test_a_new_version_supersedes_and_the_old_stays_provable(office: Office) -> None:
    first = layer(office, "homes", {"h1": box(600, 0, 610, 10)})
    known_us = office.facts()[-1].recorded_at_us
    second = layer(office, "homes", {"h1": box(600, 0, 610, 12)})
    versions = [each for each in layer_versions(office) if each.fact.layer_id == "homes"]
    assert [(each.number, each.stands, each.fact.sha256) for each in versions] == [
        (1, False, first),
        (2, True, second),
    ]
    then = [
        each for each in layer_versions(office, None, known_us) if each.fact.layer_id == "homes"
    ]
    assert [(each.stands, each.fact.sha256) for each in then] == [(True, first)]
    assert {each.content for each in versions} == {"whole"}
    assert layer_named(office, first[:10]).sha256 == first
    with pytest.raises(NotFound):
        layer_named(office, first[:7])
    with pytest.raises(NotFound):
        layer_named(office, "elsewhere")


def test_changed_bytes_are_told_and_not_used(tmp_path: Path) -> None:
    office = small_city(tmp_path)
    digest = layer(office, "homes", {"h1": box(600, 0, 610, 10)})
    other = layer(office, "others", {"h2": box(600, 0, 610, 99)})
    office.store.close()
    harmed = apsw.Connection(str(tmp_path / "small.rafiqa"))
    harmed.execute(
        "UPDATE blobs SET content = (SELECT content FROM blobs WHERE sha256 = ?) WHERE sha256 = ?",
        (other, digest),
    )
    harmed.close()
    opened = reopened(tmp_path)
    (version,) = [each for each in layer_versions(opened) if each.fact.layer_id == "homes"]
    assert version.content == "changed"
    with pytest.raises(CorruptLedger) as raised:
        gate_layers(opened, AssetShelf())
    assert [fault.code for fault in raised.value.faults] == ["service.layer.changed"]
    assert not check_site(opened).intact
    opened.store.close()


def reopened(folder: Path) -> Office:
    clock = Clock()
    clock.sleep_days(400)
    return open_office(str(folder / "small.rafiqa"), now_us=clock.now_us, entropy=bytes)


# --- matching


def two_epochs(office: Office) -> None:
    row = {f"o{x}": box(600 + 20 * x, 0, 610 + 20 * x, 10) for x in range(4)}
    layer(office, "old", row)
    layer(
        office,
        "new",
        {
            "n0": box(600, 0, 610, 10),
            "n1a": box(620, 0, 625, 10),
            "n1b": box(625, 0, 630, 10),
            "n2": box(646, 0, 656, 10),
            "n9": box(900, 0, 910, 10),
        },
    )


def test_matches_without_doubt_are_recorded_once_and_the_rest_waits(office: Office) -> None:
    two_epochs(office)
    shelf = AssetShelf()
    report = match_layers(office, shelf, "old", "new")
    assert [(group.old_ids, group.new_ids, group.kind) for group in report.groups] == [
        (("o1",), ("n1a", "n1b"), "split"),
        (("o0",), ("n0",), "same"),
    ]
    (doubt,) = report.queue
    assert (doubt.old_ids, doubt.new_ids, doubt.doubts) == (("o2",), ("n2",), ("partial",))
    acted = record_matches(office, INFORMATION, report)
    assert (acted.done, acted.already, len(acted.entry_ids)) == (True, False, 1)
    again = record_matches(office, INFORMATION, match_layers(office, shelf, "old", "new"))
    assert (again.done, again.already) == (True, True)
    assert office.recovery().epochs.line("n0").same_ids == ("n0", "o0")


def test_a_person_decides_on_the_queue(office: Office) -> None:
    two_epochs(office)
    shelf = AssetShelf()
    report = match_layers(office, shelf, "old", "new")
    (doubt,) = report.queue
    fact = decision_on(office, report, doubt.candidate_id, accepted=True, note="same door")
    assert codes(review_match(office, Actor("q", "o", "quality"), fact)) == [
        "service.permit.denied"
    ]
    assert review_match(office, INFORMATION, fact).done
    later = match_layers(office, shelf, "old", "new")
    assert later.queue == ()
    assert office.recovery().epochs.line("o2").same_ids == ("o2", "n2")
    # Deciding anew is allowed: the newest word counts.
    apart = decision_on(office, later, doubt.candidate_id, accepted=False, note=None)
    assert review_match(office, INFORMATION, apart).done
    assert office.recovery().epochs.line("o2").same_ids == ("o2",)
    with pytest.raises(NotFound):
        decision_on(office, later, "nothing", accepted=True, note=None)


def test_an_asset_cannot_be_two_others(office: Office) -> None:
    two_epochs(office)
    report = match_layers(office, AssetShelf(), "old", "new")
    assert record_matches(office, INFORMATION, report).done
    versions = report.old.sha256, report.new.sha256
    wrong = MatchReviewed("V", *versions, ("o2",), ("n0",), accepted=True)
    (reason,) = review_match(office, INFORMATION, wrong).reasons
    assert (reason.code, reason.params) == ("service.match.taken", {"old": "o0", "new": "n0"})


def test_ids_that_mean_other_things_are_not_matched(office: Office) -> None:
    layer(office, "old", {"1": box(600, 0, 610, 10), "2": box(620, 0, 630, 10)})
    layer(office, "new", {"2": box(600, 0, 610, 10), "1": box(624, 0, 634, 10)})
    report = match_layers(office, AssetShelf(), "old", "new")
    assert report.n_ids_reused == 2
    assert codes(record_matches(office, INFORMATION, report)) == ["service.match.ids-reused"]
    (doubt,) = report.queue
    with pytest.raises(Refused):
        decision_on(office, report, doubt.candidate_id, accepted=True, note=None)


def test_renumbered_layers_do_not_join_two_buildings_into_one_line(office: Office) -> None:
    """A tag on one would stand for the other: 1 is n1 is, by a third layer's numbers, 2."""
    west, east = box(600, 0, 610, 10), box(640, 0, 650, 10)
    layer(office, "first", {"1": west, "2": east})
    layer(office, "second", {"n1": west, "n2": east})
    shelf = AssetShelf()
    assert record_matches(office, INFORMATION, match_layers(office, shelf, "first", "second")).done
    layer(office, "third", {"2": west, "1": east})
    report = match_layers(office, shelf, "second", "third")
    assert report.n_ids_reused == 4
    assert codes(record_matches(office, INFORMATION, report)) == ["service.match.ids-reused"]
    versions = report.old.sha256, report.new.sha256
    by_hand = MatchReviewed("V", *versions, ("n1",), ("2",), accepted=True)
    assert codes(review_match(office, INFORMATION, by_hand)) == ["service.match.ids-reused"]
    assert office.recovery().epochs.line("n1").same_ids == ("n1", "1")


def test_an_id_that_another_layer_gives_to_something_else_is_not_matched(office: Office) -> None:
    layer(office, "elsewhere", {"1": box(900, 0, 910, 10)})
    layer(office, "old", {"1": box(600, 0, 610, 10)})
    layer(office, "new", {"n1": box(600, 0, 610, 10)})
    report = match_layers(office, AssetShelf(), "old", "new")
    assert codes(record_matches(office, INFORMATION, report)) == ["service.match.ids-reused"]


def test_matching_by_ground_does_not_go_against_a_match_on_record(office: Office) -> None:
    layer(office, "old", {"o1": box(600, 0, 610, 10), "o2": box(620, 0, 630, 10)})
    layer(office, "new", {"n1": box(600, 0, 610, 10), "n2": box(624, 0, 634, 10)})
    layer(office, "newer", {"m1": box(600, 0, 610, 10)})
    shelf = AssetShelf()
    report = match_layers(office, shelf, "old", "new")
    versions = report.old.sha256, report.new.sha256
    said = MatchReviewed("V", *versions, ("o1",), ("n2",), accepted=True)
    assert review_match(office, INFORMATION, said).done
    assert codes(record_matches(office, INFORMATION, report)) == ["service.match.taken"]
    # In another layer it may be one of its own.
    assert record_matches(office, INFORMATION, match_layers(office, shelf, "old", "newer")).done


def test_a_layer_matched_with_an_older_version_of_itself_keeps_its_ids(office: Office) -> None:
    first = layer(office, "homes", {"1": box(600, 0, 610, 10), "2": box(620, 0, 630, 10)})
    layer(office, "homes", {"1": box(600, 0, 610, 10), "3": box(650, 0, 660, 10)})
    report = match_layers(office, AssetShelf(), first[:12], "homes")
    assert report.n_ids_reused == 0
    assert record_matches(office, INFORMATION, report).done
    assert len(report.matching.gone) == len(report.matching.new) == 1


def test_a_beginning_of_a_hash_must_name_one_version(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer(office, "homes", {"1": box(600, 0, 610, 10)})
    layer(office, "homes", {"1": box(600, 0, 610, 20)})
    monkeypatch.setattr("rafiqa.service.layers.LEAST_HASH", 0)
    with pytest.raises(InvalidInput):
        layer_named(office, "")


def test_ground_without_area_is_left_out_of_matching(office: Office) -> None:
    lonlat = np.array([shapely.Point(), shapely.box(39.02, 35.95, 39.0201, 35.9501)], dtype=object)
    fact = LayerRegistered("odd", "buildings", "", 0)
    assert register_layer(office, FIRST, fact, (["x", "y"], lonlat, {})).done
    report = match_layers(office, AssetShelf(), "odd", "odd")
    assert [group.old_ids for group in report.groups] == [("y",)]
