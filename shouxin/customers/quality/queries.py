"""Reading data quality: what is due and whose it is, what a value's verification is, what waits from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.customers.quality import keeping, rules
from shouxin.customers.quality.models import Standing
from shouxin.customers.registry.queries import is_cut
from shouxin.customers.registry.verified import Verification
from shouxin.kit import clock, lists, statements
from shouxin.kit.lists import Place, Window
from shouxin.kit.workbench import Tally
from shouxin.people.leaving.rules import LIST_ROWS

MOST_COUNTED = 1000

_LINE = 's.id, s.customer_id, s.kind, s."values", s.due_on'
# Whoever was merged into another customer is asked about under that one's name.
_OWN = (
    "NOT EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = s.customer_id AND c.absorbed_by IS NOT NULL)"
)
# The longest overdue first, and the other way round; each beyond an edge.
_WAYS = {False: (">", "s.due_on, s.id"), True: ("<", "s.due_on DESC, s.id DESC")}
_EDGE = {False: (date.min, UUID(int=0)), True: (date.max, UUID(int=2**128 - 1))}


def _statement(whose: "Whose", *, backwards: bool, itself: bool) -> str:
    """`itself`: the row at the edge, too (`lists.Place`)."""
    beyond, order = _WAYS[backwards]
    beyond += "=" if itself else ""
    ordered = f"{_OWN} AND (s.due_on, s.id) {beyond} (%(due)s::date, %(edge)s::uuid) ORDER BY {order} LIMIT %(most)s"
    if whose is Whose.MINE:
        return (
            f"SELECT {_LINE} FROM customers_standing s"  # noqa: S608 - our own text
            f" WHERE s.responsible_id = %(actor)s AND s.due_on <= %(today)s::date AND {ordered}"
        )
    # Each department by its own index, so that a head with many of them reads no more rows than the page has.
    return f"""
SELECT s.* FROM unnest(%(departments)s::uuid[]) AS d(id) CROSS JOIN LATERAL (
    SELECT {_LINE} FROM customers_standing s
    WHERE s.department_id = d.id AND s.due_on <= %(today)s::date AND (NOT %(shared)s OR s.responsible_id IS NULL)
    AND {ordered}
) s ORDER BY {order} LIMIT %(most)s
"""  # noqa: S608 - our own text


_COUNT = f"""
SELECT count(*) FROM (
    SELECT 1 FROM customers_standing s WHERE s.responsible_id = %b AND s.due_on <= %b::date AND {_OWN} LIMIT %b
) q
"""  # noqa: S608 - our own text
_COUNT_OF_DEPARTMENTS = f"""
SELECT count(*) FROM (
    SELECT 1 FROM customers_standing s WHERE s.department_id = ANY(%b::uuid[]) AND s.due_on <= %b::date AND {_OWN}
    LIMIT %b
) q
"""  # noqa: S608 - our own text
_LAST = """
SELECT DISTINCT ON (record_id, field) record_id, field, by FROM customers_verified
WHERE customer_id = ANY(%b::uuid[]) ORDER BY record_id, field, id DESC
"""


class Whose(StrEnum):
    MINE = "mine"
    SHARED = "shared"  # of my department, nobody in particular responsible
    DEPARTMENT = "department"  # all of the departments I head


@dataclass(frozen=True, slots=True)
class Due:
    """One profile or contact with a value that is due; `fields` are those too old."""

    record: UUID
    customer: UUID
    kind: str
    due_on: date
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuePage:
    """`cut`: whoever leaves soon sees few customers at once, and no further pages."""

    window: Window[Due]
    cut: bool = False

    @property
    def lines(self) -> Sequence[Due]:
        return self.window.rows


def kinds_of_list(actor: Actor) -> list[Whose]:
    """The refresh lists that `actor` has."""
    mine = [Whose.MINE, Whose.SHARED]
    return [*mine, Whose.DEPARTMENT] if Role.HEAD in actor.roles else mine


def due(
    *, actor: Actor, whose: Whose, now: datetime, place: Place | None = None, latest: bool = False
) -> DuePage:
    """One page of what is due, the longest overdue first (`latest`: last); by index, however large the register."""
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    if whose not in kinds_of_list(actor):
        return DuePage(Window())
    shortened = is_cut(actor)
    wanted = Place(size=LIST_ROWS) if shortened else place or Place()
    found = _beyond(actor, whose, wanted, latest=latest, now=now)
    page = lists.cut(found, wanted, lambda line: line.record, by_column=True)
    if wanted.backwards and len(page.rows) < wanted.size:  # the beginning is reached: a whole page from there
        wanted = Place(size=wanted.size)
        found = _beyond(actor, whose, wanted, latest=latest, now=now)
        page = lists.cut(found, wanted, lambda line: line.record, by_column=True)
    return DuePage(Window(page.rows) if shortened else page, cut=shortened)


def _beyond(actor: Actor, whose: Whose, place: Place, *, latest: bool, now: datetime) -> list[Due]:
    """What lies beyond the edge that `place` names, in reading direction, and a row more than a page."""
    backwards, today = latest is not place.backwards, clock.today(now)
    on, edge = _EDGE[backwards]
    if place.edge:
        stood = Standing.objects.filter(id=place.edge).values_list("due_on", flat=True).first()
        if stood and stood <= today:  # else it is dealt with by now, and where it went nothing is due
            on, edge = stood, UUID(str(place.edge))
    values: dict[str, Any] = {
        "actor": actor.id,
        "departments": list(actor.department_ids),
        "shared": whose is Whose.SHARED,
        "today": today,
        "due": on,
        "edge": edge,
        "most": place.size + 1,
    }
    paces = keeping.chosen()
    return [
        Due(record, customer, kind, due_on, tuple(rules.overdue(rules.read(held), paces, today)))
        for record, customer, kind, held, due_on in statements.execute(
            _statement(whose, backwards=backwards, itself=not place.backwards), values
        )
    ]


def due_count(actor: Actor) -> int:
    """How many of the actor's own records are due, counted up to a thousand."""
    if actor.kind is not ActorKind.STAFF:
        return 0
    rows = statements.execute(_COUNT, [actor.id, clock.today(), MOST_COUNTED])
    return int(rows[0][0])


def due_rows(actor: Actor) -> Tally:
    """The actor's own records that are due, for the workbench."""
    return Tally(due_count(actor), lambda: _first(actor, Whose.MINE))


def due_of_departments(actor: Actor) -> Tally:
    """What is due in the departments a head answers for, counted up to a thousand."""
    departments = list(actor.department_ids)
    rows = statements.execute(_COUNT_OF_DEPARTMENTS, [departments, clock.today(), MOST_COUNTED])
    return Tally(int(rows[0][0]), lambda: _first(actor, Whose.DEPARTMENT))


def _first(actor: Actor, whose: Whose) -> list[Due]:
    return list(due(actor=actor, whose=whose, now=clock.now()).lines)


def standings(customer: UUID) -> list[Standing]:
    """The profile and the contacts of a customer, whoever asks; the gate says what of them may be seen."""
    return list(Standing.objects.filter(customer_id=customer).order_by("kind", "id"))


# The same for the gate to ask beside the values of one customer.
BESIDE = """
SELECT jsonb_agg(jsonb_build_array(s.id, s."values")) FROM customers_standing s WHERE s.customer_id = %(customer)s::uuid
"""


# The rows in which a value was verified at all: its day stands in the fourth place (`rules.stored`).
_VERIFIED = """
SELECT id, "values" FROM customers_standing
WHERE customer_id = ANY(%b::uuid[]) AND "values" @? '$.*[3] ? (@ != null)'
"""


def verifications(customers: Collection[UUID], now: datetime) -> dict[tuple[UUID, str], Verification]:
    """Where each value of these customers stands (the source signed up with the registry)."""
    return _verifications([(one, rules.read(values)) for one, values in _stored(customers)], customers, now)


def verified_alone(
    told: Sequence[Any] | None, customers: Collection[UUID], now: datetime
) -> dict[tuple[UUID, str], Verification]:
    """Those alone that were verified; `told` is what was read beside the values of one customer."""
    stored = (
        statements.execute(_VERIFIED, [list(customers)])
        if told is None
        else [(UUID(record), values) for record, values in told]
    )
    rows = [(record, values) for record, kept in stored if (values := rules.read(rules.verified_among(kept)))]
    return _verifications(rows, customers, now) if rows else {}


def _stored(customers: Collection[UUID]) -> list[tuple[Any, ...]]:
    return statements.execute(
        'SELECT id, "values" FROM customers_standing WHERE customer_id = ANY(%b::uuid[])', [list(customers)]
    )


def _verifications(
    rows: Sequence[tuple[UUID, Mapping[str, rules.Known]]], customers: Collection[UUID], now: datetime
) -> dict[tuple[UUID, str], Verification]:
    today, paces = clock.today(now), keeping.chosen()
    by: dict[tuple[UUID, str], UUID] = {}
    if any(known.verified is not None for _, values in rows for known in values.values()):
        by = {(record, key): who for record, key, who in statements.execute(_LAST, [list(customers)])}
    return {
        (record, key): Verification(
            rules.on(known.verified) if known.verified is not None else None,
            method.name if (method := rules.METHODS.get(known.method or "")) else None,
            by.get((record, key)) if known.verified is not None else None,
            rules.is_old(key, known, paces, today),
        )
        for record, values in rows
        for key, known in values.items()
        if known.verified is not None or key in paces
    }
