"""Notices and the archive of places: four eyes, an end by itself, consent, and bare pixels."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rafiqa.land import Actor
from rafiqa.locale import all_clear_words, naming_words
from rafiqa.recovery import ArchiveWritten, AreaNoticeWritten, PublicDecided
from rafiqa.service import (
    AsOf,
    AssetShelf,
    Office,
    Stamp,
    check_site,
    decide_public,
    write_archive,
    write_notice,
)
from rafiqa.service.public import public_state
from tests.city import DAY_US, FIRST, SECOND, START_US, Clock
from tests.unit.service.publiccity import own_city

INFORMATION = Actor("p-information", "office", "information")
SHELF = AssetShelf()
SQUARE = "cell:3595:1950"
NOTICE = AreaNoticeWritten("A1", "recontamination", SQUARE, START_US, START_US, "High water.")
MEMORY = ArchiveWritten(
    *("M1", "area", "H1", "before", "2024-05-03", "remembrance", "City archive", "C-12"),
    caption="The mill before the war.",
    caption_ar="الطاحونة قبل الحرب.",
)
Made = tuple[Office, Clock]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    office, clock = own_city(tmp_path)
    yield office, clock
    office.store.close()


def notice(clock: Clock, **more: Any) -> AreaNoticeWritten:
    from_us = clock.at_us - DAY_US
    return replace(NOTICE, **{"from_us": from_us, "until_us": from_us + 10 * DAY_US} | more)


def picture() -> bytes:
    """A picture that says where, when and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "canary device"
    exif.get_ifd(0x8825)[0x1D] = "canary place"
    out = io.BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(
        out, "JPEG", exif=exif, comment=b"canary comment"
    )
    return out.getvalue()


def codes(acted: Any) -> list[str]:
    assert not acted.done
    return [reason.code for reason in acted.reasons]


def told(office: Office) -> dict[str, list[dict[str, Any]]]:
    return public_state(office, AssetShelf()).files


def decide(office: Office, item_id: str, decision: str, actor: Actor = SECOND) -> Any:
    note = None if decision == "approved" else "the office says so"
    return decide_public(office, actor, PublicDecided(item_id, decision, note))


def test_a_notice_is_told_once_another_has_approved_it_and_ends_by_itself(made: Made) -> None:
    office, clock = made
    assert write_notice(office, FIRST, notice(clock), SHELF).done
    assert told(office)["notices"] == []
    assert codes(decide(office, "A1", "approved", FIRST)) == ["service.public.own"]
    assert decide(office, "A1", "approved").done
    (row,) = told(office)["notices"]
    assert (row["kind"], row["text"]) == ("recontamination", "High water.")
    clock.sleep_days(20)
    assert told(office)["notices"] == []
    assert check_site(office).faults == ()


def test_before_it_begins_a_notice_is_not_told(made: Made) -> None:
    office, clock = made
    later = notice(clock, from_us=clock.at_us + 5 * DAY_US, until_us=clock.at_us + 6 * DAY_US)
    assert write_notice(office, FIRST, later, SHELF).done
    assert decide(office, "A1", "approved").done
    assert told(office)["notices"] == []
    clock.sleep_days(5.5)
    assert len(told(office)["notices"]) == 1
    assert told(office)["places"]


def test_a_notice_lowers_and_raises_nothing(made: Made) -> None:
    office, clock = made
    before = told(office)
    for at, kind in enumerate(("recontamination", "detonation", "works")):
        fact = notice(clock, notice_id=f"A{at}", kind=kind, until_us=clock.at_us + DAY_US)
        assert write_notice(office, FIRST, fact, SHELF).done
        assert decide(office, f"A{at}", "approved").done
        assert decide(office, f"A{at}", "withdrawn").done
    after = told(office)
    assert after["danger"] == before["danger"]
    assert after["released"] == before["released"]
    assert after["notices"] == []


def test_what_was_withdrawn_or_turned_down_is_told_to_nobody_again(made: Made) -> None:
    office, clock = made
    for at in (1, 2):
        assert write_notice(office, FIRST, notice(clock, notice_id=f"A{at}"), SHELF).done
    assert codes(decide_public(office, SECOND, PublicDecided("A1", "rejected"))) == [
        "service.public.reason"
    ]
    assert decide(office, "A1", "rejected").done
    assert decide(office, "A2", "approved").done
    assert decide(office, "A2", "withdrawn", FIRST).done
    for item_id in ("A1", "A2"):
        assert codes(decide(office, item_id, "approved")) == ["service.public.no-such-move"]
    assert codes(decide(office, "A9", "approved")) == ["service.public.unknown"]
    assert told(office)["notices"] == []


def test_a_decision_is_dated_when_it_is_recorded(made: Made) -> None:
    """A withdrawal dated before the approval would otherwise have been before it."""
    office, clock = made
    assert write_notice(office, FIRST, notice(clock), SHELF).done
    assert decide(office, "A1", "approved").done
    early = Stamp(valid_at_us=clock.at_us - 3 * DAY_US, entry_id="w1")
    fact = PublicDecided("A1", "withdrawn", "an error")
    assert decide_public(office, SECOND, fact, early).done
    assert told(office)["notices"] == []


def test_it_is_answered_as_it_was_known_then(made: Made) -> None:
    office, clock = made
    assert write_notice(office, FIRST, notice(clock), SHELF).done
    assert decide(office, "A1", "approved").done
    then = AsOf(clock.at_us, clock.at_us)
    clock.sleep_days(1)
    assert decide(office, "A1", "withdrawn").done
    assert len(public_state(office, AssetShelf(), then).files["notices"]) == 1
    assert told(office)["notices"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda clock: {"until_us": clock.at_us - 2 * DAY_US}, "service.notice.ends-before"),
        (lambda clock: {"from_us": 0, "until_us": clock.at_us - 1}, "service.notice.over"),
        (lambda _: {"kind": "detonation"}, "service.notice.too-long"),
        (lambda _: {"kind": "party"}, "service.code.unknown"),
        (lambda _: {"place_id": "H1"}, "service.public.place"),
        (lambda _: {"text": "x" * 281}, "service.public.long"),
        (lambda _: {"text": "  "}, "service.public.empty"),
        (lambda _: {"text": "The 4th brigade laid them"}, "service.public.names"),
        (lambda _: {"text": "Ask Mr Haddad"}, "service.public.names"),
        (lambda _: {"text": "Call +963 944 123 456"}, "service.public.names"),
        (lambda _: {"text": "At 34.90123, 38.55"}, "service.public.names"),
        (lambda _: {"text_ar": "زرعتها الميليشيا"}, "service.public.names"),
        (lambda _: {"text_ar": "اسألوا السيد أحمد"}, "service.public.names"),
        (lambda _: {"text": "The road is safe again"}, "service.public.promises"),
        (lambda _: {"text_ar": "الطريق آمن"}, "service.public.promises"),
        (lambda _: {"text": "Call 0944 - 123 - 456"}, "service.public.names"),
        (lambda _: {"text": "Call 09 44 / 12 34 / 56"}, "service.public.names"),
        (lambda _: {"text_ar": "اتصلوا ٠٩٤٤\u200e–\u200f١٢٣"}, "service.public.names"),
        (lambda _: {"text": "At 36,20215"}, "service.public.names"),
        (lambda _: {"text": "At 36°12'"}, "service.public.names"),
        (lambda _: {"text": "The fields are clear of mines"}, "service.public.promises"),
        (lambda _: {"text": "There is no more  danger"}, "service.public.promises"),
        (lambda _: {"text": "Families may now return"}, "service.public.promises"),
        (lambda _: {"text": "The orchard is mine-free"}, "service.public.promises"),
        (lambda _: {"text_ar": "المنطقة خالية من الألغام"}, "service.public.promises"),
        (lambda _: {"text_ar": "لا يوجد أي خطر"}, "service.public.promises"),
        (lambda _: {"text_ar": "يمكنكم الآن العودة"}, "service.public.promises"),
        (lambda _: {"text_ar": "مەترسی نەماوە"}, "service.public.promises"),
        (lambda _: {"text": "Zevî bê mayîn in"}, "service.public.promises"),
    ],
)
def test_what_cannot_be_told_so_is_refused_with_every_reason(
    made: Made, change: Callable[[Clock], dict[str, Any]], code: str
) -> None:
    office, clock = made
    head = office.store.head()
    assert code in codes(write_notice(office, FIRST, notice(clock, **change(clock)), SHELF))
    assert office.store.head() == head


def test_ordinary_words_are_not_taken_for_names() -> None:
    for words in (
        "High water in the old quarter: keep off the fields by the river until Sunday.",
        "Works on the main road, 9 to 15 o'clock. Follow the flags.",
        "ارتفع ماء النهر: ابتعدوا عن الحقول حتى يوم الأحد.",
        "Avê li zeviyan daye.",
        "Keep clear of the river bank; do not return before the office says so.",
        "Danger: mines may have moved. Nobody goes in.",
        "خطر: قد تكون الألغام تحركت. لا تدخلوا.",
    ):
        assert naming_words(words) == ()
        assert all_clear_words(words) == ()


def test_an_id_stands_for_one_thing(made: Made) -> None:
    office, clock = made
    assert write_notice(office, FIRST, notice(clock), SHELF).done
    again = write_notice(office, INFORMATION, notice(clock, text="Other words."), SHELF)
    assert codes(again) == ["service.public.id-twice"]
    twice = write_archive(office, FIRST, replace(MEMORY, archive_id="A1"), SHELF)
    assert codes(twice) == ["service.public.id-twice"]


def test_a_memory_is_told_with_day_source_and_place_and_goes_when_it_is_withdrawn(
    made: Made,
) -> None:
    office, _ = made
    came = picture()
    assert b"canary" in came
    fact = replace(MEMORY, faces_hidden=True)
    acted = write_archive(office, INFORMATION, fact, SHELF, came)
    assert acted.done, acted.reasons
    state = public_state(office, AssetShelf())
    assert (state.files["archive"], state.pictures) == ([], {})
    assert decide(office, "M1", "approved").done
    state = public_state(office, AssetShelf())
    (row,) = state.files["archive"]
    assert (row["taken_on"], row["credit"], row["moment"]) == (
        "2024-05-03",
        "City archive",
        "before",
    )
    assert "consent_ref" not in row
    (content,) = state.pictures.values()
    assert b"canary" not in content
    with Image.open(io.BytesIO(content)) as shown:
        assert not shown.getexif()
        assert "comment" not in shown.info
    assert decide(office, "M1", "withdrawn", FIRST).done
    state = public_state(office, AssetShelf())
    assert (state.files["archive"], state.pictures) == ([], {})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"taken_on": "2030-01-01"}, "service.archive.day"),
        ({"taken_on": "May 2024"}, "service.archive.day"),
        ({"taken_on": "20240503"}, "service.archive.day"),
        ({"caption": None, "caption_ar": None}, "service.archive.caption"),
        ({"credit": " "}, "service.public.empty"),
        ({"consent_ref": ""}, "service.public.empty"),
        ({"caption": "The house of the Haddad family"}, "service.public.names"),
        ({"subject_id": "H99"}, "service.archive.subject"),
        ({"subject": "asset", "subject_id": "b99"}, "service.archive.subject"),
        ({"subject": "place", "subject_id": "nowhere"}, "service.archive.subject"),
        ({"subject": "person"}, "service.code.unknown"),
        ({"purpose": "sale"}, "service.code.unknown"),
        ({"picture_sha256": "00" * 32}, "service.archive.picture-missing"),
    ],
)
def test_a_memory_without_what_it_needs_is_refused(
    made: Made, change: dict[str, Any], code: str
) -> None:
    office, _ = made
    head = office.store.head()
    assert code in codes(write_archive(office, FIRST, replace(MEMORY, **change), SHELF))
    assert office.store.head() == head


def test_a_picture_in_which_somebody_may_be_known_is_not_kept(made: Made) -> None:
    office, _ = made
    head = office.store.head()
    assert codes(write_archive(office, FIRST, MEMORY, SHELF, picture())) == [
        "service.archive.faces"
    ]
    assert office.store.head() == head


@pytest.mark.parametrize(("subject", "subject_id"), [("asset", "b1"), ("place", SQUARE)])
def test_a_memory_is_of_a_building_or_a_neighbourhood_too(
    made: Made, subject: str, subject_id: str
) -> None:
    office, _ = made
    fact = replace(MEMORY, subject=subject, subject_id=subject_id)
    assert write_archive(office, FIRST, fact, SHELF).done
    assert decide(office, "M1", "approved").done
    (row,) = told(office)["archive"]
    assert row["place"].startswith("N-")
