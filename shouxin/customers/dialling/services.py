"""Preparing a code on the screen, and using it on a phone: the number passes from the vault to the phone alone."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from shouxin.core.policy import Action, Actor, Permission
from shouxin.customers.dialling import checks, rules
from shouxin.customers.dialling.models import LASTS, Dial, Outcome
from shouxin.customers.preferences import queries as preferences
from shouxin.customers.registry.models import Record
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.limits import ZONE
from shouxin.gate.queries import live_contact
from shouxin.journal import services as journal
from shouxin.people import queries as people
from shouxin.people.guarding import services as guarding
from shouxin.people.guarding.queries import token_closed_to
from shouxin.people.models import Staff
from shouxin.people.thresholds.queries import value

KEPT = timedelta(days=2)  # long enough to count a day by


class DialProblem(Exception):
    """No code is made, or a code opens nothing; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Prepared:
    """A code for the screen of whoever asked for it; it is stored nowhere."""

    dial: Dial
    code: str = field(repr=False)


def prepare(
    *, actor: Actor, customer: UUID, record: UUID, field: str, purpose: str, now: datetime
) -> Prepared:
    """Make a code that, once and within sixty seconds, dials this number from the actor's own phone.

    Raises:
        Refused: no contact, not one's own customer and no grant, of high risk… (journalled).
        DialProblem: the customer's contact limits, the day's number, a record of somebody else.
    """
    actor.require(Permission.CUSTOMERS_NUMBER_DIAL)
    contact = live_contact(actor=actor, customer=customer, now=now)
    reason = contact.reason_class if contact else ""
    if record != customer and not Record.objects.filter(id=record, customer_id=customer).exists():
        raise DialProblem("dial.unknown")
    gate.ask(
        actor=actor,
        purpose=purpose,
        customer=customer,
        fields=[field],
        action=Action.DIAL,
        reason=reason or "none",  # without a contact the answer says so
        now=now,
    )
    _heed_limits(actor, customer, purpose, now)
    code = rules.new_code()
    with transaction.atomic():
        _count(actor, now)
        dial = Dial.objects.create(
            customer_id=customer,
            record_id=record,
            field=field,
            staff_id=actor.id,
            contact_id=contact.id if contact else customer,
            purpose=purpose,
            digest=rules.digest(code),
            proved_at=actor.second_factor_at,
            made_at=now,
            ends_at=now + LASTS,
        )
        journal.append(
            actor=actor,
            event="dial.prepared",
            customer=customer,
            purpose=purpose,
            data={"dial": str(dial.id), "fields": [field], "purpose": purpose},
        )
    return Prepared(dial, code)


def use(*, code: str, address: str, now: datetime) -> str:
    """The `tel:` address behind a code. The code is spent before the number is opened, so it opens once or never.

    Raises:
        DialProblem: unknown, spent or over: all three look alike, and wrong ones count against the address.
        Refused: what allowed the call no longer holds (journalled).
    """
    if token_closed_to(address=address, now=now):
        raise DialProblem("dial.unknown")
    dial = _spend(rules.normal(code), now)
    if dial is None:
        guarding.token_failed(address=address, client=None, now=now)
        raise DialProblem("dial.unknown")
    staff = Staff.objects.filter(id=dial.staff_id, is_active=True).first()
    if staff is None:
        raise DialProblem("dial.unknown")
    actor = replace(people.actor_of(staff), second_factor_at=dial.proved_at)
    contact = live_contact(actor=actor, customer=dial.customer_id, now=now)
    try:
        _heed_limits(actor, dial.customer_id, dial.purpose, now)
    except DialProblem:
        Dial.objects.filter(id=dial.id).update(outcome=Outcome.REFUSED)
        raise
    try:
        opened = gate.open_sealed(
            actor=actor,
            purpose=dial.purpose,
            customers=[dial.customer_id],
            fields=[dial.field],
            action=Action.DIAL,
            reason=contact.reason_class if contact else "none",
            now=now,
            records=[dial.record_id],
            detail={"dial": str(dial.id)},
        )
    except gate.Refused:
        Dial.objects.filter(id=dial.id).update(outcome=Outcome.REFUSED)
        raise
    shown = opened.revealed.of(dial.customer_id, dial.record_id).get(dial.field)
    leads = rules.address(shown.text) if shown and shown.text else None
    if leads is None:
        _say_empty(actor, dial)
        raise DialProblem("dial.no-number")
    Dial.objects.filter(id=dial.id).update(outcome=Outcome.DIALLED)
    return leads


def _spend(code: str, now: datetime) -> Dial | None:
    """The code's row, if it was this very call that spent it: one statement, so that two phones cannot share it."""
    if not code:
        return None
    found = Dial.objects.filter(digest=rules.digest(code)).first()
    if found is None:
        return None
    mine = Dial.objects.filter(id=found.id, used_at__isnull=True, ends_at__gt=now, made_at__lte=now)
    return found if mine.update(used_at=now) == 1 else None


def _heed_limits(actor: Actor, customer: UUID, purpose: str, now: datetime) -> None:
    rule = rulebooks["rulebook"].purpose(purpose)
    limit = preferences.obstacle(customer, "phone", basis=rule.basis if rule else "", now=now)
    limit = limit or checks.obstacle(customer, purpose, now) or None
    if limit is None:
        return
    with transaction.atomic():
        journal.append(
            actor=actor,
            event="dial.held_back",
            customer=customer,
            purpose=purpose,
            data={"held": limit},
        )
    raise DialProblem(limit)


def _count(actor: Actor, now: datetime) -> None:
    """One more code today, under the lock of the person's own row, so that two windows meet here."""
    Staff.objects.select_for_update(no_key=True).get(id=actor.id)
    mine = Dial.objects.filter(staff_id=actor.id)
    mine.filter(made_at__lt=now - KEPT).delete()
    day = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    if mine.filter(made_at__gte=day).count() >= value(rules.DAILY):
        raise DialProblem("dial.daily-limit")


def _say_empty(actor: Actor, dial: Dial) -> None:
    with transaction.atomic():
        Dial.objects.filter(id=dial.id).update(outcome=Outcome.REFUSED, used_at=F("used_at"))
        journal.append(
            actor=actor,
            event="dial.empty",
            customer=dial.customer_id,
            purpose=dial.purpose,
            data={"dial": str(dial.id), "fields": [dial.field]},
        )
