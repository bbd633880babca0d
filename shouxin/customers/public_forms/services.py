"""Every write to publications: asked for by one, approved by another, paused, reopened, closed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.customers.collection import plans
from shouxin.customers.collection import rules as collection
from shouxin.customers.collection.models import CollectionPlan, PlanState
from shouxin.customers.public_forms import queries, rules
from shouxin.customers.public_forms.models import Becomes, PublicForm, PublicState
from shouxin.customers.public_forms.problems import PublicProblem
from shouxin.journal import services as journal
from shouxin.people.queries import same_person


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: whose customers people become, until when, how many, and from which web sites."""

    department: UUID
    ends_on: date
    maximum: int
    plan: UUID | None = None
    origins: tuple[str, ...] = ()
    becomes: Becomes = Becomes.CUSTOMER


@transaction.atomic
def propose(*, actor: Actor, form: UUID, wanted: Wanted, now: datetime) -> PublicForm:
    """Ask for a form in use to be put before the public.

    Raises:
        PublicProblem: the form cannot be public, or something around it is wrong.
    """
    actor.require(Permission.CUSTOMERS_FORM_DRAFT)
    _fit(form)
    today = collection.day_of(now)
    if not today <= wanted.ends_on <= today + rules.LONGEST_OPEN:
        raise PublicProblem("public.period")
    if wanted.department not in actor.department_ids:
        raise PublicProblem("public.department")
    origins = [rules.origin_of(one) for one in wanted.origins]
    if None in origins or len(origins) > rules.MOST_ORIGINS:
        raise PublicProblem("public.origin")
    if wanted.plan and not _collecting(wanted.plan, form, now):
        raise PublicProblem("public.plan")
    row = PublicForm.objects.create(
        form_id=form,
        plan_id=wanted.plan,
        department_id=wanted.department,
        origins=sorted(one for one in set(origins) if one),
        becomes=wanted.becomes,
        ends_on=wanted.ends_on,
        maximum=wanted.maximum,
        proposed_by=actor.pseudonym,
        proposed_at=now,
    )
    _told(actor, "proposed", row, until=wanted.ends_on.isoformat(), maximum=wanted.maximum)
    return row


@transaction.atomic
def approve(*, actor: Actor, public_form: UUID, now: datetime) -> PublicForm:
    """Put it before the public, as somebody who did not ask for it."""
    actor.require(Permission.CUSTOMERS_FORM_PUBLISH)
    row = _in(public_form, PublicState.PROPOSED)
    if same_person(actor.pseudonym, row.proposed_by):
        raise PublicProblem("public.needs-two")
    _fit(row.form_id)
    if collection.day_of(now) > row.ends_on:
        raise PublicProblem("public.period")
    _decide(actor, row, PublicState.OPEN, now)
    _told(actor, "approved", row)
    return row


@transaction.atomic
def refuse(*, actor: Actor, public_form: UUID, reason: str, now: datetime) -> None:
    """Say no, with a reason."""
    actor.require(Permission.CUSTOMERS_FORM_PUBLISH)
    row = _in(public_form, PublicState.PROPOSED)
    if same_person(actor.pseudonym, row.proposed_by):
        raise PublicProblem("public.needs-two")
    row.reason = _given(reason)
    _decide(actor, row, PublicState.REFUSED, now)
    _told(actor, "refused", row)


@transaction.atomic
def pause(*, actor: Actor, public_form: UUID) -> None:
    """Take nothing for a while; whoever is filling it in is told when they send it."""
    _may_stop(actor)
    row = _in(public_form, PublicState.OPEN)
    row.state = PublicState.PAUSED
    row.save(update_fields=["state"])
    _told(actor, "paused", row)


@transaction.atomic
def resume(*, actor: Actor, public_form: UUID) -> None:
    """Go on after a pause."""
    actor.require(Permission.CUSTOMERS_FORM_PUBLISH)
    row = _in(public_form, PublicState.PAUSED)
    _fit(row.form_id)
    row.state = PublicState.OPEN
    row.save(update_fields=["state"])
    _told(actor, "resumed", row)


@transaction.atomic
def close(*, actor: Actor, public_form: UUID, reason: str, now: datetime) -> None:
    """End it for good."""
    _may_stop(actor)
    row = _in(public_form, PublicState.OPEN, PublicState.PAUSED)
    row.state, row.reason = PublicState.CLOSED, _given(reason)
    row.closed_by, row.closed_at = actor.pseudonym, now
    row.save(update_fields=["state", "reason", "closed_by", "closed_at"])
    _told(actor, "closed", row, count=row.taken)


def _may_stop(actor: Actor) -> None:
    """Stopping needs no second person: whoever may ask for it may end it."""
    if not actor.may(Permission.CUSTOMERS_FORM_PUBLISH):
        actor.require(Permission.CUSTOMERS_FORM_DRAFT)


def _decide(actor: Actor, row: PublicForm, state: PublicState, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.pseudonym, now
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _fit(form: UUID) -> None:
    found = queries.lacks_of(form)
    if found is None:
        raise PublicProblem("public.not-published")
    if found:
        raise PublicProblem("public.lacks", found)


def _collecting(plan: UUID, form: UUID, now: datetime) -> bool:
    row = CollectionPlan.objects.filter(id=plan, state=PlanState.RUNNING, forms=form).first()
    return row is not None and plans.why_closed(row, now) in {"", "plan.not-begun"}


def _given(reason: str) -> str:
    if not reason.strip():
        raise PublicProblem("public.reason")
    return reason.strip()[:300]


def _in(public_form: UUID, *states: PublicState) -> PublicForm:
    row = PublicForm.objects.select_for_update().filter(id=public_form).first()
    if row is None:
        raise PublicProblem("public.unknown")
    if row.state not in states:
        raise PublicProblem("public.wrong-state")
    return row


def _told(actor: Actor, verb: str, row: PublicForm, **more: Any) -> None:
    journal.append(actor=actor, event=f"public_form.{verb}", data={"public_form": str(row.id), **more})
