"""Gate G0: is enough on the sheet to judge the works by, and may such works be here at all."""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.recovery.answer import Gate
from rafiqa.recovery.fact import ProjectRegistered
from rafiqa.recovery.gatechain import RUBBLE_WORKS


def registration(works: ProjectRegistered, *, sheet: bool) -> Iterator[Gate]:
    """Yields G0: closed without outline or depth, conditions for what else a sheet lacks.

    Memorials and heritage stay out of every plan to demolish or carry away.
    """
    found = [*_needed(works), *_protection(works)]
    if sheet:
        found += _sheet(works)
    yield from found or [Gate("G0", "open", "gate.registration.complete")]


def _needed(works: ProjectRegistered) -> Iterator[Gate]:
    if works.shape is None or works.shape.is_empty:
        yield Gate("G0", "closed", "gate.registration.shape-missing")
    if works.depth_cm is None:
        yield Gate("G0", "closed", "gate.registration.depth-missing")
    elif works.depth_cm < 0:
        params: dict[str, str | int] = {"depth_cm": works.depth_cm}
        yield Gate("G0", "closed", "gate.registration.depth-negative", params)


def _protection(works: ProjectRegistered) -> Iterator[Gate]:
    if works.protected in {None, "none"}:
        return
    params: dict[str, str | int] = {"protected": works.protected or ""}
    if works.kind in RUBBLE_WORKS:
        yield Gate("G0", "closed", "gate.registration.protected", params)
    else:
        code = "gate.registration.protected-consent"
        yield Gate("G0", "conditions", code, params, who="authority")


def _sheet(works: ProjectRegistered) -> Iterator[Gate]:
    """Yields conditions for each item that the sheet leaves out, by the dictionary's name."""
    items: dict[str, object] = {
        "volume_m3": works.volume_m3,
        "works_method": works.method,
        "workers": works.n_workers,
        "access_geometry": works.access,
        "owner": works.owner,
        "funder": works.funder,
    }
    if works.kind in RUBBLE_WORKS:
        # Whether a place is a memorial nobody may leave open where it is to be carried away.
        items["protected"] = works.protected
    for name, value in items.items():
        if value is None or value == "":
            params: dict[str, str | int] = {"sheet_field": name}
            yield Gate("G0", "conditions", "gate.registration.item-missing", params, who="engineer")
