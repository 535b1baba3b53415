"""Foreign columns."""

from __future__ import annotations

from rafiqa.dictionary import dictionary, match_columns


def matched(record, *headers):
    return match_columns(dictionary().records[record], headers)


def test_names_aliases_and_labels_in_any_language():
    found = matched("hazard_area", "id", "Survey Date", "الاسم", "Governorate", "area_type", "zzz")
    assert found.fields == {
        "id": "id",
        "Survey Date": "recorded_on",
        "الاسم": "name",
        "Governorate": "governorate",
        "area_type": "class",
    }
    assert found.unknown == ("zzz",)
    assert found.faults == ()


def test_shapefile_names_of_ten_letters():
    found = matched("land_part", "released_b", "released_o", "reported_a", "RELEASED_O")
    assert found.fields["released_b"] == "released_by"
    assert found.fields["reported_a"] == "reported_area_m2"
    assert [fault.place for fault in found.faults] == ["released_on"]


def test_cut_name_of_two_fields_is_not_guessed():
    assert matched("activity", "specified_", "worked_are").fields == {
        "specified_": "specified_depth_cm",
        "worked_are": "worked_area_m2",
    }
    assert matched("task", "planned_st", "planned_en").unknown == ()
    assert matched("project", "planned_").unknown == ("planned_",)


def test_two_columns_of_one_meaning_are_asked_about():
    found = matched("accident", "fatalities", "deaths", "injured")
    assert found.fields == {"injured": "injured"}
    assert set(found.unknown) == {"fatalities", "deaths"}
    (fault,) = found.faults
    assert (fault.code, fault.place) == ("dictionary.column.twice", "killed")
    assert fault.params["columns"] == "fatalities, deaths"


def test_the_exact_name_wins():
    found = matched("accident", "deaths", "killed")
    assert found.fields == {"killed": "killed"}
    assert found.unknown == ("deaths",)
    assert found.faults == ()


def test_colombian_events():
    found = matched("accident", "TIPO_EVENTO", "DEPARTAMENTO", "TIPO_AREA", "AÑO", "MUNICIPIO")
    assert set(found.fields.values()) == {"kind", "governorate", "land_use", "year", "district"}


def test_openstreetmap_tags():
    found = matched("asset", "building", "building:levels", "height", "highway", "lanes", "bridge")
    assert found.fields == {
        "building": "kind",
        "building:levels": "storeys",
        "height": "height_m",
        "highway": "road_class",
        "lanes": "lanes",
        "bridge": "is_bridge",
    }
