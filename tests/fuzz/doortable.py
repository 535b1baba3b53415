"""The doors: every way in which bytes of others are parsed, with its limits, once.

A door is where a format is read, not where it comes in: several commands lead to one.
`tests/unit/api/test_doortable.py` looks at every call of a parser; one without a row
here fails. docs/reference/doors.md shows the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rafiqa.wire.limit import LIMITS, MEBIBYTE

_CPU: Final = f"{LIMITS.hazard_cpu_s} s (bulk {LIMITS.bulk_cpu_s} s)"
_MEMORY: Final = f"{LIMITS.hazard_data_bytes // MEBIBYTE} MiB"
_FILE: Final = (
    f"{LIMITS.hazard_file_bytes // MEBIBYTE} MiB (bulk {LIMITS.bulk_file_bytes // MEBIBYTE})"
)
_ZIP: Final = (
    f"{LIMITS.archive_bytes // MEBIBYTE} MiB unpacked, ratio {LIMITS.archive_ratio}, "
    f"{LIMITS.archive_members:,} members; no links, no paths, nothing encrypted"
)


@dataclass(frozen=True, slots=True)
class Door:
    """One way in.

    Attributes:
        takes: what comes through it. comes_by: from whom, by which commands or addresses.
        parser: the function that reads it, as ``module.name``.
        worker: the nurse's job in whose process it is read; None: here, because of its limits.
        limits: what it may hold.
        refuses: prefixes of the codes by which it refuses.
        modules: every file that calls a parser for it.
        formats: names in ``format.FORMATS``.
    """

    takes: str
    comes_by: str
    parser: str
    worker: str | None
    limits: str
    refuses: tuple[str, ...]
    modules: tuple[str, ...]
    formats: tuple[str, ...] = ()


DOORS: Final = {
    "json": Door(
        "one JSON document",
        "every act at `/api`, phones, Central's session, commands, a house that vouches, a model",
        "rafiqa.wire.strictjson.strict_json",
        None,
        "1 MiB (a filled form 4, a command's file 64), 20 levels; no key twice, no NaN, no number "
        "beyond 64 bits, no half letters",
        ("wire.json.", "wire.encoding.", "api.body."),
        ("wire/strictjson.py",),
    ),
    "drawn": Door(
        "a geometry in a request",
        "the desk's pen, structures, works, filters of `/ogc`",
        "rafiqa.wire.drawnshape.drawn_shape",
        None,
        "5,000 corners (a filter: 16,384 letters); never repaired",
        ("wire.shape.", "geo.shape.", "service.drawing.", "service.structure.", "wire.cql2."),
        ("wire/drawnshape.py", "wire/cql2shape.py"),
    ),
    "geojson": Door(
        "GeoJSON and JSON tables",
        "`rafiqa import`, `rafiqa places`, imports at the desk",
        "rafiqa.wire.geojson.read_geojson",
        "file",
        f"{_FILE}, ring {LIMITS.ring_vertices:,}, feature {LIMITS.feature_vertices:,}, file "
        f"{LIMITS.hazard_file_vertices:,} vertices, {LIMITS.json_depth} levels; {_CPU}, {_MEMORY}",
        ("wire.json.", "wire.geojson.", "wire.limit.", "geo.shape."),
        ("wire/cellshape.py", "wire/tabletext.py"),
        ("geojson", "json"),
    ),
    "geofile": Door(
        "GeoPackage, shapefile, geodatabase, KML, GPX, GeoParquet, OSM PBF",
        "`rafiqa import`, imports at the desk",
        "rafiqa.wire.format.read_layer",
        "file",
        f"as GeoJSON; drivers that open other files or a network are left out; {_CPU}, {_MEMORY}",
        ("wire.format.", "wire.gdal.", "wire.limit.", "wire.parquet.", "wire.osm.", "geo.shape."),
        ("wire/ogr.py", "wire/osm.py", "wire/parquet.py"),
        ("gpkg", "shapefile", "kml", "gpx", "geoparquet", "osm-pbf"),
    ),
    "table": Door(
        "CSV and other tables in text",
        "`rafiqa import`, `rafiqa places`, imports at the desk",
        "rafiqa.wire.delimited.read_delimited",
        "file",
        f"{_FILE}, {LIMITS.rows:,} rows; {_CPU}, {_MEMORY}",
        ("wire.csv.", "wire.encoding.", "wire.limit."),
        ("wire/delimited.py",),
        ("csv",),
    ),
    "sheet": Door(
        "XLSX",
        "`rafiqa import`, `rafiqa forms`, imports at the desk",
        "rafiqa.wire.spreadsheet.read_spreadsheet",
        "file",
        f"{_ZIP}; {LIMITS.sheet_cells:,} cells; {_CPU}, {_MEMORY}",
        ("wire.xlsx.", "wire.archive.", "wire.limit.", "wire.xml."),
        ("wire/spreadsheet.py",),
        ("xlsx",),
    ),
    "archive": Door(
        "zip archives of any of these",
        "`rafiqa import`, imports at the desk",
        "rafiqa.wire.archive.open_archive",
        "file",
        f"{_ZIP}; {_CPU}, {_MEMORY}",
        ("wire.archive.",),
        ("wire/archive.py",),
        ("zip",),
    ),
    "xml": Door(
        "XML: filled forms, MaXML, and the insides of KML, GPX, XLSX and DOCX",
        "phones at `/openrosa`, `rafiqa bundle`, `rafiqa import`",
        "rafiqa.wire.markup.strict_parser",
        None,
        "no document type, no entities; a filled form 4 MiB, 40 levels, 20,000 elements; "
        "everything else in a worker",
        ("wire.xml.", "wire.filled.", "wire.maxml."),
        ("wire/markup.py", "wire/maxml.py"),
        ("maxml",),
    ),
    "form": Door(
        "XLSForms of others",
        "`rafiqa forms`, `rafiqa publish-form`",
        "rafiqa.wire.foreignform.read_foreign_form",
        "form",
        f"16 MiB, {_ZIP}; {LIMITS.hazard_cpu_s} s, {_MEMORY}",
        ("wire.xlsform.", "wire.archive."),
        ("wire/foreignsheet.py",),
    ),
    "picture": Door(
        "JPEG, PNG, WebP",
        "residents, the desk",
        "rafiqa.wire.pictureworker.remake",
        "picture",
        "4 MiB, 50 million pixels before decoding; 15 s, 700 MiB; made anew from its pixels",
        ("wire.picture.",),
        ("wire/pictureworker.py",),
    ),
    "document": Door(
        "text, HTML, DOCX, PDF and scans",
        "`rafiqa desk-study`, documents at the desk",
        "rafiqa.wire.documentworker.read",
        "document",
        "64 MiB; 60 s (with scans 240), 1,024 MiB",
        ("wire.document.",),
        (
            *("wire/documenthtml.py", "wire/documentpdf.py", "wire/documentscan.py"),
            *("wire/pdfglyph.py",),
        ),
    ),
    "page": Door(
        "a page of a document, as a picture",
        "documents at the desk",
        "rafiqa.wire.pageworker.main",
        "page",
        "one page; as a document",
        ("wire.document.",),
        ("wire/pageworker.py",),
    ),
    "paper": Door(
        "a certificate as picture or PDF",
        "`rafiqa verify`",
        "rafiqa.wire.paperworker.codes",
        "paper",
        "64 MiB, 50 million pixels, 10 pages; 30 s, 1,024 MiB",
        ("wire.paper.",),
        ("wire/paperworker.py",),
    ),
    "places": Door(
        "lists of places",
        "`rafiqa places`",
        "rafiqa.wire.placeworker.work",
        "places",
        f"{LIMITS.bulk_file_bytes // MEBIBYTE} MiB; {LIMITS.hazard_cpu_s} s, {_MEMORY}",
        ("wire.places.", "wire.json.", "wire.csv."),
        (),
    ),
    "certificate": Door(
        "the text of a certificate's codes",
        "`rafiqa verify`, the verifier's page",
        "rafiqa.ledger.qrtext.bytes_of",
        None,
        "4,296 letters and 4 KiB a code; canonical CBOR of 6 levels, encoded again and compared",
        ("ledger.",),
        (),
    ),
    "parts": Door(
        "multipart bodies",
        "phones at `/openrosa`",
        "rafiqa.wire.multipart.form_parts",
        None,
        "64 MiB for phones that are let in, 250 parts, heads of 4 KiB",
        ("wire.multipart.", "api.body."),
        (),
    ),
    "pieces": Door(
        "files in pieces of 256 KiB, not parsed but kept",
        "pictures of residents, uploads at the desk, attachments of phones",
        "rafiqa.api.upload.plain_name",
        None,
        "64 MiB in whole, its hash and length named before; a name leads nowhere",
        ("api.body.", "api.upload.", "store.attachment"),
        (),
    ),
    "filter": Door(
        "CQL2 text and OData filters",
        "`/ogc`, Central's interface",
        "rafiqa.wire.cql2text.cql2_text",
        None,
        "16,384 letters, 24 levels, 200 operators",
        ("wire.cql2.", "wire.odata."),
        (),
    ),
    "place": Door(
        "a place in a filled form",
        "phones",
        "rafiqa.wire.fieldplace.place_from",
        None,
        "as a filled form; of more than 5,000 points its hull",
        ("wire.fieldplace.",),
        ("wire/fieldplace.py",),
    ),
    "bundle": Door(
        "submissions carried by hand, as a folder or zip",
        "`rafiqa bundle`",
        "rafiqa.service.bundle.take_bundle",
        None,
        "256 MiB a submission by its declared sizes, 20,000 submissions; names lead nowhere; links "
        "are passed over",
        ("service.bundle.",),
        ("service/bundle.py",),
    ),
    "exchange": Door(
        "a bundle of another authority",
        "`rafiqa federation`, the desk's page of other authorities",
        "rafiqa.wire.bundleworker.told_of",
        "bundle",
        "64 MiB at the desk, there in a worker: 60 s, 1,000 MiB; canonical bytes, signed",
        ("service.federation.", "wire.bundle."),
        (),
    ),
    "region": Door(
        "GeoParquet layers and tables of ground of a region",
        "`rafiqa bulk`",
        "rafiqa.service.regionlayer.lay",
        None,
        "of whoever works here; a row group at a time, with its hash",
        ("bulk.layer.", "bulk.region."),
        ("service/regionlayer.py", "wire/groundtable.py"),
    ),
    "tiles": Door(
        "PMTiles",
        "`rafiqa serve --base`",
        "rafiqa.wire.pmtiles.TileArchive",
        None,
        "16 MiB a directory, unpacked too",
        ("wire.pmtiles.",),
        ("wire/pmtiles.py",),
    ),
    "gazetteer": Door(
        "a compiled gazetteer",
        "`rafiqa desk-study --places`",
        "rafiqa.wire.gazetteerfile.read_gazetteer",
        None,
        "its own format, of a version, with its hash",
        ("wire.gazetteer.",),
        ("wire/gazetteerfile.py",),
    ),
    "mapping": Door(
        "mappings and settings in TOML",
        "`rafiqa import --map`, the place of a hardware key",
        "rafiqa.wire.mapping.parse_mapping",
        None,
        "of whoever works here; unknown keys are refused",
        ("wire.mapping.",),
        ("wire/mapping.py", "store/keyplace.py"),
    ),
    "backup": Door(
        "a backup's manifest",
        "`rafiqa restore`",
        "rafiqa.store.backup.restore_backup",
        None,
        "1 MiB of ASCII; what it says is proven against the bytes and the log",
        ("store.manifest",),
        ("store/backup.py",),
    ),
}
"""Door by door, under a name."""

OWN: Final = {
    "api/ground.py": "shapes that were just written here",
    "api/pairdesk.py": "shapes that were just written here",
    "api/submissiondesk.py": "shapes that were just written here",
    "api/tally.py": "what this server counted",
    "api/vouching.py": "a cookie that this server sealed",
    "api/workpart.py": "shapes that were just written here",
    "api/signedin.py": "what this server sealed",
    "api/workerseen.py": "what workers of this server said",
    "bulk/wkb.py": "shapes of the store",
    "cli/demo.py": "its own answer",
    "demo/cast.py": "a setting of the store",
    "dictionary/public.py": "a file of the package",
    "dictionary/retention.py": "a file of the package",
    "dictionary/table.py": "a file of the package",
    "dictionary/tier.py": "a file of the package",
    "land/accidentground.py": "canonical JSON of the store, and the outline that it keeps",
    "service/accounts.py": "a setting of the store",
    "service/deskmark.py": "a setting of the store",
    "service/duplicates.py": "canonical JSON of the store",
    "service/exporting.py": "canonical JSON of the store",
    "service/intakefact.py": "what the worker left, and canonical JSON of the store",
    "service/mappings.py": "a mapping that was strictly read when it was saved",
    "service/matching.py": "shapes that were just written here",
    "service/passkeys.py": "options that were just made",
    "service/preview.py": "canonical JSON that the worker's answer was written as",
    "service/publicfiles.py": "the manifest of the folder that this program wrote",
    "service/publicground.py": "canonical JSON of the store",
    "service/recovering.py": "a setting of the store",
    "service/regiongate.py": "files of the run, each by its hash",
    "service/regionground.py": "files of the run, each by its hash",
    "service/regionrun.py": "its own plan",
    "service/signinpolicy.py": "a setting of the store",
    "service/submissionvalue.py": "shapes that were just written here",
    "service/submissionview.py": "shapes that were just written here; its archive is written",
    "service/vaulting.py": "what the vault sealed",
    "study/lexicon.py": "a file of the package",
    "study/placecore.py": "a file of the package",
    "study/placewords.py": "a file of the package",
    "wire/arrowcolumn.py": "the worker's answer",
    "wire/assetlayer.py": "shapes of the store",
    "wire/bundlefile.py": "the worker's answer",
    "wire/claimcode.py": "JSON of the store",
    "wire/document.py": "the worker's answer",
    "wire/exportshapes.py": "writes only",
    "wire/formprocess.py": "the worker's answer",
    "wire/nurse.py": "orders of this program",
    "wire/paper.py": "the worker's answer",
    "wire/part.py": "writes only",
    "wire/passing.py": "the worker's answer",
    "wire/picture.py": "the worker's answer",
    "wire/placefile.py": "the worker's answer",
    "wire/xlsx.py": "writes only",
    "api/search.py": "canonical JSON of the store",
    "service/accidentreport.py": "canonical JSON of the store",
    "service/importpersons.py": "what the vault, or the quarantine, was given",
    "service/originals.py": "a setting of the store",
    "service/regionmanifest.py": "its own plan",
    "service/reportplace.py": "canonical JSON of the store",
}
"""Files that call a parser on what this program itself wrote, and what that is."""
