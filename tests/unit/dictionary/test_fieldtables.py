"""The field tables of the trade: what each record must be able to hold, and how it is told."""

from __future__ import annotations

import re

import pytest

from rafiqa.dictionary import LANGUAGES, dictionary
from rafiqa.dictionary.field import UNITS

PLACE = "place_id governorate district subdistrict community neighbourhood address accuracy_m"
FIELDS = {
    "hazard_area": f"{PLACE} id local_ids observed_on recorded_on organisation_id team donor "
    "geo_precision geometry datum camp_id class stage closure_reason validation source source_ref "
    "evidence_ids ordnance ordnance_note reported_area_m2 benchmark land_use ownership hlp_status "
    "returnees_expected blockages women men girls boys slope surface vegetation access_note metal "
    "marking fenced device_ref form_started_at form_ended_at attachments",
    "evidence": f"{PLACE} id kind evidence_source evidence_class observed_on recorded_on geometry "
    "source source_grade content_grade observer_role ordnance statement worked_depth_cm "
    "years_of_use attachments device_ref area_id validation",
    "activity": "id method area_id task_id organisation_id started_on ended_on stage "
    "suspend_reason geometry worked_area_m2 specified_depth_cm achieved_depth_cm surface criteria "
    "detection detection_area_m2 detected_on equipment_ids stopped_h deminers machines animals "
    "worked_h items_found women men girls boys standard validation",
    "land_part": "id area_id activity_id geometry outcome depth_cm method surface unit_kind unit "
    "storey asset_id reason operator released_by released_on evidence_answered reported_area_m2 "
    "ordnance items_found standard source",
    "ordnance_item": "id category subcategory model n_items geometry accuracy_m depth_cm "
    "orientation condition fuzed moved action action_on found_on team area_id attachments",
    "accident": f"{PLACE} id kind happened_on date_precision geo_precision geometry killed "
    "injured involved device cause land_use marking_before marking_after cleared_before "
    "cleared_before_by cleared_after cleared_after_by activity informant source attachments",
    "asset": "id kind name geometry storeys basements height_m occupants households capacity "
    "state ownership operated_by surface is_bridge",
    "damage": "id asset_id geometry accuracy_m scale as_written ems98 copernicus unosat rpba "
    "structural_tag grade observed_on sensor reader expires_on source",
    "project": f"{PLACE[:-11]} id name kind geometry access_geometry depth_cm volume_m3 "
    "works_method workers hlp_status consent_on eo_rating eo_rated_on rated_by power gas water "
    "voids structural_tag tag_expires_on hazmat workers_briefed briefed_on eod_support "
    "searched_deep_on as_built_on residual_told_on owner planned_on",
    "resident_report": "id channel received_at seen_on geometry geo_precision seen moved marked "
    "children_near attachments triage dispatched_at visited_at outcome told_back_on satisfaction",
}
ASKED_BY_A_STANDARD = {
    "hazard_area": "class geometry benchmark ordnance marking stage closure_reason datum fenced",
    "evidence": "kind evidence_source evidence_class observer_role",
    "activity": "method specified_depth_cm achieved_depth_cm criteria detection",
    "land_part": "outcome depth_cm geometry method surface reason released_on",
    "ordnance_item": "category model geometry depth_cm condition action fuzed",
    "accident": "kind happened_on geometry device activity killed injured cause",
}
WITHOUT_STANDARD = {
    *("asset", "damage", "project", "hlp_claim", "reporter_identity", "rubble_lot"),
    *("rights_check", "rights_claim", "eod_support", "utility_note", "method_statement"),
    *("hazmat_screening", "rubble_lift", "works_picture"),
    *("protected_site", "protection_consent"),
}
"""Rebuilding, rights and residents' names: no mine action standard speaks of these records."""
IMAS = re.compile(r"\d\d\.\d\d")


@pytest.mark.parametrize("name", FIELDS)
def test_record_holds_what_the_field_tables_name(name):
    record = dictionary().records[name]
    assert not set(FIELDS[name].split()) - set(record.names)


@pytest.mark.parametrize("name", ASKED_BY_A_STANDARD)
def test_what_a_standard_asks_for_names_it(name):
    record = dictionary().records[name]
    fields = {field.name: field for field in record.fields}
    assert not [one for one in ASKED_BY_A_STANDARD[name].split() if not fields[one].imas]


def test_every_record_names_its_standard_where_there_is_one():
    bare = {name for name, record in dictionary().records.items() if not record.imas}
    assert bare == WITHOUT_STANDARD


def test_numbers_of_standards_have_their_form():
    data = dictionary()
    told = [record.imas for record in data.records.values()]
    told += [field.imas for record in data.records.values() for field in record.fields]
    told += [codelist.imas for codelist in data.lists.values()]
    assert sum(map(bool, told)) > 100
    assert not [number for number in told if number and not IMAS.fullmatch(number)]


def test_every_field_has_four_labels_and_a_sensitivity_class():
    for record in dictionary().records.values():
        for field in record.fields:
            labels = dict(field.labels.pairs())
            assert set(labels) == set(LANGUAGES) == {"en", "ar", "ckb", "kmr"}
            assert all(label.strip() for label in labels.values()), (record.name, field.name)
            assert field.sensitivity in range(5), (record.name, field.name)


def test_every_code_and_every_list_has_four_labels():
    n_codes = 0
    for codelist in dictionary().lists.values():
        assert all(label.strip() for _, label in codelist.labels.pairs()), codelist.name
        for code in codelist.codes:
            labels = dict(code.labels.pairs())
            assert set(labels) == set(LANGUAGES)
            assert all(label.strip() for label in labels.values()), (codelist.name, code.code)
            n_codes += 1
    assert n_codes > 500


def test_no_arabic_or_sorani_label_is_left_in_latin_letters():
    """A copied English label would pass for a translation."""
    data = dictionary()
    labels = [field.labels for record in data.records.values() for field in record.fields]
    labels += [code.labels for codelist in data.lists.values() for code in codelist.codes]
    written = re.compile("[\u0600-\u06ff]")
    for label in labels:
        for text in (label.ar, label.ckb):
            assert written.search(text) or not re.search("[a-z]{4}", text), label


def test_quantities_have_a_unit_and_codes_a_list():
    data = dictionary()
    for record in data.records.values():
        for field in record.fields:
            if field.type in {"integer", "decimal"}:
                assert field.unit in UNITS, (record.name, field.name)
            if field.type in {"code", "codes"}:
                assert field.codelist in data.lists, (record.name, field.name)
