"""What a connection to PostgreSQL hears, tells and waits for, whatever the server is set to."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rafiqa.errors import StoreError
from rafiqa.service.following import PULSE, beat
from rafiqa.store.postgres import PostgresStore, judged
from rafiqa.store.postgresopening import open_postgres
from tests import postgresserver
from tests.contract.drafts import make_draft

CANARY = "canary-name-of-a-person"


@pytest.fixture
def address() -> Iterator[str]:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    server = postgresserver.shared_server()
    made = server.new_database()
    yield made
    server.drop(made)


def opened(address: str, folder: Path, *, create: bool = False) -> PostgresStore:
    return open_postgres(
        address,
        place=folder / "site",
        create=create,
        entropy=os.urandom,
        now_us=lambda: time.time_ns() // 1000,
    )


def test_what_a_server_says_of_a_row_is_told_to_nobody(address: str, tmp_path: Path) -> None:
    store = opened(address, tmp_path, create=True)
    sql = "INSERT INTO settings (name, value) VALUES (?, NULL)"
    with pytest.raises(StoreError) as caught, store._writing() as database:
        database.execute(sql, (CANARY,))
    told = repr([caught.value, caught.value.faults])
    assert CANARY not in told
    assert "settings" in told
    assert "23502" in told
    with pytest.raises(StoreError) as caught:
        store._rows("SELECT ?::text::bigint", (CANARY,))
    # Control: the driver's own words hold it.
    assert CANARY in str(caught.value.__cause__)
    assert CANARY not in repr([caught.value, caught.value.faults])
    store.close()


def test_where_no_server_is_reached_the_reason_is_told() -> None:
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("postgresql:///x?host=/nowhere")
    assert "/nowhere" in repr(judged(caught.value).faults)


def test_a_role_set_to_hear_nothing_hears_that_a_wait_was_ended(
    address: str, tmp_path: Path
) -> None:
    name = address.partition("@/")[2].partition("?")[0]
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(f"ALTER DATABASE {name} SET client_min_messages TO error".encode())
    store = opened(address, tmp_path, create=True)
    for line in (store._reader, store._writer, store._aside):
        with line.transaction() as database:
            assert list(database.execute("SHOW client_min_messages")) == [("warning",)]
    store.close()


def test_a_pulse_waits_for_who_appends_and_is_looked_up_after_them(
    address: str, tmp_path: Path
) -> None:
    """Else a copy would hold the time and not the entry that was recorded before it."""
    store, other = opened(address, tmp_path, create=True), opened(address, tmp_path)
    looked: list[int] = []

    def clock() -> int:
        looked.append(time.time_ns() // 1000)
        return looked[-1]

    beating = threading.Thread(target=beat, args=(other, clock))
    with store.held_still():
        beating.start()
        time.sleep(0.5)
        assert looked == []
        assert other.setting(PULSE) is None
        left_us = time.time_ns() // 1000
    beating.join(10)
    assert looked[0] >= left_us
    assert other.setting(PULSE) == str(looked[0]).encode()
    store.close()
    other.close()


def test_pulses_appends_and_settings_of_two_wait_for_one_another_in_no_ring(
    address: str, tmp_path: Path
) -> None:
    stores = opened(address, tmp_path, create=True), opened(address, tmp_path)
    failed: list[Exception] = []

    def busy(number: int, store: Any) -> None:
        try:
            for turn in range(15):
                store.append([make_draft(number * 100 + turn)])
                beat(store, lambda: 7)
                store.change_setting(PULSE, lambda value: value)
                store.put_setting("other", b"x")
        except StoreError as error:
            failed.append(error)

    threads = [
        threading.Thread(target=busy, args=(2 * at + more, store))
        for at, store in enumerate(stores)
        for more in range(2)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert failed == []
    assert stores[0].head().seq == 60
    for store in stores:
        store.close()
