"""What the public sends: stored like a form filled at the counter, counted, and answered with a receipt.

Nobody is looked up: whoever sends a form becomes a new customer, and learns nothing about who is registered. That
two are one person is found out afterwards, by staff.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.customers.collection import rules as collection
from shouxin.customers.collection import services as collecting
from shouxin.customers.collection.consenting import Choice
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.services import Asked, Done, Filled
from shouxin.customers.consents import queries as consents
from shouxin.customers.consents import receipts
from shouxin.customers.leads import services as leads
from shouxin.customers.leads.models import LeadSource, Permitted
from shouxin.customers.public_forms import queries, rules
from shouxin.customers.public_forms.models import Becomes, PublicForm, PublicSubmission
from shouxin.customers.public_forms.problems import PublicProblem
from shouxin.customers.registry.models import Method
from shouxin.journal import services as journal
from shouxin.kit.bots import services as bots

RECEIVER = service_actor(rules.SERVICE)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as somebody sent it; `id` is made with the page, so that the same one is stored once."""

    id: UUID
    kind: str
    values: Mapping[str, str] = field(repr=False)
    notice_version: UUID | None
    choice: Choice | None = None
    offered: tuple[Choice, ...] = ()
    strays: tuple[str, ...] = ()
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told."""

    number: str
    done: Done
    consents: Sequence[UUID] = ()  # the entries of what was decided with it


def opened(row: PublicForm, now: datetime) -> Asked:
    """The form as it is asked now.

    Raises:
        PublicProblem: it takes nothing now.
        SubmissionProblem: its version was withdrawn or altered, or its purpose is out of use.
    """
    if closed := queries.why_closed(row, now):
        raise PublicProblem(closed)
    return collecting.opened(row.form_id)


def receive(*, row: PublicForm, sent: Sent, name: str, now: datetime) -> Receipt:
    """Store what was sent to `row`, wholly or not at all; `name` is by which the protection counts its door.

    Raises:
        PublicProblem: it takes nothing now; also when the last place was taken in between.
        SubmissionProblem: it cannot be stored; what holds undeclared fields weighs on its source.
    """
    opened(row, now)
    filled = Filled(
        id=sent.id,
        form=row.form_id,
        kind=sent.kind,
        values=sent.values,
        notice_version=sent.notice_version,
        department=row.department_id,
        plan=row.plan_id,
        method=Method.WEB,
        strays=sent.strays,
        address=sent.address,
        source=bots.source_id(sent.address, now),
        choice=sent.choice,
        offered=sent.offered,
    )
    numbers: list[str] = []

    def count(done: Done) -> None:
        numbers.append(_count(row, done, now))
        if row.becomes == Becomes.LEAD:
            _note_lead(row, done, now)

    try:
        done = collecting.submit(actor=_actor(row), filled=filled, now=now, also=count)
    except SubmissionProblem as problem:
        if problem.code == "form.undeclared":
            weight = rules.UNDECLARED_WEIGHT
            bots.blame(form=name, address=sent.address, outcome="undeclared", weight=weight, now=now)
        raise
    kept = PublicSubmission.objects.filter(id=done.submission).first()
    decided = receipts.latest(done.customer, _asked(row)) if numbers else []  # sent again: none
    return Receipt(kept.number if kept else numbers[0], done, decided)


def _asked(row: PublicForm) -> list[str]:
    """The purposes that the form asks a decision about: its own, and those offered beside it."""
    asked = collecting.opened(row.form_id)
    return [asked.purpose.key, *asked.content.offers]


def _note_lead(row: PublicForm, done: Done, now: datetime) -> None:
    """A lead with what the person permitted: what they agreed to on the form, else that they asked to be answered."""
    asked = collecting.opened(row.form_id)
    purpose, permission = asked.purpose.key, Permitted.INQUIRY
    for candidate in _asked(row):
        if consents.consenting(candidate, [done.customer], now):
            purpose, permission = candidate, Permitted.CONSENT
            break
    leads.begin_with(
        actor=RECEIVER,
        customer=done.customer,
        source=LeadSource.PUBLIC_FORM,
        permission=permission,
        purpose=purpose,
        now=now,
    )


def _actor(row: PublicForm) -> Actor:
    """The service that takes in what the public sends, for the department of this publication alone."""
    return replace(
        RECEIVER,
        permissions=frozenset({Permission.CUSTOMERS_PROFILE_CREATE}),
        department_id=row.department_id,
        department_ids=frozenset({row.department_id}),
    )


def _count(row: PublicForm, done: Done, now: datetime) -> str:
    """One more, within the transaction that stores it; whoever comes for the last place at once waits here."""
    held = PublicForm.objects.select_for_update(of=("self",)).select_related("plan").get(id=row.id)
    closed = rules.why_closed(held.state, held.ends_on, held.taken, held.maximum, collection.day_of(now))
    if closed:
        raise PublicProblem(closed)
    held.taken += 1
    held.save(update_fields=["taken"])
    number = rules.new_number(collection.day_of(now))
    PublicSubmission.objects.create(
        id=done.submission, publication=held, customer_id=done.customer, number=number, at=now
    )
    journal.append(
        actor=RECEIVER,
        event="public_form.received",
        customer=done.customer,
        data={"public_form": str(held.id)},
    )
    return number
