"""The worked example of the page on certificates: ``python -m tests.docs.certificateexample``
writes it into the page anew."""

from __future__ import annotations

import re

from rafiqa.ledger import cose
from rafiqa.ledger.canon import canonical
from rafiqa.ledger.certificate import certificate_id, issued, proof_bytes
from rafiqa.ledger.checkpoint import checkpoint_text, cosigned_text
from rafiqa.ledger.claims import Claims, Found, NotCleared, Part, claims_bytes
from rafiqa.ledger.merkle import leaf_hash, root_of_inclusion
from rafiqa.ledger.outline import outline_bytes
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, STATUS_LIST, TRUST_LIST, text_of
from rafiqa.ledger.trustlist import trust_list_bytes
from tests.docs.page import ROOT
from tests.papers import AUTHORITY, DAY_S, ISSUER, NOW_S, TRUST, Log, signer, status_list

PAGE = ROOT / "docs" / "reference" / "certificate.md"
BLOCK = re.compile(
    r"(<!-- example: ([a-z-]+) -->\n\n```text\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL
)
_WIDTH = 80

FIELD = (
    ((38_550_000, 34_900_000), (38_551_000, 34_900_000), (38_551_000, 34_901_000)),
    ((38_550_800, 34_900_300), (38_550_800, 34_900_200), (38_550_700, 34_900_200)),
)
"""A triangle with a hole, in millionths of a degree."""
CLAIMS = Claims(
    number="RFQ-2025-000031",
    kind="release",
    authority=AUTHORITY,
    place="Marjana, mill field",
    decided_on=20_440,
    logged_at_s=NOW_S - 5 * DAY_S,
    methods=("manual",),
    parts=(Part("M-1", "cleared", None, 20, 5_000, ("paved yard",), (FIELD,)),),
    not_cleared=(NotCleared("cellar", "flooded", ((FIELD[1],),)),),
    found=(Found("mine_ap", 2),),
    area_m2=5_000,
    received_by=None,
    survey_sha256=bytes(range(32)),
    list_version=7,
    salt=bytes(range(16)),
)
CERTIFICATE_BYTES = issued(CLAIMS, ISSUER)
LOG = Log([b"one certificate before", CERTIFICATE_BYTES, b"one certificate after"])
LOG_PROOF = LOG.proof(1)
TRUST_BYTES = trust_list_bytes(TRUST, [signer("root-a"), signer("root-b")])
STATUS_BYTES = status_list({"RFQ-2024-000002": "superseded", "RFQ-2025-000017": "suspended"})
TEXTS = {
    "certificate": text_of(CERTIFICATE, CERTIFICATE_BYTES),
    "proof": text_of(PROOF, proof_bytes(LOG_PROOF)),
    "status-list": text_of(STATUS_LIST, STATUS_BYTES),
    "trust-list": text_of(TRUST_LIST, TRUST_BYTES),
}


def blocks() -> dict[str, str]:
    """The text of every example on the page, by its name."""
    name = cose.key_id(ISSUER.public_key)
    header = cose.opened(CERTIFICATE_BYTES, 4096)
    signed = canonical(("Signature1", b"\xa2\x01\x27\x04\x48" + name, b"", claims_bytes(CLAIMS)))
    leaf = leaf_hash(CERTIFICATE_BYTES)
    root = root_of_inclusion(leaf, LOG_PROOF.index, LOG_PROOF.size, LOG_PROOF.path) or b""
    checkpoint = checkpoint_text(TRUST.log_origin, LOG_PROOF.size, root)
    first = LOG_PROOF.cosignatures[0]
    return {
        "outline": _hex(outline_bytes((FIELD,))),
        "claims": _hex(claims_bytes(CLAIMS)),
        "issuer": f"public key {ISSUER.public_key.hex()}\nid         {name.hex()}\n",
        "signed": _hex(signed),
        "signature": _hex(header.signature),
        "certificate": _hex(CERTIFICATE_BYTES),
        "certificate-text": _lines(TEXTS["certificate"]),
        "certificate-id": certificate_id(CLAIMS.number).hex() + "\n",
        "proof": _hex(proof_bytes(LOG_PROOF)),
        "proof-text": _lines(TEXTS["proof"]),
        "root": f"leaf hash {leaf.hex()}\nroot      {root.hex()}\n",
        "checkpoint": checkpoint.decode(),
        "cosigned": cosigned_text(checkpoint, first.time_s).decode(),
        "status-list": _hex(STATUS_BYTES),
        "status-list-text": _lines(TEXTS["status-list"]),
        "trust-list": _hex(TRUST_BYTES),
        "trust-list-text": _lines(TEXTS["trust-list"]),
    }


def written(page: str) -> str:
    """The page with every example as it is."""
    fresh = blocks()
    return BLOCK.sub(lambda found: found[1] + fresh[found[2]] + found[4], page)


def _hex(data: bytes) -> str:
    return _lines(data.hex())


def _lines(text: str) -> str:
    """In lines of a fixed width, none of which ends or begins with a space."""
    lines = [""]
    for letter in text:
        if len(lines[-1]) >= _WIDTH and letter != " " and lines[-1][-1] != " ":
            lines.append("")
        lines[-1] += letter
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
