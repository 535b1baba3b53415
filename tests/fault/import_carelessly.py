"""Controls for the killed import: ``rafiqa import`` with one promise broken on purpose.

Arguments: which promise, then the arguments of ``rafiqa``. ``told-first`` says that rows are
accepted one group before they are on the disk, as a writer with a buffer would; ``fresh-ids``
gives every row a new id at every import, as a client without ids of its own would.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from rafiqa.cli import main
from rafiqa.service import intake


def tell_first() -> None:
    keep = intake._store
    held: list[tuple[Any, ...]] = []

    def told_before_kept(job: Any, group: Any, following: Any) -> None:
        while held:
            keep(*held.pop())
        job.order.progress(job.report.accepted + len(group))
        held.append((job, group, following))
        if len(group) < intake.GROUP:
            keep(*held.pop())

    setattr(intake, "_store", told_before_kept)  # noqa: B010 - a promise broken on purpose


def give_fresh_ids() -> None:
    def fresh(kind: str, subject: str) -> str:
        return f"import:{kind}:{subject}:{os.urandom(8).hex()}"

    setattr(intake, "import_id", fresh)  # noqa: B010 - a promise broken on purpose


{"told-first": tell_first, "fresh-ids": give_fresh_ids}[sys.argv[1]]()
sys.exit(main(sys.argv[2:]))
