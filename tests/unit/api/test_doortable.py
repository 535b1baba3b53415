"""Every parser of bytes of others stands in the table of doors; a new one without a row fails."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

import rafiqa
from rafiqa.api import ENDPOINTS
from rafiqa.api.route import Endpoint
from rafiqa.locale.catalogue import catalogue
from rafiqa.wire.format import FORMATS
from rafiqa.wire.nurse import JOBS
from tests.docs.page import ROOT
from tests.fuzz.doortable import DOORS, OWN

PACKAGE = Path(rafiqa.__file__).parent
PARSERS = (
    *("json.loads", "json.load", "json.JSONDecoder", "msgspec.json.decode", "msgspec.json.Decoder"),
    *("expat.ParserCreate", "etree.", "minidom.", "sax.", "lxml.", "HTMLParser"),
    *("zipfile.ZipFile", "tarfile.", "gzip.decompress", "gzip.open", "zlib.decompress"),
    *("lzma.", "bz2.", "shutil.unpack_archive", "Image.open", "zxingcpp."),
    *("pypdf.", "pypdfium2.", "pdfium.", "python_calamine.", "pyogrio.", "pq.read", "ParquetFile"),
    *("shapely.from_wkb", "shapely.from_wkt", "shapely.from_geojson", "geojson_shape"),
    *("tomllib.load", "csv.reader", "csv.DictReader", "pickle.", "marshal.", "yaml.", "ipc.open"),
)
HARMLESS = {"lzma.LZMAError", "pyogrio.write_arrow", "pypdfium2.PdfiumError"}
FIELD = {
    "/api/submissions/{id}": ("json", "xml", "place"),
    "/api/submissions/{id}/attachments/{name}": ("pieces",),
    "/openrosa/key/{token}/submission": ("parts", "xml", "place"),
    "/openrosa/{path}": (),
    "/v1/sessions": ("json",),
}
"""Addresses of phones that take bodies, and the doors behind them."""


def called(source: str) -> set[str]:
    """The parsers that a source calls, or builds on."""
    if not any(each in source for each in PARSERS):
        return set()  # to parse them all would take seconds
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            names.add(ast.unparse(node.func))
        elif isinstance(node, ast.ClassDef):
            names |= {ast.unparse(base) for base in node.bases}
    return {
        name
        for name in names - HARMLESS
        if any(name == each or f".{each}" in f".{name}" for each in PARSERS)
    }


def test_every_call_of_a_parser_has_its_door() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if called(path.read_text("utf-8"))
    }
    behind = {module for door in DOORS.values() for module in door.modules}
    assert found - behind - set(OWN) == set(), "read through a door, or give it a row"
    assert (behind | set(OWN)) - found == set(), "rows of what is no longer there"
    assert behind & set(OWN) == set()


@pytest.mark.parametrize(
    "source",
    [
        "import json\njson.loads(x)",
        "import zipfile as zipfile\nzipfile.ZipFile(x)",
        "Image.open(x)",
    ],
)
def test_a_new_parser_would_be_seen(source: str) -> None:
    assert called(source)
    assert not called("json.dumps(x)")


def test_every_reader_and_every_format_has_its_door() -> None:
    assert {door.worker for door in DOORS.values()} - {None} == set(JOBS)
    assert sorted(each for door in DOORS.values() for each in door.formats) == sorted(
        set(FORMATS.values())
    )


def test_every_row_says_what_is_there() -> None:
    codes = catalogue("en").keys()
    for name, door in DOORS.items():
        module, _, parser = door.parser.removeprefix("rafiqa.").rpartition(".")
        source = (PACKAGE / f"{module.replace('.', '/')}.py").read_text("utf-8")
        assert f"def {parser}(" in source or f"class {parser}" in source, name
        for prefix in door.refuses:
            assert any(code.startswith(prefix) for code in codes), (name, prefix)


def _paths(routes: Iterable[BaseRoute], before: str = "") -> Iterable[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _paths(route.routes, before + route.path)
        elif isinstance(route, Route):
            for method in (route.methods or set()) - {"GET", "HEAD", "DELETE"}:
                yield method, (before + route.path).replace(":path", "")


def test_every_address_that_takes_a_body_leads_to_a_door(app: Starlette) -> None:
    """Acts of the table are strict JSON, raw ones are pieces; phones have their own addresses."""
    table: dict[tuple[str, str], Endpoint] = {
        (row.method, row.path.replace(":path", "")): row for row in ENDPOINTS
    }
    others = set()
    for method, path in _paths(app.routes):
        row = table.get((method, path))
        if row is None:
            others.add(path)
        else:
            assert not (row.raw and row.takes), path
    assert others == set(FIELD)
    assert all(door in DOORS for doors in FIELD.values() for door in doors)


def test_the_page_says_what_the_table_says() -> None:
    page = (ROOT / "docs" / "reference" / "doors.md").read_text("utf-8")
    for name, door in DOORS.items():
        where = f"worker `{door.worker}`" if door.worker else "here"
        assert f"| `{name}` | {door.takes} | {door.comes_by} | {where} | {door.limits} |" in page
