"""Take in a file: read, check each row against the dictionary, make facts or a layer.

What is accepted goes into the ledger in groups, each on the disk before the next is made.
What is refused goes into the quarantine with its original and every fault found in it;
nothing is dropped. A row sent again is stored once; its id with other content is kept in
the quarantine for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from rafiqa.dictionary import Manner, Record, check_row, match_columns
from rafiqa.dictionary.codelist import folded
from rafiqa.errors import Fault, Forbidden, InvalidInput, NotFound
from rafiqa.land import AccidentRecorded, Actor, AreaRecorded, ReleaseTransferred, Ruling
from rafiqa.ledger import RowsImported
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.aftermath import IncidentShelf
from rafiqa.service.importpersons import PersonShelf, person_shelf
from rafiqa.service.incident import brought_by, drawn_anew, reopening_ids
from rafiqa.service.intakearea import AreaShelf, area_warnings, ring_warnings
from rafiqa.service.intakefact import (
    Checked,
    RowFact,
    import_id,
    open_fields,
    record_of,
    row_fact,
)
from rafiqa.service.intakeproject import ProjectShelf
from rafiqa.service.mappings import mapping_named, refuse_unknown_fields
from rafiqa.service.office import Office, Saying
from rafiqa.service.permit import AT_THE_MACHINE, Facts, Standing, allow
from rafiqa.service.preview import Preview, preview_of
from rafiqa.service.undoing import row_key
from rafiqa.store import Quarantined
from rafiqa.wire import Mapping, Row, read_file
from rafiqa.wire.instant import utc_day
from rafiqa.wire.part import original_bytes, parts_of

_CENTIMETRES = ("cm", "centim", "سم", "سانت")
GROUP = 500
"""Rows in one transaction: enough to be quick, few enough to lose little time to a crash."""
ORIGINAL_BYTES = 64 * 1024 * 1024
"""A refused file is kept whole up to this size; of a larger one its first part is kept."""
MANNER_FORMATS = ("%Y/%m/%d", "%Y/%m/%d %H:%M:%S")
"""Forms of dates that cannot be misread, taken beside ISO 8601."""


@dataclass(slots=True)
class IntakeReport:
    """What became of a file: counts, every refusal by row, and what should be looked at.

    ``read`` is what a person compares with the file's maker: a table that was cut off at the
    end of a row looks whole. ``persons`` counts the rows whose persons went into the vault, or of
    a dry run would go; ``import_id`` names what was new in it, empty where nothing was;
    ``preview`` is of a dry run.
    """

    read: int = 0
    accepted: int = 0
    already: int = 0
    quarantined: int = 0
    persons: int = 0
    import_id: str = ""
    preview: Preview | None = None
    refused: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def add(self, other: IntakeReport, kind: str) -> None:
        """Adds what became of another part of the same file: its rows are told by their kind."""
        self.read += other.read
        self.accepted += other.accepted
        self.already += other.already
        self.quarantined += other.quarantined
        self.persons += other.persons
        self.import_id = self.import_id or other.import_id
        self.refused += [_told_by(kind, fault) for fault in other.refused]
        self.warnings += [_told_by(kind, fault) for fault in other.warnings]
        if self.preview is not None and other.preview is not None:
            self.preview.columns |= {
                f"{kind}: {name}": becomes for name, becomes in other.preview.columns.items()
            }
            self.preview.rows += other.preview.rows


def _told_by(kind: str, fault: Fault) -> Fault:
    return replace(fault, place=f"{kind}: {fault.place}" if fault.place else kind)


@dataclass(frozen=True, slots=True)
class IntakeOrder:
    """What to take in, as what, and how: the arguments of an import.

    ``save_as`` is the name of a source under which the mapping is saved for its next file;
    ``whole`` names the import where this is one part of what a file holds; ``standing`` says how
    the importer proved who they are.
    """

    path: Path
    kind: str
    mapping: str | None = None
    dry_run: bool = False
    save_as: str | None = None
    progress: Callable[[int], None] = lambda _accepted: None
    whole: str | None = None
    standing: Standing = AT_THE_MACHINE


@dataclass(slots=True, eq=False)
class Intake:
    """One import under way: who, what, and what became of it so far."""

    office: Office
    actor: Actor
    order: IntakeOrder
    mapping: Mapping | None
    file_sha256: str
    report: IntakeReport = field(default_factory=IntakeReport)
    kept: list[Quarantined] = field(default_factory=list)
    place_columns: frozenset[str] = frozenset()
    areas: AreaShelf | None = None
    incidents: IncidentShelf | None = None
    projects: ProjectShelf | None = None
    persons: PersonShelf | None = None

    @property
    def source(self) -> str:
        """Who made the data, in words: as the mapping says, else the file's name."""
        return (self.mapping.source if self.mapping else None) or self.order.path.name

    @property
    def manner(self) -> Manner:
        """How the file writes its values; the last day believed is today."""
        return Manner(utc_day(self.office.now_us()), MANNER_FORMATS)

    def row_id(self, number: int, given: object) -> str:
        """Returns the row's own id, or one that the file and the row's number always give."""
        text = str(given).strip() if given not in {None, ""} else ""
        return text or f"{self.order.kind}-{self.file_sha256[:12]}-{number}"

    def refuse(self, number: int | None, faults: Sequence[Fault], original: bytes) -> None:
        """Notes a row as refused and keeps its original for the quarantine."""
        self.report.refused += faults
        self.kept.append(
            Quarantined(
                row_key(self.order.kind, self.file_sha256, number),
                self.order.path.name,
                number,
                original,
                tuple(faults),
                self.office.now_us(),
                self.actor.person_id,
            )
        )

    def persons_apart(self, shelf: PersonShelf) -> list[Quarantined]:
        """Returns what was cut of rows and the vault did not take, for the quarantine."""
        kind, digest = self.order.kind, self.file_sha256
        name, person = self.order.path.name, self.actor.person_id
        return shelf.apart(name, lambda row: row_key(kind, digest, row), person)

    def file_original(self) -> bytes:
        """Returns the file as it came, or its first part where it is very large."""
        return original_bytes(self.order.path, ORIGINAL_BYTES)

    def finish(self) -> IntakeReport:
        """Puts what was refused into the quarantine and returns the report."""
        self.report.quarantined += len(self.kept)
        if not self.order.dry_run and self.kept:
            self.office.store.quarantine(self.kept)
        return self.report


def begin(office: Office, actor: Actor, order: IntakeOrder, act: str) -> Intake:
    """Returns an import made ready: permitted, its file there, its mapping read.

    Raises:
        Forbidden: this actor may not import this kind.
        NotFound: no such file.
        InvalidInput: the mapping cannot be read.
    """
    permit: Ruling = allow(actor, act, Facts(standing=order.standing, raises=order.dry_run))
    if not permit.allowed:
        raise Forbidden([Fault(item.code, "--role", None, item.params) for item in permit.reasons])
    if not order.path.is_file():
        raise NotFound(Fault("service.import.no-file", "FILE", params={"file": str(order.path)}))
    mapping = mapping_named(office, order.mapping) if order.mapping else None
    if mapping is not None and mapping.kind not in {None, order.kind}:
        params: dict[str, str | int] = {"kind": order.kind, "mapping": mapping.kind or ""}
        raise InvalidInput(Fault("service.import.mapping-kind", "--map", params=params))
    if mapping is not None:
        refuse_unknown_fields(mapping, order.kind)
    digest = sha256()
    for part in parts_of(order.path):
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return Intake(office, actor, order, mapping, digest.hexdigest())


def take_in_facts(intake: Intake) -> IntakeReport:
    """Returns what became of a file whose rows are facts, one entry each."""
    order, office = intake.order, intake.office
    reading = read_file(
        order.path, kind=order.kind, mapping=intake.mapping, site=office.site.origin
    )
    intake.report.warnings += reading.warnings
    if reading.refused:
        intake.refuse(None, reading.faults, intake.file_original())
        return intake.finish()
    intake.report.read = len(reading.rows) + len(reading.bad)
    for bad in reading.bad:
        intake.refuse(bad.number, bad.faults, bad.original)
    intake.place_columns = frozenset(reading.place_columns)
    shelf = _shelves(intake, reading.persons)
    fields = _fields(intake, reading.rows)
    if order.dry_run:
        intake.report.preview = preview_of(
            reading.rows, fields, intake.mapping, intake.place_columns
        )
    group: list[tuple[Row, Saying]] = []
    following: list[Saying] = []
    book = office.importbook()
    for row in reading.rows:
        made = _made(intake, row, fields)
        if not isinstance(made, RowFact):
            intake.refuse(row.number, made, row.original)
            continue
        entry_id = book.entry_id(import_id(order.kind, made.subject))
        digest = _digest(intake, entry_id, made)
        saying = Saying(entry_id, made.subject, made.valid_at_us, made.fact, digest)
        shelf.take(entry_id, made.subject, made.persons, row.number)
        group.append((row, saying))
        following += _following(intake, made, saying)
        if len(group) == GROUP:
            _store(intake, group, following)
            group, following = [], []
    _store(intake, group, following)
    if intake.areas is not None:
        intake.report.warnings += intake.areas.overlaps()
    intake.report.persons -= shelf.n_failed
    intake.report.warnings[:0] = shelf.warnings(dry_run=order.dry_run)
    if intake.report.preview is not None:
        intake.report.preview.cut(shelf.columns)
    return intake.finish()


def _shelves(intake: Intake, read: dict[int, dict[str, str]]) -> PersonShelf:
    """Returns where its persons go, after all that its rows are held against was made ready."""
    order, office = intake.order, intake.office
    intake.persons = shelf = person_shelf(office, order.kind, read)
    if order.kind == "hazard-areas":
        intake.areas = AreaShelf(office)
    if order.kind == "land-parts":
        intake.incidents = IncidentShelf(office)
    if order.kind == "projects":
        intake.projects = ProjectShelf(office)
    return shelf


def _fields(intake: Intake, rows: Sequence[Row]) -> dict[str, str]:
    """Returns original column → dictionary field; a mapping of columns has named the fields."""
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    if intake.mapping is not None and intake.mapping.names_columns:
        return {name: name for name in names}
    return meant_columns(intake, record_of(intake.order.kind), names)


def meant_columns(intake: Intake, record: Record, names: Sequence[str]) -> dict[str, str]:
    """Returns column → field: recognised by name, with what the mapping says before that."""
    columns = match_columns(record, names)
    intake.report.warnings += depth_warnings(record, columns.fields.items())
    if intake.mapping is None or not intake.mapping.columns:
        intake.report.warnings += columns.faults
        return dict(columns.fields)
    meant = intake.mapping.meant(columns.fields)
    # Of two columns for one field the mapping may have said which it is.
    said = set(meant.values())
    intake.report.warnings += (fault for fault in columns.faults if fault.place not in said)
    return meant


def depth_warnings(record: Record, meant: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    """Yields the columns of depths that name no unit: they are taken as centimetres.

    Of depths in millimetres ground would be released ten times too deep, of excavations in metres
    works be let in a hundred times too shallow: somebody has to look.
    """
    for column, name in meant:
        field = record.field(name)
        if field is None or field.unit != "cm" or "depth" not in name:
            continue
        if not any(unit in folded(column) for unit in _CENTIMETRES):
            params: dict[str, str | int] = {"column": column[:80], "field": name}
            yield Fault("service.import.depth-unit", name, params=params)


def _made(intake: Intake, row: Row, fields: dict[str, str]) -> RowFact | tuple[Fault, ...]:
    record = record_of(intake.order.kind)
    named: dict[str, Any] = {}
    left_over: dict[str, Any] = {}
    for name, value in row.values.items():
        target = fields.get(name)
        if target is None or target == "geometry":
            # Its place became the row's shape; words in another column of a shape are kept.
            if name not in intake.place_columns:
                left_over[name] = value
        else:
            named[target] = value
    named["id"] = intake.row_id(row.number, named.get("id"))
    if row.geometry_lonlat is not None:
        named["geometry"] = row.geometry_lonlat
    clean, faults = check_row(record, named, intake.manner, row.number)
    values, sealed = open_fields(record, clean)
    shelf = intake.persons
    told: dict[str, str] = {}
    if shelf is not None:
        told = {**shelf.of_row(left_over, sealed), **shelf.read_of(row.number)}
    persons = {**{name: str(clean[name]) for name in sealed}, **told}
    if shelf is None or shelf.vault is None:
        for name in sealed:
            _warn_once(intake, Fault("service.import.sealed-field", name))
    if faults:
        return faults
    whole, left_over = left_over, {k: v for k, v in left_over.items() if k not in told}
    checked = Checked(
        row.number, str(values["id"]), values, left_over, row.geometry_lonlat, intake.source
    )
    if intake.report.preview is not None:
        intake.report.preview.show(row, values, left_over)
    made = row_fact(intake.office, intake.order.kind, checked)
    if not isinstance(made, RowFact):
        return made
    if persons:
        before = row_fact(intake.office, intake.order.kind, replace(checked, left_over=whole))
        made = replace(made, persons=persons, before=before if told else None)
        intake.report.persons += shelf is not None and shelf.vault is not None
    return _held(intake, row, made)


def _digest(intake: Intake, entry_id: str, made: RowFact) -> bytes:
    """Returns what names a row: as it is on record where it came before there was a vault."""
    name = intake.order.path.name
    if isinstance(made.before, RowFact):
        entry = intake.office.store.find(entry_id)
        before = made.before.digest(name)
        if entry is not None and entry.request_digest == before:
            return before
    return made.digest(name)


def _following(intake: Intake, made: RowFact, saying: Saying) -> Iterator[Saying]:
    """Yields the reopening that a row brings about, where it is not on record."""
    if _known(intake, saying):
        anew = None
        if isinstance(made.fact, AccidentRecorded):
            anew = drawn_anew(intake.office, made.fact, saying.entry_id)
        if anew is not None:
            yield anew
    elif made.reopening is not None:
        what = made.reopening
        opened_id, _ = reopening_ids(saying.entry_id)
        yield Saying(opened_id, what.reopening_id, made.reopened_at_us, what)


def _known(intake: Intake, saying: Saying) -> bool:
    """Returns whether a row is on record as it is sent: what it reopened was reopened then."""
    entry = intake.office.store.find(saying.entry_id)
    return entry is not None and entry.request_digest == saying.request_digest


def _held(intake: Intake, row: Row, made: RowFact) -> RowFact | tuple[Fault, ...]:
    """Returns what a row states, held against the areas known; told of what is odd in it."""
    shape = getattr(made.fact, "shape", None)
    if intake.areas is not None and isinstance(made.fact, AreaRecorded):
        twin = intake.areas.twin(made.fact, made.valid_at_us)
        if twin is not None:
            params: dict[str, str | int] = {"area": twin}
            return (Fault("land.area.shape-twice", "geometry", row.number, params),)
        intake.areas.take(made.fact, made.valid_at_us, row.number)
        intake.report.warnings += area_warnings(made.subject, made.fact.shape, row.number)
    if intake.projects is not None and isinstance(made.fact, ProjectRegistered):
        intake.report.warnings += intake.projects.warnings(made.fact, row.number)
    if shape is not None:
        intake.report.warnings += ring_warnings(row.geometry_lonlat, row.number)
    if intake.incidents is not None and isinstance(made.fact, ReleaseTransferred):
        met = intake.incidents.after(made.fact, made.valid_at_us, undated=made.by_clock)
        if met is not None:
            told: dict[str, str | int] = {
                "part": made.subject,
                "n": len(met.names),
                "names": ", ".join(met.names)[:160],
            }
            intake.report.warnings.append(
                Fault("service.import.release-reopened", "geometry", row.number, told)
            )
            return replace(made, reopening=met.reopening, reopened_at_us=met.since_us)
    return made


def _brought(intake: Intake, sayings: Sequence[Saying]) -> Iterator[Saying]:
    """Yields what says which rows an import brought: those that were not on record before."""
    book = intake.office.importbook()
    said = {saying.entry_id: saying.valid_at_us for saying in sayings}
    new = tuple(entry_id for entry_id in said if entry_id not in book.places)
    if not new:
        return
    intake.report.import_id = _own_id(intake)
    # The same rows after a crash are the same entry.
    group = sha256(" ".join(new).encode()).hexdigest()[:16]
    fact = _rows(intake, new, None)
    yield Saying(f"rows:{fact.import_id}:{group}", fact.import_id, max(said.values()), fact)


def _say_again(intake: Intake, sayings: Sequence[Saying], already: Collection[str]) -> None:
    """Puts on record which rows that another import brought this file says as well.

    While it does, they are not taken back with that other.
    """
    book, own_id = intake.office.importbook(), _own_id(intake)
    said = {
        saying.entry_id: saying.valid_at_us
        for saying in sayings
        if saying.entry_id in already and not book.tells_of(own_id, saying.entry_id)
    }
    if said:
        group = sha256(" ".join(said).encode()).hexdigest()[:16]
        fact = _rows(intake, (), tuple(said))
        entry_id = f"rows:{own_id}:again:{group}"
        intake.office.say(intake.actor, [Saying(entry_id, own_id, max(said.values()), fact)])


def _own_id(intake: Intake) -> str:
    whole = intake.order.whole or intake.order.kind
    known = intake.report.import_id
    return known or intake.office.importbook().import_id(whole, intake.file_sha256)


def _rows(intake: Intake, new: tuple[str, ...], again: tuple[str, ...] | None) -> RowsImported:
    return RowsImported(
        _own_id(intake),
        intake.order.path.name,
        intake.file_sha256,
        intake.order.kind,
        new,
        intake.office.importbook().seq,
        intake.mapping.name if intake.mapping else None,
        again,
    )


def _warn_once(intake: Intake, warning: Fault) -> None:
    if warning not in intake.report.warnings:
        intake.report.warnings.append(warning)


def _store(intake: Intake, group: list[tuple[Row, Saying]], following: list[Saying]) -> None:
    if not group:
        return
    if intake.order.dry_run:
        intake.report.accepted += len(group)
        return
    sayings = [*(saying for _, saying in group), *following]
    sayings += _brought(intake, sayings)
    # Not among what the import brought: taken back, it leaves them to an erasure of their own.
    if intake.persons is not None:
        sayings += intake.persons.kept()
        intake.office.store.quarantine(intake.persons_apart(intake.persons))
    receipt = intake.office.say(intake.actor, sayings)
    _say_again(intake, sayings, receipt.already)
    # The store has put these into its quarantine itself, in the same transaction.
    sent = {saying.entry_id for _, saying in group}
    conflicts = sent & set(receipt.quarantined)
    # A row is one, also where its reopening is in the way as well.
    told = {*conflicts, *(brought_by(each) for each in receipt.quarantined)}
    for row, saying in group:
        if saying.entry_id in told:
            params: dict[str, str | int] = {"entry": saying.entry_id}
            intake.report.refused.append(Fault("ledger.id-conflict", "id", row.number, params))
    intake.report.quarantined += len(conflicts)
    intake.report.already += len(sent & set(receipt.already))
    intake.report.accepted += len(group) - len(conflicts)
    intake.order.progress(intake.report.accepted)
