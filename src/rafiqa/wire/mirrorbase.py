"""A mirror as tables in PostGIS, for QGIS and BI tools that read a server.

A schema of its own, with a table for each layer, a view of each with its as-of, one view of all
ground to keep off, and a table ``about``. Everything is written in one transaction: whoever reads
meanwhile reads the moment before, whole. Tables stay what they are, so that views of others on
them go on; a column that is new is added, one that is gone stands empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
import shapely
from psycopg import sql

from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.wire.mirrorfile import about_rows, judge
from rafiqa.wire.mirrortable import Mirrored, MirrorKind, MirrorStands, MirrorTable

STAFF_SCHEMA: Final = "rafiqa_mirror"
PUBLIC_SCHEMA: Final = "rafiqa_public"
WAIT_S: Final = 10
_TYPES: Final[dict[MirrorKind, str]] = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
}
_ABOUT: Final = {
    "layer": "text",
    "says": "text",
    "rows": "bigint",
    "as_of": "timestamptz",
    "known_at": "timestamptz",
    "entries": "bigint",
    "root": "text",
    "site": "text",
    "site_id": "text",
    "audience": "text",
    "published_at": "timestamptz",
    "statement": "text",
    "digest": "text",
}
_ROW: Final = "row_number"
_KEEP_OFF: Final = ("hazards", "in_doubt")
Link = psycopg.Connection[tuple[Any, ...]]


def publish_mirror(
    mirror: Mirrored, address: str, schema: str, *, now_us: int, anew: bool = False
) -> int:
    """Returns how many tables were written; those whose rows stayed the same are left as they are.

    Args:
        mirror: the tables.
        address: ``postgresql://…``, as libpq takes it; the database must have PostGIS.
        schema: a schema of the mirror's own; made where it is missing.
        now_us: when it is published, microseconds since 1970 UTC.
        anew: makes the schema anew, also where the mirror there is of another site, of a ledger
            that had grown more, or of another form. Views of others on it are gone then.

    Raises:
        InvalidInput: ``wire.mirror.not-ours``, ``wire.mirror.other-site``,
            ``wire.mirror.other-audience``, ``wire.mirror.newer``, ``wire.mirror.no-postgis``,
            ``wire.mirror.form``: a column there is of another kind.
        StoreError: ``wire.mirror.unreachable``: the server cannot be reached or refused.
    """
    where = f"{told(address)}#{schema}"
    try:
        with psycopg.connect(address, connect_timeout=WAIT_S) as link:
            return _published(link, mirror, schema, where, now_us, anew=anew)
    except psycopg.Error as error:
        params: dict[str, str | int] = {"target": where, "detail": _said(error)}
        raise StoreError(Fault("wire.mirror.unreachable", "TARGET", None, params)) from error


def _said(error: psycopg.Error) -> str:
    """Returns what of an error may be told: a server's own words may hold the values of a row."""
    if error.sqlstate is None:
        return str(error).strip()[:300]
    about = (type(error).__name__, error.sqlstate, error.diag.table_name, error.diag.column_name)
    return " ".join(each for each in about if each)


def told(address: str) -> str:
    """Returns an address as it may be told: without a login and a password."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _published(
    link: Link, mirror: Mirrored, schema: str, where: str, now_us: int, *, anew: bool
) -> int:
    # Two that publish at once take turns; the later one sees what the first one wrote.
    link.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"rafiqa-mirror:{schema}"])
    stands = _stands(link, schema)
    if stands != []:
        judge(stands, mirror, where, anew=anew)
    if anew:
        link.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
    _made(link, schema, where)
    known: dict[str, str] = dict(
        link.execute(_sql("SELECT layer, digest FROM {}.about", schema)).fetchall()
    )
    written = 0
    for table in mirror.tables:
        _formed(link, schema, table, where)
        rows = list(_rows(table))
        digest = _digest(rows)
        if known.get(table.name) != digest:
            _filled(link, schema, table, rows)
            written += 1
        known[table.name] = digest
    link.execute(_sql("DELETE FROM {}.about", schema))
    names = list(_ABOUT)
    command = sql.SQL("INSERT INTO {}.about VALUES ({})").format(
        sql.Identifier(schema), sql.SQL(", ").join(sql.Placeholder() for _ in names)
    )
    for row in about_rows(mirror, now_us):
        told_row = row | {"digest": known[row["layer"]]}
        link.execute(command, [told_row[name] for name in names])
    _views(link, schema, mirror.tables)
    return written


def _stands(link: Link, schema: str) -> list[MirrorStands] | None:
    """Returns what each table there says of itself, if anything is; None of what is not ours."""
    found = link.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone()
    if found is None:
        return []
    held = {
        name
        for (name,) in link.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = %s AND relkind IN ('r', 'v', 'm', 'p', 'f')",
            [schema],
        )
    }
    if not held:
        return []
    columns = set(_columns(link, schema, "about"))
    if not {"site_id", "audience", "entries", "digest"} <= columns:
        return None
    rows = link.execute(_sql("SELECT site_id, audience, entries FROM {}.about", schema))
    return [MirrorStands(*row) for row in rows]


def _made(link: Link, schema: str, where: str) -> None:
    found = link.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone()
    if found is None:
        params: dict[str, str | int] = {"target": where}
        raise InvalidInput(Fault("wire.mirror.no-postgis", "TARGET", None, params))
    link.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in _ABOUT.items())
    link.execute(_sql("CREATE TABLE IF NOT EXISTS {}.about (" + columns + ")", schema))


def _formed(link: Link, schema: str, table: MirrorTable, where: str) -> None:
    """Makes a table, or adds what it lacks."""
    at = sql.Identifier(schema, table.name)
    link.execute(
        sql.SQL("CREATE TABLE IF NOT EXISTS {} (" + _ROW + " bigint PRIMARY KEY)").format(at)
    )
    there = _columns(link, schema, table.name)
    for name, kind in _wanted(table):
        if name not in there:
            link.execute(
                sql.SQL("ALTER TABLE {} ADD COLUMN {} " + kind).format(at, sql.Identifier(name))
            )
            if name == "geometry":
                link.execute(sql.SQL("CREATE INDEX ON {} USING gist (geometry)").format(at))
        elif there[name] != kind.partition("(")[0]:
            params: dict[str, str | int] = {"target": where, "column": f"{table.name}.{name}"}
            raise InvalidInput(Fault("wire.mirror.form", "TARGET", None, params))
    link.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(at, sql.Literal(table.says)))


def _wanted(table: MirrorTable) -> Iterator[tuple[str, str]]:
    for name, column in table.columns.items():
        yield name, _TYPES[column.kind]
    if table.shapes is not None:
        yield "geometry", "geometry(MultiPolygon, 4326)"


def _columns(link: Link, schema: str, table: str) -> dict[str, str]:
    found = link.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text))"
        " AND attnum > 0 AND NOT attisdropped",
        [schema, table],
    )
    return dict(found.fetchall())


def _rows(table: MirrorTable) -> Iterator[tuple[Any, ...]]:
    columns = [column.values for column in table.columns.values()]
    if table.shapes is not None:
        # As EWKB in hex, which names its coordinates' system.
        placed = shapely.set_srid(table.shapes, 4326)
        columns.append(shapely.to_wkb(placed, hex=True, include_srid=True).tolist())
    return zip(range(1, len(table) + 1), *columns, strict=True)


def _digest(rows: Sequence[tuple[Any, ...]]) -> str:
    made = sha256()
    for row in rows:
        made.update(repr(row).encode())
    return made.hexdigest()


def _filled(link: Link, schema: str, table: MirrorTable, rows: Sequence[tuple[Any, ...]]) -> None:
    # Deleted and not truncated: whoever reads meanwhile goes on reading the moment before.
    at = sql.Identifier(schema, table.name)
    link.execute(sql.SQL("DELETE FROM {}").format(at))
    names = [_ROW, *(name for name, _ in _wanted(table))]
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    with (
        link.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(at, listed)) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _views(link: Link, schema: str, tables: Sequence[MirrorTable]) -> None:
    """Makes each table's view with its as-of, and the one of all ground to keep off."""
    for table in tables:
        view = sql.Identifier(schema, f"{table.name}_as_of")
        link.execute(
            sql.SQL(
                "CREATE OR REPLACE VIEW {} AS SELECT about.as_of, about.known_at, about.entries,"
                " held.* FROM {} AS held, {} AS about WHERE about.layer = {}"
            ).format(
                view,
                sql.Identifier(schema, table.name),
                sql.Identifier(schema, "about"),
                sql.Literal(table.name),
            )
        )
    if {table.name for table in tables} >= set(_KEEP_OFF):
        link.execute(
            _sql(
                "CREATE OR REPLACE VIEW {0}.keep_off AS"
                " SELECT 'hazard/' || row_number AS key, id, class, name, 'hazard' AS standing,"
                " geometry FROM {0}.hazards UNION ALL"
                " SELECT 'doubt/' || row_number, id, class, name, 'release_in_doubt', geometry"
                " FROM {0}.in_doubt",
                schema,
            )
        )


def _sql(command: str, schema: str) -> sql.Composed:
    # The commands are this file's own; only the schema's name comes from outside.
    return sql.SQL(command).format(sql.Identifier(schema))
