"""Bundles by hand: whatever is damaged or oddly named, every form that can be read is taken."""

from __future__ import annotations

import os
import warnings
import zipfile
from pathlib import Path

import pytest

from rafiqa.service import Office
from rafiqa.service.bundle import BundleReport, take_bundle
from tests.unit.service.field import filled_form
from tests.unit.service.ground import SURVEYOR, new_office

Members = list[tuple[str, bytes]]


def zipped(path: Path, members: Members, compression: int = zipfile.ZIP_STORED) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, content in members:
                archive.writestr(name, content)
    return path


def damaged(path: Path, member: str, at: int) -> Path:
    data = bytearray(path.read_bytes())
    place = data.find(member.encode()) + len(member) + at
    data[place : place + 24] = b"\xff" * 24
    path.write_bytes(data)
    return path


def codes(report: BundleReport) -> list[str]:
    return [fault.code for fault in report.refused]


def told(office: Office) -> set[str]:
    return set(office.fieldbook().stories)


def form(name: str) -> bytes:
    return filled_form(f"uuid:{name}")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([("i/s.xml", form("1")), ("i/s.xml", form("2"))], []),
        ([("i\\1\\s.xml", form("1")), ("i\\2\\s.xml", form("2"))], []),
        ([("1/s.xml", form("1")), ("1/audit.json", b"{}"), ("2/s.xml", form("2"))], []),
        ([("i/a.xml", form("1")), ("i/b.xml", form("2"))], ["service.bundle.one-form"]),
        (
            [("i/a.xml", form("1")), ("i/b.xml", b"<"), ("i/c.xml", form("2"))],
            ["service.bundle.one-form", "wire.xml.syntax"],
        ),
    ],
)
def test_every_form_of_an_archive_is_taken(
    tmp_path: Path, members: Members, expected: list[str]
) -> None:
    office = new_office()
    path = zipped(tmp_path / "b.zip", members)
    report = take_bundle(office, SURVEYOR, path)
    assert (codes(report), report.accepted) == (expected, 2)
    assert told(office) == {"uuid:1", "uuid:2"}
    assert take_bundle(office, SURVEYOR, path).already == 2


@pytest.mark.parametrize(
    ("compression", "at"),
    [(zipfile.ZIP_LZMA, 12), (zipfile.ZIP_BZIP2, 2), (zipfile.ZIP_DEFLATED, 2)],
)
def test_a_damaged_form_keeps_no_other_from_being_taken(
    tmp_path: Path, compression: int, at: int
) -> None:
    office = new_office()
    members = [("i/1/s.xml", form("1")), ("i/2/s.xml", form("2"))]
    path = damaged(zipped(tmp_path / "b.zip", members, compression), "i/1/s.xml", at)
    report = take_bundle(office, SURVEYOR, path)
    assert (codes(report), report.accepted) == (["service.bundle.file-unreadable"], 1)
    assert told(office) == {"uuid:2"}


def test_names_that_are_no_text_keep_no_form_from_being_taken(tmp_path: Path) -> None:
    office = new_office()
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "s.xml").write_bytes(form(name))
    for byte in (b"\xfe", b"\xff"):
        with open(os.path.join(os.fsencode(tmp_path), b"1", byte + b".jpg"), "wb") as stream:  # noqa: PTH118, PTH123 - a name that is no text
            stream.write(byte)
    report = take_bundle(office, SURVEYOR, tmp_path)
    assert (codes(report), report.accepted, report.files) == ([], 2, 2)


def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, scan = new_office(), os.scandir
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "s.xml").write_bytes(form(name))

    def torn(path: str) -> object:
        if str(path).endswith("1"):
            raise OSError(5, "Input/output error", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", torn)
    report = take_bundle(office, SURVEYOR, tmp_path)
    assert [(fault.code, fault.place) for fault in report.refused] == [
        ("service.bundle.no-form", "1")
    ]
    assert told(office) == {"uuid:2"}
