"""Pages of collection plans: the list, one plan, drafting it, and the verbs between its states."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Actor, Permission
from shouxin.customers.collection import plans, presenting, queries
from shouxin.customers.collection.forms import PlanForm, initial_of, language
from shouxin.customers.collection.models import CollectionPlan, PlanState
from shouxin.customers.collection.plans import PlanProblem
from shouxin.customers.collection_forms.forms import ReasonForm, SeenForm
from shouxin.drafts.keeper import keeper_of
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
SHOWN = (
    ("", gettext_lazy("全部")),
    ("waiting", gettext_lazy("待我审批")),
    ("mine", gettext_lazy("我起草的草稿")),
    ("asked", gettext_lazy("我提交的，等待审批")),
    ("ending", gettext_lazy("即将到期")),
    *PlanState.choices,
)
KEY = "collection-plans"
lists.register(
    Listed(
        KEY,
        "customers:plans",
        ("show",),
        lists.by_age(),
        (
            Column("period", gettext_lazy("期间")),
            Column("progress", gettext_lazy("进度")),
            Column("outsiders", gettext_lazy("目标人群之外")),
        ),
    )
)


def _plan(request: StaffRequest, plan: UUID) -> CollectionPlan:
    found = queries.plan_for(request.actor, plan)
    if found is None:
        raise Http404
    return found


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def plan_list(request: StaffRequest) -> HttpResponse:
    asked, now = reading.read(request, KEY), clock.now()
    found = queries.plans(request.actor, show=asked.query.get("show", ""), now=now)
    page = lists.window(found, asked.sort, asked.place)
    context = {
        **asked.context(page, found, (Field("show", _("状态"), SHOWN),)),
        "page_title": _("收集计划"),
        "rows": presenting.plan_rows(page.rows, now),
        "may_draft": request.actor.may(P.CUSTOMERS_PLAN_DRAFT),
    }
    return render(request, "collection/plans.html", context)


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def plan_detail(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    plan = _plan(request, plan_id)
    return render(request, "collection/plan.html", presenting.plan_context(request, plan, clock.now()))


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PLAN_DRAFT)
def plan_new(request: StaffRequest) -> HttpResponse:
    form, keeper = PlanForm(request.POST or None), keeper_of(request, "plan")
    keeper.fill(form)
    if request.method == "POST" and form.is_valid():
        try:
            plan = plans.draft(actor=request.actor, words=form.words(), now=clock.now())
        except PlanProblem as problem:
            _put(form, problem)
        else:
            keeper.sent(request)
            messages.success(request, _("草稿已保存。"))
            return redirect("customers:plan", plan.id)
    context = {"page_title": _("起草收集计划"), "form": form, "plan": None, "keeper": keeper}
    return render(request, "collection/plan_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PLAN_DRAFT)
def plan_edit(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    plan = _plan(request, plan_id)
    if plan.state != PlanState.DRAFT:
        raise Http404
    form, keeper = PlanForm(request.POST or None, initial=initial_of(plan)), keeper_of(request, "plan")
    keeper.fill(form)
    if request.method == "POST" and form.is_valid():
        try:
            plans.edit(actor=request.actor, plan=plan.id, words=form.words(), now=clock.now())
        except PlanProblem as problem:
            _put(form, problem)
        else:
            keeper.sent(request)
            messages.success(request, _("已保存。"))
            return redirect("customers:plan", plan.id)
    context = {"page_title": _("修改收集计划"), "form": form, "plan": plan, "keeper": keeper}
    return render(request, "collection/plan_form.html", context, status=422 if form.errors else 200)


def _put(form: django_forms.Form, problem: PlanProblem) -> None:
    form.add_error(problem.field if problem.field in form.fields else None, problem.text.in_(language()))


Act = Callable[[Actor, CollectionPlan, dict[str, Any]], Any]
VERBS: dict[str, tuple[Permission, Any, Any, Any, type[django_forms.Form], bool, Act]] = {
    "submit": (
        P.CUSTOMERS_PLAN_DRAFT,
        gettext_lazy("提交审批"),
        gettext_lazy("提交后内容不能再改，由另一人审批。"),
        gettext_lazy("已提交，待另一人审批。"),
        django_forms.Form,
        False,
        lambda actor, plan, _data: plans.submit(actor=actor, plan=plan.id, now=clock.now()),
    ),
    "approve": (
        P.CUSTOMERS_PLAN_APPROVE,
        gettext_lazy("批准计划"),
        gettext_lazy("批准后在期间内开始收集，到期或达到人数上限自动停止。"),
        gettext_lazy("已批准。"),
        SeenForm,
        False,
        lambda actor, plan, data: plans.approve(actor=actor, plan=plan.id, now=clock.now(), **data),
    ),
    "return": (
        P.CUSTOMERS_PLAN_APPROVE,
        gettext_lazy("退回补充"),
        gettext_lazy("退回起草人修改，之后可以重新提交。"),
        gettext_lazy("已退回。"),
        ReasonForm,
        False,
        lambda actor, plan, data: plans.send_back(actor=actor, plan=plan.id, **data),
    ),
    "stop": (
        P.CUSTOMERS_PLAN_APPROVE,
        gettext_lazy("停止收集"),
        gettext_lazy("立即停止，不能再继续；没有提交的草稿随即销毁，已收集的信息不变。"),
        gettext_lazy("已停止。"),
        ReasonForm,
        True,
        lambda actor, plan, data: plans.stop(actor=actor, plan=plan.id, now=clock.now(), **data),
    ),
}


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PLAN_DRAFT, P.CUSTOMERS_PLAN_APPROVE)
@fresh_second_factor("approve")
def plan_verb(request: StaffRequest, plan_id: UUID, verb: str) -> HttpResponse:
    plan = _plan(request, plan_id)
    if verb not in VERBS:
        raise Http404
    permission, title, sentence, done, made, danger, act = VERBS[verb]
    if not request.actor.may(permission):
        raise PermissionDenied
    form = made(request.POST if request.method == "POST" else None, initial={"seen": plans.digest_of(plan)})
    if request.method == "POST" and form.is_valid():
        try:
            act(request.actor, plan, form.cleaned_data)
        except PlanProblem as problem:
            _put(form, problem)
        else:
            messages.success(request, str(done))
            return redirect("customers:plan", plan.id)
    context = presenting.plan_context(request, plan, clock.now()) | {
        "page_title": title,
        "sentence": sentence,
        "form": form,
        "danger": danger,
    }
    return render(request, "collection/plan_verb.html", context, status=422 if form.errors else 200)
