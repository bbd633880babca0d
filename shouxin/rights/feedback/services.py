"""Feedback from its filing on: file, give to somebody else, answer, tell those above when its day is over."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.policy import Actor, ActorKind, Permission, service_actor
from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.people.models import Staff
from shouxin.people.thresholds.queries import value
from shouxin.rights.cases import codes
from shouxin.rights.cases.queries import digest_of
from shouxin.rights.cases.rules import local
from shouxin.rights.feedback import queries, rules
from shouxin.rights.feedback.errors import FeedbackProblem
from shouxin.rights.feedback.keeping import ANSWER, WORDS, Said, key_of, said_in
from shouxin.rights.feedback.models import Category, Feedback, Source, State
from shouxin.vault import parcels

KEEPER = service_actor("individual-rights")
PURPOSE = "individual_rights"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Filed:
    """The item, and the code by which it is followed (told once)."""

    item: Feedback
    code: str


def file(*, actor: Actor, category: Category, said: Said, now: datetime) -> Filed:
    """Somebody says what they think: at their own door, or over the public page without an account.

    Raises:
        FeedbackProblem: nothing said, or nobody is there to answer.
    """
    if not 0 < len(said.text.strip()) <= rules.MOST_TEXT:
        raise FeedbackProblem("text.length")
    own = actor.kind is ActorKind.CUSTOMER
    if not own:
        actor.require(Permission.RIGHTS_CASE_FILE)
    item, code = ids.new(), codes.drawn()
    with transaction.atomic():
        customer = Customer.objects.get(id=actor.id) if own else None
        owner = queries.owner_for(category, customer)
        if owner is None or owner.department_id is None:
            raise FeedbackProblem("owner.none")
        key = parcels.new_key(item)
        row = Feedback(
            id=item,
            code_digest=digest_of(item, code),
            customer_id=customer.id if customer else None,
            category=category,
            source=Source.PORTAL if own else Source.PUBLIC,
            owner=owner,
            department_id=owner.department_id,
            filed_at=now,
            due_on=rules.due(local(now), value(rules.DAYS)),
            key_suite=key.suite.id,
            wrapped_key=key.wrapped,
            words=key.seal(WORDS, said.packed()),
        )
        _numbered(row, now)
        _record(actor, "filed", row, feedback_category=category.value, due=row.due_on.isoformat())
    return Filed(row, codes.spelled(code))


def read(*, actor: Actor, item: Feedback) -> Said:
    """The words, for whoever may see the item; that they were read is journalled first."""
    with transaction.atomic():
        _record(actor, "read", item)
        return said_in(item)


def follow(*, actor: Actor, number: str, code: str) -> Feedback | None:
    """The item, by its number and code; None for anything that is not right."""
    row = queries.by_code(number, code)
    if row is not None:
        with transaction.atomic():
            _record(actor, "followed", row)
    return row


def assign(*, actor: Actor, item: UUID, category: Category, owner: UUID) -> Feedback:
    """Somebody else answers it, or it is of another kind than was said; its day stays.

    Raises:
        FeedbackProblem: not to be seen, answered already, or somebody who cannot answer.
    """
    with transaction.atomic():
        row = _open(actor, item)
        other = queries.able().filter(id=owner).first()
        if other is None:
            raise FeedbackProblem("owner.unsuited")
        row.category = category
        pass_on(actor, row, other)
    return row


def pass_on(actor: Actor, row: Feedback, other: Staff) -> None:
    """Make it `other`'s to answer, in the caller's transaction; whoever may be named has a department."""
    row.owner, row.department_id = other, other.department_id or row.department_id
    row.save(update_fields=["category", "owner", "department"])
    _record(actor, "assigned", row, feedback_category=str(row.category))


def answer(*, actor: Actor, item: UUID, text: str, now: datetime) -> Feedback:
    """Answer it; the person reads the answer at their own door or with their code.

    Raises:
        FeedbackProblem: not to be seen, answered already, or nothing said.
    """
    if not 0 < len(text.strip()) <= rules.MOST_TEXT:
        raise FeedbackProblem("text.length")
    with transaction.atomic():
        row = _open(actor, item)
        row.answer = key_of(row).seal(ANSWER, text.strip().encode())
        row.state, row.answered_at, row.answered_by_id = State.ANSWERED, now, actor.id
        row.save(update_fields=["answer", "state", "answered_at", "answered_by"])
        _record(actor, "answered", row)
    return row


def escalate(*, now: datetime) -> int:
    """Say once of each item that is over its day that those above know of it; how many they were."""
    with transaction.atomic():
        late = Feedback.objects.select_for_update(of=("self",), skip_locked=True).filter(
            state=State.OPEN, escalated_at=None, due_on__lt=local(now)
        )
        rows = list(late.order_by("id"))
        for row in rows:
            row.escalated_at = now
            row.save(update_fields=["escalated_at"])
            _record(KEEPER, "escalated", row)
    return len(rows)


def _open(actor: Actor, item: UUID) -> Feedback:
    actor.require(Permission.RIGHTS_CASE_HANDLE)
    if not queries.visible_to(actor).filter(id=item).exists():
        raise FeedbackProblem("item.unknown")
    row = Feedback.objects.select_for_update(of=("self",)).get(id=item)
    if row.state != State.OPEN:
        raise FeedbackProblem("item.answered")
    return row


def _numbered(row: Feedback, now: datetime) -> None:
    """Store it under a number nobody has; numbers of a day come in no order."""
    for _n in range(_TRIES):
        row.number = f"FK{local(now):%y%m%d}{secrets.randbelow(100_000):05}"
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            if not Feedback.objects.filter(number=row.number).exists():
                raise
        else:
            return
    raise FeedbackProblem("number.none")


def _record(actor: Actor, verb: str, row: Feedback, **more: str) -> None:
    journal.append(
        actor=actor,
        event=f"feedback.{verb}",
        customer=row.customer_id,
        purpose=PURPOSE,
        data={"feedback": str(row.id), **more},
    )
