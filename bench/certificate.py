"""Certificates: verifying and issuing against bare signatures, status lists, and sizes of codes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import segno
from shapely import Polygon

from bench.table import Table
from bench.timing import Timing, in_turn, milliseconds, share
from rafiqa.geo import GridShape, Outline, SiteFrame, outline_within
from rafiqa.ledger.certificate import issued, proof_bytes
from rafiqa.ledger.checkpoint import checkpoint_text, cosigned_text
from rafiqa.ledger.claims import Claims, claims_bytes
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.outline import outline_bytes
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, bytes_of, qr_texts
from rafiqa.ledger.signing import MemorySigner, is_signed
from rafiqa.ledger.statuslist import status_list_of
from rafiqa.ledger.verdict import Answer, verdict
from tests.papers import (
    DAY_S,
    ISSUER,
    LISTS,
    LOG,
    NOW_S,
    RELEASE,
    TRUST,
    Log,
    signer,
    status_list,
)

CORNERS = (4, 74, 199)
LEAVES, QUICK_LEAVES = 10_000, 100
IDS, QUICK_IDS = 10_000, 100
CALLS, QUICK_CALLS = 200, 2
REPEATS = 5
GOAL_MS = 5
_VERIFY_NOTES = (
    f"Goal: at most {GOAL_MS} ms for a certificate of 74 corners. Verifying begins at the texts of",
    "the codes and ends at the verdict. Peer and lower limit: as many bare Ed25519 verifications",
    "of the same signed bytes as the verdict has to make (1 certificate, 1 status list, 1 log,",
    "2 witnesses), with keys and bytes ready. Issuing: one bare signature. A status list: one bare",
    "verification of all of it. Proofs are from a log of {leaves:,} certificates.",
)
_SIZE_NOTES = (
    "QR version and modules along a side (ISO/IEC 18004, alphanumeric), by error correction M and",
    "Q; a code is printed at 0.4 to 0.5 mm a module. `–`: more than one code holds.",
)
_SIZE_HEADER = (
    *("paper", "bytes", "letters", "version-M", "modules-M", "version-Q", "modules-Q"),
    "outline, bytes",
)
Work = Callable[[], object]


def measure(quick: bool) -> list[Table]:
    """Returns the tables of speed and of sizes."""
    bench = _Bench(QUICK_LEAVES if quick else LEAVES, QUICK_IDS if quick else IDS)
    n_calls, n_repeats = (QUICK_CALLS, 1) if quick else (CALLS, REPEATS)
    rows = [
        _row(name, ours, peer, n_calls, n_repeats) for name, (ours, peer) in bench.works().items()
    ]
    notes = (
        *(line.format(leaves=len(bench.leaves)) for line in _VERIFY_NOTES),
        f"Medians of {n_repeats} repeats of {n_calls} calls, in turn.",
    )
    header = ("what", "ms", "bare, ms", "÷ bare", "signatures", "spread", "bare spread")
    return [
        Table("Certificates against bare signatures", notes, header, rows),
        Table("Sizes on paper", _SIZE_NOTES, _SIZE_HEADER, bench.sizes()),
    ]


def _row(
    name: str, ours: Work, peer: Sequence[Work], n_calls: int, n_repeats: int
) -> tuple[str, ...]:
    def often(works: Sequence[Work]) -> Work:
        return lambda: [work() for _ in range(n_calls) for work in works]

    ours_timing, bare = in_turn([often([ours]), often(peer)], n_repeats)
    return (name, *_figures(ours_timing, bare, n_calls, len(peer)))


def _figures(ours: Timing, bare: Timing, n_calls: int, n_signatures: int) -> tuple[str, ...]:
    return (
        milliseconds(ours.median_s / n_calls),
        milliseconds(bare.median_s / n_calls),
        share(ours.median_s, bare.median_s),
        str(n_signatures),
        ours.spread,
        bare.spread,
    )


def _claims(n_corners: int) -> Claims:
    """Returns the claims of a release whose outline has so many corners, over 17 ha."""
    radius_mm = 232_000.0

    def around(share: float) -> tuple[int, int]:
        reach_mm = radius_mm * (1.0 + 0.004 * math.sin(share * math.tau * n_corners / 2.5))
        turn = share * math.tau
        return round(reach_mm * math.cos(turn)), round(reach_mm * math.sin(turn))

    land = GridShape(Polygon([around(number / n_corners) for number in range(n_corners)]))
    drawn = outline_within(land, SiteFrame(38.55, 34.9), tolerance_m=0.0)
    if not isinstance(drawn, Outline) or drawn.n_corners != n_corners:
        raise SystemExit(f"an outline of {n_corners} corners came out otherwise: {drawn}")
    area_m2 = int(land.area_m2 * (1 - drawn.difference))
    part = replace(RELEASE.parts[0], area_m2=area_m2, outline=drawn.polygons)
    return replace(
        RELEASE, number=f"RFQ-2025-{n_corners:06d}", parts=(part,), not_cleared=(), area_m2=area_m2
    )


class _Bench:
    """Papers of one authority, and what is measured on them."""

    def __init__(self, n_leaves: int, n_ids: int) -> None:
        self.claims = {n_corners: _claims(n_corners) for n_corners in CORNERS}
        certificates = [issued(self.claims[n_corners], ISSUER) for n_corners in CORNERS]
        others = [
            issued(replace(self.claims[4], number=f"RFQ-2024-{number:06d}"), ISSUER)
            for number in range(n_leaves - len(CORNERS))
        ]
        self.log = Log([*others, *certificates])
        self.proofs = [self.log.proof(len(others) + place) for place in range(len(CORNERS))]
        self.n_ids = n_ids
        self.empty_list = status_list()
        self.full_list = status_list({f"RFQ-{n}": "superseded" for n in range(n_ids)})

    @property
    def leaves(self) -> list[bytes]:
        return self.log.leaves

    def _texts(self, n_corners: int) -> tuple[str, ...]:
        place = CORNERS.index(n_corners)
        return qr_texts(self.leaves[place - len(CORNERS)], proof_bytes(self.proofs[place]))

    def works(self) -> dict[str, tuple[Work, list[Work]]]:
        """Returns what is measured: our work, and its bare peers, each one signature."""
        papers, of_log = self._bare_papers()
        found: dict[str, tuple[Work, list[Work]]] = {}
        for n_corners in CORNERS:
            texts = self._texts(n_corners)
            found[f"verify 1 code, {n_corners} corners, no list"] = (
                self._verifying(texts[:1], None, Answer.UNKNOWN),
                papers[:1],
            )
            found[f"verify 2 codes and a list, {n_corners} corners"] = (
                self._verifying(texts, self.empty_list, Answer.KNOWN),
                [*papers, *of_log],
            )
        texts = self._texts(74)
        found[f"verify 2 codes, 74 corners, a list of {self.n_ids:,}"] = (
            self._verifying(texts, self.full_list, Answer.KNOWN),
            [papers[0], _bare(LISTS, self.full_list), *of_log],
        )
        payload = claims_bytes(self.claims[74])
        found["issue, 74 corners"] = (
            lambda: issued(self.claims[74], ISSUER),
            [lambda: ISSUER.sign(payload)],
        )
        found[f"read a status list of {self.n_ids:,}"] = (
            lambda: status_list_of(self.full_list)[1].is_by(LISTS.public_key),
            [_bare(LISTS, self.full_list)],
        )
        return found

    def _bare_papers(self) -> tuple[list[Work], list[Work]]:
        """Returns the signatures on the papers themselves, and those on the log."""
        tree = MerkleTree(map(leaf_hash, self.leaves))
        text = checkpoint_text(TRUST.log_origin, tree.size, tree.root())
        said = cosigned_text(text, NOW_S - DAY_S)
        witnesses = [_bare(signer(name), said) for name in ("witness-a", "witness-b")]
        papers = [_bare(ISSUER, self.leaves[-2]), _bare(LISTS, self.empty_list)]
        return papers, [_bare(LOG, text), *witnesses]

    def _verifying(self, texts: Sequence[str], lists: bytes | None, answer: Answer) -> Work:
        def work() -> None:
            if verdict(texts, TRUST, lists, NOW_S).answer is not answer:
                raise SystemExit("a certificate of the bench is not authentic")

        return work

    def sizes(self) -> list[tuple[str, ...]]:
        """Returns a row for each paper."""
        rows = []
        for n_corners in CORNERS:
            outline = str(len(outline_bytes(self.claims[n_corners].parts[0].outline)))
            text = self._texts(n_corners)[0]
            rows.append(_size(f"certificate, {n_corners} corners", text, CERTIFICATE, outline))
        proof = self._texts(CORNERS[0])[1]
        rows.append(_size(f"proof, {len(self.leaves):,} in the log, 2 witnesses", proof, PROOF))
        return rows


def _bare(by: MemorySigner, message: bytes) -> Work:
    signature = by.sign(message)
    return lambda: is_signed(by.algorithm, by.public_key, message, signature)


def _size(name: str, text: str, prefix: str, outline: str = "–") -> tuple[str, ...]:
    data = bytes_of(text, prefix) or b""
    return (name, f"{len(data):,}", f"{len(text):,}", *_code(text, "m"), *_code(text, "q"), outline)


def _code(text: str, error: str) -> tuple[str, str]:
    """Returns version and modules along a side of the smallest code, without its quiet zone."""
    try:
        code = segno.make_qr(text, error=error, mode="alphanumeric", boost_error=False)
    except segno.DataOverflowError:
        return ("–", "–")
    version = int(code.version)
    return (str(version), str(17 + 4 * version))
