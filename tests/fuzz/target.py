"""What is fuzzed: each door of the table, its valid seeds, how they are bent, what reads them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.docs.page import ROOT
from tests.fuzz.bend import Bend, bytes_bent, json_bent, png_bent, zip_bent
from tests.fuzz.exchange import read_exchange, signed_items

Read = Callable[[bytes, Path], object]
RING = [[38.0, 35.0], [38.001, 35.0], [38.001, 35.001], [38.0, 35.001], [38.0, 35.0]]
SHAPE = {"type": "Polygon", "coordinates": [RING]}
FEATURES = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": SHAPE,
                "properties": {
                    "id": f"h{n}",
                    "class": "sha",
                    "title": "منطقة",
                    "n": n,
                    "on": "2025-01-02",
                },
            }
            for n in range(3)
        ],
    }
).encode()
XML = b"""<data id="hazard" version="3" xmlns:orx="http://openrosa.org/xforms"><seen>mine</seen>
<place>34.9 38.5 0 0</place><group><a>1</a></group><group><a>2</a></group><orx:meta>
<orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>"""
FILLED = json.dumps(
    {
        "form_id": "hazard",
        "form_version": "3",
        "number": 4,
        "values": {
            "seen": "mine",
            "place": {"type": "Point", "coordinates": [38.5, 34.9]},
            "g": [{"a": "1"}, {"a": "2"}],
        },
        "attachments": [{"name": "a.jpg", "sha256": "0" * 64, "n_bytes": 3}],
    }
).encode()
MULTIPART = b"\r\n".join(
    (
        b"--x",
        b'Content-Disposition: form-data; name="xml_submission_file"; filename="a.xml"',
        b"",
        XML,
        b"--x",
        b'Content-Disposition: form-data; name="a.jpg"; filename="a.jpg"',
        b"",
        b"\xff\xd8",
        b"--x--",
        b"",
    )
)
FILTERS = (
    b"class = 'cha' AND area_m2 > 100.5 OR NOT (name LIKE 'mine%' AND depth_cm IS NULL)",
    b"S_INTERSECTS(geometry,POLYGON((38 35,38.1 35,38.1 35.1,38 35))) AND class IN ('sha','cha')",
    b"T_AFTER(on,DATE('2025-01-01')) AND n BETWEEN 1 AND 5 AND CASEI(name) = CASEI('A')",
    (
        b'{"op":"and","args":[{"op":"=","args":[{"property":"class"},"cha"]},{"op":"s_intersects",'
        b'"args":[{"property":"geometry"},{"bbox":[38,35,39,36]}]}]}'
    ),
    b"__system/submissionDate ge 2025-01-01T00:00:00.000Z and __system/reviewState eq 'approved'",
)
PLACES = (
    b"34.9 38.5 0 4.5",
    b"34.9 38.5 0 0;34.91 38.5 0 0;34.91 38.51 0 0;34.9 38.5 0 0",
    json.dumps(SHAPE).encode(),
)


@dataclass(frozen=True, slots=True)
class Target:
    """One door: its seeds, what bends them, and what reads the outcome.

    Attributes:
        own: whether it is read in a worker, where any exception is a refusal of that file; such
            are counted apart, as readers that raised.
    """

    seeds: Callable[[], Sequence[bytes]]
    bend: Bend
    read: Read
    own: bool = False


def _json(data: bytes, _folder: Path) -> object:
    from rafiqa.errors import InvalidInput
    from rafiqa.wire.fieldplace import looks_placed, told_places
    from rafiqa.wire.filled import filled_json
    from rafiqa.wire.strictjson import strict_json

    # A refusal by one says nothing of the other: the first reads what may be of danger.
    try:
        filled = filled_json(data, "uuid:1")
    except InvalidInput:
        filled = None
    if filled is not None:
        # What was read can be kept and given out again, and its places be drawn.
        assert json.dumps(filled.leaves, ensure_ascii=False).encode()
        assert json.dumps([filled.form_id, *filled.awaits], ensure_ascii=False).encode()
        for _, text in filled.leaves:
            told_places(text) if looks_placed(text) else None
    told = strict_json(data)
    assert strict_json(json.dumps(told).encode(), levels=30, most_bytes=1 << 24) == told
    return told


def _drawn(data: bytes, _folder: Path) -> object:
    from rafiqa.geo import POLYGONAL, shape_faults
    from rafiqa.wire.drawnshape import drawn_shape
    from rafiqa.wire.strictjson import strict_json

    given: Any = strict_json(data)
    shape = drawn_shape(given, "geometry", "service.drawing.geometry")
    return shape_faults(shape, allowed=POLYGONAL)


def _xml(data: bytes, _folder: Path) -> object:
    from rafiqa.wire.filled import filled_xml, xml_text

    xml_text(data)
    return filled_xml(data).answers()


def _parts(data: bytes, _folder: Path) -> object:
    from rafiqa.wire.multipart import form_parts

    return form_parts("multipart/form-data; boundary=x", data)


def _filter(data: bytes, _folder: Path) -> object:
    from rafiqa.errors import InvalidInput
    from rafiqa.wire.cql2 import cql2_json
    from rafiqa.wire.cql2text import cql2_text
    from rafiqa.wire.odatafilter import odata_filter

    text = data.decode("utf-8", "replace")
    found: list[object] = []
    for read in (cql2_json, cql2_text):
        try:
            found.append(read(text))
        except InvalidInput:
            continue
    try:
        found.append(odata_filter(text))
    except InvalidInput:
        if not found:
            raise
    return found


def _place(data: bytes, _folder: Path) -> object:
    from rafiqa.wire.fieldplace import accuracy_of, looks_placed, place_from, told_places

    text = data.decode("utf-8", "replace")
    assert told_places(text).places or told_places(text).faults
    looks_placed(text)
    accuracy_of(text)
    return place_from(text)


def _archive(data: bytes, _folder: Path) -> object:
    from rafiqa.wire.archive import open_archive, unpacked
    from rafiqa.wire.limit import LIMITS

    with open_archive(data, LIMITS) as archive:
        return [len(unpacked(archive, info.filename)) for info in archive.infolist()]


def _file(*suffixes: str) -> Read:
    def read(data: bytes, folder: Path) -> object:
        from rafiqa.wire.limit import LIMITS
        from rafiqa.wire.parsing import parse_file

        suffix = _suffix(data, suffixes)
        path = folder / f"came{suffix}"
        path.write_bytes(data)
        return parse_file(path, folder, "hazard-areas", None, LIMITS)

    return read


def _suffix(data: bytes, suffixes: Sequence[str]) -> str:
    heads = {b"PAR1": ".parquet", b"SQLite": ".gpkg", b"PK": ".zip", b"\x00\x00\x27": ".shp"}
    guess = next((suffix for head, suffix in heads.items() if data.startswith(head)), "")
    guess = guess or (".kml" if b"kml" in data[:300] else ".gpx")
    return guess if guess in suffixes else suffixes[len(data) % len(suffixes)]


def _picture(data: bytes, folder: Path) -> object:
    from rafiqa.wire.pictureworker import remake

    (folder / "came").write_bytes(data)
    remake(folder / "came", folder / "made.jpg")
    return None


def _document(data: bytes, _folder: Path) -> object:
    from rafiqa.wire.documentworker import read

    return read(data, "never")


def _paper(data: bytes, folder: Path) -> object:
    from rafiqa.wire.paperworker import codes

    (folder / "came").write_bytes(data)
    return codes(folder / "came", "pdf" if data[:4] == b"%PDF" else "png")


def _form(data: bytes, _folder: Path) -> object:
    from rafiqa.wire.foreignform import read_foreign_form
    from rafiqa.wire.limit import LIMITS

    return read_foreign_form(data, "form", LIMITS)


def _places(data: bytes, folder: Path) -> object:
    from rafiqa.wire.limit import LIMITS
    from rafiqa.wire.placeworker import work

    path = folder / ("came.json" if data[:1] in {b"[", b"{"} else "came.csv")
    path.write_bytes(data)
    return work(path, LIMITS)


def _certificate(data: bytes, _folder: Path) -> object:
    from rafiqa.ledger.verdict import Answer, verdict

    texts = data.decode("utf-8", "replace").splitlines()
    found = verdict(texts, _vectors_read()[1], None, 1_767_225_600)
    if found.answer is not Answer.NOT_AUTHENTIC:
        # A code may be broken over lines: white space in it says nothing, but for the space itself.
        plain = b"".join(data.split(b"\t")).translate(None, b"\r\n\v\f\x1c\x1d\x1e").strip()
        assert plain in _vectors(), "a bent text was believed"
    return found


@cache
def _vectors_read() -> tuple[Sequence[bytes], Any]:
    from rafiqa.ledger.trustlist import trust_list_of

    told = json.loads((ROOT / "examples" / "certificate-vectors.json").read_text("utf-8"))
    good = [case for case in told["cases"] if case["answer"]["answer"] != "not-authentic"]
    texts = {line.encode() for case in good for line in case["texts"]}
    return sorted(texts), trust_list_of(bytes.fromhex(told["trust_lists"]["trust 0"]))[0]


def _tiles(data: bytes, folder: Path) -> object:
    from rafiqa.wire.pmtiles import TileArchive

    path = folder / "came.pmtiles"
    path.write_bytes(data)
    archive = TileArchive.open(path)
    try:
        return [archive.tile(z, 0, 0) for z in range(archive.first_zoom, archive.last_zoom + 1)][:8]
    finally:
        archive.close()


def _gazetteer(data: bytes, _folder: Path) -> object:
    from rafiqa.wire.gazetteerfile import parse_gazetteer

    return parse_gazetteer(data, "came")


def _mapping(data: bytes, _folder: Path) -> object:
    from rafiqa.wire.mapping import parse_mapping

    return parse_mapping(data, "came")


def _sheets() -> Sequence[bytes]:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("id", "class", "geometry"),
        ("h1", "sha", "POLYGON((38 35,38.1 35,38.1 35.1,38 35))"),
        ("h2", "=1+1", 5.5),
    ):
        sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    return [held.getvalue()]


def _forms() -> Sequence[bytes]:
    import openpyxl

    book = openpyxl.Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (
        ("type", "name", "label::English (en)", "relevant"),
        ("select_one kinds", "seen", "What did you see?", ""),
        ("geopoint", "place", "Where?", "${seen} != ''"),
    ):
        survey.append(row)
    choices = book.create_sheet("choices")
    for code in (("list_name", "name", "label::English (en)"), ("kinds", "mine", "Mine")):
        choices.append(code)
    held = io.BytesIO()
    book.save(held)
    return [held.getvalue()]


def _zips() -> Sequence[bytes]:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/one.txt", "one " * 200)
        archive.writestr("two.csv", "id,class\nh1,sha\n")
    return [held.getvalue(), *_sheets()]


def _geofiles() -> Sequence[bytes]:
    import tempfile

    from tests.unit.wire.files import write_ogr

    made = []
    with tempfile.TemporaryDirectory() as folder:
        for driver, suffix in (("GPKG", "gpkg"), ("LIBKML", "kml"), ("Parquet", "parquet")):
            try:
                made.append(write_ogr(Path(folder) / f"a.{suffix}", driver).read_bytes())
            except Exception:  # noqa: BLE001, S112 - this GDAL writes no such format
                continue
    made.append(
        b'<?xml version="1.0"?><gpx version="1.1" creator="a"><trk><trkseg>'
        b'<trkpt lat="35" lon="38"/><trkpt lat="35.1" lon="38"/><trkpt lat="35.1" lon="38.1"/>'
        b'<trkpt lat="35" lon="38"/></trkseg></trk></gpx>'
    )
    return [each for each in made if len(each) < 150_000]


def _pictures() -> Sequence[bytes]:
    from PIL import Image

    made = []
    for kind in ("JPEG", "PNG", "WEBP"):
        held = io.BytesIO()
        Image.linear_gradient("L").resize((40, 30)).convert("RGB").save(held, kind)
        made.append(held.getvalue())
    return made


def _documents() -> Sequence[bytes]:
    held = io.BytesIO()
    import docx

    paper = docx.Document()
    paper.add_paragraph("A mine was found near the school on 3 May 2025.")
    paper.save(held)
    html = "<html><body><h1>لغم</h1><p>A mine &amp; two shells.<table><tr><td>1</td></tr></table>"
    return [held.getvalue(), html.encode(), "وُجد لغم قرب المدرسة.\n".encode() * 3]


def _papers() -> Sequence[bytes]:
    import segno

    held = io.BytesIO()
    segno.make_qr("RFQ1:ABC123").save(held, kind="png", scale=3)
    return [held.getvalue()]


def _vectors() -> Sequence[bytes]:
    return _vectors_read()[0]


def _archives_of_tiles() -> Sequence[bytes]:
    import tempfile

    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pmtiles"
        with path.open("wb") as stream:
            writer = Writer(stream)
            for z in range(3):
                writer.write_tile(zxy_to_tileid(z, 0, 0), b"\x1a\x00tile")
            header = {
                "tile_type": TileType.MVT,
                "tile_compression": Compression.NONE,
                "min_zoom": 0,
                "max_zoom": 2,
                "min_lon_e7": 0,
                "min_lat_e7": 0,
                "max_lon_e7": 1,
                "max_lat_e7": 1,
                "center_zoom": 0,
                "center_lon_e7": 0,
                "center_lat_e7": 0,
            }
            writer.finalize(header, {"vector_layers": []})
        return [path.read_bytes()]


TARGETS = {
    "json": Target(lambda: [FEATURES, FILLED], json_bent, _json),
    "drawn": Target(lambda: [json.dumps(SHAPE).encode()], json_bent, _drawn),
    "xml": Target(lambda: [XML], bytes_bent, _xml),
    "parts": Target(lambda: [MULTIPART], bytes_bent, _parts),
    "filter": Target(lambda: FILTERS, bytes_bent, _filter),
    "place": Target(lambda: PLACES, bytes_bent, _place),
    "archive": Target(_zips, zip_bent, _archive),
    "geojson": Target(lambda: [FEATURES], json_bent, _file(".geojson", ".json")),
    "table": Target(
        lambda: [
            (ROOT / "examples" / "places.csv").read_bytes()[:4_000],
            b"id;class;geometry\nh1;sha;POLYGON((38 35,38.1 35,38.1 35.1,38 35))\n",
        ],
        bytes_bent,
        _file(".csv"),
    ),
    "sheet": Target(_sheets, zip_bent, _file(".xlsx")),
    "geofile": Target(_geofiles, bytes_bent, _file(".gpkg", ".kml", ".gpx", ".parquet"), own=True),
    "picture": Target(_pictures, png_bent, _picture, own=True),
    "document": Target(_documents, zip_bent, _document, own=True),
    "paper": Target(_papers, png_bent, _paper, own=True),
    "form": Target(_forms, zip_bent, _form, own=True),
    "places": Target(
        lambda: [
            (ROOT / "examples" / "places.csv").read_bytes()[:2_000],
            b'[{"geonameid":1,"name":"A","latitude":1,"longitude":2}]',
        ],
        bytes_bent,
        _places,
        own=True,
    ),
    "exchange": Target(signed_items, json_bent, read_exchange),
    "certificate": Target(_vectors, bytes_bent, _certificate),
    "tiles": Target(_archives_of_tiles, bytes_bent, _tiles),
    "mapping": Target(
        lambda: [each.read_bytes() for each in sorted((ROOT / "examples" / "mappings").iterdir())],
        bytes_bent,
        _mapping,
    ),
}
"""By the names of `tests/fuzz/doortable.py`."""
UNBENT = {
    "page": "the same reader as of documents",
    "pieces": "kept, not parsed",
    "bundle": "an archive of filled forms: those doors are bent",
    "gazetteer": "refused unless its hash is right: whoever can make that is trusted with places",
    "region": "of whoever keeps the region, and files of the run itself, each by its hash",
    "backup": "of whoever keeps the store; proven by tests/fault/test_restore_drill.py",
}
"""Doors that are not fuzzed, and why."""
