"""Drafts of usual size for the benches of the ledger."""

from __future__ import annotations

from hashlib import sha256

from rafiqa.ledger import Draft, canonical
from rafiqa.ledger.canon import Plain

_BODY: dict[str, Plain] = {
    "evidence_id": "E-000001",
    "kind": "crater",
    "source_kind": "visual",
    "spot": {"lat_e8": 3_490_000_000, "lon_e8": 3_855_000_000},
    "text": "Seen beside the road, under rubble, told to the team by two residents",
    "source": "bench",
}


def draft_of(number: int) -> Draft:
    """Returns a submission of usual size, another for each number."""
    body = canonical({**_BODY, "evidence_id": f"E-{number:06d}"})
    return Draft(
        entry_id=f"bench:{number:06d}",
        kind="evidence.recorded",
        version=1,
        subject=f"E-{number:06d}",
        valid_at_us=1_700_000_000_000_000 + number,
        actor="person-1",
        organisation="authority",
        role="surveyor",
        body=body,
        request_digest=sha256(body).digest(),
    )
