"""Rows among the mines found, and where their next places are, for staff."""

from __future__ import annotations

from typing import Literal

import msgspec

from rafiqa.api.ask import Ask
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.api.route import Endpoint
from rafiqa.api.shape import Shape
from rafiqa.api.view import View
from rafiqa.errors import Fault
from rafiqa.service import ask_rows
from rafiqa.wire.minerowjson import rows_json


class RowFind(Shape, frozen=True):
    """One find, how likely it was laid in a row, and the number of the row that is seen."""

    id: str
    lon: float
    lat: float
    p_in_row: float
    row: int | None


class RowPlace(Shape, frozen=True):
    """Where a row has a mine if it keeps to its pattern; ``spread_m`` is a standard deviation."""

    lon: float
    lat: float
    spread_m: float
    p_mine: float
    where: Literal["beyond", "gap"]
    steps: int
    worked: bool
    text: str


class RowSeen(Shape, frozen=True):
    """One row: its finds in order, its spacing, and its next places, likeliest first."""

    finds: list[str]
    spacing_m: float
    spacing_spread_m: float
    expected: list[RowPlace]
    text: str


class Rows(Shape, frozen=True):
    """Rows among finds; none where none is seen, which says nothing of any ground.

    ``outside`` finds lie too far outside the site to be looked at; ``whole`` is false where only
    the areas were looked at whose single items the asker sees.
    """

    finds: list[RowFind]
    other_kinds: int
    outside: int
    whole: bool
    rows: list[RowSeen]
    summary: str
    limits: str


def show_rows(ask: Ask) -> Reply:
    """Returns rows among the mines found. They order where to look, and lower no ground.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: more finds than are looked at together.
    """
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    view = View.of(ask)
    office = view.desk.office
    areas = None if view.staff else view.own_areas
    answer = rows_json(ask_rows(office, view.moment.as_of, areas), office.frame, view.lang)
    return reply(msgspec.convert(answer, Rows), {"Cache-Control": "no-store"})


MINE_ROW_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/risk/rows",
        "Rows among the mines found, and where their next places are",
        show_rows,
        Rows,
        timed=True,
    ),
)
