"""Record: the fields that are written together about one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rafiqa.dictionary.field import GEOMETRY_TYPES, Field
from rafiqa.dictionary.label import Labels, LabelSource


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One kind of record; there is a single instance of each in a dictionary.

    Attributes:
        name: canonical name, singular.
        labels: what people read.
        about: one English sentence saying what the record is.
        fields: in the order of a form.
        import_kinds: the kinds of ``rafiqa import`` that this record describes.
        imas: number of the mine action standard, or empty.
        label_sources: per language, who wrote the labels.
    """

    name: str
    labels: Labels
    about: str
    fields: tuple[Field, ...]
    import_kinds: tuple[str, ...]
    imas: str
    label_sources: Mapping[str, LabelSource]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def geometry(self) -> Field | None:
        """The first field that holds a shape, or None."""
        return next((field for field in self.fields if field.type in GEOMETRY_TYPES), None)

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    def shown_to(self, sensitivity: int) -> tuple[str, ...]:
        """The names of the fields whose class is at most the one given: a whitelist."""
        return tuple(field.name for field in self.fields if field.sensitivity <= sensitivity)
