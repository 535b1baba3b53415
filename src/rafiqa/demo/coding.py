"""From the city's own words to codes of the data dictionary, where they differ."""

from __future__ import annotations

from rafiqa.errors import Fault, InvalidInput

_CODES: dict[str, dict[str, str]] = {
    "report_seen": {
        "small_bomblets": "small_bomblet",
        "shell_or_rocket": "shell",
        "unknown": "box",
    },
    "report_outcome": {"led_to_survey": "new_area", "within_known_area": "joined"},
    "project_kind": {
        "water_pipe": "water",
        "hospital_wing": "health",
        "road_renewal": "road",
        "housing_block": "new_building",
        "school_repair": "school",
        "bridge_repair": "bridge",
        "market": "public_space",
    },
    "not_cleared_reason": {"under_rubble": "rubble"},
    "asset_kind": {
        "mosque": "worship",
        "church": "worship",
        "workshop": "industry",
        "shop": "market",
        "power_station": "power_works",
        "municipal": "office",
    },
    "road_class": {
        "ring": "primary",
        "arterial": "secondary",
        "street": "local",
        "lane": "path",
    },
    "damage_grade": {"none": "none_seen"},
}


def coded(list_name: str, word: str) -> str:
    """Returns the dictionary's code for a word of the city; a code stays what it is."""
    if list_name not in _CODES:
        raise InvalidInput(Fault("demo.coding.list", params={"list": list_name}))
    return _CODES[list_name].get(word, word)
