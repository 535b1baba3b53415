"""The peers of the bench of /ogc: pygeoapi and tipg on the same buildings, each as it is meant.

They live in a scratch environment of their own, for they pin other versions than Rafiqa:

    python3 -m venv build/ogc-peers
    build/ogc-peers/bin/pip install pygeoapi gunicorn tipg uvicorn psycopg2-binary \
        sqlalchemy geoalchemy2
    apt-get install postgresql postgresql-15-postgis-3        # for tipg and pygeoapi on PostGIS

``RAFIQA_OGC_PEERS`` names another folder. What is not there is left out, and said so.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import numpy as np
import shapely

from tests import postgis

PEERS = Path(os.environ.get("RAFIQA_OGC_PEERS", "build/ogc-peers")).absolute()
WORKERS = "2"
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Buildings:
    """Made-up buildings: ids, footprints in degrees, and what is said of each."""

    ids: list[str]
    shapes: Any
    kinds: list[str]
    names: list[str]
    storeys: list[int]


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the same features: the address of its items, and the processes that answer."""

    name: str
    port: int
    path: str
    processes: tuple[int, ...]


def free_port() -> int:
    """Returns a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int, more: Mapping[str, str], log: Path) -> Iterator[int]:
    """Yields a server's process while it runs and listens; it is stopped afterwards."""
    with log.open("w") as out:
        server = subprocess.Popen(command, env={**os.environ, **more}, stdout=out, stderr=out)
        try:
            ends = time.monotonic() + _PATIENCE_S
            while True:
                try:
                    urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                    break
                except HTTPError:
                    break
                except (URLError, ConnectionError, TimeoutError) as error:
                    if time.monotonic() > ends or server.poll() is not None:
                        raise RuntimeError(log.read_text()[-2_000:]) from error
                    time.sleep(0.2)
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def peers(buildings: Buildings, folder: Path) -> Iterator[tuple[list[Server], list[str]]]:
    """Yields every peer that is here, running, and what is said of those that are not."""
    makers = {"pygeoapi": _pygeoapi, "tipg": _tipg}
    here = [name for name in makers if _has(name)]
    said = [f"{name} is not in {PEERS}" for name in makers if name not in here]
    missing = postgis.missing()
    if here and missing is not None:
        said.append(missing)
    with ExitStack() as stack:
        servers: list[Server] = []
        if here and missing is None:
            port = free_port()
            os.environ["PGPORT"] = str(port)
            settings = ["listen_addresses=127.0.0.1", f"port={port}"]
            link = stack.enter_context(postgis.cluster(settings))
            _table(link, buildings)
            data = link.execute("SHOW data_directory").fetchone()[0]
            database = int((Path(data) / "postmaster.pid").read_text().split()[0])
            servers = [makers[name](stack, folder, port, database) for name in here]
        yield servers, said


def _has(package: str) -> bool:
    python = PEERS / "bin" / "python"
    if not python.exists():
        return False
    told = subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False)
    return told.returncode == 0


def _table(link: Any, buildings: Buildings) -> None:
    link.execute(
        "CREATE TABLE public.buildings (id text PRIMARY KEY, kind text, name text, "
        "storeys integer, geometry geometry(Polygon, 4326))"
    )
    with link.cursor().copy("COPY public.buildings FROM STDIN") as copy:
        rows = zip(
            buildings.ids,
            buildings.kinds,
            buildings.names,
            buildings.storeys,
            shapely.to_wkb(shapely.set_srid(buildings.shapes, 4326), hex=True, include_srid=True),
            strict=True,
        )
        for row in rows:
            copy.write_row(row)
    link.execute("CREATE INDEX ON public.buildings USING gist (geometry)")
    link.execute("CREATE INDEX ON public.buildings (kind)")
    link.execute("ANALYZE public.buildings")


def _pygeoapi(stack: ExitStack, folder: Path, database_port: int, database: int) -> Server:
    port = free_port()
    data = {
        "name": "PostgreSQL",
        "table": "buildings",
        "geom_field": "geometry",
        "data": {
            "host": "127.0.0.1",
            "port": database_port,
            "dbname": "postgres",
            "user": "postgres",
            "password": "x",
            "search_path": ["public"],
        },
    }
    own = folder / f"pygeoapi-{port}"
    own.mkdir()
    url = f"http://127.0.0.1:{port}"
    crs = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    words = {"en": "buildings"}
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "limits": {"default_items": 100, "max_items": 10_000, "on_exceed": "throttle"},
            "map": {"url": "https://localhost/{z}", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": words,
                "description": words,
                "keywords": {"en": ["bench"]},
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": url,
            },
            "license": {"name": "none", "url": url},
            "provider": {"name": "bench", "url": url},
            "contact": {"name": "bench", "email": "a@localhost"},
        },
        "resources": {
            "buildings": {
                "type": "collection",
                "title": words,
                "description": words,
                "keywords": {"en": ["bench"]},
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90], "crs": crs}},
                "providers": [{"type": "feature", "id_field": "id", **data}],
            }
        },
    }
    # JSON is YAML.
    (own / "config.yml").write_text(json.dumps(config))
    more = {
        "PYGEOAPI_CONFIG": str(own / "config.yml"),
        "PYGEOAPI_OPENAPI": str(own / "openapi.yml"),
    }
    subprocess.run(
        [
            *(PEERS / "bin" / "pygeoapi", "openapi", "generate", own / "config.yml"),
            *("--output-file", own / "openapi.yml"),
        ],
        check=True,
        capture_output=True,
        env={**os.environ, **more},
    )
    command = [str(PEERS / "bin" / "gunicorn"), "-w", WORKERS, "-b", f"127.0.0.1:{port}"]
    command += ["--keep-alive", "60", "-k", "gthread", "pygeoapi.flask_app:APP"]
    pid = stack.enter_context(running(command, port, more, own / "log"))
    path = "/collections/buildings/items?f=json"
    return Server("pygeoapi 0.21, PostGIS", port, path, (pid, database))


def _tipg(stack: ExitStack, folder: Path, database_port: int, database: int) -> Server:
    port = free_port()
    command = [str(PEERS / "bin" / "uvicorn"), "tipg.main:app", "--port", str(port)]
    command += ["--workers", WORKERS, "--log-level", "error"]
    address = f"postgresql://postgres:x@127.0.0.1:{database_port}/postgres"
    more = {"DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["public"]'}
    pid = stack.enter_context(running(command, port, more, folder / "tipg.log"))
    path = "/collections/public.buildings/items?f=geojson"
    return Server("tipg 1.6, PostGIS", port, path, (pid, database))


def made(count: int, seed: int) -> Buildings:
    """Returns made-up buildings of a town: rows of houses along streets, as in the geo study."""
    draws = np.random.default_rng(seed)
    lon, lat = 38.5 + draws.random(count) * 0.3, 34.9 + draws.random(count) * 0.3
    width, depth = (draws.uniform(6e-5, 2e-4, count) for _ in range(2))
    turn = draws.uniform(0, np.pi, count)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2
    sized = corners[None] * np.stack([width, depth], axis=1)[:, None]
    cosine, sine = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x = sized[..., 0] * cosine - sized[..., 1] * sine + lon[:, None]
    y = sized[..., 0] * sine + sized[..., 1] * cosine + lat[:, None]
    shapes = shapely.polygons(np.round(np.stack([x, y], axis=2), 8))
    kinds = ["school" if draw < 0.05 else "house" for draw in draws.random(count)]
    ids = [f"b{number:06d}" for number in range(count)]
    names = [f"Building {number} · مبنى {number}" for number in range(count)]
    return Buildings(ids, shapes, kinds, names, [int(n) for n in draws.integers(1, 7, count)])
