"""Imports at the desk: send a file, look what it becomes, take it in, take it back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from rafiqa.api.accessshape import Told
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.importshape import (
    ColumnTold,
    ImportAsked,
    ImportRow,
    Imports,
    ImportTold,
    Labelled,
    MappingKnown,
    RowTold,
    Staying,
    UndoAsked,
    UndoTold,
    UploadHere,
    ValueTold,
)
from rafiqa.api.problem import faults_of, told_fault
from rafiqa.api.reply import Reply, reply
from rafiqa.api.session import second_person
from rafiqa.api.upload import UPLOAD_BYTES
from rafiqa.dictionary import Record, dictionary
from rafiqa.errors import Fault, Forbidden, InvalidInput, NotFound
from rafiqa.errors import Refused as RefusedError
from rafiqa.land import Actor, Reason
from rafiqa.locale import joined, text
from rafiqa.service import Office, allow
from rafiqa.service.importing import import_file, kinds_for
from rafiqa.service.intake import IntakeOrder, IntakeReport
from rafiqa.service.mappings import mapping_named, saved_of
from rafiqa.service.permit import Facts, second_beyond
from rafiqa.service.preview import BESIDE, ID, NOTHING, PLACE, VAULT, Preview
from rafiqa.service.scope import sees_everything
from rafiqa.service.signinpolicy import note
from rafiqa.service.undoing import UndoOrder, undo_import
from rafiqa.wire import shipped_mappings
from rafiqa.wire.answer import reason_json
from rafiqa.wire.imsma import imsma_mapping
from rafiqa.wire.instant import iso
from rafiqa.wire.mapping import ENCODINGS

SHOWN = 100
NO_STORE = {"Cache-Control": "no-store"}
_IMSMA = "imsma"
RELEASING = frozenset({"land-parts"})
"""Kinds whose rows lower land: one person alone takes none in at this door."""
_BECOMES = (BESIDE, PLACE, NOTHING, ID, VAULT)


def show_imports(ask: Ask) -> Reply:
    """Returns the imports that the asker sees, and what they may take in.

    Those of their own organisation; every one where they see every organisation's work.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor is none of the staff.
    """
    actor, office = actor_of(ask), ask.desk.office
    if not ask.staff:
        params: dict[str, str | int] = {"role": actor.role, "act": "see_restricted"}
        raise Forbidden(Fault("service.permit.denied", params=params))
    book, whole = office.importbook(), sees_everything(office, actor)
    rows = [
        ImportRow(
            import_id,
            iso(story.first.recorded_at_us),
            story.fact.file_name,
            story.fact.kind,
            kind_label(story.fact.kind, ask.lang),
            story.fact.mapping,
            len(story.entry_ids),
            sum(entry in book.withdrawn for entry in story.entry_ids),
            story.first.actor.organisation_id,
        )
        for import_id, story in book.imports.items()
        if whole or story.first.actor.organisation_id == actor.organisation_id
    ]
    kinds = [Labelled(kind, kind_label(kind, ask.lang)) for kind in kinds_for(actor)]
    may = (allow(actor, act).allowed for act in _ACTS)
    made = Imports(rows[::-1], kinds, list(_mappings(office)), [*ENCODINGS], *may)
    return reply(made, NO_STORE)


_ACTS = ("undo_import", "save_mapping", "decide_pair", "see_quarantine")


def kind_label(kind: str, lang: str) -> str:
    """Returns a kind of import in words: what its rows are."""
    if kind == _IMSMA:
        return text("desk.rescue.imsma", {}, lang)
    record = dictionary().record_of(kind)
    return kind if record is None else record.labels.of(lang)


def _mappings(office: Office) -> Iterator[MappingKnown]:
    for name in shipped_mappings():
        yield MappingKnown(name, None, saved=False)
    for source, versions in office.importbook().mappings.items():
        yield MappingKnown(source, saved_of(versions[-1]).kind, saved=True)


def put_upload(ask: Ask) -> Reply:
    """Returns which parts of a file are still missing after one more; a part again does no harm.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role imports nothing.
        InvalidInput: the part has another length, or the file would be too large.
    """
    actor = _importer(ask)
    digest, number = ask.path["digest"], int(ask.path["part"])
    n_bytes = int(ask.number("of"))
    if not 1 <= n_bytes <= UPLOAD_BYTES:
        limit: dict[str, str | int] = {"limit_mib": UPLOAD_BYTES // 1024**2}
        raise InvalidInput(Fault("api.upload.size", "of", params=limit))
    uploads = ask.desk.uploads
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise InvalidInput(Fault("api.upload.part", "digest", params={"number": number}))
    if not uploads.put(actor.person_id, digest, n_bytes, number, ask.body):
        raise InvalidInput(Fault("api.upload.part", "part", params={"number": number}))
    return reply(UploadHere(digest, uploads.missing(actor.person_id, digest, n_bytes)), NO_STORE)


def _importer(ask: Ask) -> Actor:
    actor = actor_of(ask)
    if not kinds_for(actor):
        params: dict[str, str | int] = {"role": actor.role, "act": "register_layer"}
        raise Forbidden(Fault("service.permit.denied", params=params))
    return actor


def take_in(ask: Ask) -> Reply:
    """Returns what became of a file that was sent, or would.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not import this kind, or save a mapping.
        NotFound: that file has not come, or not whole; send it again.
        InvalidInput: the mapping cannot be.
    """
    actor, asked = _importer(ask), ask.taken(ImportAsked)
    uploads = ask.desk.uploads
    path = uploads.named(actor.person_id, asked.sha256, asked.file_name)
    if path is None:
        raise NotFound(Fault("api.upload.unknown", "sha256", params={"file": asked.file_name[:80]}))
    order = IntakeOrder(path, asked.kind, _mapping(ask, asked, path), asked.dry_run)
    order = replace(order, standing=ask.standing)
    if asked.kind in RELEASING and not asked.dry_run:
        _confirmed(ask, actor, asked)
    if asked.save_as is not None:
        order = replace(order, save_as=asked.save_as)
    report = import_file(ask.desk.office, actor, order)
    if not asked.dry_run and not report.refused:
        uploads.drop(actor.person_id, asked.sha256)
    return reply(_report(ask, asked, report), NO_STORE)


def _confirmed(ask: Ask, actor: Actor, asked: ImportAsked) -> None:
    """Nothing, where a second person of the authority confirms an import that lowers land.

    Raises:
        TooMany: their login was tried too often.
        Unknown: their credentials are wrong.
        Forbidden: they signed by too little.
        Refused: there is none, it is the same person, or not one of the authority.
    """
    second = None if asked.second is None else second_person(ask, asked.second)
    by = None if second is None else second.actor
    if second is None or by is None or by.role != "authority" or by.is_one_with(actor):
        raise RefusedError(Fault("service.import.unconfirmed", "second"))
    beyond = tuple(second_beyond("transfer_release", Facts(standing=second.standing)))
    if beyond:
        raise Forbidden(faults_of(beyond))
    office = ask.desk.office
    note(office.store, office.now_us(), "import.confirmed", actor.person_id, by.person_id)


def _mapping(ask: Ask, asked: ImportAsked, path: Path) -> str | None:
    """Returns the mapping's name, or the file in which what was said by hand is written.

    Only names are taken: a mapping that named a path would be read off the server's disk.
    """
    if asked.columns and asked.mapping is not None:
        raise InvalidInput(Fault("api.import.two-mappings", "columns"))
    name = _known_mapping(ask, asked)
    said = {"columns": asked.columns, "crs": asked.crs, "encoding": asked.encoding}
    said = {key: value for key, value in said.items() if value}
    if not said:
        return name
    if name is None and asked.kind == _IMSMA:
        name = imsma_mapping(path)  # which comes along for its form, and is to be read with still
    base = {} if name is None else mapping_named(ask.desk.office, name).plain
    named = {"name": asked.save_as or name or "by hand"}
    # No file that was sent begins with a point: this is written over none.
    written = path.with_name(".by-hand.mapping.json")
    written.write_text(json.dumps({**base, **named, **said}, default=str), "utf-8")
    return str(written)


def _known_mapping(ask: Ask, asked: ImportAsked) -> str | None:
    if asked.mapping is None:
        return None
    names = [each.name for each in _mappings(ask.desk.office)]
    if asked.mapping not in names:
        params: dict[str, str | int] = {"name": asked.mapping[:80], "known": ", ".join(names)}
        raise InvalidInput(Fault("wire.mapping.missing", "mapping", params=params))
    return asked.mapping


def _report(ask: Ask, asked: ImportAsked, report: IntakeReport) -> ImportTold:
    record = dictionary().record_of("hazard-areas" if asked.kind == _IMSMA else asked.kind)
    preview = report.preview or Preview()
    counts: dict[str, str | int] = {
        "read": report.read,
        "accepted": report.accepted,
        "already": report.already,
        "quarantined": report.quarantined,
        "refused": len(report.refused),
    }
    fields = [] if record is None else record.fields
    return ImportTold(
        text("cli.import.done", counts, ask.lang),
        asked.dry_run,
        report.read,
        report.accepted,
        report.already,
        report.quarantined,
        report.import_id or None,
        len(report.refused),
        [told_fault(fault, ask.lang) for fault in report.refused[:SHOWN]],
        len(report.warnings),
        [told_fault(fault, ask.lang) for fault in report.warnings[:SHOWN]],
        list(_columns(preview, record, ask.lang)),
        [Labelled(field.name, field.labels.of(ask.lang)) for field in fields],
        [_row(each, record, ask.lang) for each in preview.rows],
        asked.mapping is not None or asked.kind == _IMSMA,
    )


def _columns(preview: Preview, record: Record | None, lang: str) -> Iterator[ColumnTold]:
    names = () if record is None else record.names
    for column, becomes in preview.columns.items():
        field = next((each for each in becomes if each in names), None)
        yield ColumnTold(column, field, [_becomes(each, record, lang) for each in becomes])


def _becomes(code: str, record: Record | None, lang: str) -> str:
    if code in _BECOMES:
        return text(f"cli.import.becomes-{code}", {}, lang)
    field = None if record is None else record.field(code)
    return code if field is None else field.labels.of(lang)


def _row(row: Mapping[str, Any], record: Record | None, lang: str) -> RowTold:
    fields = [
        ValueTold(_becomes(name, record, lang), _value(name, value, record, lang))
        for name, value in row["fields"].items()
        if name != "geometry"
    ]
    beside = [ValueTold(name, str(value)[:200]) for name, value in row["beside"].items()]
    return RowTold(row["row"], fields, beside, row["geometry"] is not None)


def _value(name: str, value: object, record: Record | None, lang: str) -> str:
    field = None if record is None else record.field(name)
    codes = value if isinstance(value, list) else [value]
    if field is not None and field.codelist:
        listed = dictionary().lists[field.codelist]
        return joined((listed.label(str(code), lang) for code in codes), lang)
    return ", ".join("" if each is None else str(each) for each in codes)[:200]


def undo(ask: Ask) -> Reply:
    """Returns what was taken back of an import, or would be, and what stays with every reason.

    Raises:
        TooMany: the second person's login was tried too often.
        Unknown: nobody is signed in, or the second person's login or password is wrong.
        Forbidden: the actor's role may not do this.
        Refused: no such import, no second person, or no reason given.
    """
    actor, asked = actor_of(ask), ask.taken(UndoAsked)
    second = None if asked.second is None else second_person(ask, asked.second)
    order = UndoOrder(ask.path["import_id"], asked.note, dry_run=asked.dry_run)
    order = replace(order, standing=ask.standing)
    if second is not None:
        order = replace(order, confirmed_by=second.actor, second=second.standing)
    undone = undo_import(ask.desk.office, actor, order)
    if not undone.acted.done and undone.acted.reasons:
        faults = faults_of(undone.acted.reasons)
        denied = any(fault.code.startswith("service.permit.") for fault in faults)
        raise (Forbidden if denied else RefusedError)(faults)
    counts: dict[str, str | int] = {
        "n": len(undone.taken_back),
        "already": len(undone.already),
        "stay": len(undone.staying),
    }
    says = text("cli.imports.would" if asked.dry_run else "cli.imports.undone", counts, ask.lang)
    staying = [
        Staying(entry_id, [_reason(ask, reason) for reason in reasons])
        for entry_id, reasons in undone.staying[:SHOWN]
    ]
    told = UndoTold(
        says,
        asked.dry_run,
        len(undone.taken_back),
        len(undone.already),
        len(undone.staying),
        staying,
    )
    return reply(told, NO_STORE)


def _reason(ask: Ask, reason: Reason) -> Told:
    return msgspec.convert(reason_json(reason, ask.lang), Told)
