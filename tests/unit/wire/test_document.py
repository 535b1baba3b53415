"""Documents of strangers: every kind as text with its places, every bad one named and not lost."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random  # noqa: TID251 - seeded, of tests

import pypdf
import pytest

from rafiqa.wire import document as reading
from rafiqa.wire.document import (
    Document,
    document_bytes,
    document_from,
    read_content,
    read_document,
)
from rafiqa.wire.documentpicture import page_picture
from rafiqa.wire.documentworker import read
from tests.unit.wire.documents import (
    ARABIC,
    ENGLISH,
    SORANI,
    blank_scan,
    pdf_of,
    picture_of,
    scan_of,
    word_of,
    word_with,
)

NEEDS_TESSERACT = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed"
)


def told(document: Document) -> tuple[list[str], list[str]]:
    """The codes of its faults and of its warnings."""
    return [each.code for each in document.faults], [each.code for each in document.warnings]


def places_hold(document: Document) -> bool:
    """Whether its pieces lie in order within the text and hold all but white space."""
    at, text = 0, document.text
    for block in document.blocks:
        if not (at <= block.start < block.end <= len(text)) or text[at : block.start].strip():
            return False
        at = block.end
    return not text[at:].strip()


@pytest.mark.parametrize(
    ("encoding", "mark", "warned"),
    [
        ("utf-8", b"", []),
        ("utf-8", b"\xef\xbb\xbf", []),
        ("utf-16-le", b"\xff\xfe", []),
        ("utf-16-be", b"\xfe\xff", []),
        ("utf-16-le", b"", []),
        ("cp1256", b"", ["wire.document.encoding"]),
    ],
)
def test_plain_text_is_read_in_whatever_encoding(
    encoding: str, mark: bytes, warned: list[str]
) -> None:
    text = "قال السكان\r\nإن الألغام في الحي.\r\n\r\nAnd 15 more."
    document = read(mark + text.encode(encoding), "never")
    assert document.text == text
    assert told(document) == ([], warned)
    assert places_hold(document)
    assert [document.text[each.start : each.end] for each in document.blocks] == [
        "قال السكان",
        "إن الألغام في الحي.",
        "And 15 more.",
    ]


def test_a_text_of_two_encodings_is_read_line_by_line_and_said_to_be_so() -> None:
    lines = ["قال السكان".encode(), "إن الألغام".encode("cp1256"), b"plain"]
    document = read(b"\n".join(lines), "never")
    assert document.text == "قال السكان\nإن الألغام\nplain"
    assert told(document) == ([], ["wire.document.mixed", "wire.document.doubtful"])
    assert [each.doubtful for each in document.blocks] == [False, True, False]


def test_html_is_read_without_what_nobody_sees() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>تقرير</title><style>p{}</style>"
        "<script>document.write('mines')</script></head><body><h1>الألغام</h1>"
        "<p>قال &quot;السكان&quot; إن<br>الحي <b>ملوّث</b>.</p><p hidden>سر</p>"
        "<div style='display: none'>خفي</div><table><tr><td>1</td><td>لغم</td></tr></table>"
        "<noscript>x</noscript><iframe src='http://example.org'></iframe><img src=x alt=y>"
    )
    document = read(
        page.encode("cp1256").replace(b"<head>", b'<head><meta charset="windows-1256">'), "never"
    )
    assert document.kind == "html"
    assert document.text.split() == [
        *("تقرير", "الألغام", "قال", '"السكان"', "إن", "الحي", "ملوّث.", "1", "لغم")
    ]
    assert [each.kind for each in document.blocks] == [
        *("heading", "heading", "paragraph", "cell", "cell"),
    ]
    assert places_hold(document)


def test_deep_html_is_read_flat() -> None:
    deep = b"<html><body>" + b"<div>" * 50_000 + "لغم في الحقل".encode() + b"</div>" * 50_000
    document = read(deep, "never")
    assert document.text == "لغم في الحقل"
    assert told(document) == ([], ["wire.document.deep"])


def test_docx_gives_paragraphs_cells_and_notes_and_nothing_struck_out() -> None:
    document = read(word_of((*ARABIC[:1], *SORANI), ("المكان", "15")), "never")
    kinds = [each.kind for each in document.blocks]
    assert kinds == ["heading", "paragraph", "paragraph", "cell", "cell"]
    assert ARABIC[0] in document.text
    assert dict(document.languages).keys() == {"ar", "ckb"}
    body = (
        "<w:p><w:r><w:t>لغم</w:t><w:tab/><w:t>واحد</w:t></w:r>"
        "<w:del><w:r><w:delText>كثير</w:delText><w:t>قديم</w:t></w:r></w:del>"
        "<w:ins><w:r><w:t xml:space='preserve'> جديد</w:t></w:r></w:ins></w:p>"
        "<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>مرة</w:t></w:r></w:p></mc:Choice>"
        "<mc:Fallback><w:p><w:r><w:t>مرة</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"
    )
    note = "<w:footnote><w:p><w:r><w:t>حاشية</w:t></w:r></w:p></w:footnote>"
    document = read(word_with(body, note), "never")
    assert document.text == "لغم\tواحد جديد\n\nمرة\n\nحاشية"
    assert [each.kind for each in document.blocks] == ["paragraph", "paragraph", "footnote"]


def test_a_pdf_is_read_in_the_order_in_which_people_read_it() -> None:
    document = read(pdf_of(ARABIC), "never")
    assert " ".join(document.text.split()) == " ".join(ARABIC)
    assert document.readers[0] == "pdfium"
    assert {each.page for each in document.blocks} == {1}
    assert places_hold(document)
    (page,) = document.pages
    for block in document.blocks:
        assert block.box_pt is not None
        left, bottom, right, top = block.box_pt
        assert 0 <= left < right <= page.width_pt
        assert 0 <= bottom < top <= page.height_pt
    english = read(pdf_of(ENGLISH, right=False), "never")
    assert " ".join(english.text.split()) == " ".join(ENGLISH)
    assert not english.n_doubtful
    assert english.readers == ("pdfium", "pypdf")


def test_a_line_that_readers_read_differently_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pdf_of(ENGLISH, right=False)
    plain = pypdf.PageObject.extract_text
    monkeypatch.setattr(
        pypdf.PageObject,
        "extract_text",
        lambda page: plain(page).replace("2024", "2019"),
    )
    document = read(content, "never")
    marked = [document.text[each.start : each.end] for each in document.blocks if each.doubtful]
    assert marked
    assert all("2024" in line for line in marked)
    assert "2019" not in document.text
    assert "wire.document.doubtful" in told(document)[1]


def test_a_pdf_that_the_second_reader_cannot_read_is_borne_out_by_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: object) -> str:
        raise RecursionError

    monkeypatch.setattr(pypdf.PageObject, "extract_text", broken)
    document = read(pdf_of(ENGLISH, right=False), "never")
    assert " ".join(document.text.split()) == " ".join(ENGLISH)
    assert document.n_doubtful == len(document.blocks)
    assert "wire.document.one-reader" in told(document)[1]


@NEEDS_TESSERACT
def test_a_scan_is_read_as_a_picture() -> None:
    document = read(scan_of(ENGLISH, right=False), "doubtful")
    assert " ".join(document.text.split()) == " ".join(ENGLISH)
    assert "tesseract" in document.readers
    assert all(each.box_pt and each.page == 1 for each in document.blocks)
    arabic = read(picture_of(ARABIC[:1]), "doubtful")
    assert arabic.kind == "picture"
    assert "بلدية الرقة على جائزة" in arabic.text


def test_a_scan_that_nothing_can_read_is_named() -> None:
    document = read(scan_of(ENGLISH, right=False), "never")
    assert told(document) == (["wire.document.no-text"], ["wire.document.no-ocr"])
    document = read(picture_of(ENGLISH, right=False), "never")
    assert told(document) == (["wire.document.no-text"], ["wire.document.no-ocr"])
    assert told(read(blank_scan(), "never"))[0] == ["wire.document.no-text"]


def locked_pdf() -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(pdf_of(ENGLISH, right=False)))
    writer.encrypt("secret", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (60 * 1024 * 1024))
    return made.getvalue()


LOCKED_OFFICE = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
)
BAD: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "empty": (b"", "wire.document.empty"),
    "blank": (b" \n\t \n", "wire.document.no-text"),
    "binary": (bytes(range(32)) * 200, "wire.document.kind-unknown"),
    "torn-pdf": (b"%PDF-1.7\n1 0 obj", "wire.document.broken"),
    "locked-pdf": (locked_pdf, "wire.document.password"),
    "locked-office": (LOCKED_OFFICE, "wire.document.password"),
    "old-office": (LOCKED_OFFICE[:520], "wire.document.kind-unknown"),
    "bomb": (bomb, "wire.archive.bomb"),
    "torn-zip": (b"PK\x03\x04 and no more", "wire.archive.broken"),
    "docx-without-words": (lambda: word_with(""), "wire.document.no-text"),
    "torn-picture": (b"\x89PNG\r\n\x1a\n and no more", "wire.document.broken"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_named_and_keeps_its_hash(name: str) -> None:
    made, code = BAD[name]
    content = made if isinstance(made, bytes) else made()
    document = read_content(content, ocr="never")
    assert told(document)[0] == [code]
    assert document.text.strip() == ""
    assert len(document.sha256) == 64
    assert document.n_bytes == len(content)


def test_a_doctype_in_a_docx_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        body = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
        archive.writestr("word/document.xml", body)
    assert told(read(made.getvalue(), "never"))[0] == ["wire.xml.doctype"]


def test_invisible_marks_are_counted_and_kept() -> None:
    text = "لغم" + "\u200f\u200b\u2066" * 50_000 + " في الحي"
    document = read(text.encode(), "never")
    assert document.text == text
    assert told(document) == ([], ["wire.document.invisible"])
    assert document.warnings[0].params["marks"] == 150_000


def test_a_document_in_another_language_is_told_of() -> None:
    document = read("Мины лежат в поле возле школы.".encode(), "never")
    assert told(document) == ([], ["wire.document.language"])
    assert document.text


def test_a_document_that_is_too_large_is_named_with_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(b"%PDF-" + b"\0" * 2_000)
    monkeypatch.setattr(reading, "DOCUMENT_BYTES", 1_000)
    document = read_document(path)
    assert told(document)[0] == ["wire.document.too-large"]
    assert len(document.sha256) == 64
    assert document.n_bytes == 2_005
    assert told(read_document(tmp_path / "none"))[0] == ["wire.file.missing"]


def test_a_reader_that_dies_is_told_of_and_the_next_one_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "CPU_S", 0.001)
    slow = read_content(b"a" * 1_000_000, ocr="never")
    assert told(slow)[0] == ["wire.document.time"]
    monkeypatch.undo()
    assert read_content("لغم".encode(), ocr="never").text == "لغم"


@pytest.mark.slow
def test_a_pdf_of_fifty_megabytes_is_read() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(pdf_of(ENGLISH, right=False)))
    writer.add_attachment("ballast.bin", os.urandom(50 * 1024 * 1024))
    made = io.BytesIO()
    writer.write(made)
    document = read_content(made.getvalue(), ocr="never")
    assert " ".join(document.text.split()) == " ".join(ENGLISH)


def test_a_document_comes_back_as_it_was_kept() -> None:
    for content in (pdf_of(ARABIC), "a\u2028b".encode(), b"%PDF-"):
        document = read(content, "never")
        assert document_from(document_bytes(document)) == document


def test_a_piece_is_found_by_its_place() -> None:
    document = read(b"one\n\n\ntwo", "never")
    assert [getattr(document.block_at(at), "start", None) for at in (0, 2, 3, 4, 6, 8, 9)] == [
        *(0, 0, None, None, 6, 6, None),
    ]


def test_whatever_bytes_come_nothing_is_raised() -> None:
    draw = Random(7)
    good = [pdf_of(ENGLISH, right=False), word_of(ENGLISH), b"<html><p>x</p>", "لغم".encode()]
    for content in good:
        for _ in range(6):
            torn = bytearray(content)
            for _ in range(draw.randrange(1, 20)):
                torn[draw.randrange(len(torn))] = draw.randrange(256)
            document = read(bytes(torn[: draw.randrange(1, len(torn) + 1)]), "never")
            assert document.faults or document.text
            assert places_hold(document)


def test_a_page_of_a_pdf_is_drawn_for_who_wants_to_see_it() -> None:
    picture = page_picture(pdf_of(ENGLISH, right=False), 1)
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    assert page_picture(pdf_of(ENGLISH, right=False), 2) is None
    assert page_picture(b"no PDF", 1) is None


def test_a_picture_that_says_it_is_immense_is_told_by_its_pixels() -> None:
    # Pillow refuses it by a limit of its own before any of it is unpacked.
    size = (40_000).to_bytes(4, "big")
    head = b"IHDR" + size + size + bytes((8, 2, 0, 0, 0))
    chunks = [head, b"IDAT" + zlib.compress(b""), b"IEND"]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        for chunk in chunks
    )
    assert told(read_content(content))[0] == ["wire.document.pixels"]
