"""Taking back a project of an import: what stood before is registered again, and supersedes it.

A project that nothing stood before cannot be taken back: works, papers and permits name it. What
the imported sheet said against the works stays said, as after any later registration.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.land import Reason, Recorded
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.office import Office


def registration_before(office: Office, target: Recorded) -> ProjectRegistered | None:
    """Returns the registration of a project that stood when another of it was recorded.

    None where none stood, or where that was itself taken back.
    """
    withdrawn = office.importbook().withdrawn
    before = [
        recorded
        for recorded in _registrations(office, target)
        if recorded.seq < target.seq and recorded.entry_id not in withdrawn
    ]
    newest = max(before, key=lambda item: (item.valid_at_us, item.seq), default=None)
    if newest is None or not isinstance(newest.fact, ProjectRegistered):
        return None
    return newest.fact


def project_faults(office: Office, target: Recorded) -> Iterator[Reason]:
    """Yields why what stood before a project's registration cannot be registered again."""
    params: dict[str, str | int] = {"entry": target.entry_id}
    if registration_before(office, target) is None:
        yield Reason("service.undo.nothing-before", params)
        return
    built = [item.entry_id for item in _since(office, target)]
    if built:
        yield Reason(
            "land.withdrawal.built-on", {**params, "entries": ", ".join(built[:5])}, tuple(built)
        )


def _registrations(office: Office, target: Recorded) -> Iterator[Recorded]:
    for recorded in office.facts():
        if isinstance(recorded.fact, ProjectRegistered) and _is_of(recorded, target):
            yield recorded


def _since(office: Office, target: Recorded) -> Iterator[Recorded]:
    """Yields what was recorded of a project since: papers, permits, later registrations."""
    for recorded in office.facts()[target.seq :]:
        if _is_of(recorded, target):
            yield recorded


def _is_of(recorded: Recorded, target: Recorded) -> bool:
    assert isinstance(target.fact, ProjectRegistered)  # noqa: S101 - callers pass projects only
    named = (getattr(recorded.fact, name, None) for name in ("project_id", "works_id"))
    return target.fact.project_id in named
