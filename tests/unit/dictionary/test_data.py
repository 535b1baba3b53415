"""The dictionary that ships: what it must hold, and that its page says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.dictionary import LANGUAGES, check_row, dictionary, document, match_columns
from rafiqa.locale import assuring_words, texts

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "dictionary.md"
KINDS = (
    "accidents bridges buildings damage evidence hazard-areas land-parts places population "
    "projects protected-sites roads rubble-lots water works"
)
PUBLIC_NAMES = {
    "hazard_area": "id class geometry",
    "land_part": "id area_id outcome depth_cm method surface operator released_by released_on "
    "reason geometry",
    "project": "id name depth_cm kind planned_on owner geometry",
    "asset": "kind name storeys height_m occupants geometry",
    "accident": "happened_on killed injured kind geometry",
}
ENUMERATIONS = {
    "class": "indication sha cha cancelled reduced cleared no_hazard_found",
    "stage": "reported assessing no_hazard_found open tasked in_progress suspended work_complete "
    "inspecting rework released handed_over closed reopened residual",
    "validation": "draft submitted org_ok ops_ok im_ok approved rejected superseded",
    "method": "nts ts_targeted ts_systematic manual mechanical animal bac_surface bac_subsurface "
    "eod_spot building_search rubble_sift underwater",
    "evidence_kind": "eo_seen detonation accident marking scrap crater damaged_infrastructure "
    "unused_land former_position record_map statement imagery contrary_use contrary_ts "
    "laid_account informal_clearance other",
    "evidence_source": "visual verbal former_record remote",
    "evidence_class": "direct indirect contrary nothing",
    "closure_reason": "cancelled_no_evidence reduced_no_evidence cleared duplicate "
    "entered_in_error merged split transferred",
    "suspend_reason": "security season accident funding nonconformity access owner other",
    "severity": "critical major minor observation",
    "geo_precision": "exact street block community district withheld",
    "tier": "public partner authority restricted",
    "eo_rating": "low medium high unrated",
    "outcome": "cancelled reduced cleared not_cleared",
    "gate_outcome": "open conditions closed",
}


def test_every_import_kind_has_one_record():
    assert " ".join(dictionary().import_kinds()) == KINDS
    assert all(dictionary().record_of(kind) for kind in KINDS.split())
    assert dictionary().record_of("nothing") is None


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_public_names_stay(name):
    assert set(PUBLIC_NAMES[name].split()) <= set(dictionary().records[name].names)


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_enumerations_stay(name):
    assert " ".join(dictionary().lists[name].names) == ENUMERATIONS[name]


def test_page_equals_the_data():
    assert PAGE.read_text(encoding="utf-8") == document()


def test_no_page_promises_absence_of_danger():
    assert assuring_words(document()) == ()


def test_identities_stand_apart():
    records = dictionary().records
    for name in ("victim_identity", "reporter_identity", "hlp_claim"):
        content = [
            field for field in records[name].fields if field.type != "ref" and field.name != "id"
        ]
        assert {field.sensitivity for field in content} == {4}, name
    for record in records.values():
        if record.name not in {
            "victim_identity",
            "reporter_identity",
            "hlp_claim",
            "victim",
            "assistance",
        }:
            assert not [field.name for field in record.fields if field.sensitivity == 4], (
                record.name
            )


def test_exact_places_of_items_are_restricted():
    records = dictionary().records
    for name in ("ordnance_item", "evidence", "resident_report"):
        geometry = records[name].geometry
        assert geometry is not None
        assert geometry.sensitivity >= 2
    assert "geometry" in records["hazard_area"].shown_to(0)
    assert "geometry" not in records["ordnance_item"].shown_to(1)


def test_nothing_written_loosely_lowers_the_class():
    """Lowering takes the code or its full label, never a word that also means the work."""
    match = dictionary().lists["outcome"].match
    for loose in (
        "clearance",
        "clear",
        "done",
        "ok",
        "released",
        "free",
        "no",
        "none",
        "reduction",
    ):
        assert match(loose) is None, loose
        assert dictionary().lists["class"].match(loose) is None, loose


def test_cleared_needs_a_depth_and_not_cleared_a_reason():
    part = dictionary().records["land_part"]
    values = {"id": "P1", "geometry": object()}
    _, faults = check_row(part, {**values, "outcome": "cleared"})
    assert [(fault.code, fault.place) for fault in faults] == [
        ("dictionary.field.missing-when", "depth_cm")
    ]
    _, faults = check_row(part, {**values, "outcome": "not_cleared"})
    assert [fault.place for fault in faults] == ["reason"]
    assert check_row(part, {**values, "outcome": "reduced"})[1] == ()


def test_project_without_depth_is_registered():
    """The gate stays closed for it; refusing the record would hide the project."""
    _, faults = check_row(dictionary().records["project"], {"id": "1", "name": "School"})
    assert faults == ()


def test_all_languages_are_labelled_and_say_who_wrote_them():
    for record in dictionary().records.values():
        assert set(record.label_sources) == set(LANGUAGES)
        for field in record.fields:
            assert all(label for _, label in field.labels.pairs())


def test_code_texts_for_a_page():
    assert dictionary().code_texts("ar")["class.sha"] == "منطقة خطر مشتبه بها"
    assert dictionary().code_texts("fr")["class.sha"] == "Suspected hazardous area"


def test_terms_hold_the_words_of_the_trade():
    assert dictionary().terms["cha"].labels.ar == "منطقة خطر مؤكدة"
    assert dictionary().terms["quality_control"].variants == ("السيطرة النوعية",)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_fault_of_this_room_has_words(lang):
    import re

    folder = Path(document.__code__.co_filename).parent
    codes = {
        code
        for file in folder.glob("*.py")
        for code in re.findall(r'"(dictionary\.[a-z]+\.[a-z-]+)"', file.read_text())
    }
    assert len(codes) > 30
    known = texts(lang, "dictionary.")
    assert not {code for code in codes if code not in known or f"{code}.next" not in known}


def test_shared_data_columns_are_recognised():
    place = dictionary().records["place"]
    headers = ["PP_PCODE", "PP_NAME_EN", "PP_NAME_AR", "lon", "lat", "ADM3_PCODE", "ADM1_EN"]
    columns = match_columns(place, [*headers, "Population"])
    assert columns.fields == {
        "PP_PCODE": "id",
        "PP_NAME_EN": "name",
        "PP_NAME_AR": "name_ar",
        "ADM3_PCODE": "subdistrict_id",
        "ADM1_EN": "governorate",
        "Population": "residents",
    }
    assert columns.unknown == ("lon", "lat")
