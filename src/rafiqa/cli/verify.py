"""``rafiqa verify``: whether a certificate is an office's own, and whether it still stands.

Exit status 1 for a paper that is not authentic or known not to be in force.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rafiqa.cli import trustshelf
from rafiqa.cli.machine import now_us
from rafiqa.cli.session import DONE, REFUSED, add_common, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, STATUS_LIST, bytes_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.statuslist import status_list_of
from rafiqa.ledger.trustlist import TrustList
from rafiqa.ledger.verdict import Answer, Verdict, verdict
from rafiqa.locale import text
from rafiqa.wire.claimsjson import claims_json
from rafiqa.wire.instant import iso
from rafiqa.wire.paper import PREFIXES, codes_of_file, codes_of_text

_STANDING = "in-force"


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser, store=False)
    parser.add_argument(
        "paper",
        metavar="FILE_OR_TEXT",
        help="a picture, PDF or text file with the codes, or their text itself",
    )
    parser.add_argument("--trust", metavar="FILE", help="trust list; those of this machine without")
    parser.add_argument("--revocations", metavar="FILE", help="newest status list")


def run(args: argparse.Namespace) -> int:
    """Returns 1 where the paper is not authentic or known not to be in force, else 0."""
    codes = _codes(args.paper)
    shelf = (trustshelf.trust_from(Path(args.trust)),) if args.trust else trustshelf.held()
    lists = _list_from(Path(args.revocations)) if args.revocations else _list_among(codes)
    papers = [code for code in codes if code.startswith((CERTIFICATE, PROOF))]
    found = judged(papers, shelf, lists, now_us() // 1_000_000)
    answer = _answer(found, args.lang)
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    good = found.answer is Answer.UNKNOWN or found.status == _STANDING
    return DONE if good else REFUSED


def judged(
    papers: Sequence[str], shelf: Sequence[TrustList], lists: bytes | None, now_s: int
) -> Verdict:
    """Returns the verdict by the first list by which a paper is authentic, else by the last."""
    found = Verdict(Answer.NOT_AUTHENTIC, ("no-trust",))
    for trust in shelf:
        found = verdict(papers, trust, lists, now_s)
        if found.answer is not Answer.NOT_AUTHENTIC:
            break
    return found


def _codes(paper: str) -> tuple[str, ...]:
    if paper.startswith(PREFIXES):
        return codes_of_text(paper)
    try:
        return codes_of_file(Path(paper))
    except OSError:  # a text too long to be a name
        return (paper,)


def _list_from(path: Path) -> bytes:
    """Returns the bytes of a status list in a file; whose it is the verdict asks."""
    data = path.read_bytes() if path.is_file() else b""
    if data.startswith(STATUS_LIST.encode()):
        data = bytes_of(data.decode("ascii", "replace"), STATUS_LIST) or b""
    try:
        status_list_of(data)
    except Malformed:
        params: dict[str, str | int] = {"path": path.name}
        raise InvalidInput(Fault("cli.verify.list", "--revocations", params=params)) from None
    return data


def _list_among(codes: Sequence[str]) -> bytes | None:
    lists = [code for code in codes if code.startswith(STATUS_LIST)]
    return bytes_of(lists[0], STATUS_LIST) if lists else None


def _answer(found: Verdict, lang: str) -> dict[str, Any]:
    status_at = None if found.status_at_s is None else iso(found.status_at_s * 1_000_000)
    claims = None if found.claims is None else claims_json(found.claims, lang)
    params = {
        "issuer": found.issuer or "",
        "at": status_at or "",
        "status": text(f"verify.status.{found.status}", {}, lang) if found.status else "",
    }
    return {
        "verdict": found.answer.value,
        "text": text(f"verify.answer.{found.answer.value}", params, lang),
        "status": found.status,
        "status_at": status_at,
        "reasons": [
            {"code": code, "text": text(f"verify.reason.{code}", {}, lang)}
            for code in found.reasons
        ],
        "issuer": found.issuer,
        "logged": found.logged,
        "demonstration": found.claims is not None and found.claims.is_demonstration,
        "number": claims["number"] if claims else None,
        "kind": claims["kind"] if claims else None,
        "claims": claims,
    }


def _lines(answer: dict[str, Any], lang: str) -> Iterator[str]:
    yield answer["text"]
    if answer["demonstration"]:
        yield text("verify.line.demonstration", {}, lang)
    for reason in answer["reasons"]:
        yield f"  - {reason['text']}"
    claims = answer["claims"]
    if claims is None:
        return
    yield ""
    yield f"{claims['number']} · {text('verify.kind.' + claims['kind'], {}, lang)}"
    yield text("verify.line.place", {"place": claims["place"]}, lang)
    decided = {"date": claims["decided_on"], "authority": claims["authority"]}
    yield text("verify.line.decided", decided, lang)
    for part in claims["parts"]:
        yield from _part(part, lang)
    for left in claims["not_cleared"]:
        what = left["unit"] or text("verify.line.ground", {}, lang)
        params = {"what": what, "reason": left["reason_label"]}
        yield "  " + text("verify.line.not-cleared", params, lang)
    yield text("verify.line.area", {"area_m2": f"{claims['area_m2']:,}"}, lang)
    yield text("verify.line.logged" if answer["logged"] else "verify.line.not-logged", {}, lang)
    yield text("verify.line.advice", {}, lang)


def _part(part: dict[str, Any], lang: str) -> Iterator[str]:
    name = part["part_id"] + (f", {part['unit']}" if part["unit"] else "")
    params = {
        "part": f"{name}:",
        "outcome": part["outcome_label"],
        "area_m2": f"{part['area_m2']:,}",
        "depth_cm": part["depth_cm"],
    }
    code = "verify.line.part" if part["depth_cm"] is None else "verify.line.part-depth"
    yield "  " + text(code, params, lang)
    if part["not_dug"]:
        yield text("verify.line.not-dug", {"surfaces": ", ".join(part["not_dug"])}, lang)
