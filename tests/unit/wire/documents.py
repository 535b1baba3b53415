"""Documents made for the tests: PDFs set by Typst, DOCX by python-docx, scans as pictures."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache

import docx
import pypdfium2  # type: ignore[import-untyped]
import typst
from PIL import Image

from rafiqa.wire.typesetting import _fonts

ARABIC = (
    "حصلت بلدية الرقة على جائزة أفضل بلدية من بين 10 دول في 17/10/2024.",
    "وقال فريق (UNMAS) إن 15 لغماً من نوع PMN2 أُزيلت قرب المدرسة، مثالاً يحتذى به.",
    "من 2-3 دول و50% من السكان: «عادوا إلى الحي».",
)
ENGLISH = ("Fifteen mines were found near the school on 17 October 2024.", "Nobody was hurt.")
SORANI = ("مینەکان لە نزیک قوتابخانەکە دۆزرانەوە و خەڵک گەڕانەوە بۆ گەڕەکەکە.",)


@cache
def pdf_of(paragraphs: tuple[str, ...], *, right: bool = True, columns: int = 1) -> bytes:
    """A PDF with these paragraphs."""
    lang, way = ("ar", "rtl") if right else ("en", "ltr")
    body = "\n\n".join(
        f"#par[#text({json.dumps(each, ensure_ascii=False)})]" for each in paragraphs
    )
    source = (
        f'#set page(paper:"a5", columns:{columns})\n'
        f'#set text(lang:"{lang}", dir:{way}, size:12pt, font:("Paper latin", "Paper arabic"))\n'
        f"{body}"
    )
    compiler = typst.Compiler(source.encode(), font_paths=_fonts(), ignore_system_fonts=True)
    made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def scan_of(paragraphs: tuple[str, ...], *, right: bool = True) -> bytes:
    """A PDF whose only page is a picture of these paragraphs."""
    page = pypdfium2.PdfDocument(pdf_of(paragraphs, right=right))[0]
    picture = page.render(scale=200 / 72).to_pil().convert("L")
    made = io.BytesIO()
    picture.save(made, "PDF", resolution=200)
    return made.getvalue()


def picture_of(paragraphs: tuple[str, ...], *, right: bool = True) -> bytes:
    """A PNG of a page with these paragraphs."""
    page = pypdfium2.PdfDocument(pdf_of(paragraphs, right=right))[0]
    made = io.BytesIO()
    page.render(scale=200 / 72).to_pil().save(made, "PNG")
    return made.getvalue()


def blank_scan() -> bytes:
    """A PDF whose only page is an empty picture."""
    made = io.BytesIO()
    Image.new("L", (600, 800), 255).save(made, "PDF", resolution=72)
    return made.getvalue()


def word_of(paragraphs: tuple[str, ...], cells: tuple[str, ...] = ()) -> bytes:
    """A DOCX with a heading, these paragraphs and a table."""
    paper = docx.Document()
    paper.add_heading("تقرير", 1)
    for each in paragraphs:
        paper.add_paragraph(each)
    if cells:
        row = paper.add_table(rows=1, cols=len(cells)).rows[0]
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    made = io.BytesIO()
    paper.save(made)
    return made.getvalue()


def word_with(xml: str, footnotes: str | None = None) -> bytes:
    """A DOCX whose body is this XML."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    choices = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        body = f"<w:document {space} {choices}><w:body>{xml}</w:body></w:document>"
        archive.writestr("word/document.xml", body)
        if footnotes is not None:
            archive.writestr(
                "word/footnotes.xml", f"<w:footnotes {space}>{footnotes}</w:footnotes>"
            )
    return made.getvalue()
