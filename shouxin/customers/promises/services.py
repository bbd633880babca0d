"""Every write about needs and promises: note one, keep it, drop it, move its day, give it to somebody else."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.customers.promises import rules
from shouxin.customers.promises.models import Kind, Promise, State, Why
from shouxin.customers.registry import merging
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry
from shouxin.customers.registry.listeners import Passed
from shouxin.customers.registry.models import Channel, Customer, Method, Record, RecordKind
from shouxin.customers.registry.models import Kind as CustomerKind
from shouxin.customers.registry.rules import WELL_FORMED, Kept
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.people import queries as people
from shouxin.people.models import Staff


class PromiseProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def make(
    *,
    actor: Actor,
    purpose: str,
    customer: UUID,
    kind: Kind,
    text: str,
    owner: UUID,
    due_on: date,
    now: datetime,
) -> Promise:
    """Note a need or a promise of a customer, who sees to it and by when; the words go sealed into the vault.

    Raises:
        PromiseProblem: nothing said, a day that is past or too far, an owner of another department.
        Refused: purpose, role or scope do not allow it (journalled).
    """
    actor.require(Permission.CUSTOMERS_PROMISE_WRITE)
    said, key = text.strip(), rules.FIELD_OF[kind]
    if not 0 < len(said) <= rules.MOST_TEXT:
        raise PromiseProblem("text.length")
    if problem := rules.due_problem(due_on, now):
        raise PromiseProblem(problem)
    gate.admit(actor=actor, purpose=purpose, customers=[customer], fields=[key], now=now)
    with transaction.atomic():
        row = Customer.objects.get(id=customer)
        _check_owner(actor, row, owner)
        entry = CustomerEntry(
            CustomerKind(row.kind),
            {},
            id=customer,
            records=[RecordEntry(RecordKind.PROMISE, {key: Kept(said, WELL_FORMED)})],
        )
        footing = Footing(purpose, Channel.SERVICE, Method.HAND)
        done = registry.store(actor=actor, footing=footing, entries=[entry], now=now)
        promise = Promise.objects.create(
            customer_id=customer,
            record_id=done[0].records[0],
            kind=kind,
            owner_id=owner,
            due_on=due_on,
            made_at=now,
        )
        holder = Staff.objects.values_list("pseudonym", flat=True).get(id=owner)
        _record(actor, "promise.made", [promise], purpose, staff=str(holder))
    return promise


def keep(*, actor: Actor, purpose: str, promises: Collection[UUID], now: datetime) -> int:
    """Say of some needs and promises that they were seen to; how many. All or nothing."""
    return _close(actor, purpose, promises, State.KEPT, "", now)


def drop(*, actor: Actor, purpose: str, promise: UUID, why: Why, now: datetime) -> None:
    """Say that something promised is not done after all, and why."""
    _close(actor, purpose, [promise], State.DROPPED, why, now)


def move(*, actor: Actor, purpose: str, promise: UUID, due_on: date, now: datetime) -> None:
    """Give a need or promise another day."""
    if problem := rules.due_problem(due_on, now):
        raise PromiseProblem(problem)
    _admitted(actor, purpose, [promise], now)
    with transaction.atomic():
        (found,) = _open([promise])
        before, found.due_on = found.due_on, due_on
        found.save(update_fields=["due_on"])
        _record(actor, "promise.moved", [found], purpose, before=before.isoformat())


def give(*, actor: Actor, purpose: str, promise: UUID, owner: UUID, now: datetime) -> None:
    """Let a colleague of the customer's department see to it from now on."""
    _admitted(actor, purpose, [promise], now)
    with transaction.atomic():
        (found,) = _open([promise])
        _check_owner(actor, found.customer, owner)
        names = _pseudonyms({found.owner_id, owner})
        before, found.owner_id = found.owner_id, owner
        found.save(update_fields=["owner"])
        _record(actor, "promise.given", [found], purpose, staff=names[before], successor=names[owner])


def pass_on(actor: Actor, customers: Sequence[Passed], now: datetime) -> None:  # noqa: ARG001 - what listeners are told
    """What is open goes with its customer to whoever answers for it now; in the transaction of that very change.

    A row being closed at this moment is waited for, and is left alone when it was.
    """
    families = merging.families([one.customer for one in customers if one.after])
    told = {part: one for one in customers if one.after for part in families[one.customer]}
    rows = [
        row
        for row in _locked(Promise.objects.filter(customer_id__in=list(told)))
        if row.owner_id in told[row.customer_id].before and row.owner_id != told[row.customer_id].after
    ]
    _hand(actor, [(row, told[row.customer_id].after) for row in rows])


def hand_on(actor: Actor, rows: Sequence[tuple[UUID, UUID]]) -> int:
    """Give open promises (promise, new owner) to others because their owner goes; in the caller's transaction."""
    wanted = dict(rows)
    found = _locked(Promise.objects.filter(id__in=list(wanted)))
    _hand(actor, [(row, wanted[row.id]) for row in found])
    return len(found)


def _hand(actor: Actor, rows: Sequence[tuple[Promise, UUID | None]]) -> None:
    names = _pseudonyms({row.owner_id for row, _to in rows} | {to for _row, to in rows if to})
    for row, to in rows:
        if to is not None:
            before, row.owner_id = row.owner_id, to
            _record(actor, "promise.passed", [row], None, staff=names[before], successor=names[to])
    Promise.objects.bulk_update([row for row, _to in rows], ["owner"])


def _close(
    actor: Actor, purpose: str, promises: Collection[UUID], state: State, why: str, now: datetime
) -> int:
    _admitted(actor, purpose, promises, now)
    with transaction.atomic():
        rows = _open(promises)
        for row in rows:
            row.state, row.why, row.closed_at, row.closed_by_id = state, why, now, actor.id
        Promise.objects.bulk_update(rows, ["state", "why", "closed_at", "closed_by"])
        Record.objects.filter(id__in=[row.record_id for row in rows]).update(ended_at=now)
        said = {"why": why} if why else {}
        _record(actor, f"promise.{state.value}", rows, purpose, **said)
    return len(rows)


def _admitted(actor: Actor, purpose: str, promises: Collection[UUID], now: datetime) -> None:
    """Whoever may work on these customers for this purpose may see to what was promised to them.

    Raises:
        PromiseProblem: one of them is unknown.
        Refused: not for this actor (journalled).
    """
    actor.require(Permission.CUSTOMERS_PROMISE_WRITE)
    found = dict(Promise.objects.filter(id__in=list(promises)).values_list("id", "customer_id"))
    if not found or set(found) != set(promises):
        raise PromiseProblem("promise.unknown")
    customers = sorted(set(found.values()))
    permit = gate.admit(actor=actor, purpose=purpose, customers=customers, fields=[], now=now)
    if permit.refused:
        raise gate.Refused(next(iter(permit.refused.values())))


def _locked(found: "Iterable[Promise]") -> list[Promise]:
    rows = Promise.objects.select_for_update(of=("self",)).select_related("customer").order_by("id")
    return list(rows.filter(id__in=[row.id for row in found], state=State.OPEN))


def _open(promises: Collection[UUID]) -> list[Promise]:
    """These, locked, so that of two people closing one the second is told.

    Raises:
        PromiseProblem: one of them was closed in the meantime.
    """
    rows = _locked(Promise.objects.filter(id__in=list(promises)))
    if len(rows) != len(set(promises)):
        raise PromiseProblem("promise.closed-already")
    return rows


def _check_owner(actor: Actor, customer: Customer, owner: UUID) -> None:
    """Oneself, the person responsible, or a colleague of the customer's department."""
    known = {str(actor.id), str(customer.responsible_id)}
    known |= {key for key, _name in people.colleagues_of(customer.owner_department_id)}
    if str(owner) not in known or not Staff.objects.filter(id=owner, is_active=True).exists():
        raise PromiseProblem("owner.unsuitable")


def _pseudonyms(staff: Collection[UUID]) -> dict[UUID, str]:
    return {key: str(one) for key, one in Staff.objects.filter(id__in=staff).values_list("id", "pseudonym")}


def _record(actor: Actor, event: str, rows: Sequence[Promise], purpose: str | None, **more: str) -> None:
    lines: list[journal.Row] = [
        (
            row.customer_id,
            {"promise": str(row.id), "promised": row.kind, "due": row.due_on.isoformat(), **more},
        )
        for row in rows
    ]
    if lines:
        journal.append_many(actor=actor, event=event, rows=lines, purpose=purpose)
