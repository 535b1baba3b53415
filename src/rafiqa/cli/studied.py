"""What was studied, told: one document with its claims, or a folder of them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import Any, Final, TextIO

from rafiqa import __version__, service
from rafiqa.cli.progress import progress_of
from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, actor_of, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.locale.catalogue import catalogue
from rafiqa.service.places import gazetteer_for
from rafiqa.service.studies import Desk, Studied, studies
from rafiqa.service.studying import PRODUCER, Study, published_on, study
from rafiqa.study.name import masked
from rafiqa.study.record import Claim, Span
from rafiqa.wire.answer import fault_json
from rafiqa.wire.document import Document, read_document
from rafiqa.wire.modelclient import server_of
from rafiqa.wire.studyjson import records_json

_SHOWN: Final = 200
_PROCESSES: Final = 4
"""Each holds the gazetteer and what reads: a fifth would want more memory than a desk has."""


def tell(args: argparse.Namespace) -> int:
    """Returns 0 once the claims are told, and kept where a store is named.

    Returns 1 where nothing could be read, or kept.
    """
    server = server_of(os.environ)
    published = published_on(args.published)
    path = Path(args.document)
    _refuse_out(args.out, path)
    shelf = None if args.store is None else _Shelf(args)
    places = Path(args.places) if args.places else None
    if path.is_dir():
        return _folder(args, path, shelf, Desk(places, args.published))
    gazetteer = gazetteer_for(places)
    document = read_document(path)
    if document.faults:
        if shelf is not None and document.sha256:
            shelf.keep(path, document, ())
        raise InvalidInput(document.faults)
    found = study(document, published, gazetteer, server)
    if shelf is not None:
        shelf.keep(path, document, found.records)
    output_of(args).show(_answer(found), list(_lines(found, args.lang, kept=shelf is not None)))
    return DONE


class _Shelf:
    """A store in which documents and their candidates are kept."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._office = office_of(args)
        self._actor = actor_of(args, self._office)

    def keep(self, path: Path, document: Document, claims: Sequence[Claim]) -> None:
        """Keeps a document and proposes its candidates.

        Raises:
            Forbidden, Refused: every reason why not.
        """
        args = self._args
        grade = args.source_grade.lower() if args.source_grade else None
        told = service.Provenance(path.name, args.published, args.source, grade)
        acted = service.keep_study(
            self._office, self._actor, document, path, told, claims, PRODUCER
        )
        refuse_acted(acted)


def _folder(args: argparse.Namespace, folder: Path, shelf: _Shelf | None, desk: Desk) -> int:
    """Studies every file of a folder, in the order of their names; a bad one is told of.

    What came of each is printed as JSON, or written to ``--out`` line by line as it comes; kept in
    memory for neither.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    progress = progress_of(args, "cli.progress.desk-study")
    rows: list[dict[str, Any]] = []
    unread: list[dict[str, Any]] = []
    n_records = 0
    with _lines_file(args) as out:
        for number, found in enumerate(studies(paths, desk, _processes()), 1):
            if shelf is not None and found.document.sha256:
                shelf.keep(found.path, found.document, found.claims)
            n_records += len(found.claims)
            if out is not None or args.json or found.document.faults:
                row = _row(found, folder, args.lang)
                unread += [row] if row["faults"] else []
                if out is not None:
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
                elif args.json:
                    rows.append(row)
            progress.tell(number, len(paths))
    params: dict[str, str | int] = {
        "documents": len(paths),
        "unread": len(unread),
        "records": n_records,
    }
    lines = [text("cli.desk-study.folder", params, args.lang)]
    lines += [
        f"  {row['file']}: {fault['detail']}  [{fault['code']}]"
        for row in unread
        for fault in row["faults"]
    ]
    answer = {**params, "read": len(paths) - len(unread), "files": rows if out is None else unread}
    output_of(args).show(answer, lines)
    return DONE


def _refuse_out(out: str | None, path: Path) -> None:
    """Refuses an ``--out`` into which nothing could be written, before hours of reading.

    Raises:
        InvalidInput: ``cli.desk-study.out-*``.
    """
    if out is None:
        return
    if not path.is_dir():
        raise InvalidInput(Fault("cli.desk-study.out-of-one", "--out"))
    file = Path(out)
    # What is there in the folder is a document, or may be one: nothing is written over it.
    is_document = file.exists() and file.resolve().is_relative_to(path.resolve())
    if file.is_dir() or not file.parent.is_dir() or is_document:
        raise InvalidInput(Fault("cli.desk-study.out-no-file", "--out", params={"out": out[:200]}))


def _processes() -> int:
    return max(1, min(os.cpu_count() or 1, _PROCESSES))


@contextmanager
def _lines_file(args: argparse.Namespace) -> Iterator[TextIO | None]:
    """The file that takes a line for each document; it takes its place only when it is whole.

    Where the study breaks off, what was written stays beside it, and where is said; the next does
    not write over it.
    """
    if args.out is None:
        yield None
        return
    path = Path(args.out)
    names = chain((".part",), (f".part{number}" for number in count(2)))
    beside = next(each for name in names if not (each := path.with_name(path.name + name)).exists())
    with beside.open("x", encoding="utf-8") as stream:
        try:
            yield stream
        except BaseException:
            sys.stderr.write(text("cli.desk-study.part", {"file": str(beside)}, args.lang) + "\n")
            raise
    beside.replace(path)


def _row(found: Studied, folder: Path, lang: str) -> dict[str, Any]:
    digest = found.document.sha256
    return {
        "file": found.path.relative_to(folder).as_posix(),
        "sha256": digest,
        "kind": found.document.kind,
        "faults": [fault_json(fault, lang) for fault in found.document.faults],
        "records": records_json(found.claims, digest, __version__, found.names),
    }


def _answer(found: Study) -> dict[str, Any]:
    digest, names = found.document.sha256, found.context.names
    published = found.reading.published
    answer: dict[str, Any] = {
        "records": _on_pages(found, records_json(found.records, digest, __version__, names)),
        "set_aside": _on_pages(found, records_json(found.set_aside, digest, __version__, names)),
        "refused": [
            {"start": claim.span.start, "end": claim.span.end, "reasons": list(faults)}
            for claim, faults in found.refused
        ],
        "document": {
            "sha256": digest,
            "n_characters": len(found.document.text),
            "kind": found.document.kind,
            "warnings": [each.code for each in found.document.warnings],
            "published": [published.first.isoformat(), published.last.isoformat()]
            if published
            else None,
        },
    }
    if found.model is not None and found.told is not None:
        answer["model"] = {
            "records": records_json(found.model.claims, digest, __version__, names),
            "refused": dict(found.model.refused),
            "held_to_schema": found.told.held,
            "prompt_sha256": found.told.prompt_sha256,
        }
    return answer


def _on_pages(found: Study, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records with page and box of where their quote begins, where the document has pages."""
    for record in records:
        block = found.document.block_at(record["start"])
        if block is not None and block.page is not None:
            record["page"] = block.page
            record["box_pt"] = None if block.box_pt is None else list(block.box_pt)
            record["doubtful"] = block.doubtful
    return records


def _lines(found: Study, lang: str, *, kept: bool) -> Iterator[str]:
    names = found.context.names
    params: dict[str, str | int] = {"records": len(found.records), "aside": len(found.set_aside)}
    yield text("cli.desk-study.counts", params, lang)
    yield from _told(found.records, names, lang)
    if found.set_aside:
        yield text("cli.desk-study.aside", {}, lang)
        yield from _told(found.set_aside, names, lang)
    if found.model is not None:
        yield text("cli.desk-study.model", {"n": len(found.model.claims)}, lang)
        yield from _told(found.model.claims, names, lang)
    yield text(f"cli.desk-study.{'kept' if kept else 'nothing-recorded'}", {}, lang)


def _told(claims: Sequence[Claim], names: Sequence[Span], lang: str) -> Iterator[str]:
    for claim in claims[:_SHOWN]:
        place = claim.place.mention.surface if claim.place.mention else "–"
        days = f"{claim.time.start or '…'} – {claim.time.end or '…'}"
        what = _word(f"study.event.{claim.event_type}", claim.event_type, lang)
        said = _word(f"study.polarity.{claim.polarity}", claim.polarity, lang)
        flags = [_word(f"study.flag.{flag}", flag, lang) for flag in claim.flags]
        yield f"  {claim.span.start}–{claim.span.end}  {what} · {said} · {place} · {days}"
        if flags:
            yield f"    ! {'; '.join(flags)}"
        yield f"    «{masked(claim.quote, claim.span.start, names)}»"
    if len(claims) > _SHOWN:
        yield f"  … +{len(claims) - _SHOWN}"


def _word(code: str, name: str, lang: str) -> str:
    """The words for a code; its name where the catalogue has none."""
    return text(code, {}, lang) if code in catalogue(lang) else name
