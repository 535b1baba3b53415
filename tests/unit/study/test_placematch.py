"""Places that a text names, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.study.folded import fold
from rafiqa.study.gazetteer import Gazetteer, apart_km
from rafiqa.study.placecore import core_gazetteer
from rafiqa.study.placematch import mentions
from rafiqa.study.placemerge import merged
from rafiqa.study.placerow import PlaceRow
from rafiqa.study.record import PlaceLevel, PlaceMention


def row(
    number: int,
    name: str,
    lon_deg: float,
    lat_deg: float,
    residents: int = 0,
    level: PlaceLevel = "town",
) -> PlaceRow:
    return PlaceRow(
        number, f"own:{number}", (name,), lon_deg, lat_deg, level, "SY", residents=residents
    )


VILLAGES = (
    row(1, "الحرية", 39.1, 35.9),
    row(2, "الكرامة", 39.3, 35.9),
    row(3, "تحت", 38.9, 36.1),
    row(4, "الشحيل", 40.45, 35.1),
    row(5, "الكسرة", 39.92, 35.567),
    row(6, "الكسرة", 36.1, 35.9),
    row(7, "كبيرة", 36.3, 35.2),
    row(8, "بنش", 36.71, 35.96, 30_000),
    row(9, "رأس العين", 36.0, 35.32),
    row(10, "الرقة", 39.17, 35.92, 506_306, "district"),
    row(11, "جاسم", 36.06, 32.99, 30_283),
)
"""Invented rows with names as real lists have them."""


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return merged([VILLAGES], [])


def found(text: str, gazetteer: Gazetteer | None = None) -> list[PlaceMention]:
    told = mentions(fold(text), gazetteer or core_gazetteer())
    for one in told:
        assert text[one.span.start : one.span.end] == one.surface
    return list(told)


def ids(text: str, gazetteer: Gazetteer | None = None) -> list[list[str]]:
    return [[each.place_id for each in one.candidates] for one in found(text, gazetteer)]


def surfaces(text: str, gazetteer: Gazetteer | None = None) -> list[str]:
    return [one.surface for one in found(text, gazetteer)]


@pytest.mark.parametrize(
    ("text", "place_id"),
    [
        ("عادت العائلات إلى كوباني أمس", "rafiqa:kobani"),
        ("عادت العائلات إلى عين العرب أمس", "rafiqa:kobani"),
        ("لە کۆبانێ تەقینەوە ڕوویدا", "rafiqa:kobani"),
        ("Li Kobaniyê teqîn çêbû", "rafiqa:kobani"),
        ("Families returned to Kobane's outskirts", "rafiqa:kobani"),
        ("الألغام في شنكال", "rafiqa:sinjar"),
        ("Li Şengalê mayîn hene", "rafiqa:sinjar"),
        ("انفجار قرب الباغوز", "rafiqa:baghuz"),
        ("بالباغوز", "rafiqa:baghuz"),
        ("من سري كانيه", "rafiqa:ras-al-ayn"),
        ("إلى كري سبي", "rafiqa:tell-abyad"),
        ("مدينة الثورة", "rafiqa:tabqa"),
        ("في الطبقة", "rafiqa:tabqa"),
        ("لە شاری ڕەققەیێ", "rafiqa:raqqa"),
        ("Li bajarê Reqayê", "rafiqa:raqqa"),
        ("The city of Ar-Raqqah", "rafiqa:raqqa"),
        ("مدينة الرّقّــة", "rafiqa:raqqa"),
        ("دير\u00a0الزور", "rafiqa:deir-ez-zor"),
    ],
)
def test_one_place_has_several_names(text: str, place_id: str) -> None:
    (candidates,) = ids(text)
    assert candidates[0] == place_id


def test_a_place_of_two_names_is_told_by_both() -> None:
    (one,) = found("في سري كانيه")
    assert one.candidates[0].name == "رأس العين / سري كانيه"


@pytest.mark.parametrize(
    "text",
    [
        "قالت حكومة دمشق إنها مستعدة",
        "قوات سوريا الديمقراطية",
        "كقوات سوريا الديمقراطية وقوات أخرى",
        "التابع لحكومة دمشق ضعيف",
        "جيش حكومة دمشق",
        "نظام دمشق",
        "حكومتي دمشق وأنقرة",
        "الإدارة الذاتية الديمقراطية لشمال وشرق سوريا",
        "مجلس منبج العسكري",
        "The government of Syria said",
        "the Damascus government",
        "the Manbij Military Council",
        "Hêzên Sûriya Demokratîk",
        "Iraqi forces",
        "سوپای عێراقی",
        "عملية درع الفرات",
        "تنظيم الدولة الإسلامية في العراق والشام",
    ],
)
def test_who_acts_is_no_place(text: str, gazetteer: Gazetteer) -> None:
    assert found(text, gazetteer) == []


@pytest.mark.parametrize(
    "text",
    [
        "قال محمد الرقاوي",
        "قال السيد محمد حلب",
        "الدكتور حمص",
        "جاسم بن محمد",
        "قال محمد جاسم",
        "أبو حلب",
        "شارع بغداد",
        "فندق الشام",
    ],
)
def test_a_person_and_a_namesake_are_no_place(text: str, gazetteer: Gazetteer) -> None:
    assert found(text, gazetteer) == []


@pytest.mark.parametrize(
    "text",
    [
        "ورقة مفيدة جداً",
        "فرقة الإنقاذ",
        "الحرية والكرامة للجميع",
        "تحت الأرض",
        "قرية كبيرة",
        "الطبقة العاملة",
        "قطر الدائرة خمسة أمتار",
        "الحرب تدمر المنازل",
        "الصليب الأحمر",
        "المصالح السعودية",
        "كيف يمكنك",
        "https://t.co/hPd2Uk1zsD",
        "وصل للمخيم الصيفي",
    ],
)
def test_a_word_is_no_place(text: str, gazetteer: Gazetteer) -> None:
    assert found(text, gazetteer) == []


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("في قرية الحرية", "الحرية"),
        ("وبلدة الكرامة", "الكرامة"),
        ("انفجار قرب الشحيل", "الشحيل"),
        ("شمالي الشحيل", "الشحيل"),
        ("الكسرة بريف دير الزور", "الكسرة"),
        ("عاد أهالي بنش", "بنش"),
        ("بلدة الباب وبنش", "الباب"),
        ("في رأس العين وتل أبيض", "تل أبيض"),
        ("بين عين عيسى وسلوك", "سلوك"),
        ("بعد تحرير الطبقة", "الطبقة"),
        ("الطبقة والكرامة ومنبج", "الكرامة"),
        ("دير الزور وتدمر", "تدمر"),
        ("Raqqa and Tabqa", "Tabqa"),
    ],
)
def test_what_stands_beside_a_name_makes_it_a_place(
    text: str, surface: str, gazetteer: Gazetteer
) -> None:
    assert surface in surfaces(text, gazetteer)


def test_the_land_around_settles_which_of_two_villages(gazetteer: Gazetteer) -> None:
    first = ids("انفجار لغم في قرية الكسرة بريف دير الزور أمس", gazetteer)[0]
    assert first == ["rafiqa:kasrah"]
    assert len(ids("انفجار لغم في قرية الكسرة أمس", gazetteer)[0]) == 2
    assert ids("قرية الكسرة في محافظة اللاذقية", gazetteer)[0] == ["own:6"]


def test_an_unsettled_name_keeps_all_its_candidates(gazetteer: Gazetteer) -> None:
    (candidates,) = ids("في رأس العين", gazetteer)
    assert set(candidates) == {"rafiqa:ras-al-ayn", "own:9"}


def test_the_word_before_says_of_which_level_a_name_is(gazetteer: Gazetteer) -> None:
    assert ids("محافظة الرقة", gazetteer) == [["rafiqa:SY-RA"]]
    assert ids("مدينة الرقة", gazetteer) == [["rafiqa:raqqa"]]
    assert set(ids("مركز الرقة", gazetteer)[0]) == {"rafiqa:raqqa", "own:10"}
    assert ids("في الرقة", gazetteer) == [["rafiqa:raqqa", "rafiqa:SY-RA"]]


def test_a_quarter_that_no_list_holds_is_told_and_not_located() -> None:
    (one,) = found("لم يتم تطهير حي المشلب من الألغام")
    assert (one.surface, one.candidates) == ("المشلب", ())
    assert surfaces("في حي الثكنة بالرقة") == ["الثكنة", "الرقة"]
    assert found("في حي سكني") == []
    assert [one.candidates for one in found("في حي الشحيل", merged([VILLAGES], []))] == [()]


def test_a_village_named_once_with_its_word_is_known_in_the_whole_text(
    gazetteer: Gazetteer,
) -> None:
    text = "وصل الفريق إلى الشحيل.\nوفي بلدة الشحيل عثر على لغم.\nثم غادر الشحيل."
    assert surfaces(text, gazetteer) == ["الشحيل"] * 3


def test_what_a_message_is_tagged_with_is_no_place() -> None:
    assert found("#سيول_الأردن") == []
    assert surfaces("في الأردن #الأردن") == ["الأردن"]
    assert surfaces("#حفر_الباطن") == ["حفر_الباطن"]


@given(st.text(max_size=80), st.lists(st.sampled_from(["في الرقة ", "كوباني", "حي ", "Raqqa "])))
def test_any_text_is_quoted_as_it_stands_and_gets_no_point_of_its_own(
    noise: str, names: list[str]
) -> None:
    text = noise.join(names) + noise
    known = core_gazetteer().by_id
    ends = 0
    for one in found(text):
        assert one.span.start >= ends
        ends = one.span.end
        for each in one.candidates:
            assert each == known[each.place_id].candidate()


def test_apart_km_is_the_great_circle() -> None:
    known = core_gazetteer().by_id
    apart = apart_km(known["rafiqa:raqqa"], known["rafiqa:kobani"])
    assert apart == pytest.approx(120, abs=3)
    assert apart_km(known["rafiqa:raqqa"], known["rafiqa:raqqa"]) == 0
