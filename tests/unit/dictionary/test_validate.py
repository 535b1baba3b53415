"""One row against one record: types, faults, and what is kept back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from rafiqa.dictionary import Manner, check_row, dictionary, row_check
from rafiqa.locale import text
from tests.steps import calls

SHAPE = object()
MANNER = Manner(latest=date(2026, 11, 1))


def checked(record, /, **values):
    return check_row(dictionary().records[record], values, MANNER, 7)


def test_a_full_row_becomes_typed():
    clean, faults = checked(
        "land_part",
        id=17,
        area_id="HA-1",
        geometry=SHAPE,
        outcome="Cleared to a stated depth",
        depth_cm="٢٠",
        method="التطهير اليدوي",
        surface="Asphalt",
        released_on="2025-05-03",
        ordnance="ap_mine uxo",
        reported_area_m2=1200.5,
        note="   ",
        unknown_column="kept by the caller",
    )
    assert faults == ()
    assert clean == {
        "id": "17",
        "area_id": "HA-1",
        "geometry": SHAPE,
        "outcome": "cleared",
        "depth_cm": 20,
        "method": "manual",
        "surface": "asphalt",
        "released_on": date(2025, 5, 3),
        "ordnance": ["ap_mine", "uxo"],
        "reported_area_m2": Decimal("1200.5"),
    }


def test_every_fault_is_reported_with_field_and_row():
    _, faults = checked(
        "land_part",
        outcome="made good",
        depth_cm="deep",
        released_on="2099-01-01",
        reported_area_m2="NaN",
        storey=900,
        ordnance="ap_mine; moon",
    )
    assert {(fault.place, fault.code, fault.row) for fault in faults} == {
        ("outcome", "dictionary.code.unknown", 7),
        ("depth_cm", "dictionary.number.invalid", 7),
        ("released_on", "dictionary.date.future", 7),
        ("reported_area_m2", "dictionary.number.nan", 7),
        ("storey", "dictionary.number.high", 7),
        ("ordnance", "dictionary.code.unknown", 7),
        ("id", "dictionary.field.missing", 7),
        ("geometry", "dictionary.field.missing", 7),
    }


def test_unknown_code_lists_the_known():
    _, (fault,) = checked("hazard_area", id="1", geometry=SHAPE, **{"class": "safe"})
    assert fault.params["known"] == " ".join(dictionary().lists["class"].names)
    said = text(fault.code, fault.params)
    assert "sha cha" in said
    assert "{" not in said


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("sha", "sha"),
        ("SHA", "sha"),
        (" Suspected hazardous area ", "sha"),
        ("suspected_hazard_area", "sha"),
        ("Suspected-Hazard-Area", "sha"),
        ("منطقة خطر مؤكدة", "cha"),
        ("منطقه خطر مؤكده", "cha"),
        ("ناوچەی مەترسیداری گومانلێکراو", "sha"),
        ("Herêma xeternak a piştrastkirî", "cha"),
    ],
)
def test_codes_by_label_and_alias(written, expected):
    clean, faults = checked("hazard_area", id="1", geometry=SHAPE, **{"class": written})
    assert faults == ()
    assert clean["class"] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ap_mine uxo", ["ap_mine", "uxo"]),
        ("ap_mine;uxo", ["ap_mine", "uxo"]),
        ("Unexploded ordnance | Mortar bomb", ["uxo", "mortar"]),
        ("لغم، قذيفة هاون", ["mine", "mortar"]),
        ("Unexploded ordnance", ["uxo"]),
        (["uxo", "uxo", "mine"], ["uxo", "mine"]),
        (";", None),
    ],
)
def test_several_codes(written, expected):
    clean, faults = checked(
        "hazard_area", id="1", geometry=SHAPE, ordnance=written, **{"class": "sha"}
    )
    assert faults == ()
    assert clean.get("ordnance") == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("yes", True),
        ("نعم", True),
        ("Erê", True),
        ("1", True),
        (1, True),
        (np.True_, True),
        ("no", False),
        ("لا", False),
        ("نەخێر", False),
        (0.0, False),
        (False, False),
    ],
)
def test_booleans(written, expected):
    clean, _ = checked("asset", geometry=SHAPE, is_bridge=written)
    assert clean["is_bridge"] is expected


@pytest.mark.parametrize("written", ["perhaps", 2, [1]])
def test_no_boolean(written):
    _, (fault,) = checked("asset", geometry=SHAPE, is_bridge=written)
    assert fault.code == "dictionary.boolean.invalid"


def test_numbers_of_numpy_are_taken():
    clean, faults = checked(
        "asset", geometry=SHAPE, storeys=np.int64(4), height_m=np.float64(12.5), name=np.str_("x")
    )
    assert faults == ()
    assert (clean["storeys"], clean["height_m"]) == (4, Decimal("12.5"))
    _, (fault,) = checked("asset", geometry=SHAPE, height_m=np.float64("nan"))
    assert fault.code == "dictionary.number.nan"


def test_limits_are_named_with_their_unit():
    _, (fault,) = checked("asset", geometry=SHAPE, height_m="-1")
    assert (fault.code, fault.params["least"], fault.params["unit"]) == (
        "dictionary.number.low",
        "0",
        "m",
    )


def test_instants_become_microseconds():
    clean, _ = checked("resident_report", id="r", received_at="2025-05-03T08:15:00+03:00")
    assert clean["received_at"] == 1_746_249_300_000_000


def test_planned_days_may_lie_ahead():
    clean, faults = checked("project", id="p", name="School", planned_on="2030-01-01")
    assert faults == ()
    assert clean["planned_on"] == date(2030, 1, 1)


def test_faults_never_quote_what_names_a_person():
    _, faults = checked(
        "victim_identity", victim_id="v", birth_on="Amal, 3 May", full_name="a\x00b"
    )
    assert {fault.params["value"] for fault in faults} == {"…"}
    _, (fault,) = checked("asset", geometry=SHAPE, storeys="four")
    assert fault.params["value"] == "four"


def test_a_bad_value_is_not_also_missing():
    _, faults = checked("project", id="a\x00", name="School")
    assert [fault.code for fault in faults] == ["dictionary.text.control"]


def test_condition_on_a_bad_code_is_left_alone():
    _, faults = checked("land_part", id="1", geometry=SHAPE, outcome="made good")
    assert [fault.place for fault in faults] == ["outcome"]


def test_checks_are_compiled_once():
    record = dictionary().records["asset"]
    assert row_check(record, MANNER) is row_check(record, Manner(latest=date(2026, 11, 1)))
    assert row_check(record, MANNER) is not row_check(record)


def test_every_record_refuses_garbage_without_raising():
    for record in dictionary().records.values():
        for junk in ("\x00", "??", b"x", [], {}, object(), float("nan"), 10**60, "9" * 500):
            clean, faults = check_row(record, dict.fromkeys(record.names, junk), MANNER)
            assert len(clean) + len(faults) >= len(record.fields) - len(
                [f for f in record.fields if f.type == "codes"]
            )


def test_every_fault_can_be_told_in_words():
    for record in dictionary().records.values():
        for junk in ("\x00", "??", b"x", float("nan"), 10**60, "1899-12-30", "9" * 500):
            _, faults = check_row(record, dict.fromkeys(record.names, junk), MANNER)
            for fault in faults:
                for lang in ("en", "ar"):
                    said = text(fault.code, fault.params, lang)
                    assert said != fault.code
                    assert "{" not in said


def test_a_row_of_ten_fields_takes_few_steps():
    check = row_check(dictionary().records["land_part"], MANNER)
    row = {
        "id": "P-17",
        "area_id": "HA-1",
        "geometry": SHAPE,
        "outcome": "cleared",
        "depth_cm": "20",
        "method": "manual",
        "surface": "soil",
        "operator": "ORG-1",
        "released_by": "NMAC",
        "released_on": "2025-05-03",
    }
    assert not check(row, 0)[1]
    assert calls(lambda: check(row, 1)) < 250
