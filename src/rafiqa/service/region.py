"""Regions: which cities are asked together, and the plan of one run over them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.service.assets import ASSET_KINDS
from rafiqa.wire.strictjson import strict_json

REGION_FILE: Final = "region.json"
STORE_ENDS: Final = ".rafiqa"
ALONE: Final = "city"
"""The name of a city that is asked alone by the address of its database."""
ZOOM: Final = 12
"""Tiles about 8 km wide at 35° north: a dense city's hold some hundred thousand buildings each."""
ZOOM_LEAST, ZOOM_MOST = 4, 20
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class LayerFile:
    """A layer that lies in a file of its own: GeoParquet in degrees, with a column ``id``."""

    name: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class City:
    """One city of a region: a store, or files of ground and layers.

    Attributes:
        name: its own in the region; files of the run bear it.
        store: a path or a ``postgresql://`` address; empty where it comes as files.
        origin: longitude and latitude that the ground's millimetres are counted from; of files.
        ground: a table of ground as ``wire/groundtable`` has it; of files.
        layers: its layers; of files.
    """

    name: str
    store: str = ""
    origin: tuple[float, float] | None = None
    ground: str = ""
    layers: tuple[LayerFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run answers: the same plan of the same stores gives the same bytes.

    Attributes:
        what: ``gate``, ``account``, ``risk`` or ``tiles``.
        cities: in the order of their names.
        valid_at_us: the answers are true at this time.
        known_at_us: and rest on what was known at this one.
        zoom: of the tiles that files are cut by.
        version: of the program: what two versions made is not put together.
    """

    what: str
    cities: tuple[City, ...]
    valid_at_us: int
    known_at_us: int
    zoom: int
    version: str

    def json(self) -> dict[str, Any]:
        """Returns the plan as a JSON document; addresses of databases without their secrets."""
        told = asdict(self)
        for city in told["cities"]:
            city["store"] = _without_secret(city["store"])
        return told

    @property
    def digest(self) -> str:
        """SHA-256 of the plan."""
        return sha256(json.dumps(self.json(), sort_keys=True).encode()).hexdigest()


def read_region(region: str) -> tuple[City, ...]:
    """Returns the cities of a region.

    Args:
        region: a folder of stores; a file ``region.json`` or the folder it is in; or one store
            alone, a file or a ``postgresql://`` address.

    Raises:
        NotFound: nothing there, or no store in the folder.
        InvalidInput: every fault of the file.
    """
    if "://" in region:
        return (City(ALONE, region),)
    place, params = Path(region), {"region": region}
    listed = place / REGION_FILE if place.is_dir() else place
    if not listed.exists():
        stores = sorted(place.glob(f"*{STORE_ENDS}")) if place.is_dir() else []
        cities = [City(path.name.removesuffix(STORE_ENDS), str(path.resolve())) for path in stores]
        if not cities:
            raise NotFound(Fault("bulk.region.none", "REGION", params=dict(params)))
    elif listed.suffix == Path(REGION_FILE).suffix:
        content = strict_json(listed.read_bytes())
        items = content.get("cities") if isinstance(content, dict) else None
        if not isinstance(items, list) or not items:
            raise InvalidInput(Fault("bulk.region.malformed", "REGION", params=dict(params)))
        cities = [_city(item, listed.parent.resolve(), at) for at, item in enumerate(items)]
    else:
        cities = [City(place.name.removesuffix(STORE_ENDS), str(place.resolve()))]
    faults = list(_name_faults(cities))
    if faults:
        raise InvalidInput(faults)
    return tuple(sorted(cities, key=lambda city: city.name))


def _name_faults(cities: list[City]) -> Iterator[Fault]:
    seen: set[str] = set()
    for city in cities:
        params: dict[str, str | int] = {"city": city.name[:120]}
        # On many disks "Harbour" and "harbour" are one folder.
        if city.name.lower() in seen:
            yield Fault("bulk.region.name-twice", "REGION", params=params)
        if not _NAME.fullmatch(city.name):
            yield Fault("bulk.region.name", "REGION", params=params)
        seen.add(city.name.lower())


def _city(item: Any, folder: Path, at: int) -> City:
    place = f"cities[{at}]"
    malformed = InvalidInput(Fault("bulk.region.city-malformed", place))
    if not isinstance(item, Mapping) or not isinstance(item.get("name"), str):
        raise malformed
    name, store = item["name"], item.get("store")
    if isinstance(store, str) and store:
        return City(name, store if "://" in store else str(folder / store))
    try:
        lon_deg, lat_deg = (float(value) for value in item["origin"])
        layers = [
            LayerFile(f"{n:04}", each["kind"], str(folder / each["file"]))
            for n, each in enumerate(item["layers"])
        ]
        ground = str(folder / item["ground"])
    except (KeyError, TypeError, ValueError) as error:
        raise malformed from error
    if any(layer.kind not in ASSET_KINDS for layer in layers):
        raise malformed
    return City(name, "", (lon_deg, lat_deg), ground, tuple(layers))


def _without_secret(store: str) -> str:
    return re.sub(r"(://[^/@]*):[^/@]*@", r"\1@", re.sub(r"(password=)[^&]*", r"\1", store))
