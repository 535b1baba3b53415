"""The worker that reads a foreign form: a process of its own that may be killed.

Forked by ``rafiqa.wire.nurse``; leaves a JSON file. It has no access to any store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.confinement import confine
from rafiqa.wire.foreignform import ForeignForm, read_foreign_form
from rafiqa.wire.formproposal import proposed
from rafiqa.wire.limit import Limits

LATER: Final[tuple[str, ...]] = ("pyxform.xls2xform", "pyxform.question_type_dictionary")
"""Modules that not every reading needs, imported while the first goes on."""


def work(path: Path, limits: Limits) -> dict[str, Any]:
    """What a form holds and what it seems to mean, as plain JSON values."""
    try:
        form = read_foreign_form(path.read_bytes(), path.stem, limits)
    except InvalidInput as error:
        return {"refused": _plain(error.faults)}
    return told(form)


def told(form: ForeignForm) -> dict[str, Any]:
    """A form that was read, as plain JSON values."""
    return {
        "form": {"id": form.form_id, "title": form.title, "version": form.version},
        "languages": [{"name": name} for name in form.languages],
        "questions": [
            {
                "row": one.row,
                "question": one.path,
                "type": one.type,
                "repeat": one.repeat,
                "list": one.list_name,
                "labels": dict(one.labels),
            }
            for one in form.questions
        ],
        "lists": {
            name: {code: dict(labels) for code, labels in codes.items()}
            for name, codes in form.lists.items()
        },
        "mapping": [
            {
                "question": one.question,
                "record": one.record,
                "field": one.field,
                "by": one.by,
                "codes": None if one.codes is None else dict(one.codes),
            }
            for one in proposed(form, dictionary())
        ],
        "refused": _plain(form.refused),
        "warnings": _plain(form.warnings),
        "xform": form.xform,
    }


def _plain(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    return [
        {"code": one.code, "place": one.place, "row": one.row, "params": dict(one.params)}
        for one in faults
    ]


def warm() -> None:
    """Makes ready, before there is a form, what every form needs."""
    dictionary()


def main(order: dict[str, Any]) -> None:
    """Works under its limits and leaves the answer where the order says."""
    limits = Limits(**order["limits"])
    confine(int(order["cpu_s"]), int(order["data_bytes"]), limits.worker_bytes)
    answer = json.dumps(work(Path(order["path"]), limits), ensure_ascii=False)
    Path(order["answer"]).write_text(answer, encoding="utf-8")
