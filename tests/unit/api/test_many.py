"""Two servers of one store in PostgreSQL: what one was told the other knows at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from rafiqa.api import make_app
from rafiqa.api.crew import Crew
from rafiqa.api.journal import Journal
from rafiqa.api.lane import HEAVY_AT_ONCE, Load
from rafiqa.api.metric import OF_WORKERS, Figures
from rafiqa.api.upload import Uploads
from rafiqa.api.worker import Heart, Plan
from rafiqa.land import ResidentReported
from rafiqa.ledger import PART_BYTES, Head
from rafiqa.service import Acted, Office, report_hazard
from rafiqa.service.accounts import accounts, put_account
from rafiqa.service.deskmark import desk_mark, set_aside
from rafiqa.service.publishing import Publisher, evidence_log
from rafiqa.service.signinpolicy import diary, note
from rafiqa.store.logfolder import LogFolder
from tests import postgresserver
from tests.city import FIRST, ORIGIN, PASSWORD, RESIDENT
from tests.loop import awaited
from tests.manyserved import make_site, now_us, opened
from tests.unit.api.client import Client
from tests.unit.api.test_report import R1, SEEN, photograph, put, put_part
from tests.witnesses import LOG, LOG_KEY

WRONG = {"login": "first", "password": "no such words"}


@dataclass
class Two:
    """Two servers: their offices, and somebody who asks each."""

    address: str
    offices: tuple[Office, Office]
    clients: tuple[Client, Client]
    journals: tuple[Journal, Journal]


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    monkeypatch.setenv("RAFIQA_HOME", str(tmp_path))
    server = postgresserver.shared_server()
    address = server.new_database()
    make_site(address)
    one, other = opened(address), opened(address)
    crew = Crew(bytes(32), None, 2)
    journals = (Journal(now_us, b"s"), Journal(now_us, b"s"))
    apps = [
        make_app(office, now_us=now_us, entropy=os.urandom, crew=crew, journal=journal)
        for office, journal in zip((one, other), journals, strict=True)
    ]
    yield Two(address, (one, other), (Client(apps[0]), Client(apps[1])), journals)
    for each in (one, other):
        each.store.close()
    server.drop(address)


def test_who_signed_in_at_one_is_signed_in_at_both_and_signed_out_at_both(two: Two) -> None:
    one, other = two.clients
    assert one.sign_in("first").status_code == 200
    other.cookies.update(one.cookies)
    assert other.get("/api/session").json()["actor"]["login"] == "first"
    token = one.cookies["rafiqa_session"]
    # A write of one is in the next answer of the other.
    assert put(one, R1, SEEN).status_code == 201
    assert other.get("/health").json()["entries"] == 2
    # A copy of the database opens nothing.
    with psycopg.connect(two.address) as link:
        kept = repr(link.execute("SELECT * FROM rafiqa.cloakroom").fetchall())
    assert "first" in kept
    for secret in (token, PASSWORD, accounts(two.offices[0].store)["first"].password_hash):
        assert secret not in kept
    assert one.send("DELETE", "/api/session", headers={"X-Rafiqa": "desk"}).status_code == 200
    other.cookies.set("rafiqa_session", token)
    assert other.get("/api/session").json()["actor"] is None


def test_nobody_but_the_office_sees_what_lies_there(two: Two) -> None:
    assert two.clients[0].sign_in("first").status_code == 200
    with psycopg.connect(two.address, autocommit=True) as link:
        link.execute("SET ROLE rafiqa_office")
        assert link.execute("SELECT count(*) FROM rafiqa.cloakroom").fetchone() == (0,)
        link.execute("SELECT set_config('rafiqa.organisation', '*', false)")
        assert link.execute("SELECT count(*) > 0 FROM rafiqa.cloakroom").fetchone() == (True,)
        link.execute("SET ROLE rafiqa_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            link.execute("SELECT * FROM rafiqa.cloakroom")


def test_who_guesses_at_both_has_no_more_guesses(two: Two) -> None:
    headers = {"X-Rafiqa": "desk"}
    tried = [
        two.clients[n % 2].send("POST", "/api/session", json=WRONG, headers=headers).status_code
        for n in range(8)
    ]
    assert tried == [401] * 5 + [429] * 3


def test_a_picture_whose_parts_come_to_both_is_whole(two: Two) -> None:
    whole = photograph()
    digest = sha256(whole).hexdigest()
    named = SEEN | {"picture": {"sha256": digest, "n_bytes": len(whole)}}
    missing = put(two.clients[0], R1, named).json()["missing"]
    assert len(missing) > 1
    for number in missing:
        path = f"{R1}/pictures/{digest}/{number}?of={len(whole)}"
        part = whole[number * PART_BYTES : (number + 1) * PART_BYTES]
        assert put_part(two.clients[number % 2], path, part).status_code == 200
    assert put(two.clients[1], R1, named).json()["missing"] == []
    with psycopg.connect(two.address) as link:
        rows = link.execute("SELECT value FROM rafiqa.cloakroom").fetchall()
    assert all(b"canary" not in bytes(row[0]) for row in rows)


def test_a_file_whose_parts_come_to_both_is_whole(tmp_path: Path) -> None:
    one, other = Uploads(tmp_path), Uploads(tmp_path)
    content = os.urandom(PART_BYTES + 5)
    digest = sha256(content).hexdigest()
    assert one.put("p", digest, len(content), 0, content[:PART_BYTES])
    assert other.missing("p", digest, len(content)) == [1]
    assert one.named("p", digest, "a.csv") is None
    assert other.put("p", digest, len(content), 1, content[PART_BYTES:])
    path = one.named("p", digest, "a.csv")
    assert path is not None
    assert (path.name, path.read_bytes()) == ("a.csv", content)
    assert other.content("p", digest) == content
    one.drop("p", digest)
    assert other.content("p", digest) is None


def test_two_who_change_accounts_at_once_undo_nothing(two: Two) -> None:
    """Else an account that was taken out could come back with what another server puts back."""

    def change(office: Office, name: str) -> None:
        for number in range(6):
            login = f"{name}{number}"
            put_account(office.store, login, PASSWORD, FIRST, "Office", os.urandom)
            note(office.store, now_us(), "made", login)
            set_aside(office.store, "first", login, number)

    threads = [
        threading.Thread(target=change, args=(office, name))
        for office, name in zip(two.offices, "ab", strict=True)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    store = two.offices[0].store
    made = {f"{name}{number}" for name in "ab" for number in range(6)}
    assert made <= set(accounts(store))
    assert {each["about"] for each in diary(store) if each["event"] == "made"} == made
    assert set(desk_mark(store, "first").aside) == made


def test_a_log_is_published_by_one_at_a_time_and_never_goes_back(two: Two, tmp_path: Path) -> None:
    folder = LogFolder(tmp_path / "log")
    sizes: list[int] = []

    def publish(office: Office, client: Client, name: str) -> None:
        publisher = Publisher(evidence_log(office, folder, [LOG_KEY], [LOG]))
        for number in range(6):
            assert put(client, f"/api/reports/{name}{number:017d}", SEEN).status_code == 201
            with office.store.alone("log"):  # what lies there between two turns
                found = folder.checkpoint()
                sizes.append(0 if found is None else found[0].size)
            publisher.turn(number)

    threads = [
        threading.Thread(target=publish, args=(office, client, name))
        for office, client, name in zip(two.offices, two.clients, "ab", strict=True)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = folder.checkpoint()
    assert found is not None
    assert found[0].size == two.offices[0].store.head().seq
    assert sizes == sorted(sizes)
    assert folder.faults(found[0]) == []


def test_each_tells_of_itself_and_the_figures_are_of_all(two: Two, tmp_path: Path) -> None:
    hearts = []
    for office, client, journal in zip(two.offices, two.clients, two.journals, strict=True):
        crew = Crew(bytes(32), None, 2)
        plan = Plan(lambda: office, now_us, os.urandom, crew, b"s", None, None, None, None, 1)  # noqa: B023 - never asked
        hearts.append(Heart(plan, office, journal))
        for _ in range(3):
            client.get("/health")
        awaited(hearts[-1].beat)
    anybody, staff = two.clients
    assert anybody.get("/health").json()["workers"] == []
    assert staff.sign_in("first").status_code == 200
    told = staff.get("/health").json()["workers"]
    assert [each["answered"] for each in told] == [3, 3]
    assert [each["entries"] for each in told] == [1, 1]
    figures = {
        sample.name: sample.value
        for family in Figures(two.offices[0], tmp_path, now_us).collect()
        for sample in family.samples
        if not sample.labels
    }
    assert (figures["rafiqa_workers"], figures["rafiqa_requests"]) == (2, 6)
    assert set(figures) >= OF_WORKERS - {"rafiqa_worker_requests"}
    awaited(hearts[0].end)
    assert len(staff.get("/health").json()["workers"]) == 1


@pytest.mark.parametrize("n_workers", [1, 2, 4, 64])
def test_all_together_take_no_more_heavy_questions_than_one(n_workers: int) -> None:
    most = Load(n_workers).heavy_most
    assert most >= 1
    assert most * n_workers <= max(HEAVY_AT_ONCE, n_workers)


def test_one_that_is_gone_is_missed_by_nobody(two: Two) -> None:
    with suppress(RuntimeError), two.offices[0].store.alone("log"):
        raise RuntimeError
    with two.offices[1].store.alone("log"):
        pass


def test_a_question_asks_once_what_is_new_and_an_act_each_time(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two.offices
    asked: list[int] = []
    head = one.store.head

    def counted() -> Head:
        asked.append(1)
        return head()

    monkeypatch.setattr(one.store, "head", counted)
    with one.following_once():
        assert len(one.facts()) == 1
        assert put(two.clients[1], R1, SEEN).status_code == 201
        assert (len(one.facts()), len(asked)) == (1, 1)
        with one.following_once():
            assert len(one.facts()) == 1
        # What it says itself it knows.
        assert put_by(one).done
        assert len(one.facts()) == 3
    assert put(two.clients[1], f"{R1}-b", SEEN).status_code == 201
    assert len(one.facts()) == len(other.facts()) == 4


def put_by(office: Office) -> Acted:
    return report_hazard(office, RESIDENT, ResidentReported("own", ORIGIN, "mine"))
