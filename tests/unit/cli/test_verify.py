"""The command that reads papers: from texts, pictures and PDFs, by whatever list it is given."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image

from rafiqa.cli import main, trustshelf, verify
from rafiqa.ledger.claims import DEMONSTRATION
from rafiqa.ledger.qrtext import STATUS_LIST, TRUST_LIST, text_of
from rafiqa.ledger.trustlist import trust_list_bytes
from tests.papers import (
    CANCELLATION,
    KINDS,
    NOW_S,
    RELEASE,
    TRUST,
    full_log,
    signer,
    status_list,
    texts_of,
)

LOG = full_log()
TEXTS = texts_of(RELEASE, LOG)
ROOTS = [signer("root-a"), signer("root-b")]
Asked = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with an empty shelf, on the day of the papers."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(verify, "now_us", lambda: NOW_S * 1_000_000)


@pytest.fixture
def trust(tmp_path: Path) -> str:
    path = tmp_path / "trust.rfq"
    path.write_bytes(trust_list_bytes(TRUST, ROOTS))
    return str(path)


@pytest.fixture
def statuses(tmp_path: Path) -> str:
    path = tmp_path / "status.txt"
    path.write_text(text_of(STATUS_LIST, status_list()))
    return str(path)


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    def ask(*words: str) -> tuple[int, dict[str, Any]]:
        status = main(["verify", *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return ask


@pytest.mark.parametrize("claims", KINDS, ids=lambda claims: claims.kind)
def test_a_certificate_as_text(claims: Any, asked: Asked, trust: str, statuses: str) -> None:
    words = "\n".join(texts_of(claims, LOG))
    status, found = asked(words, "--trust", trust, "--revocations", statuses)
    assert (status, found["verdict"], found["status"]) == (0, "authentic-status-known", "in-force")
    assert (found["number"], found["kind"]) == (claims.number, claims.kind)
    assert found["logged"] is True
    said = json.dumps(found, ensure_ascii=False).lower()
    assert ("cleared" in said) == (claims is not CANCELLATION) or "not_cleared" in said


def picture(texts: tuple[str, ...], size_px: int = 4) -> Image.Image:
    """The codes side by side, as a camera would see a good print."""
    drawn = []
    for text in texts:
        out = io.BytesIO()
        segno.make(text, error="q", mode="alphanumeric").save(out, "png", scale=size_px, border=6)
        drawn.append(Image.open(out).convert("L"))
    paper = Image.new("L", (sum(code.width for code in drawn), max(c.height for c in drawn)), 255)
    at = 0
    for code in drawn:
        paper.paste(code, (at, 0))
        at += code.width
    return paper


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "pdf", "txt"])
def test_a_certificate_as_a_file(
    kind: str, asked: Asked, trust: str, statuses: str, tmp_path: Path
) -> None:
    path = tmp_path / f"paper.{kind}"
    if kind == "txt":
        path.write_text("Marjana\n\n" + "\n".join(TEXTS) + "\n")
    else:
        picture(TEXTS).convert("RGB").save(path, kind, resolution=150)
    status, found = asked(str(path), "--trust", trust, "--revocations", statuses)
    assert (status, found["verdict"]) == (0, "authentic-status-known")
    assert found["logged"] is True


def test_a_text_wrapped_by_a_mailer_is_read(asked: Asked, trust: str, tmp_path: Path) -> None:
    wrapped = [text[at : at + 70] for text in TEXTS for at in range(0, len(text), 70)]
    path = tmp_path / "mail.txt"
    path.write_text("\r\n".join(wrapped))
    assert asked(str(path), "--trust", trust)[1]["verdict"] == "authentic-status-unknown"


def test_without_a_list_the_status_is_unknown_and_that_is_said(
    trust: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", TEXTS[0], "--trust", trust, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "NOT known" in said
    assert "Without a proof" in said
    assert "Ask the office before digging deeper" in said


@pytest.mark.parametrize("state", ["suspended", "reopened", "revoked", "superseded"])
def test_what_is_not_in_force_ends_with_1(
    state: str, asked: Asked, trust: str, tmp_path: Path
) -> None:
    lists = tmp_path / "list"
    lists.write_bytes(status_list({RELEASE.number: state}))
    status, found = asked(TEXTS[0], "--trust", trust, "--revocations", str(lists))
    assert (status, found["verdict"], found["status"]) == (1, "authentic-status-known", state)


def test_a_machine_that_knows_nobody_believes_nobody(asked: Asked) -> None:
    status, found = asked(TEXTS[0])
    assert (status, found["verdict"]) == (1, "not-authentic")
    assert [reason["code"] for reason in found["reasons"]] == ["no-trust"]
    assert found["claims"] is None


def test_the_lists_on_the_shelf_are_asked(asked: Asked) -> None:
    assert trustshelf.put(trust_list_bytes(TRUST, ROOTS))
    assert asked(TEXTS[0])[1]["verdict"] == "authentic-status-unknown"


def test_the_shelf_takes_a_newer_list_of_the_same_roots_only() -> None:
    newer = replace(TRUST, version=TRUST.version + 1)
    assert trustshelf.put(trust_list_bytes(TRUST, ROOTS))
    assert not trustshelf.put(trust_list_bytes(TRUST, ROOTS)), "no newer one"
    assert not trustshelf.put(trust_list_bytes(newer, ROOTS[:1])), "one root"
    assert trustshelf.put(trust_list_bytes(newer, ROOTS))
    assert trustshelf.held() == (newer,)
    assert not trustshelf.put(b"noise")


def test_a_list_brought_along_with_the_paper_is_not_believed(asked: Asked) -> None:
    brought = text_of(TRUST_LIST, trust_list_bytes(TRUST, ROOTS))
    assert asked("\n".join((*TEXTS, brought)))[1]["verdict"] == "not-authentic"


def test_a_status_list_may_come_along(asked: Asked, trust: str) -> None:
    """It is signed: who brings it does not matter."""
    brought = text_of(STATUS_LIST, status_list())
    assert asked("\n".join((*TEXTS, brought)), "--trust", trust)[1]["status"] == "in-force"


def codes(found: dict[str, Any]) -> list[str]:
    return [fault["code"] for fault in found["refused"]]


def test_bad_files_are_refused_by_name(asked: Asked, trust: str, tmp_path: Path) -> None:
    def file(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    blank = io.BytesIO()
    Image.new("L", (50, 50), 255).save(blank, "png")
    bomb = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(bomb, "png")
    for content, code in (
        (blank.getvalue(), "wire.paper.no-code"),
        (b"just words", "wire.paper.no-code"),
        (b"\xff\xfe\x00", "wire.paper.kind"),
        (b"%PDF-1.7 broken", "wire.paper.unreadable"),
        (b"\x89PNG\r\n\x1a\nbroken", "wire.paper.unreadable"),
        (bomb.getvalue(), "wire.paper.unreadable"),
    ):
        status, found = asked(file("paper", content), "--trust", trust)
        assert (status, codes(found)) == (1, [code])
        assert all(fault["next"] for fault in found["refused"])
    assert codes(asked(str(tmp_path / "nothing"), "--trust", trust)[1]) == ["wire.file.missing"]
    noise = file("noise", b"noise")
    assert codes(asked(TEXTS[0], "--trust", noise)[1]) == ["cli.verify.trust"]
    assert codes(asked(TEXTS[0], "--trust", trust, "--revocations", noise)[1]) == [
        "cli.verify.list"
    ]
    lonely = file("lonely", trust_list_bytes(TRUST, ROOTS[:1]))
    assert codes(asked(TEXTS[0], "--trust", lonely)[1]) == ["cli.verify.trust"]


def test_in_arabic_every_word_is_arabic(trust: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", TEXTS[0], "--trust", trust, "--lang", "ar"]) == 0
    said = capsys.readouterr().out
    assert "غير معروف" in said
    assert "verify." not in said


def test_a_paper_of_the_demonstration_says_that_anybody_can_sign_it(
    trust: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever tried the demo has its trust list, and everybody has its keys."""
    demo = tmp_path / "demo.rfq"
    demo.write_bytes(trust_list_bytes(replace(TRUST, authority=DEMONSTRATION), ROOTS))
    words = texts_of(replace(RELEASE, authority=DEMONSTRATION))[0]
    assert main(["verify", words, "--trust", str(demo), "--lang", "en"]) == 0
    assert "anybody can sign" in capsys.readouterr().out
    assert main(["verify", TEXTS[0], "--trust", trust, "--lang", "en"]) == 0
    assert "anybody can sign" not in capsys.readouterr().out
