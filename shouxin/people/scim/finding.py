"""What a directory asks to be shown: filtered, sorted and cut to a page in the database, as far as SQL says the same.

What SQL does not say (an order between names, values of members other than their ids) is judged row by row, over what
the rest of the filter leaves, and never over more than `MOST_JUDGED` rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.db.models import Case, Expression, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.db.models.lookups import Contains, EndsWith, Exact, StartsWith
from scim2_models import ScimFilter, TooManyException
from scim2_models.path import (
    AttributeBinding,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
    coerce_value,
)

from shouxin.people.connections.models import Connection
from shouxin.people.scim import queries
from shouxin.people.scim.models import ScimGroup, ScimPerson
from shouxin.people.scim.resources import Group, User, group_of, user_of

MOST_JUDGED = 1000
NOBODY = Q(pk__in=[])
_PARTS = {CompareOperator.co: Contains, CompareOperator.sw: StartsWith, CompareOperator.ew: EndsWith}
_ORDERS = {
    CompareOperator.gt: "gt",
    CompareOperator.ge: "gte",
    CompareOperator.lt: "lt",
    CompareOperator.le: "lte",
}


class _NotInSql(Exception):
    """This part of a filter is judged row by row."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where an attribute stands, and what must hold besides for the directory to be told of it."""

    path: str
    kind: str = "text"  # text | id | flag | moment
    folded: bool = False  # compared without regard to case
    told: Q = field(default_factory=Q)

    @property
    def expression(self) -> Expression | F:
        return Lower(self.path) if self.folded else F(self.path)

    @property
    def stands(self) -> Q:
        """That there is a value: said beside every comparison, so that denying it stays true where there is none."""
        return self.told & Q(**{f"{self.path}__isnull": False})

    @property
    def order(self) -> Expression | F:
        return Case(When(self.told, then=self.expression)) if self.told else self.expression


Key = tuple[str, str | None]
_TIMES: Mapping[Key, Column] = {
    ("meta", "created"): Column("created_at", "moment"),
    ("meta", "last_modified"): Column("changed_at", "moment"),
}
_USERS: Mapping[Key, Column] = {
    **_TIMES,
    ("id", None): Column("staff_id", "id"),
    ("external_id", None): Column("external_id"),
    ("user_name", None): Column("staff__user_name", folded=True),
    ("display_name", None): Column(
        "staff__display_name", folded=True, told=Q(stated__contains=["displayName"])
    ),
    ("active", None): Column("staff__is_active", "flag", told=Q(stated__contains=["active"])),
}
_GROUPS: Mapping[Key, Column] = {
    **_TIMES,
    ("id", None): Column("id", "id"),
    ("external_id", None): Column("external_id"),
    ("display_name", None): Column("name", folded=True),
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of resource: its columns, and which rows hold a given member or group."""

    columns: Mapping[Key, Column]
    links: str  # the attribute whose values are ids of others
    linking: str  # column of the table between, naming the other
    linked: str  # column of the table between, naming our row


_KINDS: Mapping[Any, _Kind] = {
    User: _Kind(_USERS, "groups", "scimgroup_id", "staff_id"),
    Group: _Kind(_GROUPS, "members", "staff_id", "scimgroup_id"),
}


class _InSql(FilterVisitor[Q]):
    """A filter as a condition over one kind's rows; raises `_NotInSql` where SQL would say something else."""

    def __init__(self, wanted: Any, kind: _Kind) -> None:
        self.wanted, self.kind = wanted, kind

    def visit_comparison(self, node: Comparison) -> Q:
        bound = self.wanted.resolve_comparison(node.attr_path, strict=False)
        if bound is None:
            return NOBODY  # another kind's attribute
        value = coerce_value(bound, node.value, node.op)
        if isinstance(value, str) and not _storable(value):
            return ~NOBODY if node.op == CompareOperator.ne else NOBODY
        if bound.field_name == self.kind.links:
            return self._linked(bound, node.op, value)
        column = self._column(bound)
        if node.op == CompareOperator.eq:
            return self._equal(column, bound, value)
        if node.op == CompareOperator.ne:
            return ~self._equal(column, bound, value)
        if value is None:
            return NOBODY
        if column.kind == "moment" and node.op in _ORDERS:
            return Q(**{f"{column.path}__{_ORDERS[node.op]}": value})
        if column.kind == "text" and node.op in _PARTS:
            part = _PARTS[node.op](column.expression, Value(bound.comparable(value)))
            return column.stands & Q(part)
        raise _NotInSql

    def visit_present(self, node: Present) -> Q:
        bound = self.wanted.resolve(node.attr_path, strict=False)
        if bound is None:
            return NOBODY
        if bound.field_name == self.kind.links and bound.sub_field_name is None:
            return Q(pk__in=self._between().values(self.kind.linked))
        return self._present(self._column(bound))

    def visit_not(self, node: Not) -> Q:
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        first, *others = (self.visit(term) for term in node.terms)
        for other in others:
            first = first & other if node.op == LogicalOperator.and_ else first | other
        return first

    def visit_value_path(self, node: ValuePath) -> Q:
        """`members[value eq "…"]`, as directories ask whether somebody is in a group."""
        bound, inner = self.wanted.resolve(node.attr_path, strict=False), node.val_filter
        if bound is None:
            return NOBODY
        if (
            bound.field_name != self.kind.links
            or not isinstance(inner, Comparison)
            or str(inner.attr_path).lower() != "value"
            or inner.op != CompareOperator.eq
        ):
            raise _NotInSql
        return self._having(inner.value)

    def _column(self, bound: AttributeBinding) -> Column:
        found = self.kind.columns.get((bound.field_name, bound.sub_field_name))
        if found is None:
            raise _NotInSql
        return found

    def _equal(self, column: Column, bound: AttributeBinding, value: Any) -> Q:
        if value is None:
            return ~self._present(column)
        if column.kind == "id":
            return Q(pk=known) if (known := _id(value)) else NOBODY
        return column.stands & Q(Exact(column.expression, Value(bound.comparable(value))))

    def _present(self, column: Column) -> Q:
        return column.stands & ~_empty(column)

    def _linked(self, bound: AttributeBinding, op: CompareOperator, value: Any) -> Q:
        if op != CompareOperator.eq or bound.sub_field_name != "value":
            raise _NotInSql
        return self._having(value)

    def _having(self, value: Any) -> Q:
        known = _id(value)
        if known is None:
            return NOBODY
        rows = self._between().filter(**{self.kind.linking: known})
        return Q(pk__in=rows.values(self.kind.linked))

    def _between(self) -> QuerySet[Model]:
        through: Any = ScimGroup.members.through
        return cast("QuerySet[Model]", through.objects.all())


def _storable(text: str) -> bool:
    """Whether the database could hold this text at all; what it cannot equals nothing there."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _empty(column: Column) -> Q:
    return Q(**{column.path: ""}) if column.kind == "text" else NOBODY


def _id(value: Any) -> UUID | None:
    """An id as we write it; spelled otherwise it is nobody's, because ids are compared as they stand."""
    try:
        found = UUID(str(value))
    except ValueError:
        return None
    return found if str(found) == value else None


@dataclass(frozen=True)
class Search:
    """One search of a directory over one or both kinds of resources."""

    connection: Connection
    asked: Any  # scim2_models.SearchRequest, bound to `models`
    models: Sequence[Any]
    base: str

    def page(self, start: int, count: int) -> tuple[list[Any], int]:
        """The resources from the `start`th on, and how many there are in all.

        Raises:
            TooManyException: more rows would have to be judged one by one than this is willing to.
        """
        orders = [self._order(model) for model in self.models]
        in_sql = all(whole for _rows, whole in self._narrowed)
        if not in_sql or None in orders or (self.asked.sort_by and len(self.models) > 1):
            found = self._judged()
            return found[start - 1 : start - 1 + count], len(found)
        total, shown, skip = 0, list[Any](), start - 1
        for (rows, _whole), order in zip(self._narrowed, orders, strict=True):
            matching = rows.count()
            total += matching
            left = count - len(shown)
            if left > 0 and skip < matching:
                ordered = rows.order_by(*(order or ()), *rows.query.order_by)
                shown += [self._resource(row) for row in ordered[skip : skip + left]]
            skip = max(skip - matching, 0)
        return shown, total

    @cached_property
    def _narrowed(self) -> list[tuple[QuerySet[Any], bool]]:
        """By kind: the rows that SQL leaves, and whether it has said all of the filter."""
        found = []
        for model in self.models:
            rows: QuerySet[Any] = (
                queries.people(self.connection) if model is User else queries.groups(self.connection)
            )
            wanted = self._filter(model)
            said, whole = (Q(), True) if wanted is None else _said(wanted, _KINDS[model])
            found.append((rows.filter(said), whole))
        return found

    def _judged(self) -> list[Any]:
        found: list[Any] = []
        for model, (rows, _whole) in zip(self.models, self._narrowed, strict=True):
            kept = list(rows[: MOST_JUDGED + 1])
            if len(kept) > MOST_JUDGED:
                raise TooManyException
            wanted = self._filter(model)
            resources = (self._resource(row) for row in kept)
            found += [one for one in resources if wanted is None or wanted.match(one)]
        return cast("list[Any]", self.asked.sort(found))

    def _filter(self, model: Any) -> Any:
        return cast("Any", ScimFilter)[model](str(self.asked.filter)) if self.asked.filter else None

    def _order(self, model: Any) -> Sequence[Any] | None:
        """How SQL sorts this kind; None where it cannot."""
        if self.asked.sort_by is None:
            return ()
        bound = self.asked.sort_binding(model)
        column = _KINDS[model].columns.get((bound.field_name, bound.sub_field_name)) if bound else None
        if column is None:
            return None
        if self.asked.sort_order == type(self.asked).SortOrder.descending:
            return [column.order.desc(nulls_first=True)]
        return [column.order.asc(nulls_last=True)]

    def _resource(self, row: ScimPerson | ScimGroup) -> Any:
        return user_of(row, self.base) if isinstance(row, ScimPerson) else group_of(row, self.base)


def _said(wanted: Any, kind: _Kind) -> tuple[Q, bool]:
    """As much of a filter as SQL says, and whether that is all of it."""
    tree: FilterNode = wanted.ast
    both = isinstance(tree, LogicalExpr) and tree.op == LogicalOperator.and_
    said, whole = Q(), True
    for term in tree.terms if both else [tree]:  # type: ignore[attr-defined]
        try:
            said &= _InSql(wanted, kind).visit(term)
        except _NotInSql:
            whole = False
    return said, whole
