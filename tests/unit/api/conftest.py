from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.land import SiteOpened
from rafiqa.service import Office, open_office, open_site
from tests.city import FIRST, ORIGIN, Clock, Draws, small_city
from tests.unit.api.client import Client


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A store that no test writes to."""
    office = small_city(tmp_path_factory.mktemp("city"))
    yield office
    office.store.close()


@pytest.fixture(scope="session")
def app(city: Office) -> Starlette:
    return make_app(city, now_us=city.now_us, entropy=Draws())


@pytest.fixture
def anybody(app: Starlette) -> Client:
    return Client(app)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def own_city(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """A store of one test's own, to act on."""
    office = small_city(tmp_path, clock)
    yield office
    office.store.close()


@pytest.fixture
def own_app(own_city: Office, clock: Clock) -> Starlette:
    return make_app(own_city, now_us=clock.now_us, entropy=Draws())


@pytest.fixture
def field_office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """An empty site with two who may sign in: quicker than a city, for what needs no land."""
    draws = Draws()
    path = str(tmp_path / "field.rafiqa")
    office = open_office(path, now_us=clock.now_us, entropy=draws, create=True)
    assert open_site(office, FIRST, SiteOpened("Field", ORIGIN, "office")).done
    yield office
    office.store.close()


@pytest.fixture
def field_app(field_office: Office, clock: Clock) -> Starlette:
    return make_app(field_office, now_us=clock.now_us, entropy=Draws())


@pytest.fixture(scope="session")
def staff_client(app: Starlette) -> Client:
    client = Client(app, address="192.0.2.99")
    assert client.sign_in("first").status_code == 200
    return client


@pytest.fixture
def staff(staff_client: Client) -> Client:
    return staff_client
