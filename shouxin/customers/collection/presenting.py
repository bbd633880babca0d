"""What the templates of collecting are given: words instead of codes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shouxin.core.policy import Actor, Permission
from shouxin.customers.collection import queries, rules
from shouxin.customers.collection.forms import language
from shouxin.customers.collection.models import CollectionPlan, Door, PlanState, Undeclared
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.queries import ChannelLine
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.customers.collection_forms.presenting import purpose_name
from shouxin.customers.registry import merging, provinces
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Channel, Kind, Method
from shouxin.customers.registry.presenting import uuid_or_none
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest
from shouxin.people.telling import told

NETWORKS = {
    "own": gettext_lazy("本机"),
    "private": gettext_lazy("内部网络"),
    "public": gettext_lazy("外部网络"),
}
KINDS = {
    PlanState.DRAFT: "muted",
    PlanState.SUBMITTED: "warn",
    PlanState.RUNNING: "ok",
    PlanState.STOPPED: "muted",
}


def words(problem: SubmissionProblem) -> str:
    """Why a form was not stored."""
    return problem.text.in_(language())


def not_taken(request: HttpRequest, problem: SubmissionProblem) -> HttpResponse:
    """A page of its own: nothing was kept of what was sent."""
    context = {
        "page_title": _("没有接受这份表单"),
        "text": words(problem),
        "names": [name[:64] for name in problem.names[:20]],
    }
    status = 404 if problem.code == "form.not-published" else 422 if problem.names else 409
    return render(request, "collection/not_taken.html", context, status=status)


def choose_context(request: StaffRequest, now: datetime) -> dict[str, Any]:
    """The page on which a form is chosen."""
    customer = uuid_or_none(request.GET.get("customer", ""))
    row = registry.find(request.actor, customer) if customer else None
    mine = queries.fillable(request.actor)
    by_form = {one.form_id: one for one in mine}
    if row is not None:
        mine = [one for one in mine if row.kind in forms.content_of(one).kinds]
    return {
        "page_title": _("填写表单"),
        "customer": row,
        "forms": [(one, purpose_name(one.purpose)) for one in mine],
        "plans": [
            (plan, [by_form[one.id] for one in plan.forms.all() if one.id in by_form], plan_numbers(plan))
            for plan in queries.collecting(now)
        ],
        "drafts": [] if row else list(queries.drafts_of(request.actor, now)),
    }


def plan_numbers(plan: CollectionPlan) -> dict[str, Any]:
    """How far a plan has come."""
    return {
        "value": plan.people,
        "max": plan.maximum,
        "text": _("%(n)d / %(max)d 人") % {"n": plan.people, "max": plan.maximum},
    }


def group_lines(plan: CollectionPlan) -> list[tuple[str, str]]:
    """The group's conditions, in words; none when everybody fits."""
    names = {one.id: one.name for one in people.departments()}
    kinds = dict(Kind.choices)
    lines = (
        (_("客户类型"), [str(kinds[one]) for one in plan.group_kinds]),
        (_("细分"), plan.group_segments),
        (_("省份"), [provinces.name_of(one) for one in plan.group_provinces]),
        (_("归口部门"), [names.get(one, "—") for one in plan.group_departments]),
    )
    return [(title, _("、").join(found)) for title, found in lines if found]


def plan_rows(plans: Iterable[CollectionPlan], now: datetime) -> list[dict[str, Any]]:
    """Lines of the list of plans."""
    return [{"plan": one, **status_of(one, now), "numbers": plan_numbers(one)} for one in plans]


def status_of(plan: CollectionPlan, now: datetime) -> dict[str, Any]:
    """A plan's state as people say it: stopped and why, waiting for its first day, days left."""
    today, second = rules.day_of(now), ""
    if plan.state == PlanState.STOPPED:
        second = str(plan.get_stop_cause_display())
    elif plan.state == PlanState.RUNNING and today < plan.starts_on:
        second = _("尚未开始")
    elif plan.state == PlanState.RUNNING:
        days = (plan.ends_on - today).days
        second = _("已到期") if days < 0 else _("还有 %(days)d 天") % {"days": days + 1}
    return {"kind": KINDS[PlanState(plan.state)], "state": plan.get_state_display(), "second": second}


def plan_context(request: StaffRequest, plan: CollectionPlan, now: datetime) -> dict[str, Any]:
    """The page of a plan."""
    people_behind = [plan.drafted_by, plan.submitted_by, plan.approved_by, plan.stopped_by]
    names = people.names_of(one for one in people_behind if one)
    steps = (
        (_("起草人"), plan.drafted_by, plan.drafted_at),
        (_("提交人"), plan.submitted_by, plan.submitted_at),
        (_("批准人"), plan.approved_by, plan.approved_at),
        (_("停止"), plan.stopped_by, plan.stopped_at),
    )
    live = {one.form_id: one for one in forms.published().filter(form__plans=plan)}
    asked = [(version, [row.label(language()) for row in forms.asked(version)]) for version in live.values()]
    actor = request.actor
    may_approve = queries.waiting(actor).filter(id=plan.id).exists()
    said = status_of(plan, now)
    return {
        "page_title": plan.title,
        "plan": plan,
        **said,
        "numbers": plan_numbers(plan),
        "group": group_lines(plan),
        "asked": asked,
        "lost": [forms.form_title(one) for one in plan.forms.values_list("id", flat=True) if one not in live],
        "steps": [(title, names.get(who, _("系统")), at) for title, who, at in steps if who],
        "stages": _stages(plan, names),
        "entries": told(queries.story_of(plan.id), actor),
        "standing": Standing(KINDS[PlanState(plan.state)], plan.get_state_display(), str(said["second"])),
        "verbs": _verbs(actor, plan, list(live.values()), may_approve=may_approve),
    }


def _verbs(
    actor: Actor, plan: CollectionPlan, asked: Sequence[FormVersion], *, may_approve: bool
) -> list[Verb]:
    """What can be done with a plan now; what somebody of this role usually could says why it cannot."""

    def leads(verb: str) -> str:
        return reverse("customers:plan_verb", args=[plan.id, verb])

    found: list[Verb] = []
    if plan.state == PlanState.RUNNING and actor.may(Permission.CUSTOMERS_FORM_FILL):
        for version in asked:
            href = f"{reverse('customers:fill', args=[version.form_id])}?plan={plan.id}"
            title = _("填写：%(form)s") % {"form": version.title}
            found.append(Verb(title, href=href, style="primary"))
    if plan.state == PlanState.DRAFT and actor.may(Permission.CUSTOMERS_PLAN_DRAFT):
        found.append(Verb(_("修改"), href=reverse("customers:plan_edit", args=[plan.id])))
        found.append(Verb(_("提交审批"), href=leads("submit"), style="primary"))
    if may_approve:
        found.append(Verb(_("批准计划"), href=leads("approve"), style="primary"))
        found.append(Verb(_("退回补充"), href=leads("return")))
    elif plan.state == PlanState.SUBMITTED:
        own = actor.may(Permission.CUSTOMERS_PLAN_APPROVE)
        why = _("您起草或提交的须由另一人批准。") if own else _("由部门负责人或个人信息保护负责人批准。")
        found.append(Verb(_("批准计划"), why=why))
    if plan.state == PlanState.RUNNING and actor.may(Permission.CUSTOMERS_PLAN_APPROVE):
        found.append(Verb(_("停止收集"), href=leads("stop"), style="danger"))
    return found


def _stages(plan: CollectionPlan, names: Mapping[UUID, str]) -> list[Stage]:
    """How far a plan has got, and who took it there."""

    def mark(who: UUID | None, at: datetime | None) -> Mark:
        return Mark(names.get(who, _("系统")) if who else "", at)

    path = [
        ("draft", _("起草")),
        ("submitted", pgettext("stage", "审批")),
        ("running", pgettext("stage", "收集")),
        ("stopped", _("停止")),
    ]
    marks = {
        "draft": mark(plan.submitted_by or plan.drafted_by, plan.submitted_at or plan.drafted_at),
        "submitted": mark(plan.approved_by, plan.approved_at),
        "stopped": mark(plan.stopped_by, plan.stopped_at),
    }
    return stages(path, at=plan.state, marks=marks, over=plan.state == PlanState.STOPPED)


def channel_lines(lines: Sequence[ChannelLine]) -> list[dict[str, Any]]:
    """The report's lines in words."""
    channels, methods = dict(Channel.choices), dict(Method.choices)
    return [
        {
            "channel": channels.get(line.channel, line.channel),
            "method": methods.get(line.method, line.method),
            "purpose": purpose_name(line.purpose),
            "acts": line.acts,
            "customers": line.customers,
        }
        for line in lines
    ]


def refusal_lines(rows: Iterable[Undeclared]) -> list[dict[str, Any]]:
    """Refused submissions with their sources by name."""
    found = list(rows)
    names = people.names_of({row.source for row in found})
    titles = forms.form_titles({row.form_id for row in found})
    return [
        {
            "row": row,
            "title": titles[row.form_id].in_(language()) if row.form_id in titles else "—",
            "door": row.get_door_display(),
            "source": names.get(row.source) if row.door == Door.STAFF else str(row.source)[:8],
            "network": NETWORKS.get(row.network, row.network),
        }
        for row in found
    ]


def answers_panel(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """On a customer's page: which forms they filled, for which plan, and whether outside its group."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.may(Permission.CUSTOMERS_FORM_READ):
        return None
    found = list(queries.answers_of(merging.family(customer))[:10])
    return {"answers": found} if found else None


def fill_verb(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """On a customer's page: filling a form for them, where somebody may and there is one."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.may(Permission.CUSTOMERS_FORM_FILL) or not queries.fillable(actor):
        return None
    return {"customer": customer}


def refusals_panel(request: HttpRequest, form: UUID) -> Mapping[str, Any] | None:
    """On a form's page, for those who publish: what was refused lately."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.may(Permission.CUSTOMERS_FORM_PUBLISH):
        return None
    found = refusal_lines(queries.refusals(actor, form=form)[:10])
    return {"refusals": found} if found else None
