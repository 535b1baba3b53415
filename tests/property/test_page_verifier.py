"""The verifier written from the page answers as ours does, on whole papers and on bent ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.ledger import cose
from rafiqa.ledger.certificate import issued, proof_bytes
from rafiqa.ledger.claims import claims_bytes
from rafiqa.ledger.outline import outline_bytes, outline_of
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, text_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm
from rafiqa.ledger.statuslist import StatusList, listed
from rafiqa.ledger.trustlist import TrustList, succeeds, trust_list_bytes, trust_list_of
from rafiqa.ledger.verdict import verdict
from tests.conformance import pageverifier
from tests.papers import (
    AUTHORITY,
    DAY_S,
    ISSUER,
    KEYS,
    KINDS,
    LISTS,
    NOW_S,
    RELEASE,
    RUBBLE,
    TRUST,
    WALK,
    full_log,
    key,
    signer,
    status_list,
    texts_of,
)
from tests.property.bentpaper import STEADY, bent_bytes, bent_values

QUICK = settings(STEADY, max_examples=400)
LONG = settings(QUICK, max_examples=20_000, derandomize=False)
LOG = full_log()
TEXTS = texts_of(RELEASE, LOG)
LIST = status_list({"RFQ-1": "revoked", KINDS[1].number: "suspended"})
PLACE = LOG.leaves.index(issued(RELEASE, ISSUER))
QUANTUM = signer("Office of years", Algorithm.ML_DSA_44)


def revoked_from(place: int) -> TrustList:
    """The trust list with its issuer's key revoked."""
    keys = (replace(each, revoked_from=place) if each.role == "issuer" else each for each in KEYS)
    return replace(TRUST, keys=tuple(keys))


TRUSTS = (
    TRUST,
    revoked_from(PLACE),
    revoked_from(PLACE + 1),
    replace(TRUST, authority="Other Office"),
    replace(TRUST, witness_quorum=3),
    replace(TRUST, status_days=0),
    replace(TRUST, log_origin="other.example/log"),
    replace(TRUST, keys=tuple(each for each in KEYS if each.role != "issuer")),
)
STATUSES = (
    None,
    LIST,
    status_list(version=RELEASE.list_version - 1),
    status_list(age_days=30),
    status_list(age_days=31),
    status_list(age_days=-2),
    status_list({RELEASE.number: "reopened"}, age_days=400),
    listed(StatusList(AUTHORITY, 9, NOW_S - DAY_S, {}), ISSUER),
    listed(StatusList("Other Office", 9, NOW_S - DAY_S, {}), LISTS),
    listed(StatusList(AUTHORITY, 9, NOW_S - 500 * DAY_S, {}), LISTS),
    b"",
)
TIMES_S = (
    *(NOW_S, NOW_S + 1, NOW_S + 29 * DAY_S, NOW_S + 29 * DAY_S + 1),
    *(RELEASE.logged_at_s - DAY_S, RELEASE.logged_at_s - DAY_S - 1, TRUST.issued_at_s - 2 * DAY_S),
    *(TRUST.expires_at_s - 1, TRUST.expires_at_s, 0),
)


def as_read(trust: TrustList) -> list[object]:
    return pageverifier.trust_of(trust_list_bytes(trust, []))[0]


PAIRS = [(trust, as_read(trust)) for trust in TRUSTS]


def both(
    texts: tuple[str, ...], trust: int = 0, lists: bytes | None = LIST, now_s: int = NOW_S
) -> tuple[str, tuple[str, ...], str | None]:
    """The answer, where both verifiers give the same."""
    ours = verdict(texts, PAIRS[trust][0], lists, now_s)
    answer, reasons, status, claims = pageverifier.verdict(texts, PAIRS[trust][1], lists, now_s)
    assert (answer, reasons, status) == (ours.answer.value, ours.reasons, ours.status)
    assert (claims is None) == (ours.claims is None)
    if claims is not None and ours.claims is not None:
        assert (claims[1], claims[11]) == (ours.claims.number, ours.claims.area_m2)
        assert [part[6] for part in claims[8]] == [
            [[[*ring] for ring in polygon] for polygon in part.outline]
            for part in ours.claims.parts
        ]
    return answer, reasons, status


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_whole_papers_under_every_list_and_clock(step: int) -> None:
    papers = [texts_of(claims, log) for claims in KINDS for log in (None, LOG)]
    papers += [TEXTS[1:], (), (*TEXTS, *texts_of(KINDS[1])), (*TEXTS, *TEXTS), (TEXTS[0], "x")]
    cases = [*product(papers, range(len(TRUSTS)), STATUSES, TIMES_S)]
    # Each with each, all of them in the long run: the step shares no factor with any of the four.
    found = Counter(both(*case) for case in cases[::step])
    assert sum(found.values()) >= 1_000
    reasons = {reason for _, reasons, _ in found for reason in reasons}
    assert {answer for answer, _, _ in found} == {
        "authentic-status-known",
        "authentic-status-unknown",
        "not-authentic",
    }
    assert len(reasons) >= 15


def test_a_signature_of_the_longer_kind() -> None:
    """Too long for a code, so in a status list."""
    office = replace(
        key("Office of years", "authority", "status"),
        algorithm=QUANTUM.algorithm,
        public_key=QUANTUM.public_key,
    )
    trust = replace(TRUST, keys=(*KEYS, office))
    data = listed(StatusList(AUTHORITY, 9, NOW_S - DAY_S, {}), QUANTUM)
    for lists in (data, data[:-1] + bytes([data[-1] ^ 1])):
        ours = verdict(TEXTS, trust, lists, NOW_S)
        theirs = pageverifier.verdict(TEXTS, as_read(trust), lists, NOW_S)
        assert theirs[:3] == (ours.answer.value, ours.reasons, ours.status)
        assert (ours.status == "in-force") == (lists == data)


@st.composite
def bent_texts(draw: st.DrawFn) -> tuple[str, ...]:
    """Both codes, one of them bent: its bytes, its values, its letters, or values signed anew."""
    certificate, proof = issued(RELEASE, ISSUER), proof_bytes(LOG.proof(PLACE))
    kind = draw(st.sampled_from(("bytes", "values", "proof", "claims", "letters")))
    if kind == "claims":
        claims = draw(bent_values(claims_bytes(draw(st.sampled_from(KINDS)))))
        return (text_of(CERTIFICATE, cose.signed(claims, ISSUER)),)
    if kind == "letters":
        at, n_cut = draw(st.integers(0, len(TEXTS[0]))), draw(st.integers(0, 3))
        put = draw(st.text(pageverifier.LETTERS + "\n\r\tabc", max_size=3))
        return (TEXTS[0][:at] + put + TEXTS[0][at + n_cut :], TEXTS[1])
    if kind == "proof":
        proof = draw(st.one_of(bent_bytes(proof), bent_values(proof)))
    elif kind == "bytes":
        certificate = draw(bent_bytes(certificate))
    else:
        certificate = certificate[:1] + draw(bent_values(certificate[1:]))
    return (text_of(CERTIFICATE, certificate), text_of(PROOF, proof))


def tried(how: settings) -> Counter[str]:
    found: Counter[str] = Counter()

    @how
    @given(bent_texts(), st.sampled_from([0, 0, 0, 1, 2, 4]))
    def try_all(texts: tuple[str, ...], trust: int) -> None:
        found[both(texts, trust)[0]] += 1

    try_all()
    return found


def test_bent_codes_are_answered_alike() -> None:
    assert len(tried(QUICK)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("run", range(3))
def test_very_many_bent_codes_are_answered_alike(run: int) -> None:
    del run
    tried(LONG)


@QUICK
@given(st.sampled_from([lists for lists in STATUSES if lists]), st.data())
def test_bent_status_lists_are_answered_alike(whole: bytes, data: st.DataObject) -> None:
    bent = st.one_of(bent_bytes(whole), bent_values(whole[1:]).map(whole[:1].__add__))
    both(TEXTS, lists=data.draw(bent))


@QUICK
@given(st.sampled_from([(WALK,), (RUBBLE,), (WALK, RUBBLE)]).map(outline_bytes), st.data())
def test_bent_outlines_are_read_alike(whole: bytes, data: st.DataObject) -> None:
    bent = data.draw(bent_bytes(whole))
    try:
        ours: object = [[[*ring] for ring in polygon] for polygon in outline_of(bent)]
    except Malformed:
        ours = None
    try:
        theirs = pageverifier.outline(bent)
    except pageverifier.No:
        theirs = None
    assert ours == theirs


NEXT = replace(TRUST, version=4, issued_at_s=NOW_S)
ROOTS = [signer(f"root-{name}") for name in "abcz"]


@QUICK
@given(st.lists(st.sampled_from(ROOTS), max_size=4), st.booleans(), st.data())
def test_bent_trust_lists_are_taken_alike(signers, is_bent: bool, data: st.DataObject) -> None:
    whole = trust_list_bytes(NEXT, signers)
    bent = data.draw(st.one_of(bent_bytes(whole), bent_values(whole))) if is_bent else whole
    try:
        ours: bool | None = succeeds(*trust_list_of(bent), TRUST)
    except Malformed:
        ours = None
    try:
        theirs: bool | None = pageverifier.succeeds(*pageverifier.trust_of(bent), PAIRS[0][1])
    except pageverifier.No:
        theirs = None
    assert ours == theirs
