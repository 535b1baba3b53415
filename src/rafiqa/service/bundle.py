"""Bundles: submissions carried by hand, as an archive or a folder of a phone's own instances.

Each folder that holds one form, XML or JSON, and whatever lies beside it is one submission; so a
phone's ``instances`` folder copied over a cable is a bundle, and so is what this server exports.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from rafiqa.errors import Conflict, Fault, Forbidden, InvalidInput
from rafiqa.land import Actor
from rafiqa.service.office import Office
from rafiqa.service.permit import allow
from rafiqa.service.submission import JSON, XML, Sent, receive
from rafiqa.service.submissionfile import put_file
from rafiqa.wire.limit import MEBIBYTE

FILE_BYTES = 64 * MEBIBYTE
FOLDERS_LIMIT = 20_000


@dataclass(slots=True)
class BundleReport:
    """What became of a bundle: how many were new, were here, and why others were not taken."""

    read: int = 0
    accepted: int = 0
    already: int = 0
    files: int = 0
    refused: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Folder:
    """One folder of a bundle: its name, and its files by name."""

    name: str
    files: dict[str, bytes]


def take_bundle(office: Office, actor: Actor, path: Path) -> BundleReport:
    """Returns what became of a bundle; taking it again does no harm.

    Raises:
        Forbidden: this actor may not submit.
        InvalidInput: it is no archive and no folder.
    """
    permit = allow(actor, "submit")
    if not permit.allowed:
        raise Forbidden([Fault(item.code, "--role", None, item.params) for item in permit.reasons])
    report = BundleReport()
    for folder in _folders(path):
        forms = [name for name in folder.files if name.endswith((".xml", ".json"))]
        if not forms:
            continue
        report.read += 1
        try:
            _take(office, actor, folder, forms, report)
        except (InvalidInput, Conflict, Forbidden) as error:
            report.refused += [
                Fault(fault.code, folder.name, report.read, fault.params) for fault in error.faults
            ]
    return report


def _take(
    office: Office, actor: Actor, folder: _Folder, forms: list[str], report: BundleReport
) -> None:
    if len(forms) != 1:
        raise InvalidInput(Fault("service.bundle.one-form", params={"folder": folder.name}))
    content = folder.files[forms[0]]
    submitted = receive(office, actor, _sent(forms[0], content))
    if not submitted.acted.done:
        raise Conflict([Fault(r.code, "", None, r.params) for r in submitted.acted.reasons])
    report.accepted += not submitted.acted.already
    report.already += submitted.acted.already
    for name, data in folder.files.items():
        if name != forms[0]:
            report.files += put_file(office, actor, submitted.instance_id, name, data)


def _sent(name: str, content: bytes) -> Sent:
    if name.endswith(".xml"):
        return Sent(content, XML)
    # Its id stands in its name, as it does in an address.
    return Sent(content, JSON, unquote(name.removesuffix(".json")))


def _folders(path: Path) -> Iterator[_Folder]:
    if path.is_dir():
        homes = sorted({each.parent for each in path.rglob("*.*") if each.is_file()})
        for home in homes[:FOLDERS_LIMIT]:
            yield _Folder(
                home.name,
                {
                    each.name: each.read_bytes()
                    for each in sorted(home.iterdir())
                    if each.is_file() and each.stat().st_size <= FILE_BYTES
                },
            )
        return
    yield from _archived(path)


def _archived(path: Path) -> Iterator[_Folder]:
    try:
        with zipfile.ZipFile(path) as archive:
            held: dict[PurePosixPath, list[zipfile.ZipInfo]] = {}
            for member in archive.infolist():
                if not member.is_dir() and member.file_size <= FILE_BYTES:
                    held.setdefault(PurePosixPath(member.filename).parent, []).append(member)
            for home, members in sorted(held.items()):
                # One folder in memory at a time; a bomb is stopped by its declared size.
                read = {PurePosixPath(m.filename).name: _read(archive, m) for m in members}
                yield _Folder(str(home), read)
    except (OSError, zipfile.BadZipFile) as error:
        raise InvalidInput(Fault("service.bundle.unreadable", "FILE")) from error


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        return stream.read(max(member.file_size, 0) + 1)[: member.file_size]
