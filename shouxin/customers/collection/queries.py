"""Reading what is collected: plans, forms to fill, one's drafts, what a customer answered, and the reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from shouxin.core.policy import Actor, Permission
from shouxin.customers.collection import rules
from shouxin.customers.collection.models import CollectionPlan, FormDraft, PlanState, Submission, Undeclared
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.customers.intake.running import usable
from shouxin.customers.registry.models import Provenance
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import Line, of_thing
from shouxin.rulebook.catalogue.queries import log_ins_of

EVENTS = ("plan.drafted", "plan.edited", "plan.submitted", "plan.returned", "plan.approved", "plan.stopped")


def plans(actor: Actor, *, show: str = "", now: datetime) -> QuerySet[CollectionPlan]:
    """Plans, the newest first; `show` is "waiting" (my approval), "mine", "asked" (submitted), "ending", or a state."""
    actor.require(Permission.CUSTOMERS_FORM_READ)
    found = CollectionPlan.objects.order_by("-id")
    match show:
        case "waiting":
            return waiting(actor)
        case "ending":
            return ending(actor, now)
        case "asked":
            return submitted_by(actor)
        case "mine":
            return found.filter(state=PlanState.DRAFT, drafted_by__in=log_ins_of(actor))
    return found.filter(state=show) if show in PlanState.values else found


def waiting(actor: Actor) -> QuerySet[CollectionPlan]:
    """The plans this actor may approve: submitted, and by other people."""
    if not actor.may(Permission.CUSTOMERS_PLAN_APPROVE):
        return CollectionPlan.objects.none()
    mine = log_ins_of(actor)
    found = CollectionPlan.objects.filter(state=PlanState.SUBMITTED)
    return found.exclude(Q(drafted_by__in=mine) | Q(submitted_by__in=mine)).order_by("-id")


def submitted_by(actor: Actor) -> QuerySet[CollectionPlan]:
    """What this person submitted and nobody decided on yet."""
    found = CollectionPlan.objects.filter(state=PlanState.SUBMITTED)
    return found.filter(submitted_by__in=log_ins_of(actor)).order_by("-id")


def ending(actor: Actor, now: datetime) -> QuerySet[CollectionPlan]:
    """Running plans that end within a week, for those who drafted or approved them."""
    mine, last = log_ins_of(actor), rules.day_of(now) + rules.ENDING_SOON
    found = CollectionPlan.objects.filter(state=PlanState.RUNNING, ends_on__lte=last)
    return found.filter(Q(drafted_by__in=mine) | Q(approved_by__in=mine)).order_by("ends_on", "id")


def plan_for(actor: Actor, plan: UUID) -> CollectionPlan | None:
    """One plan, or None."""
    actor.require(Permission.CUSTOMERS_FORM_READ)
    return CollectionPlan.objects.filter(id=plan).first()


def story_of(plan: UUID) -> list[Line]:
    """What happened to a plan, the latest first."""
    return of_thing(EVENTS, {"collection_plan": str(plan)}, limit=20)


def fillable(actor: Actor) -> list[FormVersion]:
    """The published forms whose purpose this person may act for now."""
    actor.require(Permission.CUSTOMERS_FORM_FILL)
    book = rulebooks["rulebook"]
    return [
        one
        for one in forms.published()
        if (rule := book.purpose(one.purpose)) and usable(rule) and rule.admits(actor)
    ]


def approved() -> QuerySet[CollectionPlan]:
    """The plans that run or ran."""
    return CollectionPlan.objects.filter(state__in=[PlanState.RUNNING, PlanState.STOPPED])


def collecting(now: datetime) -> QuerySet[CollectionPlan]:
    """The plans that take answers today."""
    today = rules.day_of(now)
    found = CollectionPlan.objects.filter(state=PlanState.RUNNING, starts_on__lte=today, ends_on__gte=today)
    return found.prefetch_related("forms").order_by("ends_on", "id")


def drafts_of(actor: Actor, now: datetime) -> QuerySet[FormDraft]:
    """What this person began to fill and did not send yet."""
    found = FormDraft.objects.filter(owner_id=actor.id, expires_at__gt=now)
    return found.select_related("version", "plan").order_by("-saved_at")


def answers_of(customers: Sequence[UUID]) -> QuerySet[Submission]:
    """What these customers answered, the newest first."""
    found = Submission.objects.filter(customer_id__in=list(customers))
    return found.select_related("version__form", "plan").order_by("-at")


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """How much came by one channel for one purpose."""

    channel: str
    purpose: str
    method: str
    acts: int
    customers: int


def channels(actor: Actor, *, since: date, until: date) -> list[ChannelLine]:
    """By channel, purpose and method: acts of collecting, and customers they were about, from day to day."""
    actor.require(Permission.CUSTOMERS_FORM_READ)
    begin = datetime.combine(since, time.min, rules.ZONE)
    end = datetime.combine(until, time.max, rules.ZONE)
    rows = (
        Provenance.objects.filter(collected_at__gte=begin, collected_at__lte=end)
        .values("channel", "purpose", "method")
        .annotate(acts=Count("id"), about=Sum("customers"))
        .order_by("channel", "purpose", "method")
    )
    return [
        ChannelLine(row["channel"], row["purpose"], row["method"], row["acts"], row["about"] or 0)
        for row in rows
    ]


def refusals(actor: Actor, *, form: UUID | None = None) -> QuerySet[Undeclared]:
    """Submissions refused for undeclared fields, by source and day, the newest first."""
    actor.require(Permission.CUSTOMERS_FORM_PUBLISH)
    found = Undeclared.objects.filter(form_id=form) if form else Undeclared.objects.all()
    return found.order_by("-day", "-count")
