"""The printed certificate: what stands on it, the same each time, and how kinds differ."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from rafiqa.errors import InvalidInput, NotFound
from rafiqa.ledger.certificate import issued, proof_bytes
from rafiqa.ledger.claims import Claims, NotCleared, Part
from rafiqa.ledger.qrtext import qr_texts
from rafiqa.wire import typesetting
from rafiqa.wire.certificatepdf import certificate_pdf, paper
from rafiqa.wire.drawing import round_length_m
from rafiqa.wire.papercode import SIDE_MM, fits_well, paper_code
from rafiqa.wire.papermap import map_svg
from tests.papers import CANCELLATION, ISSUER, KINDS, RELEASE, RUBBLE, SQUARE, Log

KEPT = Path(__file__).parents[2] / "golden" / "papers"
WRITE = os.environ.get("RAFIQA_GOLDEN") == "write"
CODED = replace(
    RELEASE,
    methods=("manual", "animal"),
    parts=(
        Part("H-0017-P1", "cleared", None, 60, 8_412, ("asphalt",), (SQUARE,)),
        Part("H-0017-P2", "reduced", None, None, 1_200, (), (RUBBLE,)),
        Part("H-0017-P3", "cleared", "storey 2", None, 40, (), (RUBBLE,)),
    ),
    not_cleared=(NotCleared("cellar", "flooded", (RUBBLE,)),),
)


def texts_of(claims: Claims) -> tuple[str, ...]:
    log = Log()
    certificate = issued(claims, ISSUER)
    return qr_texts(certificate, proof_bytes(log.proof(log.add(certificate))))


def said(sheet: object) -> Iterator[str]:
    """Every text in both languages that stands in what the sheet is made from, in its order."""
    if isinstance(sheet, dict) and set(sheet) == {"en", "ar"}:
        yield f"{sheet['en']} | {sheet['ar']}"
    elif isinstance(sheet, dict):
        for each in sheet.values():
            yield from said(each)
    elif isinstance(sheet, list):
        for each in sheet:
            yield from said(each)


def words_of(pdf: bytes) -> str:
    """The text of a PDF, page after page, as a reader program gives it."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return "\n---\n".join(pages).replace("\r\n", "\n") + "\n"


@pytest.mark.parametrize("claims", [CODED, *KINDS[1:]], ids=lambda claims: claims.kind)
def test_the_text_of_each_kind_is_as_it_was(claims: Claims) -> None:
    """First as it was given to the sheet, in both languages; then as a program reads the PDF.

    ``RAFIQA_GOLDEN=write`` keeps a change that is meant.
    """
    texts, checkpoint = texts_of(claims), "17 · bd60 cf55"
    given = "\n".join(said(paper(claims, texts, checkpoint)))
    found = f"{given}\n===\n{words_of(certificate_pdf(claims, texts, checkpoint))}"
    kept = KEPT / f"{claims.kind}.txt"
    if WRITE:
        kept.write_text(found, encoding="utf-8")
    assert found == kept.read_text(encoding="utf-8")


def test_the_same_claims_are_the_same_bytes_and_others_are_not() -> None:
    texts = texts_of(RELEASE)
    assert certificate_pdf(RELEASE, texts) == certificate_pdf(RELEASE, texts)
    other = replace(RELEASE, area_m2=RELEASE.area_m2 - 1)
    assert certificate_pdf(other, texts) != certificate_pdf(RELEASE, texts)


def test_no_paper_says_what_it_may_not() -> None:
    for claims in (CODED, *KINDS):
        words = words_of(certificate_pdf(claims, texts_of(claims)))
        assert not re.search(r"\bsafe", words, re.IGNORECASE)
        assert "آمن" not in words


def test_a_cancellation_is_drawn_differently_and_never_speaks_of_clearance() -> None:
    words = words_of(certificate_pdf(CANCELLATION, texts_of(CANCELLATION)))
    assert not re.search(r"clear", words, re.IGNORECASE)
    assert "طهّر" not in words
    assert "depth from" not in words.lower()
    frames = {claims.kind: paper(claims, ())["frame"] for claims in KINDS}
    assert len(set(frames.values())) == len(KINDS)
    # The control: the same words do stand on a release decision.
    assert re.search(r"cleared", words_of(certificate_pdf(CODED, ())), re.IGNORECASE)


def test_everything_that_limits_it_stands_on_it_in_both_languages() -> None:
    sheet = paper(CODED, texts_of(CODED))
    cells = [cell for row in sheet["parts"] for cell in row]
    assert {"60 cm", "Asphalt"} <= {cell["en"] for cell in cells}
    assert any("storey 2" in cell["ar"] for cell in cells)
    assert sheet["left"] == [{"en": "X1 · cellar · Flooded", "ar": sheet["left"][0]["ar"]}]
    assert len(sheet["advice"]) == 3
    for words in [sheet["title"], sheet["subtitle"], *(each["words"] for each in sheet["advice"])]:
        assert re.search(r"[a-z]", words["en"])
        assert re.search(r"[\u0600-\u06ff]", words["ar"])


def test_on_a_handover_two_people_sign_by_hand_and_on_nothing_else() -> None:
    for claims in KINDS:
        names = [each["who"]["en"] for each in paper(claims, texts_of(claims))["signatures"]]
        assert len(names) == (2 if claims.kind == "handover" else 0)
    (handover,) = (claims for claims in KINDS if claims.kind == "handover")
    words = words_of(certificate_pdf(handover, texts_of(handover)))
    assert words.count("name, signature, date") == 2


def test_what_people_wrote_is_never_read_as_code() -> None:
    """Typst's own language and markup of pictures in a place's name are only letters."""
    hostile = replace(RELEASE, place='#panic("x") $x$ *b* <script> "q" \\ ]] #{1/0}')
    assert 'panic("x")' in words_of(certificate_pdf(hostile, texts_of(hostile)))


def test_a_letter_that_no_font_has_does_not_break_the_paper() -> None:
    odd = replace(RELEASE, place="廃 şêÎ مرجانة 🏚")
    assert "şêÎ" in words_of(certificate_pdf(odd, texts_of(odd)))


def test_without_its_fonts_no_paper_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typesetting._fonts.cache_clear()
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    with pytest.raises(NotFound) as caught:
        typesetting._fonts()
    assert caught.value.code == "wire.paper.no-fonts"
    monkeypatch.undo()
    typesetting._fonts.cache_clear()
    assert typesetting._fonts().families()


def test_codes_are_protected_as_well_as_they_fit() -> None:
    for letters in (100, 650, 1_250, 2_000, 2_400):
        code = paper_code("A" * letters)
        assert code.level == "Q"
        assert code.side_mm <= SIDE_MM
        assert 0.4 <= code.module_mm <= 0.5
    assert paper_code("A" * 3_000).level == "M"
    assert fits_well("A" * 2_400)
    assert not fits_well("A" * 3_000)
    assert not fits_well("A" * 4_000)
    with pytest.raises(InvalidInput) as caught:
        paper_code("A" * 4_000)
    assert caught.value.code == "wire.paper.code-too-long"


@pytest.mark.parametrize("most_m", [0.7, 1.0, 1.9, 4.99, 33.0, 250.0, 1_999.0])
def test_a_scale_bar_is_round_and_fits(most_m: float) -> None:
    length_m = round_length_m(most_m)
    assert length_m <= most_m < 2.6 * length_m
    assert f"{length_m:e}"[0] in "125"


def test_the_map_is_to_scale() -> None:
    """The bar, measured in the drawing, is as long as the ground it stands for."""
    side_e6 = 1_000
    box = (
        (38_550_000, 34_900_000),
        (38_550_000 + side_e6, 34_900_000),
        (38_550_000 + side_e6, 34_900_000 + side_e6),
        (38_550_000, 34_900_000 + side_e6),
    )
    claims = replace(
        RELEASE, parts=(Part("P", "cleared", None, 30, 1, (), ((box,),)),), not_cleared=()
    )
    svg = map_svg(claims)
    drawn = re.search(r'<path d="M([\d.L ]+)Z"', svg)
    assert drawn
    ys = [float(each.split()[1]) for each in drawn[1].split("L")]
    # A thousandth of a degree of latitude at 34.9° is 110.93 m on WGS 84.
    units_per_m = (max(ys) - min(ys)) / 110.93
    fields = [float(each) for each in re.findall(r'width="([\d.]+)" height="5" fill', svg)]
    length_m = float(re.findall(r">([\d.]+) m<", svg)[0])
    assert sum(fields) / length_m == pytest.approx(units_per_m, rel=0.01)
