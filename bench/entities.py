"""The list of hazards for one task, cut from a country of 20,000 areas, as a phone fetches it."""

from __future__ import annotations

import csv
import io
from itertools import groupby

import numpy as np

from bench.country import ORIGIN, country
from bench.site import folder, fresh_office
from bench.table import Table
from bench.timing import each, milliseconds
from rafiqa.land import SiteOpened, TaskOrdered
from rafiqa.ledger import DeviceEnrolled
from rafiqa.service import Office
from rafiqa.service.entity import hazard_list
from rafiqa.service.office import Saying

AREAS, TASKS = 20_000, 60
_NOTES = (
    "Each task of one area, asked for once, nothing kept from the one before; the land book is",
    "warm. Every hazard within 500 m of the task goes out: geometry made anew from the land book,",
    "coarser and never smaller, in the notation of phones. The last row has a task as large as a",
    "tenth of the country and is cut at 500 rows, the nearest first. No peer cuts lists by place",
    "(ODK Central filters by equality alone).",
)
_HEADER = ("list", "areas", "rows", "median ms", "p99 ms", "goal")


def measure(quick: bool) -> list[Table]:
    """Returns the table of lists for one task and for a very large one."""
    n_areas = 400 if quick else AREAS
    with folder() as place, fresh_office(place / "country.rafiqa", ORIGIN) as office:
        _fill(office, n_areas)
        tasks = [fact for fact in _tasks(office) if isinstance(fact, TaskOrdered)]
        chosen = np.random.default_rng(1).choice(len(tasks), min(TASKS, len(tasks)), replace=False)
        office.book().faces  # noqa: B018 - warmed, as on a server
        rows = [
            _row(office, "one task", [(tasks[at].task_id,) for at in chosen.tolist()], n_areas),
            _row(office, "a tenth of all", [_tenth(tasks)] * (1 if quick else 5), n_areas),
        ]
    return [Table("A phone's list of the hazards near its task", _NOTES, _HEADER, rows)]


def _fill(office: Office, n_areas: int) -> None:
    facts = [record for record in country(n_areas) if not isinstance(record.fact, SiteOpened)]
    for actor, run in groupby(facts, key=lambda record: record.actor):
        sayings = [Saying(r.entry_id, "bench", r.valid_at_us, r.fact) for r in run]
        for start in range(0, len(sayings), 500):
            office.say(actor, sayings[start : start + 500])


def _tasks(office: Office) -> list[object]:
    return [story[0].fact for story in office.register().tasks.values()]


def _tenth(tasks: list[TaskOrdered]) -> tuple[str, ...]:
    return tuple(task.task_id for task in tasks[: max(len(tasks) // 10, 1)])


def _row(office: Office, what: str, asked: list[tuple[str, ...]], n_areas: int) -> tuple[str, ...]:
    counts: list[int] = []

    def one(task_ids: tuple[str, ...]) -> None:
        device = DeviceEnrolled("p", "", "c", "operator", "surveyor", task_ids)
        made = hazard_list(office, device)
        rows = list(csv.reader(io.StringIO(made.csv.decode())))
        counts.append(len(rows) - 1)

    timing = each([lambda task_ids=task_ids: one(task_ids) for task_ids in asked])  # type: ignore[misc]
    return (
        what,
        f"{n_areas:,}",
        f"{int(np.median(counts)):,}",
        milliseconds(timing.median_s),
        milliseconds(timing.quantile_s(0.99)),
        "≤ 100 ms" if what == "one task" else "–",
    )
