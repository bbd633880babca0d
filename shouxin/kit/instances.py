"""Objects of the models by prepared statements, for what many steps ask: the ORM would put the same text together, and
the server plan it, every time anew.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from psycopg import sql
from psycopg.types.json import Jsonb

from shouxin.kit.statements import execute

AT_ONCE = 50  # rows added by one statement
M = TypeVar("M", bound=Model)


class Columns(Generic[M]):
    """The columns of a model's table under a short name, in the order in which its objects are made of them.

    What is left out (`without`) is asked when somebody looks at it, and is not written by `save`.
    """

    def __init__(self, model: type[M], alias: str, without: Iterable[str] = ()) -> None:
        columns = {name: column for name, column in _columns(model).items() if name not in without}
        self._model, self._names = model, list(columns)
        self._key = self._names.index(model._meta.pk.attname)  # noqa: SLF001 - Django's own words for it
        named = [sql.Identifier(alias, column) for column in columns.values()]
        self.text = sql.SQL(", ").join(named).as_string()

    def __len__(self) -> int:
        return len(self._names)

    def made(self, cells: Sequence[Any]) -> M:
        """The object that a row's cells stand for."""
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, cells)

    def made_if_there(self, cells: Sequence[Any]) -> M | None:
        """As `made`; None where a LEFT JOIN found no row."""
        return None if cells[self._key] is None else self.made(cells)


def apart(cells: Sequence[Any], *tables: Columns[Any]) -> list[Any]:
    """The objects that a row stands for which holds the columns of these tables, one table after the other."""
    found, start = [], 0
    for table in tables:
        end = start + len(table)
        found.append(table.made_if_there(cells[start:end]))
        start = end
    return found


def update(row: Model, names: Sequence[str]) -> None:
    """Write these attributes of a row that the caller holds locked; nothing is checked but by the database."""
    execute(_updating(type(row), tuple(names)), [*_cells(row, names), row.pk])


def insert(rows: Sequence[Model], ending: str = "") -> None:
    """Add new rows of one model; `ending` says what is done where they stand already."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        names = list(_columns(type(some[0])))
        execute(_inserting(type(some[0]), len(some), ending), [c for row in some for c in _cells(row, names)])
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - as after `save`


def _cells(row: Model, names: Sequence[str]) -> list[Any]:
    values = [getattr(row, name) for name in names]
    return [Jsonb(value) if isinstance(value, dict) else value for value in values]


@lru_cache(maxsize=64)
def _inserting(model: type[Model], count: int, ending: str) -> str:
    table, columns = model._meta.db_table, _columns(model).values()  # noqa: SLF001 - Django's own words for it
    row = f"({', '.join(['%b'] * len(columns))})"
    named = sql.SQL(", ").join(map(sql.Identifier, columns)).as_string()
    into = sql.Identifier(table).as_string()
    return f"INSERT INTO {into} ({named}) VALUES {', '.join([row] * count)} {ending}"  # noqa: S608 - columns of a model


@lru_cache(maxsize=64)
def _updating(model: type[Model], names: tuple[str, ...]) -> str:
    about, columns = model._meta, _columns(model)  # noqa: SLF001 - Django's own words for it
    settings = [sql.SQL("{} = %b").format(sql.Identifier(columns[name])) for name in names]
    return (
        sql.SQL("UPDATE {} SET {} WHERE {} = %b")
        .format(
            sql.Identifier(about.db_table),
            sql.Composed(settings).join(", "),
            sql.Identifier(columns[about.pk.attname]),
        )
        .as_string()
    )


def _columns(model: type[Model]) -> dict[str, str]:
    fields: Iterable[Any] = model._meta.concrete_fields  # noqa: SLF001 - Django's own words for it
    return {one.attname: one.column for one in fields}


def fetched(row: Model, name: str) -> bool:
    """Whether the related rows stand with the object already."""
    return name in getattr(row, "_prefetched_objects_cache", {})


def put(row: Model, name: str, found: list[Any]) -> None:
    """Let the related rows stand with the object, as `prefetch_related` leaves them."""
    rows: Any = getattr(row, name).get_queryset()
    rows._result_cache, rows._prefetch_done = found, True  # noqa: SLF001 - so does Django
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows
