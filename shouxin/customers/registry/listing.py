"""The list of customers: a page of those the actor sees, found through indexes however large the register is.

Who sees what is one condition with many alternatives (`queries.visible`). Asked as one, PostgreSQL walks the whole
register in the order of the list until it has found enough, which takes long for somebody whose customers are few or
old. So every alternative is asked for by itself, each along an index that begins with what it is about, and what they
give is merged.

The planner takes rows that fit to lie evenly through the register, and would rather walk the primary key or sort what
it takes for little. So it is given no choice: an alternative names the columns its index begins with as a range from a
value to the same value and orders by them too (as equalities they would be left out of the order), and sorting is off.
Only where a list by the last change is narrowed by a value may it choose between walking and sorting.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Action, Actor, ActorKind, Role, Sight
from shouxin.customers.registry import queries
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.queries import Filters, Page
from shouxin.kit import lists
from shouxin.kit.lists import COUNTED, Count, Place, Sort
from shouxin.people.leaving.rules import LIST_ROWS

SORTS = (
    Sort("newest", _("最近建档在前")),
    Sort("oldest", _("最早建档在前"), descending=False),
    Sort("updated", _("最近更新在前"), "updated_at"),
    Sort("untouched", _("最久未更新在前"), "updated_at", descending=False),
)
_OPEN = "visibility = 'open'"
_UNCONFIRMED = "visibility = 'unconfirmed'"
_ORGANISATION = "scope = 'organisation'"
_WHERE = "(SELECT {columns} FROM customers_customer WHERE {where} {order} LIMIT %(most)s)"
_IN_DEPARTMENTS = (  # nothing but our own words comes into these: what is asked for are parameters
    "(SELECT x.* FROM unnest(%(departments)s::uuid[]) AS d (department) CROSS JOIN LATERAL " + _WHERE + " x)"  # noqa: S608
)
_SECOND = ("segment", "province", "kind")  # what an index may go on with, the narrowest first
_CHOICES = ("enable_sort", "enable_incremental_sort", "enable_bitmapscan", "enable_seqscan")
_SETTING = "SELECT " + ", ".join(f"set_config('{name}', %(to)s, true)" for name in _CHOICES)


@dataclass(frozen=True, slots=True)
class _Part:
    """One alternative: a condition, and the columns with which its index begins, each with what it has to be."""

    condition: str
    prefix: tuple[tuple[str, str], ...]
    each_department: bool = False


def page(
    *,
    actor: Actor,
    purpose: str,
    filters: Filters,
    now: datetime,
    place: Place | None = None,
    sort: Sort = SORTS[0],
    digest: str = "",
    secrets: bool = False,
) -> Page:
    """One masked page, journalled once with the keyed digest of its filter.

    Raises:
        Refused: the actor may not work for `purpose`.
    """
    shortened = queries.is_cut(actor)
    wanted = Place(size=LIST_ROWS) if shortened else place or Place()
    found = _window(actor, filters, sort, wanted)
    views, gone = queries.listed(
        actor=actor,
        purpose=purpose,
        rows=_rows(found.rows),
        action=Action.VIEW,
        now=now,
        digest=digest,
        secrets=secrets,
    )
    if shortened:
        return Page(views, cut=True, left_out=gone)
    return Page(views, found.following, found.preceding, left_out=gone)


def count(actor: Actor, filters: Filters) -> Count:
    """How many `filters` leaves of what the actor sees, counted no further than lists count."""
    number = len(ids(actor, filters, most=COUNTED + 1))
    return Count(min(number, COUNTED), number > COUNTED)


def ids(
    actor: Actor, filters: Filters, *, most: int, sort: Sort = SORTS[0], place: Place | None = None
) -> list[UUID]:
    """The first of them in the order of the list, or from the edge of `place` on in its direction."""
    statement, parameters = _statement(actor, filters, sort, place or Place())
    if not statement:
        return []
    with transaction.atomic(), connection.cursor() as cursor, _walking(cursor, along=_walks(filters, sort)):
        cursor.execute(statement, {**parameters, "most": most})
        return [row[0] for row in cursor.fetchall()]


def _walks(filters: Filters, sort: Sort) -> bool:
    """Whether there is one index to walk along, and nothing to choose."""
    return not sort.column or not any(getattr(filters, column) for column in _SECOND)


@contextmanager
def _walking(cursor: CursorWrapper, *, along: bool) -> Iterator[None]:
    """Within a transaction: for these statements the planner walks indexes in their order and sorts nothing."""
    if along:
        cursor.execute(_SETTING, {"to": "off"})
    yield
    if along:
        cursor.execute(_SETTING, {"to": "on"})


def _window(actor: Actor, filters: Filters, sort: Sort, place: Place) -> lists.Window[UUID]:
    found = ids(actor, filters, most=place.size + 1, sort=sort, place=place)
    if place.backwards and len(found) < place.size:  # the beginning is reached: show a whole page from there
        return _window(actor, filters, sort, Place(size=place.size))
    return lists.cut(found, place, lambda one: one, by_column=bool(sort.column))


def _rows(wanted: Sequence[UUID]) -> list[Customer]:
    found = Customer.objects.select_related("owner_department", "responsible").in_bulk(list(wanted))
    return [found[one] for one in wanted if one in found]


def _statement(actor: Actor, filters: Filters, sort: Sort, place: Place) -> tuple[str, dict[str, Any]]:
    """Every alternative by itself, each no longer than the page, merged; empty where nothing can be seen."""
    parameters, edge = _narrowing(actor, filters), _edge(sort, place)
    if edge is None:
        place, edge = Place(size=place.size), {}
    keys = [sort.column, "id"] if sort.column else ["id"]
    ask = _walked if _walks(filters, sort) else _chosen
    parts = [ask(part, list(parameters), keys, sort, place) for part in _parts(actor, filters, sort)]
    if not parts:
        return "", {}
    order = _order(keys, sort, place)
    merged = f"SELECT id FROM ({' UNION '.join(parts)}) found {order} LIMIT %(most)s"  # noqa: S608 - our own words
    departments = [one for one in actor.department_ids if filters.department in {None, one}]
    return merged, {**parameters, **edge, "actor": actor.id, "departments": departments}


def _walked(part: _Part, narrowed: Sequence[str], keys: Sequence[str], sort: Sort, place: Place) -> str:
    """The statement of one alternative, along the index that begins with its prefix."""
    columns, values = [column for column, _value in part.prefix], [value for _column, value in part.prefix]
    here, there = ", ".join(columns), ", ".join(values)
    ahead, behind = ("<", ">=") if sort.descending is not place.backwards else (">", "<=")
    where = [f"({here}) {behind} ({there})"]
    if place.edge:
        edge = ["%(edge_at)s", "%(edge)s"] if sort.column else ["%(edge)s"]
        ahead += _itself(sort, place)
        where.append(f"({', '.join([*columns, *keys])}) {ahead} ({', '.join([*values, *edge])})")
        # The same once more without the prefix: an index in the same order that lacks it begins at the place, too.
        where.append(f"({', '.join(keys)}) {ahead} ({', '.join(edge)})")
    else:
        where.append(f"({here}) {ahead}= ({there})")
    return _one(
        part, where, [one for one in narrowed if one not in columns], keys, sort, place, [*columns, *keys]
    )


def _chosen(part: _Part, narrowed: Sequence[str], keys: Sequence[str], sort: Sort, place: Place) -> str:
    """The statement of one alternative, along whichever index the planner takes for best."""
    ahead = "<" if sort.descending is not place.backwards else ">"
    where = [f"{column} = {value}" for column, value in part.prefix]
    if place.edge:
        where.append(f"({', '.join(keys)}) {ahead}{_itself(sort, place)} (%(edge_at)s, %(edge)s)")
    return _one(part, where, narrowed, keys, sort, place, keys)


def _itself(sort: Sort, place: Place) -> str:
    """Whether the row at the edge is on the page (`lists.Place`)."""
    return "=" if sort.column and not place.backwards else ""


def _one(
    part: _Part,
    where: Sequence[str],
    narrowed: Sequence[str],
    keys: Sequence[str],
    sort: Sort,
    place: Place,
    order: Sequence[str],
) -> str:
    conditions = [part.condition, "absorbed_by IS NULL", *where, *(f"{one} = %({one})s" for one in narrowed)]
    return (_IN_DEPARTMENTS if part.each_department else _WHERE).format(
        columns=", ".join(reversed(keys)), where=" AND ".join(conditions), order=_order(order, sort, place)
    )


def _parts(actor: Actor, filters: Filters, sort: Sort) -> list[_Part]:
    """The alternatives of `queries.visible`; as few as may be where a filter names a person or a department.

    A test compares what they give with `queries.visible` for everybody of the cast.
    """
    named = "" if sort.column else next((one for one in _SECOND if getattr(filters, one)), "")
    second = ((named, f"%({named})s"),) if named else ()
    opened = _opened(actor, second) if filters.visibility in {"", "open"} else []
    waiting = _waiting(actor) if filters.visibility in {"", "unconfirmed"} else []
    if filters.mine or filters.responsible:
        of: tuple[tuple[str, str], ...] = (("responsible_id", "%(responsible_id)s"),)
        return [*_together(opened, of), *_together(waiting, of)]
    if filters.department:
        of = (("owner_department_id", "%(owner_department_id)s"),)
        return [*_together(opened, (*of, *second)), *_together(waiting, of)]
    return [*opened, *waiting]


def _together(parts: Sequence[_Part], prefix: tuple[tuple[str, str], ...]) -> list[_Part]:
    """These alternatives as one, walked along an index that begins with `prefix`."""
    return [_Part("(" + " OR ".join(f"({_whole(part)})" for part in parts) + ")", prefix)] if parts else []


def _whole(part: _Part) -> str:
    """The condition of an alternative with everything it is about, for where another index is walked."""
    if part.each_department:
        return f"{part.condition} AND owner_department_id = ANY(%(departments)s::uuid[])"
    return " AND ".join([part.condition, *(f"{column} = {value}" for column, value in part.prefix)])


def _opened(actor: Actor, second: tuple[tuple[str, str], ...]) -> list[_Part]:
    if actor.sight is Sight.ALL:
        return [_Part(_OPEN, second or (("visibility", "'open'"),))]
    found = [_Part(_OPEN, (("responsible_id", "%(actor)s"),))]
    if actor.sight is not Sight.OWN:
        found.append(_Part(f"{_OPEN} AND {_ORGANISATION}", (("scope", "'organisation'"),)))
        wide = Role.HEAD in actor.roles or actor.kind is not ActorKind.STAFF
        shared = "" if wide else " AND (scope <> 'own' OR responsible_id IS NULL)"
        if actor.department_ids:
            found.append(_Part(_OPEN + shared, (("owner_department_id", "d.department"), *second), True))
    return found


def _waiting(actor: Actor) -> list[_Part]:
    found = [
        _Part(_UNCONFIRMED, (("responsible_id", "%(actor)s"),)),
        _Part(_UNCONFIRMED, (("created_by", "%(actor)s"),)),
    ]
    if Role.HEAD in actor.roles and actor.sight is not Sight.OWN and actor.department_ids:
        found.append(_Part(_UNCONFIRMED, (("owner_department_id", "d.department"),), True))
    return found


def _narrowing(actor: Actor, filters: Filters) -> dict[str, Any]:
    """What the list is narrowed to, by column."""
    wanted = {
        "kind": filters.kind,
        "segment": filters.segment,
        "province": filters.province,
        "owner_department_id": filters.department,
        "responsible_id": actor.id if filters.mine else filters.responsible,
    }
    return {column: value for column, value in wanted.items() if value}


def _edge(sort: Sort, place: Place) -> dict[str, Any] | None:
    """The row that stood at the edge of the page before; its value is looked up, never handed around."""
    if place.edge is None:
        return {}
    if not sort.column:
        return {"edge": place.edge}
    at = Customer.objects.filter(id=place.edge).values_list(sort.column, flat=True).first()
    return None if at is None else {"edge": place.edge, "edge_at": at}


def _order(columns: Sequence[str], sort: Sort, place: Place) -> str:
    way = "DESC" if sort.descending is not place.backwards else "ASC"
    return "ORDER BY " + ", ".join(f"{column} {way}" for column in columns)
