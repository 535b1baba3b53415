"""Two processes at one vault: each writes in its turn, and neither loses what it was given."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pyrage
import pytest

from rafiqa.store.vault import SALT_BYTES, Vault, make_vault, open_vault

MEETING_S = 1.0


class Meeting:
    """Where two writers wait for each other in the middle of a write, for a moment."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)

    def entropy(self, n: int) -> bytes:
        if n == SALT_BYTES:
            with contextlib.suppress(threading.BrokenBarrierError):
                self._barrier.wait(MEETING_S)
        return os.urandom(n)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Vault, Vault]:
    meeting, path = Meeting(), tmp_path / "city.vault"
    public = str(pyrage.x25519.Identity.generate().to_public())
    make_vault(path, public, os.urandom, lambda: 1).close()
    first, second = (open_vault(path, meeting.entropy, lambda: 1) for _ in range(2))
    return first, second


def both(one: Callable[[], str], other: Callable[[], str]) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in [pool.submit(one), pool.submit(other)]]


def test_two_that_write_at_once_both_keep_what_they_were_given(two: tuple[Vault, Vault]) -> None:
    first, second = two
    names = both(lambda: first.keep(b"one", "e1"), lambda: second.keep(b"two", "e2"))
    assert {item.pseudonym for item in first.items()} == set(names)


def test_two_that_keep_the_same_have_one_name_for_it(two: tuple[Vault, Vault]) -> None:
    first, second = two
    names = both(lambda: first.keep(b"one", "e1"), lambda: second.keep(b"one", "e1"))
    assert len(set(names)) == 1
    assert len(list(second.items())) == 1


def test_two_that_bind_at_once_are_both_bound(two: tuple[Vault, Vault]) -> None:
    first, second = two

    def bound(vault: Vault) -> str:
        vault.bind(b"s" * 32)
        return ""

    both(lambda: bound(first), lambda: bound(second))


def test_one_that_is_bound_meanwhile_is_asked_again(
    two: tuple[Vault, Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    rows, asked = first._rows, list[str]()

    def bound_between(statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        found = rows(statement, values)
        if not asked:
            asked.append(statement)
            second.bind(b"s" * 32)
        return found

    monkeypatch.setattr(first, "_rows", bound_between)
    first.bind(b"s" * 32)


def test_a_write_that_fails_leaves_nothing_and_lets_others_write(
    two: tuple[Vault, Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two

    def fails(*_: object) -> str:
        first._connection.execute("DELETE FROM meta")
        raise apsw.FullError

    with monkeypatch.context() as patched:
        patched.setattr(first, "_put", fails)
        with pytest.raises(Exception, match=r"store\.full"):
            first.keep(b"one", "e1")
    assert second.keep(b"two", "e2") in {item.pseudonym for item in first.items()}
