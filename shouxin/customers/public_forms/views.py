"""Staff pages of public forms: the list, one of them, asking for one, and the verbs between its states."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Actor, Permission
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms.forms import ReasonForm
from shouxin.customers.public_forms import presenting, queries, services
from shouxin.customers.public_forms.forms import PublicFormForm
from shouxin.customers.public_forms.models import PublicForm, PublicState
from shouxin.customers.public_forms.problems import PublicProblem
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
SHOWN = (("", gettext_lazy("全部")), ("waiting", gettext_lazy("待我审批")), *PublicState.choices)
KEY = "public-forms"
lists.register(
    Listed(
        KEY,
        "customers:public_forms",
        ("show",),
        lists.by_age(),
        (Column("ends", gettext_lazy("开放到")), Column("progress", gettext_lazy("已接受"))),
    )
)


def _row(request: StaffRequest, wanted: UUID) -> PublicForm:
    found = queries.public_form_for(request.actor, wanted)
    if found is None:
        raise Http404
    return found


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def public_list(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, KEY)
    found = queries.public_forms(request.actor, show=asked.query.get("show", ""))
    page = lists.window(found, asked.sort, asked.place)
    context = {
        **asked.context(page, found, (Field("show", _("状态"), SHOWN),)),
        "page_title": pgettext("list", "公开表单"),
        "rows": presenting.rows(page.rows, clock.now()),
    }
    return render(request, "public_forms/list.html", context)


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def public_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _row(request, public_id)
    return render(request, "public_forms/detail.html", presenting.context(request, row, clock.now()))


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_FORM_DRAFT)
def public_new(request: StaffRequest, form_id: UUID) -> HttpResponse:
    version = forms.published_version(form_id)
    if version is None:
        raise Http404
    form = PublicFormForm(request.POST or None, actor=request.actor, form=form_id)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.propose(actor=request.actor, form=form_id, wanted=form.wanted(), now=clock.now())
        except PublicProblem as problem:
            form.add_error(None, presenting.said(problem))
        else:
            messages.success(request, _("已申请，待另一人批准后公开。"))
            return redirect("customers:public_form", row.id)
    context = {
        "page_title": _("申请公开：%(form)s") % {"form": version.title},
        "form": form,
        "version": version,
        "lacks": [one.text.in_(presenting.language()) for one in queries.lacks_of(form_id) or ()],
    }
    return render(request, "public_forms/new.html", context, status=422 if form.errors else 200)


Act = Callable[[Actor, PublicForm, dict[str, Any]], Any]
VERBS: dict[str, tuple[tuple[Permission, ...], Any, Any, Any, type[django_forms.Form], bool, Act]] = {
    "approve": (
        (P.CUSTOMERS_FORM_PUBLISH,),
        gettext_lazy("批准公开"),
        gettext_lazy("批准后任何人都可以在公开页面填写，到期、满额或关闭时自动停止。"),
        gettext_lazy("已公开。"),
        django_forms.Form,
        False,
        lambda actor, row, _data: services.approve(actor=actor, public_form=row.id, now=clock.now()),
    ),
    "refuse": (
        (P.CUSTOMERS_FORM_PUBLISH,),
        gettext_lazy("不批准"),
        gettext_lazy("这次申请到此为止，表单不公开；申请人看得到理由。"),
        gettext_lazy("已答复不批准。"),
        ReasonForm,
        False,
        lambda actor, row, data: services.refuse(actor=actor, public_form=row.id, now=clock.now(), **data),
    ),
    "pause": (
        (P.CUSTOMERS_FORM_DRAFT, P.CUSTOMERS_FORM_PUBLISH),
        gettext_lazy("暂停"),
        gettext_lazy("立即不再接受填写，页面说明稍后再来；可以恢复。"),
        gettext_lazy("已暂停。"),
        django_forms.Form,
        False,
        lambda actor, row, _data: services.pause(actor=actor, public_form=row.id),
    ),
    "resume": (
        (P.CUSTOMERS_FORM_PUBLISH,),
        gettext_lazy("恢复"),
        gettext_lazy("重新接受填写。"),
        gettext_lazy("已恢复。"),
        django_forms.Form,
        False,
        lambda actor, row, _data: services.resume(actor=actor, public_form=row.id),
    ),
    "close": (
        (P.CUSTOMERS_FORM_DRAFT, P.CUSTOMERS_FORM_PUBLISH),
        gettext_lazy("关闭"),
        gettext_lazy("立即且永久不再接受填写；已收到的不变。要再公开须重新申请。"),
        gettext_lazy("已关闭。"),
        ReasonForm,
        True,
        lambda actor, row, data: services.close(actor=actor, public_form=row.id, now=clock.now(), **data),
    ),
}


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_FORM_DRAFT, P.CUSTOMERS_FORM_PUBLISH)
@fresh_second_factor("approve")
def public_verb(request: StaffRequest, public_id: UUID, verb: str) -> HttpResponse:
    row = _row(request, public_id)
    if verb not in VERBS:
        raise Http404
    permissions, title, sentence, done, made, danger, act = VERBS[verb]
    if not any(request.actor.may(one) for one in permissions):
        raise PermissionDenied
    form = made(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act(request.actor, row, form.cleaned_data)
        except PublicProblem as problem:
            form.add_error(None, presenting.said(problem))
        else:
            messages.success(request, str(done))
            return redirect("customers:public_form", row.id)
    context = presenting.context(request, row, clock.now()) | {
        "heading": presenting.title_of(row),
        "page_title": title,
        "sentence": sentence,
        "form": form,
        "danger": danger,
    }
    return render(request, "public_forms/verb.html", context, status=422 if form.errors else 200)
