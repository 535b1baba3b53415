"""Form: which fields of which records one paper of the field asks for, in parts.

A form holds no words of its own: its title, its parts, its questions and their answers are all
labelled by the dictionary, so that a label and the field behind it cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rafiqa.dictionary.label import Labels

SHAPES = ("geopoint", "geotrace", "geoshape")
"""How a place is taken on a phone; a field of type ``shape`` must say which."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question or a part is asked: another one has any of some codes, or enough.

    Attributes:
        record: record of the field that is looked at.
        field: that field.
        any: codes, one of which must be chosen; none where a number is looked at.
        least: least number; None where codes are looked at.
    """

    record: str
    field: str
    any: tuple[str, ...] = ()
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One field that a form asks for.

    Attributes:
        record: name of the record.
        field: name of its field.
        when: asked only then; None for always.
        required: must be filled although the record does not always ask for it.
        keep: no country may hide it: a rule of the land reads it.
        shape: one of ``SHAPES``, or empty where the field's type says it.
        photo: the field holds files, and is asked as photographs.
        codes: the codes offered, where the form does not offer all of them.
    """

    record: str
    field: str
    when: Condition | None = None
    required: bool = False
    keep: bool = False
    shape: str = ""
    photo: bool = False
    codes: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """``record.field``, as faults and country files name it."""
        return f"{self.record}.{self.field}"


@dataclass(frozen=True, slots=True)
class Matrix:
    """The same answers asked for each code of one list, and of a second one across.

    Attributes:
        rows: name of the list down.
        row_codes: its codes that are asked.
        columns: name of the list across, or empty.
        column_codes: its codes that are asked.
        answers: name of the list of answers.
    """

    rows: str
    row_codes: tuple[str, ...]
    columns: str
    column_codes: tuple[str, ...]
    answers: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form.

    Attributes:
        part: its code in the list ``form_part``.
        asks: what it asks for, in order.
        repeat: it is filled as often as there are things to tell.
        inside: code of the part that it stands in, or empty.
        when: it is shown only then.
        matrix: a table of answers, before the other questions.
    """

    part: str
    asks: tuple[Asked, ...] = ()
    repeat: bool = False
    inside: str = ""
    when: Condition | None = None
    matrix: Matrix | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the field.

    Attributes:
        name: its code in the list ``form``; stable.
        record: the record it is mainly about; its fields keep their plain names.
        named_by: fields of that record that name a filled form on the phone.
        parts: in order; a part inside another one comes after it.
    """

    name: str
    record: str
    named_by: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def form_id(self) -> str:
        """The id that phones and servers know it by; never changes."""
        return f"rafiqa_{self.name}"

    def asks(self) -> Iterator[Asked]:
        """Everything it asks for, in order, matrices left out."""
        for part in self.parts:
            yield from part.asks

    def asked(self, record: str, field: str) -> Asked | None:
        """The question for a field, or None where the form does not ask for it."""
        places = ((one.record, one.field) for one in self.asks())
        found = dict(zip(places, self.asks(), strict=True))
        return found.get((record, field))

    def question(self, record: str, field: str) -> str:
        """The name of a field's question: plain for the form's own record, else with its record."""
        return field if record == self.record else f"{record}_{field}"

    def conditions(self) -> Iterator[Condition]:
        """Every condition of the form."""
        for part in self.parts:
            if part.when is not None:
                yield part.when
            yield from (one.when for one in part.asks if one.when is not None)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence that a form says by itself, with placeholders in braces.

    Attributes:
        name: stable name.
        labels: the sentence in four languages.
    """

    name: str
    labels: Labels
