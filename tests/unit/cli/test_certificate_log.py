"""Certificates witnessed by others' machines: the proof comes from the log as it is published."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rafiqa.cli import main
from rafiqa.ledger.note import KeyKind, NoteKey, key_of
from rafiqa.ledger.signing import Algorithm
from rafiqa.ledger.trustlist import Key, trust_list_bytes
from rafiqa.service.keyring import key_folder, keyring_in, put_trust
from rafiqa.store.keyfile import signer_of
from tests.city import small_city

Asked = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Asked:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))

    def ask(*words: object) -> tuple[int, dict[str, Any]]:
        status = main([*map(str, words), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return ask


def test_two_machines_elsewhere_make_the_proof(asked: Asked, tmp_path: Path) -> None:
    small_city(tmp_path).store.close()
    store = tmp_path / "small.rafiqa"
    assert asked("keys", store, "--authority", "Marjana Office")[0] == 0
    keyring = keyring_in(key_folder(store))
    status, made = asked("certificate", store, "--any-released")
    assert status == 0
    assert len(made["codes"]) == 1, "nobody has seen the log yet"

    witnesses = {}
    keys = list(keyring.trust.keys)
    issuer = next(key for key in keys if key.role == "issuer")
    for name, organisation in (("a", "un"), ("b", "university")):
        place = tmp_path / name
        shown = asked("witness", "new", place, "--name", f"{name}.example/witness")[1]
        public = key_of(shown["keys"][0]).public_key
        valid = (issuer.valid_from_s, issuer.valid_until_s)
        keys.append(
            Key(
                f"{name}.example/witness",
                organisation,
                "witness",
                Algorithm.ED25519,
                public,
                *valid,
            )
        )
        witnesses[name] = place
    newer = replace(keyring.trust, version=keyring.trust.version + 1, keys=tuple(keys))
    roots = [signer_of(path) for path in sorted((key_folder(store) / "roots").glob("*"))[:2]]
    put_trust(key_folder(store), trust_list_bytes(newer, roots))

    assert asked("log", "publish", store, "--certificates")[1]["witnessed"] is False
    log = next(key for key in keyring.trust.keys if key.role == "log")
    origin = keyring.trust.log_origin
    for place in witnesses.values():
        key = NoteKey(origin, KeyKind.ED25519, log.public_key)
        assert asked("witness", "watch", place, key.text)[0] == 0
        request, answer = place / "request", place / "answer"
        assert asked("log", "request", store, "--certificates", "--out", request)[0] == 0
        assert asked("witness", "sign", place, request, "--out", answer)[0] == 0
        assert asked("log", "cosign", store, answer, "--certificates")[0] == 0
    shown = asked("log", "show", store, "--certificates")[1]
    assert (shown["seen_by"], shown["witnessed"]) == (["un", "university"], True)

    status, proven = asked("certificate", store, "--number", made["number"])
    assert len(proven["codes"]) == 2
    assert proven["codes"][0] == made["qr"]
    trust = key_folder(store) / "trust.rfq"
    found = asked("verify", "\n".join(proven["codes"]), "--trust", trust)[1]
    assert (found["verdict"], found["logged"]) == ("authentic-status-unknown", True)
    alone = asked("verify", proven["codes"][0], "--trust", trust)[1]
    assert (alone["verdict"], alone["logged"]) == ("authentic-status-unknown", False)
