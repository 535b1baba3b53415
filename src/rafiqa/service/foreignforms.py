"""Foreign forms: what a form that others made asks for, and what it seems to mean here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rafiqa.errors import Fault
from rafiqa.wire.formprocess import run_form_worker


@dataclass(frozen=True, slots=True)
class ForeignReport:
    """What a foreign form holds, as plain values.

    Attributes:
        form: its id, title and version.
        languages: by name.
        questions: in order, each with its row, path, type, list and labels.
        lists: choices with labels, by list.
        record: the record of the dictionary that it is mainly about, or empty.
        mapping: the proposal for each question that a person answers.
        refused: every row that breaks the standard; empty for a form that can be used.
        warnings: what is doubtful.
        xform: what phones run; empty where it could not be converted.
    """

    form: dict[str, str]
    languages: list[dict[str, str]]
    questions: list[dict[str, Any]]
    lists: dict[str, Any]
    record: str
    mapping: list[dict[str, Any]]
    refused: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    xform: str = ""


def read_foreign(path: Path) -> ForeignReport:
    """What a form that others made asks for; it is read in a process under limits.

    Every fault of the form stands in the report, and so does a file that is no form.
    """
    answer = run_form_worker(path)
    mapping = answer.get("mapping", [])
    records = Counter(one["record"] for one in mapping if one["record"])
    return ForeignReport(
        form=answer.get("form", {}),
        languages=answer.get("languages", []),
        questions=answer.get("questions", []),
        lists=answer.get("lists", {}),
        record=records.most_common(1)[0][0] if records else "",
        mapping=mapping,
        refused=_faults(answer.get("refused", [])),
        warnings=_faults(answer.get("warnings", [])),
        xform=answer.get("xform", ""),
    )


def _faults(plain: list[dict[str, Any]]) -> tuple[Fault, ...]:
    return tuple(Fault(one["code"], one["place"], one["row"], one["params"]) for one in plain)
