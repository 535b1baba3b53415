"""Replanning: the plan made anew each day from what is known then, the next days left as they are.

Teams that are at work stay at it, and what begins within the frozen days stands: who was told to
be somewhere tomorrow is. Everything after is planned anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rafiqa.plan.problem import Kept


def standing(
    tasks: Iterable[Kept], day: int, n_frozen: int, left_m2: Mapping[str, float] | None = None
) -> list[Kept]:
    """Returns the tasks of an earlier plan that stand on a day, their days counted from it.

    Args:
        tasks: of the earlier plan, days counted from its own first day.
        day: how many days later it is.
        n_frozen: how many days from today on stay as they are.
        left_m2: what is left to do, by area; an area that is not named is done. The site's own
            figures hold where None.
    """
    found = []
    for task in tasks:
        if task.start_day >= day + n_frozen:
            continue
        if left_m2 is not None and task.area_id not in left_m2:
            continue
        begun = left_m2 is not None and task.start_day < day
        left = left_m2[task.area_id] if left_m2 is not None and begun else None
        found.append(Kept(task.area_id, task.team_id, max(0, task.start_day - day), left))
    return sorted(found, key=lambda kept: (kept.start_day, kept.team_id, kept.area_id))
