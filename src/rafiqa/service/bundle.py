"""Bundles: submissions carried by hand, as an archive or a folder of a phone's own instances.

Each folder that holds one form, XML or JSON, and whatever lies beside it is one submission; so a
phone's ``instances`` folder copied over a cable is a bundle, and so is what this server exports.
"""

from __future__ import annotations

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NoReturn
from urllib.parse import unquote

from rafiqa.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound, StoreError
from rafiqa.land import Actor
from rafiqa.service.office import Office
from rafiqa.service.permit import allow
from rafiqa.service.submission import Submitted, receive
from rafiqa.service.submissionfile import put_file, put_file_apart
from rafiqa.service.submissionsealing import JSON, XML, Sent
from rafiqa.service.submissionview import NOT_GIVEN
from rafiqa.wire.limit import MEBIBYTE

FOLDER_BYTES = 256 * MEBIBYTE
"""Most that one submission with its files may hold: it is in memory at once."""
FOLDERS_LIMIT = 20_000
_OWN_TABLE = "submissions.csv"
"""Beside the folders of what this server gave out; it is made of them."""
_BROKEN = (
    *(OSError, RuntimeError, NotImplementedError, EOFError, ValueError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)
"""What a damaged or locked file raises, on a disk or in an archive."""


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
    """One folder of a bundle: its name, how large its files are together, and how to read each."""

    name: str
    n_bytes: int
    files: Mapping[str, Callable[[], bytes]]


def take_bundle(office: Office, actor: Actor, path: Path) -> BundleReport:
    """Returns what became of a bundle; taking it again does no harm.

    What cannot be read is named, and the rest is taken: half of a damaged stick is much.

    Raises:
        Forbidden: this actor may not submit.
        InvalidInput: it is no archive and no folder.
    """
    permit = allow(actor, "submit")
    if not permit.allowed:
        raise Forbidden([Fault(item.code, "--role", None, item.params) for item in permit.reasons])
    report = BundleReport()
    for folder in _folders(path):
        report.read += 1
        try:
            _take(office, actor, folder, report)
        except (InvalidInput, Conflict, Forbidden, NotFound, StoreError) as error:
            # Also where the vault fails: the forms that name nobody are taken all the same.
            report.refused += [
                Fault(fault.code, folder.name, report.read, fault.params) for fault in error.faults
            ]
    return report


def _take(office: Office, actor: Actor, folder: _Folder, report: BundleReport) -> None:
    forms = [name for name in folder.files if name.lower().endswith((".xml", ".json"))]
    params: dict[str, str | int] = {"folder": folder.name}
    if report.read > FOLDERS_LIMIT:
        raise InvalidInput(Fault("service.bundle.too-many", params=params))
    # A phone's form is XML; JSON beside it is a file of it.
    forms = [name for name in forms if name.lower().endswith(".xml")] or forms
    if not forms:
        raise InvalidInput(Fault("service.bundle.no-form", params=params))
    if folder.n_bytes > FOLDER_BYTES:
        raise InvalidInput(
            Fault("service.bundle.too-large", params={**params, "limit_mib": FOLDER_BYTES >> 20})
        )
    if len(forms) > 1:
        _take_all(office, actor, folder, forms, report)
    submitted, faults = _receive(office, actor, folder, forms[0], report)
    if submitted.acted.done or submitted.apart_id is not None:
        faults += _take_files(office, actor, folder, forms[0], submitted, report)
    if not submitted.acted.done:
        raise Conflict(faults)
    if faults:
        raise InvalidInput(faults)


def _receive(
    office: Office, actor: Actor, folder: _Folder, form: str, report: BundleReport
) -> tuple[Submitted, list[Fault]]:
    """Returns what became of a form, and why where it was not taken."""
    submitted = receive(office, actor, _sent(form, _read(folder, form)))
    if submitted.acted.done:
        report.accepted += not submitted.acted.already
        report.already += submitted.acted.already
    return submitted, [Fault(r.code, "", None, r.params) for r in submitted.acted.reasons]


def _take_all(
    office: Office, actor: Actor, folder: _Folder, forms: Sequence[str], report: BundleReport
) -> NoReturn:
    """Takes every form of a folder that holds several, and none of its files: whose are they?

    Raises:
        InvalidInput: always, with what became of each.
    """
    faults = [Fault("service.bundle.one-form", params={"folder": folder.name})]
    for form in forms:
        try:
            faults += _receive(office, actor, folder, form, report)[1]
        except (InvalidInput, Conflict, StoreError) as error:
            faults += error.faults
    raise InvalidInput(faults)


def _take_files(
    office: Office,
    actor: Actor,
    folder: _Folder,
    form: str,
    submitted: Submitted,
    report: BundleReport,
) -> list[Fault]:
    """Returns what is wrong with the files beside a form; one that is bad keeps no other away.

    Those of a form whose id had come with other content lie with it in the quarantine.
    """
    faults: list[Fault] = []
    for name in folder.files:
        if name == form:
            continue
        try:
            data = _read(folder, name)
            if submitted.apart_id is not None:
                report.files += put_file_apart(office, actor, submitted.apart_id, name, data)
            else:
                report.files += put_file(office, actor, submitted.instance_id, name, data)
        except (InvalidInput, Conflict, Forbidden) as error:
            faults += error.faults
    return faults


def _read(folder: _Folder, name: str) -> bytes:
    try:
        return folder.files[name]()
    except _BROKEN as error:
        params: dict[str, str | int] = {"file": name}
        raise InvalidInput(Fault("service.bundle.file-unreadable", params=params)) from error


def _sent(name: str, content: bytes) -> Sent:
    if name.lower().endswith(".xml"):
        return Sent(content, XML)
    # Its id stands in its name, as it does in an address.
    return Sent(content, JSON, unquote(name[: -len(".json")]))


def _folders(path: Path) -> Iterator[_Folder]:
    yield from _copied(path) if path.is_dir() else _archived(path)


def _copied(path: Path) -> Iterator[_Folder]:
    """Yields the folders of a folder; what a link in it leads to is not of the bundle."""
    lost: list[OSError] = []
    for home, _, names in sorted(os.walk(path, onerror=lost.append)):
        files = [each for name in sorted(names) if _is_own(each := Path(home) / name)]
        if files:
            n_bytes = sum(map(_n_bytes, files))
            read = {_plain(each.name): each.read_bytes for each in files}
            yield _Folder(_plain(Path(home).name), n_bytes, read)
    for error in lost:
        # A folder that the stick does not give out any more: told as one without a form.
        yield _Folder(_plain(Path(str(error.filename)).name), 0, {})


def _is_aside(name: str) -> bool:
    """Whether a name is of a hidden file, or of what this server wrote beside the files."""
    return name.startswith(".") or name == _OWN_TABLE or name.endswith(NOT_GIVEN)


def _is_own(path: Path) -> bool:
    return not _is_aside(path.name) and not path.is_symlink() and path.is_file()


def _n_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # Told when it is read.
        return 0


def _plain(name: str) -> str:
    """Returns a name of a disk as text that can be kept, other names as other texts."""
    return name.encode("utf-8", "backslashreplace").decode()


def _archived(path: Path) -> Iterator[_Folder]:
    try:
        with zipfile.ZipFile(path) as archive:
            held: dict[PurePosixPath, dict[str, zipfile.ZipInfo]] = {}
            for member in archive.infolist():
                name = PurePosixPath(_plain(member.filename.replace("\\", "/")))
                if member.is_dir() or _is_aside(name.name):
                    continue
                home, n_copies = name.parent, 1
                while name.name in held.setdefault(home, {}):
                    # A name given twice is another file: each form is taken.
                    n_copies += 1
                    home = name.parent.with_name(f"{name.parent.name} ({n_copies})")
                held[home][name.name] = member
            for home, members in sorted(held.items()):
                # One folder in memory at a time; a bomb is stopped by its declared size.
                n_bytes = sum(member.file_size for member in members.values())
                files = {name: partial(_member, archive, each) for name, each in members.items()}
                yield _Folder(str(home), n_bytes, files)
    except (OSError, zipfile.BadZipFile) as error:
        raise InvalidInput(Fault("service.bundle.unreadable", "FILE")) from error


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        content = stream.read(member.file_size + 1)
    if len(content) != member.file_size:
        raise zipfile.BadZipFile(member.filename)
    return content
