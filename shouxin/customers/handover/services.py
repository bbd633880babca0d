"""Handing customers over: they fall to the head when somebody goes, are proposed to a successor, and accepted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.customers.handover import queries
from shouxin.customers.handover.models import OPEN, Handover, HandoverState
from shouxin.customers.registry.listeners import Passed, tell_passed
from shouxin.customers.registry.models import Customer
from shouxin.gate.rules import check_note
from shouxin.journal import services as journal
from shouxin.people.leaving.ties import Cause, Going, Tied
from shouxin.people.models import Staff

AT_ONCE = 5000  # customers of one transaction


class HandoverProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fall_to_heads(*, actor: Actor, going: Going) -> int:
    """Put the customers of who goes on the hand-over list and their head in charge, within the caller's transaction.

    What was offered to who goes comes back to its head as well. Gives how many customers were theirs.

    Raises:
        Tied: somebody moves, and a department of theirs has no head who could take over.
    """
    _take_back_offers(actor, going)
    mine = list(Customer.objects.select_for_update().filter(responsible_id=going.staff).order_by("id"))
    standing = set(
        Handover.objects.filter(customer__in=mine, state__in=OPEN).values_list("customer_id", flat=True)
    )
    Handover.objects.bulk_create(
        Handover(customer=customer, leaver_id=going.staff, began_at=going.at)
        for customer in mine
        if customer.id not in standing
    )
    pseudonyms = dict(Staff.objects.values_list("id", "pseudonym"))
    for department in {customer.owner_department_id for customer in mine}:
        theirs = [customer.id for customer in mine if customer.owner_department_id == department]
        head = queries.head_for(department, but=going.staff)
        if head is None:
            if going.cause is Cause.MOVED:
                raise _no_head()
            continue  # whoever left opens nothing any more; the list keeps the customers until there is a head
        Customer.objects.filter(id__in=theirs).update(responsible_id=head, updated_at=going.at)
        tell_passed(actor, [Passed(one, frozenset({going.staff}), head) for one in theirs], going.at)
        _record(
            actor,
            "handover.fell_to_head",
            [(customer, pseudonyms[going.staff], pseudonyms[head]) for customer in theirs],
        )
    return len(mine)


def _no_head() -> Tied:
    return Tied(
        "no_head_to_take_over",
        Text(
            "此人负责的客户所在部门没有负责人可以接管。请先为该部门指定负责人，或先交接客户。",
            "A department of this person's customers has no head to take them. Name a head, or hand them over first.",
        ),
    )


def _take_back_offers(actor: Actor, going: Going) -> None:
    offered = Handover.objects.select_for_update().filter(
        successor_id=going.staff, state=HandoverState.PROPOSED
    )
    rows = list(offered.order_by("id"))
    if rows:
        _back(rows, "")
        journal.append_many(
            actor=actor, event="handover.withdrawn", rows=[(row.customer_id, {}) for row in rows]
        )


def propose(
    *, actor: Actor, leaver: UUID, customers: Collection[UUID] | None, successor: UUID, now: datetime
) -> int:
    """The head proposes who takes over: some of a leaver's customers, or (None) all that are left; how many.

    Raises:
        HandoverProblem: not this head's customers; a successor who may not take them.
    """
    actor.require(Permission.CUSTOMERS_HANDOVER_PROPOSE)
    with transaction.atomic():
        found = queries.to_hand_over(actor, leaver)
        if customers is not None:
            found = found.filter(id__in=list(customers))
        rows = list(found.select_related(None).select_for_update(of=("self",))[:AT_ONCE])
        if not rows or (customers is not None and len(rows) != len(set(customers))):
            raise HandoverProblem("customers.unknown")
        chosen = Customer.objects.filter(id__in=[row.id for row in rows])
        _check_successor(actor, chosen, leaver, successor)
        _offer(rows, leaver, successor, actor, now)
        people = dict(Staff.objects.filter(id__in=[leaver, successor]).values_list("id", "pseudonym"))
        _record(actor, "handover.proposed", [(row.id, people[leaver], people[successor]) for row in rows])
    return len(rows)


def _check_successor(actor: Actor, chosen: QuerySet[Customer], leaver: UUID, successor: UUID) -> None:
    possible = {one.id: one for one in queries.successors(actor, chosen, leaver)}
    if successor not in possible:
        raise HandoverProblem("successor.unsuitable")
    # Nobody is handed customers of a department they do not work in.
    if chosen.exclude(owner_department_id=possible[successor].department_id).exists():
        raise HandoverProblem("successor.elsewhere")


def _offer(rows: Sequence[Customer], leaver: UUID, successor: UUID, actor: Actor, now: datetime) -> None:
    standing = {
        row.customer_id: row
        for row in Handover.objects.select_for_update().filter(customer__in=rows, state=HandoverState.WAITING)
    }
    offer = {
        "successor_id": successor,
        "state": HandoverState.PROPOSED,
        "proposed_by_id": actor.id,
        "proposed_at": now,
        "note": "",
    }
    Handover.objects.filter(id__in=[row.id for row in standing.values()]).update(**offer)
    Handover.objects.bulk_create(
        Handover(customer=row, leaver_id=leaver, began_at=now, **offer)
        for row in rows
        if row.id not in standing
    )


def accept(*, actor: Actor, handovers: Collection[UUID] | None, now: datetime) -> int:
    """The successor takes over some or all of what is offered; from now on they answer for these customers."""
    actor.require(Permission.CUSTOMERS_HANDOVER_ACCEPT)
    with transaction.atomic():
        rows = _offered_to(actor, handovers)
        mine = Customer.objects.filter(id__in=[row.customer_id for row in rows])
        held = dict(mine.values_list("id", "responsible_id"))
        mine.update(responsible_id=actor.id, updated_at=now)
        Handover.objects.filter(id__in=[row.id for row in rows]).update(
            state=HandoverState.ACCEPTED, accepted_at=now
        )
        people = dict(
            Staff.objects.filter(id__in={row.leaver_id for row in rows}).values_list("id", "pseudonym")
        )
        tell_passed(
            actor,
            [
                Passed(
                    row.customer_id,
                    frozenset({row.leaver_id, held[row.customer_id] or row.leaver_id}),
                    actor.id,
                )
                for row in rows
            ],
            now,
        )
        _record(
            actor,
            "handover.accepted",
            [(row.customer_id, people[row.leaver_id], actor.pseudonym) for row in rows],
        )
    return len(rows)


def decline(*, actor: Actor, handovers: Collection[UUID] | None, note: str) -> int:
    """Send back what is offered, saying why; the head proposes somebody else."""
    actor.require(Permission.CUSTOMERS_HANDOVER_ACCEPT)
    if not note.strip():
        raise HandoverProblem("note.missing")
    problem = check_note(note)
    if problem:
        raise HandoverProblem(problem)
    with transaction.atomic():
        rows = _offered_to(actor, handovers)
        _back(rows, note.strip()[:200])
        journal.append_many(
            actor=actor, event="handover.declined", rows=[(row.customer_id, {}) for row in rows]
        )
    return len(rows)


def take_back(*, actor: Actor, leaver: UUID) -> int:
    """The head takes back what was proposed and not accepted yet."""
    actor.require(Permission.CUSTOMERS_HANDOVER_PROPOSE)
    with transaction.atomic():
        ids = list(queries.proposed(actor, leaver).order_by().values_list("id", flat=True))
        rows = list(
            Handover.objects.select_for_update()
            .filter(id__in=ids, state=HandoverState.PROPOSED)
            .order_by("id")
        )
        if not rows:
            raise HandoverProblem("customers.unknown")
        _back(rows, "")
        journal.append_many(
            actor=actor, event="handover.withdrawn", rows=[(row.customer_id, {}) for row in rows]
        )
    return len(rows)


def _offered_to(actor: Actor, handovers: Collection[UUID] | None) -> list[Handover]:
    found = Handover.objects.select_for_update().filter(successor_id=actor.id, state=HandoverState.PROPOSED)
    if handovers is not None:
        found = found.filter(id__in=list(handovers))
    rows = list(found.order_by("id")[:AT_ONCE])
    if not rows:
        raise HandoverProblem("customers.unknown")
    return rows


def _back(rows: Sequence[Handover], note: str) -> None:
    Handover.objects.filter(id__in=[row.id for row in rows]).update(
        state=HandoverState.WAITING, successor=None, proposed_by=None, proposed_at=None, note=note
    )


def _record(actor: Actor, event: str, rows: Sequence[tuple[UUID, UUID, UUID]]) -> None:
    """One entry per customer: from whom, to whom."""
    journal.append_many(
        actor=actor,
        event=event,
        rows=[(customer, {"staff": str(one), "successor": str(other)}) for customer, one, other in rows],
    )
