"""``rafiqa forms``: write the forms of the field or give them out, or read one of others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import (
    DONE,
    REFUSED,
    actor_of,
    add_actor,
    add_common,
    office_of,
    output_of,
)
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service.fieldforms import publish_forms, write_forms
from rafiqa.service.foreignforms import ForeignReport, read_foreign
from rafiqa.wire.answer import refusal_json

SHOWN = 20


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser, store=False)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the forms into this folder")
    parser.add_argument(
        "--country", type=Path, metavar="FILE", help="with what this country adds and hides (TOML)"
    )
    parser.add_argument("--xml", action="store_true", help="also write what phones run (XForms)")
    parser.add_argument(
        "--read", type=Path, metavar="FILE", help="read a form that others made (XLSX, XLS)"
    )
    parser.add_argument(
        "--publish", metavar="STORE", dest="store", help="give all of them out to phones"
    )
    add_actor(parser, "information")


def run(args: argparse.Namespace) -> int:
    """Returns 0 where forms were written or a form could be read, 1 where it was refused."""
    if [args.out, args.read, args.store].count(None) != 2:
        raise InvalidInput(Fault("cli.forms.which", "--out --read --publish"))
    if args.store is not None:
        return _publish(args)
    return _read(args) if args.read is not None else _write(args)


def _write(args: argparse.Namespace) -> int:
    written = write_forms(args.out, args.lang, args.country, xml=args.xml)
    warnings = refusal_json(written.warnings, args.lang)
    answer = {
        "forms": [
            {
                "id": form.form_id,
                "name": form.name,
                "title": form.title,
                "version": form.version,
                "file": str(form.file),
                "questions": form.questions,
                "languages": list(form.languages),
            }
            for form in written.forms
        ],
        "warnings": warnings,
    }
    lines = [
        text(
            "cli.forms.written",
            {"file": str(form.file), "title": form.title, "questions": form.questions},
            args.lang,
        )
        for form in written.forms
    ]
    output_of(args).show(answer, lines + _told(warnings))
    return DONE


def _publish(args: argparse.Namespace) -> int:
    office = office_of(args)
    done: list[dict[str, Any]] = []
    lines = []
    for form_id, acted in publish_forms(office, actor_of(args, office), args.country):
        refuse_acted(acted)
        form = office.fieldbook().forms[form_id][-1]
        done.append({"id": form_id, "version": form.version, "already": acted.already})
        words = {"form": form_id, "version": form.version}
        lines.append(text("cli.form.published", words, args.lang))
    output_of(args).show({"forms": done}, lines)
    return DONE


def _read(args: argparse.Namespace) -> int:
    report = read_foreign(args.read)
    refused = refusal_json(report.refused, args.lang)
    warnings = refusal_json(report.warnings, args.lang)
    answer = {
        "form": report.form,
        "questions": report.questions,
        "languages": report.languages,
        "lists": report.lists,
        "record": report.record,
        "mapping": report.mapping,
        "refused": refused,
        "warnings": warnings,
    }
    lines = [*_shown(report, args.lang), *_told(refused), *_told(warnings)]
    output = output_of(args)
    (output.refuse if refused else output.show)(answer, lines)
    return REFUSED if refused else DONE


def _shown(report: ForeignReport, lang: str) -> list[str]:
    mapped = [one for one in report.mapping if one["field"]]
    params = {
        "title": report.form.get("title") or report.form.get("id") or "",
        "questions": len(report.questions),
        "lists": len(report.lists),
        "mapped": len(mapped),
        "languages": ", ".join(one["name"] for one in report.languages),
    }
    lines = [text("cli.forms.read", params, lang)]
    lines += [
        f"  {one['question']} → {one['record']}.{one['field']}  ({one['by']})" for one in mapped
    ]
    return lines


def _told(faults: list[dict[str, Any]]) -> list[str]:
    """One line for each fault with its place, and what to do next under it."""
    lines = []
    for fault in faults[:SHOWN]:
        row = "" if fault["row"] is None else f"{fault['row']}: "
        lines.append(f"  {row}{fault['field'] or ''} {fault['detail']}  [{fault['code']}]")
        if fault.get("next"):
            lines.append(f"      {fault['next']}")
    return [*lines, f"  … +{len(faults) - SHOWN}"] if len(faults) > SHOWN else lines
