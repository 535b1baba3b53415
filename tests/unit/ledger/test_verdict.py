"""Three verdicts: what makes each, and everything that must never make a better one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.ledger.certificate import certificate_of, issued, proof_bytes
from rafiqa.ledger.claims import Claims
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, qr_texts, text_of
from rafiqa.ledger.statuslist import StatusList, listed
from rafiqa.ledger.trustlist import TrustList
from rafiqa.ledger.verdict import Answer, Verdict, verdict
from tests.papers import (
    AUTHORITY,
    DAY_S,
    ISSUER,
    KINDS,
    NOW_S,
    RELEASE,
    TRUST,
    Log,
    full_log,
    signer,
    status_list,
    texts_of,
)

LOG_OF_ALL = full_log()


def asked(
    texts: tuple[str, ...], trust: TrustList = TRUST, lists: bytes | None = None, now_s: int = NOW_S
) -> Verdict:
    return verdict(texts, trust, lists or status_list(), now_s)


def with_keys(**changed: object) -> TrustList:
    """The trust list with its issuer's key changed."""
    keys = tuple(
        replace(key, **changed) if key.role == "issuer" else key  # type: ignore[arg-type]
        for key in TRUST.keys
    )
    return replace(TRUST, keys=keys)


@pytest.mark.parametrize("claims", KINDS, ids=lambda claims: claims.kind)
@pytest.mark.parametrize("log", [None, LOG_OF_ALL], ids=["alone", "logged"])
def test_an_office_s_own_certificate_is_authentic(claims: Claims, log: Log | None) -> None:
    found = asked(texts_of(claims, log))
    assert (found.answer, found.status, found.reasons) == (Answer.KNOWN, "in-force", ())
    assert found.claims == claims
    assert found.issuer == "Office of releases"
    assert found.logged is (log is not None)
    assert found.status_at_s == NOW_S - DAY_S


def test_the_codes_may_be_scanned_in_any_order_and_twice() -> None:
    texts = texts_of(RELEASE, LOG_OF_ALL)
    assert asked(texts) == asked((*reversed(texts), *texts))


@pytest.mark.parametrize("state", ["suspended", "reopened", "revoked", "superseded"])
@pytest.mark.parametrize("age_days", [1, 400])
def test_what_a_list_says_is_said_however_old_the_list_is(state: str, age_days: int) -> None:
    found = asked(texts_of(RELEASE), lists=status_list({RELEASE.number: state}, age_days=age_days))
    assert (found.answer, found.status, found.reasons) == (Answer.KNOWN, state, (state,))


UNKNOWN = {
    "list-old": {"lists": status_list(age_days=31)},
    "list-older-than-certificate": {"lists": status_list(version=RELEASE.list_version - 1)},
    "list-not-authentic": {"lists": b"no list"},
    "trust-expired": {"trust": replace(TRUST, expires_at_s=NOW_S)},
    "clock": {"now_s": RELEASE.logged_at_s - 2 * DAY_S},
}


@pytest.mark.parametrize("reason", UNKNOWN)
def test_what_is_not_known_is_unknown(reason: str) -> None:
    found = asked(texts_of(RELEASE), **UNKNOWN[reason])  # type: ignore[arg-type]
    assert (found.answer, found.status, found.reasons) == (Answer.UNKNOWN, None, (reason,))
    assert found.claims == RELEASE


def test_without_a_list_the_status_is_unknown() -> None:
    found = verdict(texts_of(RELEASE), TRUST, None, NOW_S)
    assert (found.answer, found.reasons) == (Answer.UNKNOWN, ("no-list",))


def test_a_list_is_known_to_the_last_day_of_its_limit() -> None:
    assert asked(texts_of(RELEASE), lists=status_list(age_days=30)).answer is Answer.KNOWN


def test_a_list_from_the_future_says_nothing_good() -> None:
    found = asked(texts_of(RELEASE), lists=status_list(age_days=-3))
    assert (found.answer, found.reasons) == (Answer.UNKNOWN, ("clock",))


def proof_text(log: Log, place: int, /, **changed: object) -> str:
    proof = replace(log.proof(place), **changed)  # type: ignore[arg-type]
    return text_of(PROOF, proof_bytes(proof))


def _twice() -> str:
    proof = LOG_OF_ALL.proof(40)
    return proof_text(LOG_OF_ALL, 40, cosignatures=(proof.cosignatures[0],) * 2)


def _other_log() -> str:
    other = Log(LOG_OF_ALL.leaves, "other.example/certificates/2026")
    return text_of(PROOF, proof_bytes(other.proof(40)))


BAD_PROOFS = {
    "another certificate's": lambda: proof_text(LOG_OF_ALL, 41),
    "another place": lambda: proof_text(LOG_OF_ALL, 40, index=39),
    "another size": lambda: proof_text(LOG_OF_ALL, 40, size=45),
    "a path cut short": lambda: proof_text(LOG_OF_ALL, 40, path=LOG_OF_ALL.proof(40).path[:-1]),
    "no witness": lambda: proof_text(LOG_OF_ALL, 40, cosignatures=()),
    "one witness": lambda: text_of(
        PROOF, proof_bytes(LOG_OF_ALL.proof(40, witnesses=("witness-a",)))
    ),
    "the same witness twice": _twice,
    "an unknown witness": lambda: text_of(
        PROOF, proof_bytes(LOG_OF_ALL.proof(40, witnesses=("witness-a", "witness-z")))
    ),
    "two good witnesses and an unknown one": lambda: text_of(
        PROOF, proof_bytes(LOG_OF_ALL.proof(40, witnesses=("witness-a", "witness-b", "witness-z")))
    ),
    "witnesses swapped": lambda: proof_text(
        LOG_OF_ALL,
        40,
        cosignatures=tuple(
            replace(each, key_id=other.key_id)
            for each, other in zip(
                LOG_OF_ALL.proof(40).cosignatures,
                reversed(LOG_OF_ALL.proof(40).cosignatures),
                strict=True,
            )
        ),
    ),
    "signed by no log": lambda: text_of(PROOF, proof_bytes(LOG_OF_ALL.proof(40, log=ISSUER))),
    "another log": _other_log,
}


@pytest.mark.parametrize("kind", BAD_PROOFS)
def test_a_proof_that_does_not_fit_makes_it_not_authentic(kind: str) -> None:
    certificate = text_of(CERTIFICATE, issued(RELEASE, ISSUER))
    found = asked((certificate, BAD_PROOFS[kind]()))
    assert (found.answer, found.claims) == (Answer.NOT_AUTHENTIC, None)
    assert found.reasons == ("proof",)


FORGED = {
    "issuer-unknown": lambda: qr_texts(issued(RELEASE, signer("Forger"))),
    "authority": lambda: qr_texts(issued(replace(RELEASE, authority="Other Office"), ISSUER)),
    "key-not-valid": lambda: qr_texts(
        issued(replace(RELEASE, logged_at_s=NOW_S - 500 * DAY_S), ISSUER)
    ),
    "two-papers": lambda: (*texts_of(RELEASE), *texts_of(KINDS[1])),
    "no-certificate": lambda: texts_of(RELEASE, LOG_OF_ALL)[1:],
    "unreadable": lambda: ("https://example.org/released",),
}


@pytest.mark.parametrize("reason", FORGED)
def test_what_no_office_signed_is_not_authentic(reason: str) -> None:
    found = asked(FORGED[reason]())
    assert (found.answer, found.reasons) == (Answer.NOT_AUTHENTIC, (reason,))
    assert (found.claims, found.issuer, found.status) == (None, None, None)


def test_a_key_for_lists_issues_no_certificate() -> None:
    """Each key counts for one thing: whoever holds another one releases nothing with it."""
    for name in ("Office of lists", "Log of certificates", "witness-a", "root-a"):
        found = asked(qr_texts(issued(RELEASE, signer(name))))
        assert found.reasons == ("issuer-unknown",)


def test_a_list_signed_by_the_issuer_s_key_is_no_list() -> None:
    made = listed(StatusList(AUTHORITY, 9, NOW_S - DAY_S, {}), ISSUER)
    assert asked(texts_of(RELEASE), lists=made).reasons == ("list-not-authentic",)


def test_a_revoked_key_counts_for_what_was_logged_before() -> None:
    place = LOG_OF_ALL.leaves.index(issued(RELEASE, ISSUER))
    before, after = with_keys(revoked_from=place + 1), with_keys(revoked_from=place)
    logged, alone = texts_of(RELEASE, LOG_OF_ALL), texts_of(RELEASE)
    assert asked(logged, before).answer is Answer.KNOWN
    assert asked(logged, after).reasons == ("key-revoked",)
    assert asked(alone, before).reasons == ("key-revoked",), "without a proof nobody knows when"


def test_what_is_issued_fits_a_code_and_what_does_not_fit_is_not_issued() -> None:
    """Else a paper could be signed that nobody can ever read."""
    for n_parts in range(1, 60):
        claims = replace(RELEASE, parts=RELEASE.parts[:1] * n_parts)
        try:
            texts = qr_texts(issued(claims, ISSUER))
        except InvalidInput:
            break
        assert asked(texts).answer is Answer.KNOWN
    assert 2 < n_parts < 20


def test_a_certificate_is_read_as_it_was_written() -> None:
    data = issued(RELEASE, ISSUER)
    assert certificate_of(data).claims == RELEASE
    assert len(data) < 800
