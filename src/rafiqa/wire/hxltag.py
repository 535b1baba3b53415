"""HXL hashtags of the dictionary's fields, so that others' tools find the columns of a table.

Source: Humanitarian Exchange Language 1.1, hashtag and attribute list.
"""

from __future__ import annotations

from typing import Final

_TAGS: Final = {
    "id": "#meta+id",
    "name": "#loc+name",
    "class": "#impact+type+hazard",
    "kind": "#event+type",
    "geometry": "#geo+wkt",
    "lon_deg": "#geo+lon",
    "lat_deg": "#geo+lat",
    "access_geometry": "#geo+access+wkt",
    "observed_on": "#date+observed",
    "happened_on": "#date+occurred",
    "released_on": "#date+released",
    "planned_on": "#date+start",
    "killed": "#affected+killed",
    "injured": "#affected+injured",
    "outcome": "#status+land",
    "operator": "#org+impl",
    "owner": "#org+owner",
    "funder": "#org+funder",
    "donor": "#org+funder",
    "source": "#meta+source",
    "note": "#description",
    "statement": "#description+statement",
    "governorate": "#adm1+name",
    "district": "#adm2+name",
    "subdistrict": "#adm3+name",
    "community": "#loc+community+name",
    "neighbourhood": "#loc+neighbourhood+name",
    "address": "#loc+address",
    "area_id": "#meta+id+area",
    "method": "#activity+method",
    "methods": "#activity+method+list",
    "activity": "#activity+type",
    "organisation": "#org+impl",
    "receiver": "#beneficiary+org",
    "reached": "#reached",
    "place_code": "#loc+code",
    "district_code": "#adm2+code",
    "subdistrict_code": "#adm3+code",
    "governorate_code": "#adm1+code",
    "start": "#date+start",
    "end": "#date+end",
    "day": "#date",
    "stage": "#status+task",
    "project_id": "#meta+id+project",
    "project_kind": "#activity+type+works",
    "recorded_on": "#date+recorded",
}


def hxl_tag(field_name: str) -> str:
    """Returns the hashtag of a field; of one that HXL has no word for, an indicator of its name."""
    return _TAGS.get(field_name) or f"#indicator+{field_name}"
