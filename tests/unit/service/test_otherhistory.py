"""A store put back under somebody who still holds what it held: nothing of it is told any more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rafiqa.api import make_app
from rafiqa.errors import StoreError
from rafiqa.land import LandReopened, ResidentReported
from rafiqa.service import Acted, Office, reopen_land, report_hazard
from tests.city import FIRST, ORIGIN, RESIDENT, Clock, box, small_city
from tests.unit.api.client import Client

TOLD = (
    "/api/map/hazards",
    "/api/areas",
    "/api/account",
    "/tiles/buildings/14/9967/6436.mvt",
    "/public",
    "/public/manifest.json",
    "/ogc/collections/areas/items",
)


def reopened(office: Office, id_: str = "O9") -> Acted:
    return reopen_land(office, FIRST, LandReopened(id_, box(0, 0, 40, 60), "new_evidence"))


def reported(office: Office, id_: str) -> Acted:
    return report_hazard(office, RESIDENT, ResidentReported(id_, ORIGIN, "mine"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def two(folder: Path, clock: Clock) -> tuple[Office, Office]:
    """Twice the same history up to here: the clock and the draws are the same."""
    made = []
    for name in ("one", "other"):
        (folder / name).mkdir()
        made.append(small_city(folder / name, clock if name == "other" else Clock()))
    assert made[0].store.head() == made[1].store.head()
    return made[0], made[1]


@pytest.mark.parametrize("n_more", [0, 1, 2, 3])
def test_what_is_put_back_and_grows_elsewhere_is_not_mixed_with_what_was_known(
    tmp_path: Path, clock: Clock, n_more: int
) -> None:
    """Behind where it was known, as far, and past it."""
    office, other = two(tmp_path, clock)
    assert reported(office, "R7").done
    assert reported(office, "R8").done
    client = Client(make_app(office, now_us=clock.now_us, entropy=os.urandom))
    before = [client.get(path).status_code for path in TOLD]
    assert before.count(200) >= 4, before
    for number in range(n_more):
        assert (reported(other, f"S{number}") if number else reopened(other)).done
    office.store.close()
    office.store = other.store
    for ask in (
        office.facts,
        office.book,
        office.recovery,
        office.fieldbook,
        lambda: office.account(0, clock.at_us, None),
        lambda: reopened(office, "O10"),
    ):
        with pytest.raises(StoreError, match=r"store\.other-history"):
            ask()
    for path, was in zip(TOLD, before, strict=True):
        if was == 200:
            answer = client.get(path)
            assert answer.status_code == 503, path
            assert "store.other-history" in answer.text or path.startswith(("/public", "/ogc"))
    health = client.get("/health")
    assert "store.other-history" in health.text
    assert '"ok"' not in health.text
    other.store.close()


def test_once_seen_it_stays_even_where_the_store_comes_back(tmp_path: Path, clock: Clock) -> None:
    office, other = two(tmp_path, clock)
    assert reported(office, "R7").done
    own = office.store
    office.store = other.store
    with pytest.raises(StoreError, match=r"store\.other-history"):
        office.book()
    office.store = own
    with pytest.raises(StoreError, match=r"store\.other-history"):
        office.book()
    own.close()
    other.store.close()


def test_what_only_grows_goes_on(tmp_path: Path, clock: Clock) -> None:
    office, other = two(tmp_path, clock)
    assert reported(other, "R7").done
    office.store.close()
    office.store = other.store
    assert len(office.facts()) == len(other.facts())
    assert office.vanished is None
    other.store.close()
