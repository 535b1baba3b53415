"""Originals that are not where they should be are told of, until somebody has seen to them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rafiqa.errors import Fault, StoreError
from rafiqa.service import Sent, receive
from rafiqa.service.alarm import Scene, told
from rafiqa.service.originals import astray, original_of, seal_waiting, waiting
from rafiqa.service.submissionfile import put_file
from rafiqa.service.vaulting import erase_identity
from rafiqa.store.vault import Vault
from tests.unit.service.ground import FIRST, OPERATOR, SECOND
from tests.unit.service.safes import NAMELESS, Safe, safe_at

FORM = "uuid:nameless"


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        assert receive(made.office, OPERATOR, Sent(NAMELESS)).acted.done
        yield made


def picture(shade: int = 90) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), (shade, 9, 9)).save(out, "JPEG")
    return out.getvalue()


def alarm(safe: Safe) -> dict[str, str | int] | None:
    """What is told of originals now."""
    scene = Scene(safe.office, None, safe.office.now_us(), None)
    found = [fault for fault in told(scene) if fault.code == "service.alarm.originals"]
    return dict(found[0].params) if found else None


def full(*_: object, **__: object) -> Any:
    raise StoreError(Fault("store.full"))


def test_a_picture_that_lies_open_is_told_of_until_it_is_sealed(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert put_file(safe.office, OPERATOR, FORM, "a.jpg", picture(10))
    assert put_file(safe.office, OPERATOR, FORM, "a.csv", b"a,b\n1,2\n")
    assert alarm(safe) is None
    with monkeypatch.context() as patched:
        patched.setattr(Vault, "keep", full)
        assert put_file(safe.office, OPERATOR, FORM, "b.jpg", picture(120))
    assert alarm(safe) == {"open": 1, "missing": 0}
    assert seal_waiting(safe.office, FIRST).sealed == 1
    assert alarm(safe) is None


def test_a_picture_that_stays_as_it_came_is_told_of_once(safe: Safe) -> None:
    torn = b"\xff\xd8\xff" + b"torn"
    assert put_file(safe.office, OPERATOR, FORM, "torn.jpg", torn)
    assert alarm(safe) == {"open": 1, "missing": 0}
    assert seal_waiting(safe.office, FIRST).unread == (sha256(torn).hexdigest(),)
    assert alarm(safe) is None
    assert len(list(waiting(safe.office))) == 1, "it is tried again all the same"
    # Another one that comes is told of again.
    assert put_file(safe.office, OPERATOR, FORM, "more.jpg", b"\xff\xd8\xff" + b"also torn")
    assert alarm(safe) == {"open": 1, "missing": 0}


def test_an_original_that_is_on_record_and_not_in_the_vault_is_told_of(safe: Safe) -> None:
    photo = picture()
    assert put_file(safe.office, OPERATOR, FORM, "a.jpg", photo)
    name = original_of(safe.office, sha256(photo).hexdigest())
    assert name is not None
    assert safe.office.vault is not None
    safe.office.vault.drop(name)
    assert alarm(safe) == {"open": 0, "missing": 1}
    found = astray(safe.office)
    assert found is not None
    assert found.missing == (name,)
    # Erased it is meant to be gone.
    assert erase_identity(safe.office, SECOND, name, "asked_by_person").done
    assert alarm(safe) is None


def test_without_its_vault_what_lies_open_is_told_and_without_any_nothing(safe: Safe) -> None:
    office = safe.office
    assert office.vault is not None
    office.vault.close()
    office.vault, office.expects_vault = None, True
    away = safe.path.rename(safe.path.with_suffix(".away"))
    assert put_file(office, OPERATOR, FORM, "a.jpg", picture())
    assert alarm(safe) == {"open": 1, "missing": 0}
    office.expects_vault = False
    assert alarm(safe) is None
    away.rename(safe.path)
