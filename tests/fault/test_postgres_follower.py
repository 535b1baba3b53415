"""A real server that follows another: read, never written, and never younger than it is.

The way between the two is stopped as it stops in life: by replaying no more, and by a primary that
is gone. What was reopened meanwhile must not stand released without its as-of, and past the limit
not at all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rafiqa.api import make_app
from rafiqa.cli import main
from rafiqa.errors import Fault, StoreError
from rafiqa.land import LandReopened
from rafiqa.ledger import check_chain
from rafiqa.service import Office, open_office, reopen_land
from rafiqa.service.following import LATE_US, OLD_US, beat
from rafiqa.service.moving import move
from rafiqa.store.postgresopening import open_postgres
from rafiqa.wire.instant import instant_us
from tests import postgresserver
from tests.city import FIRST, Clock, box, small_city
from tests.contract.drafts import make_draft
from tests.postgresserver import Server
from tests.unit.api.client import Client
from tests.unit.api.test_copyage import told
from tests.unit.api.test_report import R1, SEEN, put

pytestmark = pytest.mark.slow
PRIMARY = "https://desk.example"


@dataclass
class Pair:
    """A primary with the small city in it, the standby that follows, and their clock."""

    primary: Server
    standby: Server
    address: str
    clock: Clock

    @property
    def copy(self) -> str:
        return self.standby.address(self.address.partition("@/")[2].partition("?")[0])

    def opened(self, address: str, **how: Any) -> Office:
        return open_office(address, now_us=lambda: self.clock.at_us, entropy=os.urandom, **how)

    def caught_up(self) -> None:
        """Waits until the standby has all that is committed."""
        with self.primary.link() as link:
            row = link.execute("SELECT pg_current_wal_lsn()").fetchone()
        assert row is not None
        with self.standby.link() as link:
            until(lambda: _at(link, row[0]))

    def replay(self, verb: str) -> None:
        with self.standby.link() as link:
            link.execute(f"SELECT pg_wal_replay_{verb}()".encode())


def _at(link: Any, lsn: str) -> bool:
    row = link.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (lsn,)).fetchone()
    return bool(row[0])


def until(done: Callable[[], bool], limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    with (
        postgresserver.server() as primary,
        postgresserver.server(copy_of=primary) as standby,
    ):
        yield primary, standby


@pytest.fixture
def pair(
    servers: tuple[Server, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pair]:
    monkeypatch.setenv("RAFIQA_HOME", str(tmp_path / "home"))
    clock = Clock()
    city = small_city(tmp_path, clock)
    primary, standby = servers
    made = Pair(primary, standby, primary.new_database(), clock)
    centre = made.opened(made.address, create=True)
    move(city, centre)
    beat(centre.store, lambda: clock.at_us)
    city.store.close()
    centre.store.close()
    made.caught_up()
    yield made
    primary.drop(made.address)


def reopened(office: Office) -> Any:
    return reopen_land(office, FIRST, LandReopened("O9", box(0, 0, 40, 60), "new_evidence"))


def test_it_is_read_and_not_written_and_says_where_to_write(pair: Pair) -> None:
    copy = pair.opened(pair.copy, primary=PRIMARY)
    centre = pair.opened(pair.address)
    assert copy.store.head() == centre.store.head()
    assert check_chain(copy.store.read(), until=copy.store.head()) == []
    assert copy.store.check() == []
    client = Client(make_app(copy, now_us=lambda: pair.clock.at_us, entropy=os.urandom))
    health = client.get("/health").json()
    assert (health["status"], health["writable"]) == ("read-only", False)
    assert health["behind_s"] < LATE_US / 1e6
    assert [each["code"] for each in health["stopped"]] == ["store.replica-of"]
    # A report of danger is not taken and lost: whoever sent it keeps it, and is told where to go.
    answer = put(client, R1, SEEN)
    assert answer.status_code == 503
    (fault,) = answer.json()["faults"]
    assert (fault["code"], PRIMARY in fault["next"]) == ("store.replica-of", True)
    assert answer.headers["Retry-After"]
    with pytest.raises(StoreError, match=r"store\.replica-of"):
        copy.store.append([make_draft(1)])
    with pytest.raises(StoreError, match=r"store\.replica-of"):
        copy.store.put_setting("a", b"b")
    with pytest.raises(StoreError, match=r"store\.replica"):
        open_postgres(
            pair.standby.address("postgres"),
            place=Path("/nowhere"),
            create=True,
            entropy=os.urandom,
            now_us=lambda: 0,
        )
    assert copy.store.head() == centre.store.head()
    copy.store.close()
    centre.store.close()


def test_what_was_reopened_meanwhile_stands_released_with_its_as_of_and_then_not_at_all(
    pair: Pair,
) -> None:
    copy = pair.opened(pair.copy, primary=PRIMARY)
    client = Client(make_app(copy, now_us=lambda: pair.clock.at_us, entropy=os.urandom))
    before = told(client)
    assert before["released"]
    pair.replay("pause")
    try:
        centre = pair.opened(pair.address)
        pair.clock.at_us += 5_000_000
        reopened_us = pair.clock.at_us
        assert reopened(centre).done
        beat(centre.store, lambda: pair.clock.at_us)
        pair.clock.at_us += 25_000_000
        time.sleep(1.1)
        # Within the limit the copy tells of it as it was, and as of when.
        answer = client.get("/public/manifest.json")
        as_of = answer.headers["Rafiqa-As-Of"]
        assert answer.json()["about"]["as_of"] == as_of
        assert 30 <= int(answer.headers["Rafiqa-Behind-S"]) < LATE_US / 1e6
        assert instant_us(as_of) < reopened_us
        assert told(client) == before
        pair.clock.at_us += LATE_US
        late = client.get("/health").json()
        assert "service.alarm.replica" in [each["code"] for each in late["alarms"]]
        # Past it nothing is told of as released, and no question is answered.
        pair.clock.at_us += OLD_US
        assert told(client)["released"] == []
        refused = client.get("/api/map/hazards")
        assert refused.status_code == 503
        assert PRIMARY in refused.json()["faults"][0]["next"]
        with pytest.raises(StoreError, match=r"store\.replica-old"):
            pair.opened(pair.copy)
        # Somebody sets the standby's clock back: it is as old as before.
        beat(centre.store, lambda: pair.clock.at_us)
        centre.store.close()
    finally:
        pair.replay("resume")
    pair.caught_up()
    time.sleep(1.1)
    after = told(client)
    assert after["danger"] != before["danger"]
    assert "reopened" in {row["status"] for row in after["danger"]}
    assert client.get("/api/map/hazards").status_code == 200
    assert client.get("/health").json()["behind_s"] < LATE_US / 1e6
    copy.store.close()


@contextmanager
def cut(standby: Server) -> Iterator[Any]:
    """A block in which nothing comes to a standby; it does not know."""
    to = standby.folder / "data" / "postgresql.auto.conf"
    before = to.read_text()
    with standby.link() as link:
        try:
            link.execute("ALTER SYSTEM SET primary_conninfo = 'host=/nowhere'")
            link.execute("SELECT pg_reload_conf()")
            received = "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"
            until(lambda: link.execute(received).fetchone() == (0,))
            yield link
        finally:
            to.write_text(before)
            link.execute("SELECT pg_reload_conf()")


def test_control_by_the_last_place_in_the_log_a_copy_cut_off_looks_new(pair: Pair) -> None:
    """Why the time is put into the database: the standby's own figures see no gap on the way."""
    pair.caught_up()
    with cut(pair.standby) as link:
        centre = pair.opened(pair.address)
        pair.clock.at_us += OLD_US + 1_000_000
        assert reopened(centre).done
        centre.store.close()
        own = "SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"
        assert link.execute(own).fetchone() == (True,)
        copy = pair.opened(pair.copy, of_any_age=True)
        assert copy.following is not None
        assert copy.following.is_old()
        copy.store.close()
    pair.caught_up()


def test_a_published_log_that_is_ahead_of_a_copy_is_no_rollback(pair: Pair) -> None:
    copy = pair.opened(pair.copy)
    store: Any = copy.store
    store.bar(Fault("store.rollback", params={"entries": 1, "witnessed": 2}))
    assert [fault.code for fault in store.stopped()] == ["store.replica"]
    store.bar(Fault("store.fork", params={"entries": 1, "witnessed": 2}))
    assert "store.fork" in [fault.code for fault in store.stopped()]
    store.close()
    centre = pair.opened(pair.address)
    assert centre.store.writable
    centre.store.close()


def test_a_backup_is_made_of_a_copy_and_commands_ask_it(
    pair: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Commands go by the real clock, by which this pair is years old: only what tells of no
    # released ground is answered.
    assert main(["account", pair.copy, "--json"]) == 1
    assert "store.replica-old" in capsys.readouterr().out
    assert main(["check", pair.copy, "--json"]) == 0
    assert main(["backup", pair.copy, str(tmp_path / "b"), "--plain", "--json"]) == 0
    centre = pair.opened(pair.address)
    assert centre.store.head().entry_hash.hex() in capsys.readouterr().out
    centre.store.close()


def test_a_standby_takes_over_with_all_that_was_acknowledged(tmp_path: Path) -> None:
    """Asked to wait for its standby, the primary acknowledges nothing that the standby lacks."""
    machine: dict[str, Any] = {
        "place": tmp_path / "site",
        "entropy": os.urandom,
        "now_us": lambda: time.time_ns() // 1000,
    }
    with postgresserver.server() as own, postgresserver.server(copy_of=own) as standby:
        address = own.new_database()
        with own.link() as link:
            link.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            link.execute("SELECT pg_reload_conf()")
        store = open_postgres(address, create=True, **machine)
        told_of = []
        for number in range(1, 40):
            receipt = store.append([make_draft(number)])
            told_of += [entry.entry_id for entry in receipt.stored]
        own.stop("immediate")
        store.close()
        with standby.link() as link:
            link.execute("SELECT pg_promote()")
        name = address.partition("@/")[2].partition("?")[0]
        again = open_postgres(standby.address(name), **machine)
        assert not again.follows
        assert {entry.entry_id for entry in again.read()} >= set(told_of)
        assert check_chain(again.read(), until=again.head()) == []
        assert again.append([make_draft(900)]).head.seq == 40
        again.close()


def promoted(standby: Server) -> None:
    with standby.link() as link:
        link.execute("SELECT pg_promote()")
    time.sleep(1.1)


@pytest.mark.parametrize("log_ahead", [False, True])
def test_a_copy_made_the_one_to_write_to_is_no_copy_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, log_ahead: bool
) -> None:
    """It is held to the published log first: what lacks entries that were told takes no writes."""
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    monkeypatch.setenv("RAFIQA_HOME", str(tmp_path / "home"))
    clock = Clock()
    city = small_city(tmp_path, clock)
    with (
        postgresserver.server() as primary,
        postgresserver.server(copy_of=primary) as standby,
    ):
        pair = Pair(primary, standby, primary.new_database(), clock)
        centre = pair.opened(pair.address, create=True)
        move(city, centre)
        beat(centre.store, lambda: clock.at_us)
        city.store.close()
        centre.store.close()
        pair.caught_up()
        copy = pair.opened(pair.copy, primary=PRIMARY)
        assert copy.following is not None
        if log_ahead:
            held: Any = "rafiqa.service.opening.hold_to_log"
            fault = Fault("store.rollback", params={"entries": 1, "witnessed": 2})
            monkeypatch.setattr(held, lambda office, _place: office.store.bar(fault))
            copy.store.close()
            copy = pair.opened(pair.copy, primary=PRIMARY)
            assert [each.code for each in copy.store.stopped()] == ["store.replica-of"]
        with pytest.raises(StoreError, match=r"store\.replica-of"):
            reopened(copy)
        promoted(standby)
        client = Client(make_app(copy, now_us=lambda: clock.at_us, entropy=os.urandom))
        assert "Rafiqa-As-Of" not in client.get("/api/map/hazards").headers
        assert copy.following is None
        if log_ahead:
            assert [each.code for each in copy.store.stopped()] == ["store.rollback"]
            with pytest.raises(StoreError, match=r"store\.rollback"):
                reopened(copy)
        else:
            assert reopened(copy).done
        copy.store.close()


def test_behind_the_same_address_a_copy_answers_and_says_so(pair: Pair) -> None:
    """A failover the other way: opened as the one to write to, reached again as a copy."""
    centre = pair.opened(pair.address)
    store: Any = centre.store
    client = Client(make_app(centre, now_us=lambda: pair.clock.at_us, entropy=os.urandom))
    assert "Rafiqa-As-Of" not in client.get("/api/map/hazards").headers
    for line in (store._reader, store._writer, store._aside):
        line._address = pair.copy
        line.close()
    assert len(centre.facts()) > 1
    assert centre.following is not None
    answer = client.get("/api/map/hazards")
    assert (answer.status_code, "Rafiqa-As-Of" in answer.headers) == (200, True)
    pair.clock.at_us += OLD_US + 1
    assert client.get("/api/map/hazards").status_code == 503
    with pytest.raises(StoreError, match=r"store\.replica"):
        reopened(centre)
    store.close()
