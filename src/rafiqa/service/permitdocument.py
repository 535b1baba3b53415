"""The table of permits as a page of the reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rafiqa.land import ROLES
from rafiqa.service.delegable import DELEGABLE
from rafiqa.service.permittable import APPROVING, OBJECT_CLASSES, RAISING, ROWS, Row

_CLASSES: Final = {
    "warn": "danger, released land, certificates, projects, permits: everybody is warned",
    "delayed": "tasks, work, inspections: exact for the authority and for who works there",
    "restricted": "single items, residents' reports, pictures: likewise",
    "sealed": "what forms tell of persons and stocks: for the organisation that sent it",
    "identity": "who somebody is: in no answer that this program gives",
    "office": "what the office keeps of itself: imports, forms, phones, its own pages",
}
_HEAD: Final = """# Who may do what

*This page is written by `make docs` from the one table that the program asks
(`src/rafiqa/service/permittable.py`). Tests hold it against a table written by hand, for every
role, act, class and organisation, and reach every endpoint as every role.*

`allow(actor, act, facts)` says yes or no and by which rule. What is not listed nobody may do.
Every reason against an act is listed, and one is enough. **●** of every organisation · **○** of
the own organisation alone · nothing: no. The rules of the land stand beside it and are asked
apart: nobody releases own work, a release takes two persons.

- **2nd**: the act lowers what is hazard, signs a paper that others build on, or lets somebody in
  anew. It asks for a session made by a passkey, or by what the store's policy says instead
  ([accounts](../how-to/accounts.md)).
- **↑**: the act only raises, holds back or tells. Where an account is for some areas alone, that
  bars nobody from it.
- Correcting an outline asks for the second factor where it leaves ground out; a certificate where
  it is put back.
- Who acts for the site's authority sees tasks and single items of every organisation (`see_work`,
  `see_exact`), documents of the desk study (`review_claim`) and what teams sent
  (`review_submission`).
- A colleague may do some of these acts for who holds a role, until a day
  ([decision 85](../decisions/0085-delegation-with-an-end.md)); the two then count as one person
  wherever two are asked for. Which acts: {delegable}.
- An account may have an end, and areas. After the end nothing is allowed; elsewhere nothing but
  **↑**.
"""


def permit_document() -> str:
    """Returns the page: the classes of objects, then the table, in Markdown."""
    head = _HEAD.format(delegable=", ".join(f"`{act}`" for act in ROWS if act in DELEGABLE))
    return "\n".join([head, *_classes(), "", *_table(), ""])


def _classes() -> Iterator[str]:
    yield "| class | objects |"
    yield "|---|---|"
    for name in OBJECT_CLASSES:
        yield f"| {name} | {_CLASSES[name]} |"


def _table() -> Iterator[str]:
    yield f"| act | class | {' | '.join(ROLES)} | |"
    yield f"|---|---|{':-:|' * len(ROLES)}---|"
    for row in ROWS.values():
        yield _line(row)


def _line(row: Row) -> str:
    marks = {"none": " ", "own": "○", "every": "●"}
    reach = " | ".join(marks[row.reaches[role]] for role in ROLES)
    also = [mark for mark, acts in (("2nd", APPROVING), ("↑", RAISING)) if row.act in acts]
    return f"| `{row.act}` | {row.object_class} | {reach} | {' '.join(also)} |"
