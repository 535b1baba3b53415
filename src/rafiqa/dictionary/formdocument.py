"""Form document: what the forms ask, as one page of Markdown, for ``docs/reference/forms.md``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rafiqa.dictionary.formpack import FormPack, form_pack
from rafiqa.dictionary.table import read_table
from rafiqa.errors import Fault, InvalidInput

_HEAD = """# Forms

Made by `make docs` from the forms in `src/rafiqa/dictionary/data/forms/`; do not edit. A test holds
this page equal to the data. `rafiqa forms --out DIR` writes them; [how](../how-to/forms.md).

Every title, part, question, answer and hint is a label of the [dictionary](dictionary.md), in
English, Arabic, Sorani and Kurmanji.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that the trade's field tables ask for.

    Attributes:
        topic: what it is about.
        what: the thing, in our own words.
        by: the fields that answer it, as ``record.field``.
        why: why no form asks it; empty where fields answer it.
    """

    topic: str
    what: str
    by: tuple[str, ...]
    why: str


@cache
def wanted() -> tuple[Wanted, ...]:
    """All that is asked for, in order.

    Raises:
        InvalidInput: listing every fault of the data file.
    """
    faults: list[Fault] = []
    table = read_table(
        resources.files("rafiqa.dictionary") / "data" / "asked.toml", "asked.toml", faults
    )
    found = []
    for one in table.tables("asked", "what"):
        topic, what = one.text("topic", needed=True), one.text("what", needed=True)
        found.append(Wanted(topic, what, one.texts("by"), one.text("why")))
        one.finish()
    if faults:
        raise InvalidInput(faults)
    return tuple(found)


def forms_asking(place: str, pack: FormPack) -> tuple[str, ...]:
    """The names of the forms that ask for ``record.field``."""
    return tuple(
        form.name
        for form in pack.forms.values()
        if any(asked.place == place for asked in form.asks())
    )


def form_document() -> str:
    """The page: each form with its parts, and what the trade asks for beside what answers it."""
    pack = form_pack()
    lines = [_HEAD, "## The forms", "", "| form | id | parts | questions |", "|---|---|---|---|"]
    for form in pack.forms.values():
        parts = ", ".join(pack.code_label("form_part", part.part, "en") for part in form.parts)
        title = pack.code_label("form", form.name, "en")
        lines.append(f"| {title} | `{form.form_id}` | {parts} | {len(list(form.asks()))} |")
    lines += ["", "## What is asked for, and what answers it", "", *_answers(pack)]
    return "\n".join(lines).rstrip() + "\n"


def _answers(pack: FormPack) -> Iterator[str]:
    yield "| topic | asked for | fields | forms, or why not |"
    yield "|---|---|---|---|"
    for one in wanted():
        forms = dict.fromkeys(name for place in one.by for name in forms_asking(place, pack))
        fields = ", ".join(f"`{place}`" for place in one.by)
        told = one.why or ", ".join(f"`{name}`" for name in forms)
        yield f"| {one.topic} | {one.what} | {fields} | {told} |"
