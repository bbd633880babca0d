"""Reading data quality: what is due and whose it is, what a value's verification is, what waits from outside."""

from collections.abc import Collection
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
from shouxin.kit import clock, statements
from shouxin.kit.workbench import Tally
from shouxin.people.leaving.rules import LIST_ROWS

PER_PAGE = 50
MOST_COUNTED = 1000

_LINE = 's.id, s.customer_id, s.kind, s."values", s.due_on'
# Whoever was merged into another customer is asked about under that one's name.
_OWN = (
    "NOT EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = s.customer_id AND c.absorbed_by IS NOT NULL)"
)
_ORDER = (
    f"{_OWN} AND (s.due_on, s.id) > (%(due)s::date, %(after)s::uuid) ORDER BY s.due_on, s.id LIMIT %(most)s"
)
_MINE = f"""
SELECT {_LINE} FROM customers_standing s
WHERE s.responsible_id = %(actor)s AND s.due_on <= %(today)s::date AND {_ORDER}
"""  # noqa: S608 - our own text
# Each department by its own index, so that a head with many of them reads no more rows than the page has.
_OF_DEPARTMENTS = f"""
SELECT s.* FROM unnest(%(departments)s::uuid[]) AS d(id) CROSS JOIN LATERAL (
    SELECT {_LINE} FROM customers_standing s
    WHERE s.department_id = d.id AND s.due_on <= %(today)s::date AND (NOT %(shared)s OR s.responsible_id IS NULL)
    AND {_ORDER}
) s ORDER BY s.due_on, s.id LIMIT %(most)s
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
    lines: list[Due]
    following: str  # where the next page begins; empty for none
    cut: bool = False


def kinds_of_list(actor: Actor) -> list[Whose]:
    """The refresh lists that `actor` has."""
    mine = [Whose.MINE, Whose.SHARED]
    return [*mine, Whose.DEPARTMENT] if Role.HEAD in actor.roles else mine


def due(*, actor: Actor, whose: Whose, after: str, now: datetime) -> DuePage:
    """One page of what is due, the longest overdue first; by index, however large the register."""
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    if whose not in kinds_of_list(actor):
        return DuePage([], "")
    cut = is_cut(actor)
    most = LIST_ROWS if cut else PER_PAGE
    today = clock.today(now)
    begin = _place(after) if not cut else None
    values: dict[str, Any] = {
        "actor": actor.id,
        "departments": list(actor.department_ids),
        "shared": whose is Whose.SHARED,
        "today": today,
        "due": begin[0] if begin else date.min,
        "after": begin[1] if begin else UUID(int=0),
        "most": most + 1,
    }
    rows = statements.execute(_MINE if whose is Whose.MINE else _OF_DEPARTMENTS, values)
    paces = keeping.chosen()
    lines = [
        Due(record, customer, kind, on, tuple(rules.overdue(rules.read(held), paces, today)))
        for record, customer, kind, held, on in rows[:most]
    ]
    more = len(rows) > most and not cut
    return DuePage(lines, f"{lines[-1].due_on.isoformat()}_{lines[-1].record}" if more else "", cut=cut)


def _place(after: str) -> tuple[date, UUID] | None:
    on, _, record = after.partition("_")
    try:
        return date.fromisoformat(on), UUID(record)
    except ValueError:
        return None


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
    return due(actor=actor, whose=whose, after="", now=clock.now()).lines


def standings(customer: UUID) -> list[Standing]:
    """The profile and the contacts of a customer, whoever asks; the gate says what of them may be seen."""
    return list(Standing.objects.filter(customer_id=customer).order_by("kind", "id"))


def verifications(customers: Collection[UUID], now: datetime) -> dict[tuple[UUID, str], Verification]:
    """Where each value of these customers stands (the source signed up with the registry)."""
    today, paces = clock.today(now), keeping.chosen()
    rows = [
        (record, rules.read(values))
        for record, values in statements.execute(
            'SELECT id, "values" FROM customers_standing WHERE customer_id = ANY(%b::uuid[])',
            [list(customers)],
        )
    ]
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
