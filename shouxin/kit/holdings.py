"""What rooms keep about a customer: each signs up its tables, and says how their rows read, whence, what for, how long.

Whoever answers a person (an access package), or has to reach everything that is kept, asks here and forgets nobody. The
tables whose columns tell all by themselves are read in one statement; where values are sealed, the room reads them
through the gate itself (`reader`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Model

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.kit import statements
from shouxin.kit.registry import Registry


class Reads(StrEnum):
    """How a column is put into words."""

    PLAIN = "plain"
    MOMENT = "moment"
    DAY = "day"
    YES = "yes"
    CHOICE = "choice"  # of the model's own choices
    CODE = "code"  # whose words the journal knows
    FIELD = "field"  # the key of a field
    FIELDS = "fields"  # a list of them
    BY_FIELD = "by_field"  # a mapping from them
    PURPOSE = "purpose"  # the key of a purpose
    PURPOSES = "purposes"
    GROUP = "group"  # of fields that lie together


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the person is told it. `sql` stands in where it is no column of the table itself."""

    key: str
    title: Text
    reads: Reads = Reads.PLAIN
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks about which customers, who are one. `told` are the fields that may be named at all."""

    actor: Actor
    purpose: str
    customers: Sequence[UUID]
    told: frozenset[str]
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is kept."""

    id: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Why:
    """Where rows of a table come from, what they are kept for, and until when; a row may say it better itself."""

    source: Text
    purpose: Text
    until: Text


@dataclass(frozen=True, slots=True)
class Table:
    """What one room keeps in one table. `by` is an SQL condition on `r`, with the customers as its parameter."""

    model: type[Model]
    name: Text
    why: Why
    columns: tuple[Column, ...]
    by: str = "r.customer_id = ANY(%s::uuid[])"
    reader: Callable[[Asking], Iterable[Row]] | None = None

    @property
    def key(self) -> str:
        return self.model._meta.db_table  # noqa: SLF001 - Django's public Meta


tables: Registry[Table] = Registry("holdings")
_OF_FIELDS = frozenset({Reads.FIELD, Reads.FIELDS, Reads.BY_FIELD})
_selections: dict[str, tuple[Table, str]] = {}
# Codes and ids that are never told to the person concerned, of these customers: things under a duty of secrecy.
secrets: Registry[Callable[[Sequence[UUID]], Iterable[str]]] = Registry("secret things")
# Tables that refer to a customer and tell nothing that is not told elsewhere, each with its reason.
technical: Registry[str] = Registry("technical tables")


def register(table: Table) -> Table:
    """Sign up one table."""
    return tables.register(table.key, table)


def is_technical(model: type[Model], reason: str) -> None:
    """Say of a table that refers to customers why nothing of it is told."""
    technical.register(model._meta.db_table, reason)  # noqa: SLF001 - as above


def of(asking: Asking) -> Iterator[tuple[Table, Iterable[Row]]]:
    """Everything that is kept, table by table in the order of signing up; a table with nothing is there as well."""
    plain = _plain(asking)
    for table in tables.values():
        rows = table.reader(asking) if table.reader else plain.get(table.key, [])
        about = [column for column in table.columns if column.reads in _OF_FIELDS]
        if about:
            rows = (told for row in rows if (told := _told(about, row, asking.told)) is not None)
        yield table, rows


def _told(about: Sequence[Column], row: Row, told: frozenset[str]) -> Row | None:
    """The row without what may not be named; None when it was about nothing else."""
    left: dict[str, Any] = {}
    for column in about:
        value = row.said.get(column.key)
        if not value:
            continue
        if column.reads is Reads.FIELD:
            if value not in told:
                return None
            continue
        if column.reads is Reads.FIELDS:
            left[column.key] = [one for one in value if one in told]
        else:
            left[column.key] = {key: one for key, one in value.items() if key in told}
        if not left[column.key]:
            return None
    return Row(row.id, {**row.said, **left}) if left else row


def _plain(asking: Asking) -> dict[str, list[Row]]:
    """The rows of all tables that need no gate, in one statement."""
    chosen = [table for table in tables.values() if table.reader is None]
    if not chosen:
        return {}
    statement = " UNION ALL ".join(_selection(table) for table in chosen)
    parameters = [list(asking.customers)] * sum(table.by.count("%s") for table in chosen)
    found: dict[str, list[Row]] = {}
    for key, row, said in statements.execute(statement, parameters):
        found.setdefault(key, []).append(Row(row, said))
    return {key: sorted(rows, key=lambda one: one.id) for key, rows in found.items()}


def _selection(table: Table) -> str:
    """The SQL of one table, put together once."""
    known = _selections.get(table.key)
    if known is None or known[0] is not table:
        known = _selections[table.key] = (table, _select(table))
    return known[1]


def _select(table: Table) -> str:
    meta = table.model._meta  # noqa: SLF001 - as above
    columns = ", ".join(
        f"{column.sql or _column(table, column.key)} AS {column.key}" for column in table.columns
    )
    identity = f"r.{meta.pk.column}::text" if meta.pk else "''"
    return (
        f"SELECT '{meta.db_table}', {identity}, to_jsonb(x) FROM {meta.db_table} r"  # noqa: S608 - our own columns
        f" CROSS JOIN LATERAL (SELECT {columns}) x WHERE {table.by}"
    )


def _column(table: Table, key: str) -> str:
    columns = {one.name: one.column for one in table.model._meta.concrete_fields}  # noqa: SLF001 - as above
    return f'r."{columns[key]}"'
