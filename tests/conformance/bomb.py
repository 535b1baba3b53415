"""Files made to exhaust a reader, and the command that meets them, measured."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import shapely

from tests.conformance.keeper import LAT_DEG, LON_DEG
from tests.conformance.table import Table
from tests.unit.wire.files import write_zip

N_VERTICES = 10_000_000
_BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class Measured:
    """A finished command: its answer, the time it took, the memory of its largest process."""

    status: int
    answer: dict[str, Any]
    wall_s: float
    cpu_s: float
    peak_mib: float


# A small process starts the command: what a process held before it becomes another program
# counts as that program's memory too, and a test run is large.
_METER = """
import json, resource, subprocess, sys, time
start_s = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
wall_s = time.monotonic() - start_s
used = resource.getrusage(resource.RUSAGE_CHILDREN)  # of the command and its worker
cpu_s, peak_mib = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
print(json.dumps([done.returncode, done.stdout.decode(), wall_s, cpu_s, peak_mib]))
"""


def measured(*words: object) -> Measured:
    """Returns what a command run as a process of its own, with all it starts, said and took."""
    command = [sys.executable, "-m", "rafiqa", *(str(word) for word in words), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", _METER, *command], stdout=subprocess.PIPE, check=True
    )
    status, told, *figures = json.loads(done.stdout)
    return Measured(status, json.loads(told), *figures)


def ring(path: Path) -> Path:
    """Writes one polygon with a ring of ten million vertices, in the format of the name."""
    _RINGS[path.suffix](path)
    return path


def _blocks(pair: bytes) -> Iterator[bytes]:
    for _ in range(N_VERTICES // _BLOCK // 2):
        yield pair * _BLOCK


def _geojson(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":')
        stream.write(b'{"id":"a"},"geometry":{"type":"Polygon","coordinates":[[')
        stream.writelines(_blocks(b"[38.1,35.1],[38.2,35.2],"))
        stream.write(b"[38.1,35.1]]]}}]}")


def _kml(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><Polygon>')
        stream.write(b"<outerBoundaryIs><LinearRing><coordinates>")
        stream.writelines(_blocks(b"38.1,35.1 38.2,35.2 "))
        stream.write(b"38.1,35.1</coordinates></LinearRing></outerBoundaryIs></Polygon>")
        stream.write(b"</Placemark></Document></kml>")


def _gpx(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(b'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>')
        stream.writelines(_blocks(b'<trkpt lat="35" lon="38"/><trkpt lat="36" lon="38"/>'))
        stream.write(b"</trkseg></trk></gpx>")


def _csv(path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(b'id,wkt\na,"POLYGON ((')
        stream.writelines(_blocks(b"38.1 35.1,38.2 35.2,"))
        stream.write(b'38.1 35.1))"\n')


def _drawn(path: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, N_VERTICES + 1)
    places = np.column_stack([LON_DEG + np.cos(angle) / 100, LAT_DEG + np.sin(angle) / 100])
    places[-1] = places[0]
    Table({"id": ["a"], "class": ["sha"]}, [shapely.Polygon(places)]).write(path)


_RINGS = {
    ".geojson": _geojson,
    ".kml": _kml,
    ".gpx": _gpx,
    ".csv": _csv,
    ".gpkg": _drawn,
    ".shp": _drawn,
    ".parquet": _drawn,
}


def packed(path: Path, member: str, size_bytes: int = 1 << 30) -> Path:
    """Writes an archive of about a megabyte whose one member unpacks to a gibibyte of blanks."""
    block = b" " * (1 << 20)
    inner = zipfile.ZipInfo(member)
    inner.compress_type = zipfile.ZIP_DEFLATED
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(inner, "w", force_zip64=True) as stream,
    ):
        for _ in range(size_bytes >> 20):
            stream.write(block)
    return path


def cells(path: Path) -> Path:
    """Writes a workbook of less than 50 MiB unpacked that holds half a million cells."""
    rows = (
        f'<row r="{row}">'
        + "".join(
            f'<c r="{chr(65 + column)}{row}"><v>{row * 26 + column}</v></c>' for column in range(26)
        )
        + "</row>"
        for row in range(1, 20_001)
    )
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    sheet = f"{start}<sheetData>{''.join(rows)}</sheetData></worksheet>"
    book = openpyxl.Workbook()
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = sheet.encode()
    return write_zip(path, members)
