"""Looking for plaintext where a thief would: in every table, file and log, in every encoding that could hide it."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")


def shapes(value: str) -> set[bytes]:
    """How `value` may stand in bytes: text encodings, each of them also as hex, base64, JSON and URL escapes."""
    found: set[bytes] = set()
    for encoding in ENCODINGS:
        raw = value.encode(encoding)
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
        for shift in range(3):
            # Standing anywhere in a longer text: cut off the characters that its neighbours decide.
            whole = base64.b64encode(b"\0" * shift + raw)
            found.add(whole[(0, 2, 3)[shift] :].rstrip(b"=")[:-1])
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) > 127 else c for c in value)
    percent = "".join(f"%{byte:02X}" for byte in value.encode()) if not value.isascii() else value
    return found | {escaped.encode(), percent.encode()}


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to look: a table, a file."""

    name: str
    content: bytes


def tables(connection: psycopg.Connection) -> Iterator[Place]:
    """Every table of the database, its sequences, views and the catalogue's own texts aside, as text and as bytes."""
    named = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND n.nspname NOT LIKE 'pg_toast%'"
    ).fetchall()
    # What the planner gathered about columns is a copy of values too.
    named += [("pg_catalog", "pg_statistic"), ("pg_catalog", "pg_description")]
    for schema, table in named:
        for shape in ("text", "binary"):
            query = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT (FORMAT {})").format(
                sql.Identifier(schema, table), sql.SQL(shape)
            )
            if table == "pg_statistic" and shape == "binary":
                continue  # anyarray has no binary form
            with connection.cursor() as cursor, cursor.copy(query) as copy:
                yield Place(f"table {schema}.{table} ({shape})", b"".join(bytes(part) for part in copy))


def files(folders: Iterable[Path], *, since: float) -> Iterator[Place]:
    """Every file below `folders` that was written since; WAL, tables and temporary files among them."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            try:
                if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
                    yield Place(f"file {path.name} in {path.parent.name}", path.read_bytes())
            except FileNotFoundError:  # PostgreSQL tidied up in between
                continue


def leaks(places: Iterable[Place], planted: Mapping[str, str]) -> set[tuple[str, str]]:
    """(place, name of the planted value) for everything found; never the value itself."""
    wanted = {name: shapes(value) for name, value in planted.items()}
    return {
        (place.name, name)
        for place in places
        for name, forms in wanted.items()
        if any(form in place.content for form in forms)
    }
