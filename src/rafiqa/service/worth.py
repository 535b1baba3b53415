"""Worth: for every area with open ground, whether to survey it, clear it or watch it next."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rafiqa.errors import Fault, InvalidInput
from rafiqa.risk.prevalence import open_areas, prevalence
from rafiqa.risk.worth import DEFAULT_POWER, Costs, SurveyPower, Visit, visit
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf

_MOST = 1e12
NONE_STATED: Mapping[str, float] = MappingProxyType({})


def costs_of(given: Mapping[str, float], place: str = "") -> tuple[Costs, SurveyPower]:
    """Returns costs and the power of a survey from numbers by name.

    Args:
        given: ``clear``, ``survey``, ``leave`` per hectare; ``sensitivity``, ``specificity``.
        place: what stands before a name where it was given, such as ``--``.

    Raises:
        InvalidInput: every one of them that cannot be used.
    """
    faults = [
        Fault("service.worth.cost", f"{place}{name}", params={"value": str(given[name])})
        for name in ("clear", "survey", "leave")
        if not 0 < given[name] <= _MOST
    ]
    chances = ("sensitivity", "specificity")
    faults += [
        Fault("service.worth.chance", f"{place}{name}", params={"value": str(given[name])})
        for name in chances
        if not 0 <= given[name] <= 1
    ]
    if not faults and sum(given[name] for name in chances) <= 1:
        faults.append(Fault("service.worth.tells-nothing", f"{place}sensitivity"))
    if faults:
        raise InvalidInput(faults)
    return (
        Costs(given["clear"], given["survey"], given["leave"]),
        SurveyPower(given["sensitivity"], given["specificity"]),
    )


def ask_worth(
    office: Office,
    costs: Costs,
    power: SurveyPower = DEFAULT_POWER,
    stated: Mapping[str, float] = NONE_STATED,
    as_of: AsOf = NOW,
) -> list[Visit]:
    """Returns what to do next in each area with open ground, what saves most first.

    It orders visits. It cancels, reduces and releases nothing: what is watched stays hazard.

    Args:
        office: of the store.
        costs: per hectare.
        power: how well a survey tells.
        stated: probabilities by area; those of its class for any other.
        as_of: as true and known when.

    Raises:
        InvalidInput: a probability is stated for what has no open ground.
    """
    book, valid_us = office.book(as_of.known_at_us), as_of.valid_us(office)
    found = open_areas(book, valid_us)
    unknown = sorted(set(stated) - {area.area_id for area in found})
    if unknown:
        raise InvalidInput(
            [
                Fault("service.worth.no-open-area", "--probabilities", params={"area": area_id})
                for area_id in unknown
            ]
        )
    beliefs = prevalence(book, valid_us)
    visits = [
        visit(area, beliefs[area.class_], stated.get(area.area_id), costs, power) for area in found
    ]
    return sorted(visits, key=lambda each: (-each.saves, each.area_id))
