"""The page on certificates: its example is ours, and its words make a verifier."""

from __future__ import annotations

import re

from rafiqa.ledger.verdict import Answer
from rafiqa.locale import texts
from tests.conformance import pageverifier
from tests.docs.certificateexample import BLOCK, CLAIMS, PAGE, blocks, written
from tests.papers import NOW_S

TEXT = PAGE.read_text(encoding="utf-8")


def shown(name: str) -> str:
    """An example as a reader copies it from the page, its lines joined."""
    (block,) = (found[3] for found in BLOCK.finditer(TEXT) if found[2] == name)
    return block.replace("\n", "")


def test_every_example_is_the_program_s() -> None:
    assert sorted(found[2] for found in BLOCK.finditer(TEXT)) == sorted(blocks())
    assert written(TEXT) == TEXT


def test_the_control_a_changed_example_is_seen() -> None:
    changed = TEXT.replace(shown("certificate-id"), "0" * 16)
    assert changed != TEXT
    assert written(changed) == TEXT


def test_the_texts_as_they_stand_on_the_page_are_verified_by_the_page_s_rules() -> None:
    trust, signatures = pageverifier.trust_of(
        pageverifier.bytes_of(shown("trust-list-text"), "RFQ4:", 1_600_000)
    )
    assert pageverifier.is_signed_by_roots(trust, trust, signatures)
    lists = pageverifier.bytes_of(shown("status-list-text"), "RFQ3:", 1_600_000)
    codes = (shown("certificate-text"), shown("proof-text"))
    answer, reasons, status, claims = pageverifier.verdict(codes, trust, lists, NOW_S)
    assert (answer, reasons, status) == (Answer.KNOWN.value, (), "in-force")
    assert claims is not None
    assert claims[1] == CLAIMS.number
    assert bytes.fromhex(shown("certificate")) == pageverifier.bytes_of(codes[0], "RFQ1:", 4_296)


def test_no_line_of_an_example_begins_or_ends_with_a_space() -> None:
    """Such a space is lost in pasting, and a space is a letter of the code."""
    lines = [line for text in blocks().values() for line in text.splitlines()]
    assert not [line for line in lines if line != line.strip()]


def test_every_answer_and_reason_stands_in_the_tables_and_no_other() -> None:
    verdicts = TEXT.partition("## Verdict")[2]
    first_cells = re.findall(r"^\| (`[^|]+`) \|", verdicts, re.MULTILINE)
    named = {code for cell in first_cells for code in re.findall(r"`([a-z-]+)`", cell)}
    reasons = {
        code.partition("verify.reason.")[2] for code in texts("en") if "verify.reason" in code
    }
    assert named == reasons | {answer.value for answer in Answer}
