"""From the PDF over printer, pocket and photocopier to a reader: the right text, or none.

A code may become unreadable; it may never be read as something else. The codes are cut out of the
page as printed at 300 dpi, so that many tries fit into seconds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import zxingcpp

from rafiqa.ledger.certificate import issued, proof_bytes
from rafiqa.ledger.qrtext import qr_texts
from rafiqa.wire.certificatepdf import certificate_pdf
from tests import printing
from tests.papers import ISSUER, KINDS, RELEASE, Log
from tests.printing import Picture

TRIES = 12
"""Per damage; every code of the paper is read in each."""


def texts_of(claims: object = RELEASE) -> tuple[str, ...]:
    log = Log()
    certificate = issued(claims, ISSUER)  # type: ignore[arg-type]
    return qr_texts(certificate, proof_bytes(log.proof(log.add(certificate))))


@pytest.fixture(scope="module")
def codes() -> list[tuple[str, Picture]]:
    """Each code of one paper with its text, as printed."""
    texts = texts_of()
    sheets = printing.pages(certificate_pdf(RELEASE, texts))
    found = []
    for sheet in sheets:
        for each in zxingcpp.read_barcodes(sheet.astype(np.uint8)):
            at = each.position
            xs = [getattr(at, name).x for name in ("top_left", "top_right", "bottom_right")]
            ys = [getattr(at, name).y for name in ("top_left", "top_right", "bottom_right")]
            cut = sheet[min(ys) - 40 : max(ys) + 40, min(xs) - 40 : max(xs) + 40]
            found.append((each.text, np.ascontiguousarray(cut)))
    assert {text for text, _ in found} == set(texts)
    return found


Damage = Callable[[Picture, int], Picture]
SURVIVED: dict[str, Damage] = {
    "as printed": lambda picture, _: picture,
    "blur 2": lambda picture, _: printing.blurred(picture, 2.0),
    "blots 6 % on its data": lambda picture, seed: printing.blotted(picture, 0.06, seed),
    "folded": printing.folded,
    "tilted 6 %": lambda picture, seed: printing.tilted(picture, 0.06, seed),
    "copied twice": lambda picture, seed: printing.copied(printing.copied(picture, seed), seed + 1),
    "bad light": lambda picture, seed: printing.noisy(picture, 60.0, seed),
    "pocket": lambda picture, seed: printing.blurred(
        printing.tilted(
            printing.folded(printing.blotted(picture, 0.03, seed), seed), 0.04, seed + 7
        ),
        1.2,
    ),
}


@pytest.mark.parametrize("name", SURVIVED)
def test_what_a_paper_goes_through_is_read_right(
    codes: list[tuple[str, Picture]], name: str
) -> None:
    read, tried = 0, 0
    for text, picture in codes:
        for seed in range(1 if name in {"as printed", "blur 2"} else TRIES):
            found = printing.read(SURVIVED[name](picture, seed))
            assert found <= {text}, "a code was read as something else"
            read += found == {text}
            tried += 1
    assert read >= 0.99 * tried, f"{read} of {tried}"


DESTROYED: dict[str, Damage] = {
    "blur 8": lambda picture, _: printing.blurred(picture, 8.0),
    "blots 40 %": lambda picture, seed: printing.blotted(picture, 0.40, seed),
}


@pytest.mark.parametrize("name", DESTROYED)
def test_what_is_beyond_reading_is_not_read(codes: list[tuple[str, Picture]], name: str) -> None:
    """The control: the same reader fails where it must, and invents nothing."""
    for text, picture in codes:
        for seed in range(3):
            found = printing.read(DESTROYED[name](picture, seed))
            assert found <= {text}
            assert not found


def test_blots_on_the_corners_make_it_unreadable_and_never_wrong(
    codes: list[tuple[str, Picture]],
) -> None:
    """What no level of protection mends: it is told in the decision on paper, and measured here."""
    read, tried = 0, 0
    for text, picture in codes:
        for seed in range(TRIES):
            found = printing.read(printing.blotted(picture, 0.06, seed, corners=True))
            assert found <= {text}
            read += found == {text}
            tried += 1
    assert 0 < read < tried


@pytest.mark.parametrize("claims", KINDS, ids=lambda claims: claims.kind)
def test_every_kind_of_paper_is_read_whole(claims: object) -> None:
    texts = texts_of(claims)
    sheets = printing.pages(certificate_pdf(claims, texts))  # type: ignore[arg-type]
    assert set().union(*(printing.read(sheet) for sheet in sheets)) == set(texts)


def test_a_code_of_another_paper_is_seen_as_another(codes: list[tuple[str, Picture]]) -> None:
    """A control of the comparison itself: another paper's codes are not these."""
    other = certificate_pdf(KINDS[3], texts_of(KINDS[3]))
    found = set().union(*(printing.read(sheet) for sheet in printing.pages(other)))
    assert not found & {text for text, _ in codes}
