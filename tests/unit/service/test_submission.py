"""Submissions: once each, never refused for their form, and nothing of the land before review."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from rafiqa.errors import Conflict, Forbidden, InvalidInput
from rafiqa.geo import Spot
from rafiqa.land import Actor, EvidenceRecorded, ResidentReported
from rafiqa.ledger import PART_BYTES, FormPublished, SubmissionReviewed
from rafiqa.service import (
    Office,
    Sent,
    erase_words,
    missing_files,
    name_file,
    publish_form,
    put_file,
    put_file_apart,
    put_file_part,
    receive,
    reports_waiting,
    review_submission,
)
from rafiqa.service.intakekept import kept_items, write_kept, write_kept_files
from rafiqa.service.submissionplace import REACH_LIMIT_M
from rafiqa.service.submissionvalue import nested_answers
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.field import FORM_XML, POINT, filled_form
from tests.unit.service.ground import FIRST, INFORMATION, OPERATOR, RESIDENT, SURVEYOR

PHOTO = bytes(range(256)) * 1200
ROUND = "; ".join(
    f"{lat} {lon} 0 0"
    for lat, lon in ((34.9, 38.55), (34.901, 38.55), (34.901, 38.551), (34.9, 38.55))
)


@pytest.fixture
def office(at_stage: OfficeAt) -> Office:
    office = at_stage("site")
    form = FormPublished("", "", "", "", "evidence")
    assert publish_form(office, INFORMATION, form, FORM_XML).done
    return office


def take(office: Office, content: bytes, actor: Actor = SURVEYOR) -> str:
    submitted = receive(office, actor, Sent(content))
    assert submitted.acted.done
    return submitted.instance_id


def review(office: Office, state: str, note: str = "", actor: Actor = INFORMATION) -> list[str]:
    fact = SubmissionReviewed("uuid:1", state, note or None)  # type: ignore[arg-type]
    return [reason.code for reason in review_submission(office, actor, fact).reasons]


def test_the_same_again_is_done_already_and_stored_once(office: Office) -> None:
    take(office, filled_form("uuid:1"))
    head = office.store.head()
    again = receive(office, SURVEYOR, Sent(filled_form("uuid:1")))
    assert again.acted.already
    assert office.store.head() == head


def test_other_content_under_an_id_is_kept_apart_and_still_stands_on_the_map(
    office: Office,
) -> None:
    take(office, filled_form("uuid:1"))
    other = receive(office, OPERATOR, Sent(filled_form("uuid:1", place="34.91 38.56 0 0")))
    assert [reason.code for reason in other.acted.reasons] == ["ledger.id-conflict"]
    assert office.fieldbook().stories["uuid:1"].received.actor == SURVEYOR
    kept = list(office.store.quarantined())
    assert any(b"34.91" in item.original for item in kept)
    assert len(list(reports_waiting(office))) == 2, "unknown is hazard: both places are shown"


def test_the_files_of_what_is_kept_apart_lie_with_it(office: Office, tmp_path: Path) -> None:
    take(office, filled_form("uuid:1", photo="a.jpg"))
    assert put_file(office, SURVEYOR, "uuid:1", "a.jpg", PHOTO)
    content = filled_form("uuid:1", photo="a.jpg", kind="crater")
    tried = {receive(office, SURVEYOR, Sent(content)).apart_id for _ in range(3)}
    (apart,) = (each for each in tried if each is not None)
    for _ in range(2):
        put_file_apart(office, SURVEYOR, apart, "a.jpg", PHOTO[::-1])
        put_file_apart(office, SURVEYOR, apart, "../b.sh", PHOTO[:9])
    (kept,) = kept_items(office)
    assert (kept.item.original, kept.item.quarantine_id) == (content, apart)
    write_kept(kept, tmp_path)
    written = write_kept_files(office, kept, tmp_path)
    assert written == [kept.name_of(1), kept.name_of(2)]
    assert [(tmp_path / name).read_bytes() for name in written] == [PHOTO[::-1], PHOTO[:9]]
    assert {path.parent for path in tmp_path.rglob("*")} == {tmp_path}
    own = office.fieldbook().stories["uuid:1"].files["a.jpg"].sha256
    assert own == sha256(PHOTO).hexdigest(), "what came first keeps its own"


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (filled_form("uuid:1", form='id="nobody-knows"'), ["service.submission.form-unknown"]),
        (
            filled_form("uuid:1", form='id="sighting" version="9"'),
            ["service.submission.version-unknown"],
        ),
        (filled_form(""), ["service.submission.id-missing"]),
        (filled_form("uuid:2", replaces="uuid:1"), ["service.submission.replaces-unknown"]),
    ],
)
def test_a_report_of_danger_is_not_refused_for_its_form(
    office: Office, content: bytes, faults: list[str]
) -> None:
    submitted = receive(office, RESIDENT, Sent(content))
    assert submitted.acted.done
    assert list(submitted.faults) == faults
    (report,) = reports_waiting(office)
    assert isinstance(report.fact, ResidentReported)
    assert report.fact.spot == Spot.of(38.55, 34.9)


@pytest.mark.parametrize(
    "place",
    [
        '{"type":"Point","coordinates":[38.55,34.9,NaN]}',
        '{"type":"Point","type":"Point","coordinates":[38.55,34.9]}',
        '{"type":"Point","coordinates":[38.55,34.9],"x":' + "[" * 25 + "]" * 25 + "}",
    ],
)
def test_an_oddly_written_place_stands_on_the_map_and_is_told(office: Office, place: str) -> None:
    body = json.dumps({"form_id": "x", "values": {"what": "mine", "place": place}}).encode()
    submitted = receive(office, RESIDENT, Sent(body, "application/json", "uuid:odd-place"))
    assert submitted.faults == ("service.submission.form-unknown", "wire.fieldplace.unclear")
    (report,) = reports_waiting(office)
    assert isinstance(report.fact, ResidentReported)
    assert report.fact.spot == Spot.of(38.55, 34.9)


@pytest.mark.parametrize(
    ("values", "accuracy_m"),
    [
        ({"place": "34.9 38.55 0 " + "9" * 400}, REACH_LIMIT_M),
        ({"place": "34.9 38.55 0 5.5"}, 6),
    ],
)
def test_no_odd_accuracy_of_a_place_costs_its_sign(
    office: Office, values: dict[str, str], accuracy_m: int
) -> None:
    body = json.dumps({"form_id": "x", "values": {"what": "mine", **values}}).encode()
    receive(office, RESIDENT, Sent(body, "application/json", "uuid:odd-accuracy"))
    (report,) = reports_waiting(office)
    assert isinstance(report.fact, ResidentReported)
    assert report.fact.spot == Spot.of(38.55, 34.9)
    assert report.fact.accuracy_m == accuracy_m


def test_a_place_that_is_none_is_told_and_what_is_no_xml_is_kept(office: Office) -> None:
    assert receive(office, SURVEYOR, Sent(filled_form("uuid:3", place="95 200 0 0"))).faults == (
        "wire.fieldplace.range",
    )
    assert receive(office, SURVEYOR, Sent(filled_form("uuid:4", place="0 0 0 0"))).faults == (
        "service.submission.no-fix",
    )
    assert list(reports_waiting(office)) == []
    for broken in (b"<data id='x'>", b"", b'<!DOCTYPE a [<!ENTITY b "c">]><a id="x">&b;</a>'):
        with pytest.raises(InvalidInput):
            receive(office, SURVEYOR, Sent(broken))
        assert broken in [item.original for item in office.store.quarantined()]


def test_ground_that_a_surveyor_draws_stands_whole_at_once_a_residents_as_a_point(
    office: Office,
) -> None:
    take(office, filled_form("uuid:1", place=ROUND))
    drawn = [r.fact for r in office.facts() if isinstance(r.fact, EvidenceRecorded)]
    assert [item.shape is not None for item in drawn] == [True]
    take(office, filled_form("uuid:2", place=ROUND), RESIDENT)
    assert len([r for r in office.facts() if isinstance(r.fact, EvidenceRecorded)]) == 1
    assert len(list(reports_waiting(office))) == 2


def test_a_clock_of_1970_moves_nothing(office: Office) -> None:
    content = filled_form("uuid:1").replace(b"<photo>", b"<end>1970-01-01T00:00:00Z</end><photo>")
    take(office, content)
    story = office.fieldbook().stories["uuid:1"]
    assert story.fact.told_at == "1970-01-01T00:00:00Z"
    assert story.received.valid_at_us > 0
    (report,) = reports_waiting(office)
    assert report.valid_at_us == story.received.valid_at_us


def test_review_makes_the_fact_and_answers_the_sign(office: Office) -> None:
    take(office, filled_form("uuid:1", statement="by the well"))
    assert not list(office.register().evidence.values())
    assert review(office, "accepted", actor=SURVEYOR) == ["service.permit.denied"]
    assert review(office, "accepted") == []
    (known,) = office.register().evidence.values()
    assert known.actor == INFORMATION
    assert isinstance(known.fact, EvidenceRecorded)
    assert (known.fact.kind, known.fact.text) == ("eo_seen", "by the well")
    assert list(reports_waiting(office)) == []
    assert office.fieldbook().stories["uuid:1"].state == "accepted"
    assert review(office, "refused", "no") == ["service.submission.accepted"]


def test_nobody_reviews_their_own_and_a_refusal_needs_a_reason(office: Office) -> None:
    take(office, filled_form("uuid:1"), INFORMATION)
    assert review(office, "accepted") == ["service.submission.own"]
    assert review(office, "returned", actor=FIRST) == ["service.submission.note-missing"]
    assert review(office, "returned", "which house?", actor=FIRST) == []
    story = office.fieldbook().stories["uuid:1"]
    assert (story.state, story.note) == ("returned", "which house?")
    assert len(list(reports_waiting(office))) == 1, "sending back takes no sign off the map"


def test_what_does_not_read_as_its_record_is_not_accepted(office: Office) -> None:
    take(office, filled_form("uuid:1", kind="a thing"))
    assert review(office, "accepted") == ["dictionary.code.unknown"]
    assert office.fieldbook().stories["uuid:1"].state == "waiting"


def test_corrections_follow_one_another_in_whatever_order_they_come(office: Office) -> None:
    take(office, filled_form("uuid:2", replaces="uuid:1"))
    take(office, filled_form("uuid:1"))
    stories = office.fieldbook().stories
    assert (stories["uuid:1"].state, stories["uuid:2"].state) == ("replaced", "waiting")
    fork = receive(office, SURVEYOR, Sent(filled_form("uuid:3", replaces="uuid:1")))
    assert fork.faults == ("service.submission.replaced-twice",)
    assert review(office, "accepted") == ["service.submission.replaced"]


def test_files_come_whole_or_in_parts_and_what_is_missing_is_told(office: Office) -> None:
    take(office, filled_form("uuid:1", photo="صورة.jpg"))
    story = office.fieldbook().stories["uuid:1"]
    assert missing_files(office, story) == ("صورة.jpg",)
    digest = sha256(PHOTO).hexdigest()
    assert name_file(office, SURVEYOR, "uuid:1", "صورة.jpg", digest, len(PHOTO)).done
    put_file_part(office, SURVEYOR, "uuid:1", "صورة.jpg", 1, PHOTO[PART_BYTES:])
    assert missing_files(office, story) == ("صورة.jpg",)
    head = office.store.head()
    assert not put_file(office, SURVEYOR, "uuid:1", "صورة.jpg", PHOTO)
    assert not put_file(office, SURVEYOR, "uuid:1", "صورة.jpg", PHOTO)
    assert missing_files(office, story) == ()
    assert office.store.head() == head
    with pytest.raises(Conflict):
        put_file(office, SURVEYOR, "uuid:1", "صورة.jpg", PHOTO[:-1])
    with pytest.raises(Forbidden):
        put_file(office, OPERATOR, "uuid:1", "other.jpg", PHOTO)


def test_numbers_that_did_not_come_are_holes(office: Office) -> None:
    for number in (2, 3, 7):
        body: dict[str, object] = {
            "form_id": "sighting",
            "form_version": "3",
            "values": {},
            "number": number,
        }
        sent = Sent(json.dumps(body).encode(), "application/json", f"uuid:{number}", "phone-1")
        assert receive(office, SURVEYOR, sent).acted.done
    assert office.fieldbook().holes("phone-1") == ((1, 1), (4, 6))


def test_the_words_of_a_submission_can_be_erased_and_its_sign_stays(office: Office) -> None:
    take(office, filled_form("uuid:1", statement="canary name"))
    entry_id = office.fieldbook().stories["uuid:1"].received.entry_id
    assert erase_words(office, FIRST, entry_id, "asked for").done
    story = office.fieldbook().stories["uuid:1"]
    assert "canary" not in story.fact.text
    assert len(list(reports_waiting(office))) == 1
    assert review(office, "accepted") == ["wire.xml.syntax"]


def test_the_place_of_a_phone_is_latitude_first(office: Office) -> None:
    assert POINT.startswith("34.9")
    take(office, filled_form("uuid:1"))
    (report,) = reports_waiting(office)
    assert isinstance(report.fact, ResidentReported)
    assert report.fact.spot is not None
    assert report.fact.spot.lon_deg == 38.55


def test_what_was_accepted_without_its_place_leaves_the_sign(office: Office) -> None:
    content = filled_form("uuid:1").replace(b"geometry>", b"where_seen>")
    take(office, content)
    assert review(office, "accepted") == []
    assert [record.fact for record in office.register().evidence.values()]
    assert len(list(reports_waiting(office))) == 1, "the fact stands nowhere: the sign must"


def part(number: int, depth: str, outcome: str = "cleared") -> str:
    """One part of a completion as a phone writes it; what was not asked is not there."""
    at = 38.55 + number / 1000
    ground = "; ".join(
        f"{lat} {lon} 0 0"
        for lat, lon in ((34.9, at), (34.9005, at), (34.9005, at + 0.0005), (34.9, at))
    )
    asked = f"<land_part_depth_cm>{depth}</land_part_depth_cm>" if depth else ""
    return (
        f"<land_part_part><land_part_id>P{number}</land_part_id>"
        f"<land_part_outcome>{outcome}</land_part_outcome>"
        f"<land_part_geometry>{ground}</land_part_geometry>{asked}</land_part_part>"
    )


def work_form(form_id: str, *parts: str, more: str = "") -> bytes:
    """A filled form of work with its parts."""
    return (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="{form_id}" version="1">{more}'
        f"{''.join(parts)}<orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>"
    ).encode()


def test_what_was_asked_again_is_not_mixed_up(office: Office) -> None:
    content = work_form("work", part(1, "", "not_cleared"), part(2, "30"), part(3, "100"))
    take(office, content)
    story = office.fieldbook().stories["uuid:1"]
    told = nested_answers(office, story)["land_part_part"]
    assert [(each["land_part_id"], each.get("land_part_depth_cm")) for each in told] == [
        ("P1", None),
        ("P2", "30"),
        ("P3", "100"),
    ]
    values = {"land_part": [{"id": "P1"}, {"id": "P2", "depth_cm": 30}], "place": {"name": "x"}}
    body = {"form_id": "work", "values": values}
    sent = Sent(json.dumps(body).encode(), "application/json", "json-00001")
    assert receive(office, SURVEYOR, sent).acted.done
    again = nested_answers(office, office.fieldbook().stories["json-00001"])
    assert again == {
        "land_part": [{"id": "P1"}, {"id": "P2", "depth_cm": "30"}],
        "place": {"name": "x"},
    }


def test_an_item_left_in_place_stands_on_the_map_whatever_the_form_is_about(
    office: Office,
) -> None:
    form = FormPublished("", "", "", "", "activity")
    xml = FORM_XML.replace(b"sighting", b"work").replace(b'version="3"', b'version="1"')
    assert publish_form(office, INFORMATION, form, xml).done

    def item(action: str, lon: float) -> str:
        return (
            f"<ordnance_item_part><ordnance_item_geometry>34.9 {lon} 0 4.2</ordnance_item_geometry>"
            f"<ordnance_item_action>{action}</ordnance_item_action></ordnance_item_part>"
        )

    take(office, work_form("work", part(1, "30"), item("removed", 38.6), item("pending", 38.7)))
    (report,) = reports_waiting(office)
    assert isinstance(report.fact, ResidentReported)
    assert (report.fact.spot, report.fact.accuracy_m) == (Spot.of(38.7, 34.9), 5)


@pytest.mark.parametrize(
    ("place", "reach_m"),
    [
        ("34.9 38.55 0 0", None),
        ("34.9 38.55 0 812.3", 813),
        ("34.9 38.55 0 0; 34.91 38.55 0 0", 1_110),  # a walked line, told of at its one end
    ],
)
def test_a_sign_reaches_as_far_as_what_was_told(
    office: Office, place: str, reach_m: int | None
) -> None:
    take(office, filled_form("uuid:1", place=place), RESIDENT)
    (report,) = reports_waiting(office)
    assert isinstance(report.fact, ResidentReported)
    assert report.fact.accuracy_m == reach_m


def test_places_beyond_the_limit_are_told_and_reached_by_the_last_sign(office: Office) -> None:
    many = "".join(f"<at{n}>34.9 {38.5 + n / 1000:.3f}5 0 0</at{n}>" for n in range(60))
    submitted = receive(office, SURVEYOR, Sent(work_form("nobody-knows", more=many)))
    assert "service.submission.places-many" in submitted.faults
    waiting = [record.fact for record in reports_waiting(office)]
    assert len(waiting) == 50
    last = waiting[-1]
    assert isinstance(last, ResidentReported)
    assert (last.accuracy_m or 0) >= 450, "ten places, 91 m apart, from one in their midst"


def test_nobody_puts_away_anothers_report_nor_does_one_put_itself_away(office: Office) -> None:
    take(office, filled_form("uuid:1"))
    stranger = receive(office, RESIDENT, Sent(filled_form("uuid:2", replaces="uuid:1")))
    assert stranger.faults == ("service.submission.replaces-other",)
    take(office, filled_form("uuid:3", replaces="uuid:3"))
    take(office, filled_form("uuid:5", replaces="uuid:4"))
    take(office, filled_form("uuid:4", replaces="uuid:5"))
    states = {name: story.state for name, story in office.fieldbook().stories.items()}
    assert (states["uuid:1"], states["uuid:3"]) == ("waiting", "waiting")
    assert sorted([states["uuid:4"], states["uuid:5"]]) == ["replaced", "waiting"]


def test_what_a_refused_correction_corrected_can_be_accepted(office: Office) -> None:
    take(office, filled_form("uuid:1"))
    take(office, filled_form("uuid:2", replaces="uuid:1"))
    assert review(office, "accepted") == ["service.submission.replaced"]
    fact = SubmissionReviewed("uuid:2", "refused", "another house")
    assert review_submission(office, INFORMATION, fact).done
    assert review(office, "accepted") == []


def test_numbers_that_came_twice_are_told_and_a_correction_keeps_its_own(office: Office) -> None:
    def sent(instance_id: str, number: int, replaces: str | None = None) -> None:
        body = {"form_id": "sighting", "values": {}, "number": number, "replaces": replaces}
        form = Sent(json.dumps(body).encode(), "application/json", instance_id, "phone-1")
        assert receive(office, SURVEYOR, form).acted.done

    for instance_id, number in (("uuid:a1", 1), ("uuid:a2", 2)):
        sent(instance_id, number)
    sent("uuid:a3", 2, "uuid:a2")
    assert office.fieldbook().twice("phone-1") == ()
    sent("uuid:b2", 2)
    assert office.fieldbook().twice("phone-1") == (2,)


def test_who_lists_submissions_may_be_overtaken_by_phones(office: Office) -> None:
    take(office, filled_form("uuid:1"))
    seen = []
    for number, story in enumerate(office.fieldbook().of_organisation(None)):
        take(office, filled_form(f"uuid:later-{number}"))
        seen.append(story.fact.instance_id)
    assert seen == ["uuid:1"]
