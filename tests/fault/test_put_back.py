"""A database put back to a moment while real processes serve it: nothing of what was is told.

By PostgreSQL's own tools, at the same address, as whoever keeps a database does it by mistake or of
need. What the processes hold in memory is another history than the one that is there now.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rafiqa.api import make_app
from rafiqa.land import LandReopened, ResidentReported
from rafiqa.service import Office, open_office, reopen_land, report_hazard
from rafiqa.service.moving import move
from tests.city import FIRST, ORIGIN, RESIDENT, Clock, box, small_city
from tests.fault.test_postgres_moment import Site, lay_back, recovered, running
from tests.manyserved import Line, Served, now_us, opened, served
from tests.unit.api.client import Client

pytestmark = pytest.mark.slow
AT = "/api/at?lon=39.0102&lat=35.9504"
"""Ground that the small city has released."""
TOLD = (AT, "/api/areas", "/api/map/hazards")
N_LINES = 12
CODE = "store.other-history"


def reported(office: Office, names: str) -> None:
    for name in names.split():
        assert report_hazard(office, RESIDENT, ResidentReported(name, ORIGIN, "mine")).done


def reopened(office: Office) -> None:
    fact = LandReopened("O9", box(0, 0, 40, 60), "new_evidence")
    assert reopen_land(office, FIRST, fact).done


def _lost_reopening(office: Office) -> None:
    reopened(office)
    reported(office, "R5")


def _lost_reports(office: Office) -> None:
    reported(office, "R5 R6")


def _nothing(_: Office) -> None:
    pass


def _grown(office: Office) -> None:
    """Reopens what the others hold as released, and grows past where they stand."""
    reopened(office)
    reported(office, "R7 R8")


def told(line: Line) -> tuple[Any, ...]:
    """What is told of the land, without the moment of asking."""
    return tuple(line.ask("GET", path) for path in TOLD)


def acted(address: str, act: Callable[[Office], None]) -> None:
    office = opened(address)
    act(office)
    office.store.close()


def all_know(both: Served) -> tuple[Any, ...]:
    """What every worker tells, once each has taken in all there is."""
    person = both.lines(1)[0]
    assert person.sign_in("first") == 200
    health: Any = None
    for _ in range(60):
        answers = [told(line) for line in both.lines(N_LINES)]
        assert answers == answers[:1] * N_LINES
        (asking,) = both.lines(1)  # what is not used for some seconds is closed
        asking.cookie = person.cookie
        health = asking.ask("GET", "/health")[1]
        if [each["entries"] for each in health["workers"]] == [health["entries"]] * 2:
            assert [status for status, _ in answers[0]] == [200] * len(TOLD)
            return answers[0]
        time.sleep(1)  # each tells of itself every other second
    raise AssertionError(health)


def put_back(site: Site, moment: str) -> None:
    """The server of the same address, as it was at that moment."""
    server = site.server
    server.stop("immediate")
    shutil.move(server.folder / "data", server.folder / "lost")
    lay_back(site, server.folder / "data", moment)
    server._settings = ()
    server.start()
    recovered(server)


def outcomes(both: Served, old: tuple[Any, ...], new: tuple[Any, ...]) -> list[str]:
    """How each of many connections is answered: refused, or as the database is now."""
    found = []
    for line in both.lines(N_LINES):
        for path, was, now in zip(TOLD, old, new, strict=True):
            try:
                answer = line.ask("GET", path)
            except OSError:
                found.append("gone")  # a worker ends by itself
                break
            if answer[0] == 503:
                assert CODE in str(answer[1]), answer
                found.append("refused")
            else:
                # Of the lost history nothing is told as if it were so.
                assert answer == now, (path, answer == was)
                found.append("told")
    return found


@pytest.mark.parametrize(
    ("lost", "then"),
    [(_lost_reopening, _nothing), (_lost_reports, _grown)],
    ids=["shorter", "grown past it"],
)
def test_workers_tell_nothing_of_a_history_that_was_taken_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lost: Callable[[Office], None],
    then: Callable[[Office], None],
) -> None:
    monkeypatch.setenv("RAFIQA_HOME", str(tmp_path / "home"))
    with running() as site:
        city = small_city(tmp_path, Clock())
        centre = open_office(site.address, now_us=now_us, entropy=os.urandom, create=True)
        move(city, centre)
        city.store.close()
        centre.store.close()
        site.base()
        moment = site.now()
        with served(site.address, 2, home=tmp_path / "home", patience_s=300) as both:
            time.sleep(0.1)
            acted(site.address, lost)
            old, workers = all_know(both), both.workers()
            site.archive_all()
            put_back(site, moment)
            acted(site.address, then)
            office = opened(site.address)
            n_entries = office.store.head().seq
            office.store.close()
            _until_ended(both, workers, old, site.address)
            # Then both are others, which read what is there: every question is answered again.
            new = all_know(both)
            assert new != old
            assert both.lines(1)[0].ask("GET", "/health")[1]["entries"] == n_entries
            report = {"kind": "hazard", "seen": "mine", "lon_deg": 39.0101, "lat_deg": 35.9501}
            name = "a" * 18
            asked = both.lines(1)[0].ask("PUT", f"/api/reports/{name}", {**report, "code": ""})
            assert asked[0] in {200, 201}
        office = opened(site.address)
        assert f"resident-{name}" in {entry.entry_id for entry in office.store.read()}
        assert office.store.check() == []
        office.store.close()


def _told_by(address: str) -> tuple[Any, ...]:
    """What somebody tells who has just opened the database."""
    office = opened(address)
    client = Client(make_app(office, now_us=now_us, entropy=os.urandom))
    answers = [client.get(path) for path in TOLD]
    office.store.close()
    return tuple((answer.status_code, answer.json()) for answer in answers)


def _until_ended(both: Served, workers: list[int], old: tuple[Any, ...], address: str) -> None:
    """Asks until both workers have ended; until then each refuses."""
    new = _told_by(address)
    found = []
    end = time.monotonic() + 60
    while set(both.workers()) & set(workers):
        found += outcomes(both, old, new)
        assert time.monotonic() < end, "a worker of the lost history goes on"
    assert "refused" in found
