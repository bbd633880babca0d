"""Verifying values and putting it off: check, change, journal, in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Form, Permission, Permit
from shouxin.customers.quality import keeping, rules
from shouxin.customers.quality.models import Later, Standing, Verified
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.services import EditConflict, changes_since
from shouxin.gate import services as gate
from shouxin.gate.queries import live_contact
from shouxin.journal import services as journal
from shouxin.kit import clock


class QualityProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Seen:
    """Values of one customer as somebody saw them: at which revision, and which fields of which records."""

    customer: UUID
    revision: int
    fields: Mapping[UUID, Collection[str]]  # record → fields

    @property
    def keys(self) -> set[str]:
        return {key for keys in self.fields.values() for key in keys}


@dataclass(frozen=True, slots=True)
class Done:
    """What a step on several customers did; `changed` are those that somebody else changed meanwhile."""

    values: int
    customers: int
    changed: tuple[UUID, ...] = ()


def verify(*, actor: Actor, purpose: str, seen: Sequence[Seen], method: str, now: datetime) -> Done:
    """Note that values are right as they stand: who says so, when, and how it was found out.

    Nothing is opened for it. Of several customers those that were changed meanwhile are left out and named.

    Raises:
        Refused: not for this actor, purpose or customer (journalled).
        QualityProblem: no such way of verifying, or one that needs a look at the value and there is no contact.
        EditConflict: the only customer was changed since the page was opened.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    seen = [one for one in seen if one.keys]
    if not seen:
        raise QualityProblem("nothing.chosen")
    _check_method(actor, purpose, seen, method, now)
    permit = _admit(actor, purpose, seen, now)
    with transaction.atomic():
        standing, changed = _unchanged(seen)
        if changed and len(seen) == 1:
            raise EditConflict(changes_since(seen[0].customer, seen[0].revision))
        covered = [
            one for one in standing if all(permit.form(one.customer, key) is Form.CLEAR for key in one.keys)
        ]
        values = record(actor=actor, purpose=purpose, seen=covered, method=method, now=now)
    return Done(values, len(covered), tuple(changed))


def _check_method(actor: Actor, purpose: str, seen: Sequence[Seen], method: str, now: datetime) -> None:
    known = rules.METHODS.get(method)
    if known is None or not known.by_hand:
        raise QualityProblem("method.unknown")
    if known.compares:
        if len(seen) > 1:
            raise QualityProblem("method.not-in-bulk")
        contact = live_contact(actor=actor, customer=seen[0].customer, now=now)
        if contact is None or contact.purpose != purpose:
            raise QualityProblem("method.needs-contact")


def _admit(actor: Actor, purpose: str, seen: Sequence[Seen], now: datetime) -> Permit:
    """Asked outside the transaction: a refusal's entry must stay."""
    customers = sorted({one.customer for one in seen})
    keys = sorted({key for one in seen for key in one.keys})
    permit = gate.admit(actor=actor, purpose=purpose, customers=customers, fields=keys, now=now)
    if permit.refused:
        raise gate.Refused(next(iter(permit.refused.values())))
    return permit


def _unchanged(seen: Sequence[Seen]) -> tuple[list[Seen], list[UUID]]:
    """Those of `seen` that stand as they were seen, locked, and the others."""
    ids = [one.customer for one in seen]
    rows = Customer.objects.select_for_update(of=("self",)).filter(id__in=ids).order_by("id")
    revisions = dict(rows.values_list("id", "revision"))
    fine = [one for one in seen if revisions.get(one.customer) == one.revision]
    return fine, [one.customer for one in seen if revisions.get(one.customer) != one.revision]


def record(*, actor: Actor, purpose: str, seen: Sequence[Seen], method: str, now: datetime) -> int:
    """Put down a verification that was allowed and whose customers are locked; gives how many values.

    Raises:
        QualityProblem: a field has no value that could be verified.
    """
    today, paces = clock.today(now), keeping.chosen()
    wanted = {record_id: keys for one in seen for record_id, keys in one.fields.items() if keys}
    rows = list(Standing.objects.select_for_update().filter(id__in=wanted).order_by("id"))
    owners = {one.customer for one in seen}
    if len(rows) != len(wanted) or any(row.customer_id not in owners for row in rows):
        raise QualityProblem("value.none")
    made = []
    for row in rows:
        before, keys = rules.read(row.values), wanted[row.id]
        if not set(keys) <= before.keys():
            raise QualityProblem("value.none")
        after = rules.after_verification(before, keys, method=method, today=today)
        row.values = rules.stored(after)
        row.later_until, row.later_reason = None, ""
        row.due_on = rules.due_on(after, paces)
        made += [
            Verified(
                customer_id=row.customer_id,
                record_id=row.id,
                field=key,
                at=now,
                by=actor.pseudonym,
                method=method,
            )
            for key in sorted(keys)
        ]
    Standing.objects.filter(id__in=wanted, later_until__isnull=False).update(
        later_until=None, later_reason=""
    )
    keeping.save(rows)
    Verified.objects.bulk_create(made)
    journal.append_many(
        actor=actor,
        event="value.verified",
        purpose=purpose,
        rows=[
            (
                one.customer,
                {"purpose": purpose, "fields": sorted(one.keys), "verified_how": method},
            )
            for one in seen
        ],
    )
    return len(made)


def put_off(
    *,
    actor: Actor,
    purpose: str,
    records: Iterable[tuple[UUID, UUID]],
    reason: str,
    until: date,
    now: datetime,
) -> int:
    """Ask again later: these (customer, record) leave the refresh list until that day, with a reason; how many.

    Raises:
        Refused: not for this actor, purpose or customer (journalled).
        QualityProblem: no reason, or a day that is not within the next months.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    today = clock.today(now)
    if reason not in Later.values:
        raise QualityProblem("later.reason")
    if not today < until <= today + timedelta(days=rules.MOST_LATER):
        raise QualityProblem("later.range")
    wanted = dict((record_id, customer) for customer, record_id in records)  # noqa: C402 - turned round
    if not wanted:
        raise QualityProblem("nothing.chosen")
    seen = [Seen(customer, 0, {}) for customer in set(wanted.values())]
    _admit(actor, purpose, seen, now)
    with transaction.atomic():
        rows = [
            row
            for row in Standing.objects.select_for_update().filter(id__in=wanted).order_by("id")
            if wanted[row.id] == row.customer_id and row.due_on and row.due_on <= today
        ]
        Standing.objects.filter(id__in=[row.id for row in rows]).update(
            due_on=until, later_until=until, later_reason=reason
        )
        journal.append_many(
            actor=actor,
            event="value.put_off",
            purpose=purpose,
            rows=[
                (customer, {"purpose": purpose, "later": reason, "until": until.isoformat()})
                for customer in sorted({row.customer_id for row in rows})
            ],
        )
    return len(rows)
