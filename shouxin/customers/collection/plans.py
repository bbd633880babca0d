"""Every write to collection plans: drafted by one, approved by another, counted under a lock, stopped by themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.core.text import Text
from shouxin.customers.collection import rules
from shouxin.customers.collection.models import CollectionPlan, FormDraft, PlanState, StopCause, Submission
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection_forms import services as form_services
from shouxin.customers.collection_forms.models import CollectionForm, FormState
from shouxin.gate.rules import check_note
from shouxin.journal import services as journal
from shouxin.people.queries import same_person
from shouxin.rulebook.purposes.rules import digest

COLLECTOR = service_actor("collection")
TEXTS = ("title", "goal", "group_text", "outside", "starts_on", "ends_on", "maximum")
LISTS = ("group_kinds", "group_segments", "group_provinces", "group_departments")


class PlanProblem(Exception):
    """The step cannot be taken; `text` says why, `field` where."""

    def __init__(self, code: str, text: Text, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.field = field


@dataclass(frozen=True, slots=True)
class Words:
    """What a plan says."""

    title: str
    goal: str
    group_text: str
    forms: tuple[UUID, ...]
    starts_on: date
    ends_on: date
    maximum: int
    outside: str = "flag"
    group_kinds: tuple[str, ...] = ()
    group_segments: tuple[str, ...] = ()
    group_provinces: tuple[str, ...] = ()
    group_departments: tuple[UUID, ...] = ()


@transaction.atomic
def draft(*, actor: Actor, words: Words, now: datetime) -> CollectionPlan:
    """Begin a plan."""
    actor.require(Permission.CUSTOMERS_PLAN_DRAFT)
    plan = CollectionPlan(drafted_by=actor.pseudonym, drafted_at=now)
    _say(plan, words)
    plan.save(force_insert=True)
    plan.forms.set(CollectionForm.objects.filter(id__in=words.forms))
    _told(actor, "plan.drafted", plan)
    return plan


@transaction.atomic
def edit(*, actor: Actor, plan: UUID, words: Words, now: datetime) -> None:
    """Change a draft; whoever edited last counts as its drafter."""
    actor.require(Permission.CUSTOMERS_PLAN_DRAFT)
    row = _in(plan, PlanState.DRAFT)
    _say(row, words)
    row.drafted_by, row.drafted_at = actor.pseudonym, now
    row.save()
    row.forms.set(CollectionForm.objects.filter(id__in=words.forms))
    _told(actor, "plan.edited", row)


@transaction.atomic
def submit(*, actor: Actor, plan: UUID, now: datetime) -> None:
    """Hand a draft to another person."""
    actor.require(Permission.CUSTOMERS_PLAN_DRAFT)
    row = _in(plan, PlanState.DRAFT)
    _check(row, now)
    row.state, row.submitted_by, row.submitted_at = PlanState.SUBMITTED, actor.pseudonym, now
    row.save()
    _told(actor, "plan.submitted", row)


@transaction.atomic
def send_back(*, actor: Actor, plan: UUID, reason: str) -> None:
    """Give a submitted plan back, with a reason."""
    actor.require(Permission.CUSTOMERS_PLAN_APPROVE)
    row = _in(plan, PlanState.SUBMITTED)
    row.state, row.reason = PlanState.DRAFT, _given(reason)
    row.submitted_by = row.submitted_at = None
    row.save()
    _told(actor, "plan.returned", row)


@transaction.atomic
def approve(*, actor: Actor, plan: UUID, seen: str, now: datetime) -> None:
    """Approve what was looked at, as a person who neither drafted nor submitted it; the plan runs in its period."""
    actor.require(Permission.CUSTOMERS_PLAN_APPROVE)
    row = _in(plan, PlanState.SUBMITTED)
    if any(one and same_person(actor.pseudonym, one) for one in (row.drafted_by, row.submitted_by)):
        text = Text(
            "起草或提交的人不能批准，请由另一人审批。", "Whoever drafted or submitted it cannot approve it."
        )
        raise PlanProblem("plan.needs-two", text)
    if seen != digest_of(row):
        text = Text(
            "您查看之后内容有改动，请重新查看。", "It was changed after you looked at it; look again."
        )
        raise PlanProblem("plan.changed-meanwhile", text)
    _check(row, now)
    row.state, row.approved_by, row.approved_at = PlanState.RUNNING, actor.pseudonym, now
    row.content_sha256 = seen
    row.save()
    _told(actor, "plan.approved", row, sha256=seen, maximum=row.maximum)


@transaction.atomic
def stop(*, actor: Actor, plan: UUID, reason: str, now: datetime) -> None:
    """Stop a running plan by hand, before its time."""
    actor.require(Permission.CUSTOMERS_PLAN_APPROVE)
    row = _in(plan, PlanState.RUNNING)
    row.reason = _given(reason)
    _stop(actor, row, StopCause.HAND, now)


def stop_if_over(*, plan: UUID, now: datetime) -> bool:
    """Stop a plan whose last day is past; tells whether it had to."""
    with transaction.atomic():
        row = CollectionPlan.objects.select_for_update().filter(id=plan, state=PlanState.RUNNING).first()
        if row is None or rules.day_of(now) <= row.ends_on:
            return False
        _stop(COLLECTOR, row, StopCause.END, now)
    return True


def stop_all_over(*, now: datetime) -> int:
    """Stop every plan whose last day is past; how many."""
    due = CollectionPlan.objects.filter(state=PlanState.RUNNING, ends_on__lt=rules.day_of(now))
    return sum(stop_if_over(plan=plan, now=now) for plan in due.values_list("id", flat=True))


def held(plan: UUID, *, form: UUID, now: datetime) -> CollectionPlan:
    """A plan that collects on `form` now, locked until the caller's transaction ends: one submission at a time.

    Raises:
        SubmissionProblem: it does not collect, or not on this form.
    """
    row = CollectionPlan.objects.select_for_update().filter(id=plan).first()
    if row is None or row.state in (PlanState.DRAFT, PlanState.SUBMITTED):
        raise SubmissionProblem("plan.unknown")
    if closed := why_closed(row, now):
        raise SubmissionProblem(closed)
    if not row.forms.filter(id=form).exists():
        raise SubmissionProblem("plan.other-form")
    return row


def why_closed(plan: CollectionPlan, now: datetime) -> str:
    """Why an approved plan takes nothing now (a code), or nothing."""
    if plan.stop_cause == StopCause.MAXIMUM:
        return "plan.full"
    return rules.why_closed(plan.state, plan.starts_on, plan.ends_on, rules.day_of(now))


def count_in(plan: CollectionPlan, *, customer: UUID, inside: bool, now: datetime) -> None:
    """Count one answer of `customer` for a held plan; with the last place the plan stops, in the same transaction."""
    plan.answers += 1
    if not Submission.objects.filter(plan=plan, customer_id=customer).exists():
        plan.people += 1
        plan.outsiders += not inside
    plan.save(update_fields=["answers", "people", "outsiders"])
    if plan.people == plan.maximum:
        _stop(COLLECTOR, plan, StopCause.MAXIMUM, now)


def form_withdrawn(actor: Actor, form: UUID, now: datetime) -> None:
    """A plan none of whose forms can be filled any more stops."""
    for plan in (
        CollectionPlan.objects.select_for_update().filter(state=PlanState.RUNNING, forms=form).order_by("id")
    ):
        if not plan.forms.filter(versions__state=FormState.PUBLISHED).exists():
            _stop(actor, plan, StopCause.NO_FORM, now)


form_services.withdrawn.register("plans", form_withdrawn)


def group_of(plan: CollectionPlan) -> rules.Group:
    """The plan's group as the rules ask it."""
    return rules.Group(
        frozenset(plan.group_kinds),
        frozenset(plan.group_segments),
        frozenset(plan.group_provinces),
        frozenset(plan.group_departments),
    )


def digest_of(plan: CollectionPlan) -> str:
    """The digest of everything an approval covers."""
    said: dict[str, Any] = {name: str(getattr(plan, name)) for name in TEXTS}
    said |= {name: sorted(map(str, getattr(plan, name))) for name in LISTS}
    said["forms"] = sorted(map(str, plan.forms.values_list("id", flat=True)))
    return digest({"plan": str(plan.id), **said})


def _stop(actor: Actor, plan: CollectionPlan, cause: StopCause, now: datetime) -> None:
    plan.state, plan.stop_cause, plan.stopped_at = PlanState.STOPPED, cause, now
    plan.stopped_by = actor.pseudonym
    plan.save(update_fields=["state", "stop_cause", "stopped_at", "stopped_by", "reason"])
    FormDraft.objects.filter(plan=plan).delete()  # what can be handed in no more is not kept
    _told(actor, "plan.stopped", plan, stop_cause=cause.value, people=plan.people, maximum=plan.maximum)


def _say(plan: CollectionPlan, words: Words) -> None:
    for name in TEXTS:
        value = getattr(words, name)
        setattr(plan, name, value.strip() if isinstance(value, str) else value)
    for name in LISTS:
        setattr(plan, name, list(dict.fromkeys(getattr(words, name))))
    if any(check_note(text) for text in (plan.title, plan.goal, plan.group_text)):
        text = Text(
            "计划里不要写电话、证件号等个人信息。", "A plan must not hold phone numbers or other identifiers."
        )
        raise PlanProblem("plan.identifier", text)
    if plan.ends_on < plan.starts_on:
        text = Text("结束日期不能早于开始日期。", "It cannot end before it starts.")
        raise PlanProblem("plan.period", text, "ends_on")
    if CollectionForm.objects.filter(id__in=words.forms).count() != len(set(words.forms)) or not words.forms:
        text = Text("请选择至少一份表单。", "Choose at least one form.")
        raise PlanProblem("plan.no-form", text, "forms")


def _check(plan: CollectionPlan, now: datetime) -> None:
    """Whether it can still run.

    Raises:
        PlanProblem: it is over already, or one of its forms is not published.
    """
    if plan.ends_on < rules.day_of(now):
        text = Text("结束日期已过，请改期。", "Its last day is past; choose another.")
        raise PlanProblem("plan.ended", text, "ends_on")
    published = plan.forms.filter(versions__state=FormState.PUBLISHED).distinct().count()
    if published != plan.forms.count():
        text = Text(
            "计划里有没有发布的表单，请先发布或移出。", "One of its forms is not published: publish it first."
        )
        raise PlanProblem("plan.form-unpublished", text, "forms")


def _given(reason: str) -> str:
    if not reason.strip():
        raise PlanProblem("reason.missing", Text("请填写理由。", "Give a reason."), "reason")
    return reason.strip()[:400]


def _in(plan: UUID, state: PlanState) -> CollectionPlan:
    row = CollectionPlan.objects.select_for_update().filter(id=plan).first()
    if row is None:
        raise PlanProblem("plan.unknown", Text("没有这个收集计划。", "There is no such plan."))
    if row.state != state:
        text = Text("计划的状态已变，请刷新后再试。", "The plan is in another state by now; look again.")
        raise PlanProblem("plan.wrong-state", text)
    return row


def _told(actor: Actor, event: str, plan: CollectionPlan, **more: Any) -> None:
    journal.append(actor=actor, event=event, data={"collection_plan": str(plan.id), **more})
