"""Frames of judgement: how likely contamination is, what to do first, and other plans beside it.

They order survey and work; nothing here cancels, reduces or releases ground.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rafiqa.notebook.frame import Dtype, column_of, places, table
from rafiqa.notebook.moment import Asked
from rafiqa.risk import Asking
from rafiqa.service import AssetShelf, Office, ask_risk
from rafiqa.service.exporting import lonlat_of
from rafiqa.service.planning import PlanAsked, PlanShown, ask_plan, place_of
from rafiqa.wire.pinfile import decisions_of
from rafiqa.wire.planjson import METHOD as PLAN_METHOD
from rafiqa.wire.planjson import plan_json
from rafiqa.wire.riskjson import map_json, rows_of
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json
from rafiqa.wire.teamfile import teams_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

Teams = Sequence[Mapping[str, Any]] | str | Path
"""Teams as the file of ``rafiqa plan`` names them, or that file."""
_LEVELS = 12
_TASK: Final[dict[str, Dtype]] = {
    "rank": "integer",
    "area_id": "text",
    "name": "text",
    "team": "text",
    "start": "day",
    "end": "day",
    "area_m2": "number",
    "district": "text",
    "reasons": "texts",
}
_RANGES: Final = ("averted", "borne", "casualties")
_ENDS: Final = ("low", "mid", "high")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan is asked with: by whom, for how many days, and what people decided."""

    teams: Teams
    days: int
    pins: Sequence[Mapping[str, Any]] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)

    def asked(self, office: Office) -> PlanAsked:
        """Returns the question as the service takes it.

        Raises:
            InvalidInput: teams, pins or policy at fault; all of one kind are told.
        """
        told: Any = self.teams
        if isinstance(told, str | Path):
            told = strict_json(Path(told).read_bytes(), levels=_LEVELS, most_bytes=TABLE_BYTES)
        elif not isinstance(told, Mapping):
            told = {"teams": [dict(each) for each in told]}
        teams = teams_of(told, partial(place_of, office))
        decided = {"pins": [dict(each) for each in self.pins], "policy": dict(self.policy)}
        pins, policy = decisions_of(decided)
        return PlanAsked(teams, self.days, pins, policy)

    def but(self, other: Mapping[str, Any]) -> Wanted:
        """Returns the same with other teams, pins or policy."""
        return Wanted(
            other.get("teams", self.teams),
            self.days,
            other.get("pins", self.pins),
            other.get("policy", self.policy),
        )


def risk_frame(office: Office, asking: Asking, asked: Asked, lang: str) -> GeoDataFrame:
    """Returns one row for each cell that is not released: how likely it is, from where to where."""
    found = ask_risk(office, asked.as_of, asking)
    rows, told = rows_of(found, office.frame), map_json(found, lang)
    centre_deg = rows.lon_lat
    shapes = office.frame.shapes_to_lonlat(found.grid.boxes(found.cells))
    return places(
        {
            "cell": ("integer", (rows.row * rows.shape[1] + rows.column).tolist()),
            "lon_deg": ("number", centre_deg[:, 0].tolist()),
            "lat_deg": ("number", centre_deg[:, 1].tolist()),
            "p_contaminated": ("number", rows.p.tolist()),
            "p_low": ("number", rows.low.tolist()),
            "p_high": ("number", rows.high.tolist()),
            "prior_only": ("yes", rows.prior_only.tolist()),
            "released_share": ("number", rows.released_share.tolist()),
        },
        shapes,
        {
            **asked.attrs(office, rows.metadata["method"]),
            "interval": told["calibration"]["interval"],
            "cell_m": told["cell_m"],
            "range_m": told["range_m"],
            "seed": asking.seed,
            "calibration": told["calibration"],
            "limits": told["limits"],
        },
    )


def plan_frame(
    office: Office, shelf: AssetShelf, wanted: Wanted, asked: Asked, lang: str
) -> GeoDataFrame:
    """Returns the tasks of a plan in their order, each with its reasons and its area's outline."""
    shown = ask_plan(office, shelf, wanted.asked(office), asked.as_of)
    answer = plan_json(shown.answer, lang, shown.notes)
    rows = [
        {**task, "reasons": tuple(reason["text"] for reason in task["reasons"])}
        for task in answer["tasks"]
    ]
    register = office.book(asked.known_us).register
    voided = {item.recorded.entry_id for item in register.without_effect}
    areas = [register.areas.get(row["area_id"]) for row in rows]
    outlines = [area.outline_at(asked.valid_us, voided) if area else None for area in areas]
    columns = {name: column_of(rows, name, dtype) for name, dtype in _TASK.items()}
    return places(
        columns,
        [lonlat_of(office, outline) for outline in outlines],
        {
            **asked.attrs(office, PLAN_METHOD),
            "unit": _UNIT,
            "harm_averted": answer["outcome"]["averted"],
            "bound": answer["bound"],
            "gap": answer["gap"],
            "left": {each["area_id"]: each["reason"]["text"] for each in answer["left"]},
            "notes": tuple(note["text"] for note in answer["notes"]),
        },
    )


_UNIT: Final = "weighed person-days within the days planned"


def what_ifs_frame(
    office: Office,
    shelf: AssetShelf,
    wanted: Wanted,
    what_ifs: Mapping[str, Mapping[str, Any]],
    asked: Asked,
) -> DataFrame:
    """Returns the plan and others beside it, one row each: tasks, last day, harm in ranges."""
    others = [(name, wanted.but(other).asked(office)) for name, other in what_ifs.items()]
    shown = ask_plan(office, shelf, wanted.asked(office), asked.as_of, others)
    rows = list(_beside(shown))
    dtypes: dict[str, Dtype] = {"name": "text", "n_tasks": "integer", "last": "day"}
    dtypes |= {f"{name}_{end}": "number" for name in _RANGES for end in _ENDS}
    dtypes["done_m2"] = "number"
    columns = {name: column_of(rows, name, dtype) for name, dtype in dtypes.items()}
    return table(columns, {**asked.attrs(office, PLAN_METHOD), "unit": _UNIT})


def _beside(shown: PlanShown) -> list[dict[str, Any]]:
    told = plan_json(shown.answer, "en", shown.notes, shown.what_ifs)["what_ifs"]
    return [
        {
            "name": row["name"],
            "n_tasks": row["tasks"],
            "last": row["last"],
            **{f"{name}_{end}": row["outcome"][name][end] for name in _RANGES for end in _ENDS},
            "done_m2": row["outcome"]["done_m2"],
        }
        for row in told
    ]
