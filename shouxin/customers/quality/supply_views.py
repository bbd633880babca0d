"""Screens of supply contracts: the register, one contract with what came under it, its end and the removal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Action, Permission, PurposeStatus
from shouxin.customers.quality import presenting, supplies
from shouxin.customers.quality.models import Supplied
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import SupplyContract
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock, lists
from shouxin.kit.detail import Mark, Standing, stages
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.notices.kinds import end_of
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.story import left as time_left
from shouxin.people.story import mark, story

P = Permission
KEY = "supply-contracts"
OF_CUSTOMERS = lists.Sort("customer", gettext_lazy("按客户"), "customer_id", descending=False)
lists.register(
    Listed(
        KEY,
        "customers:supplies",
        ("state", "supplier"),
        lists.by_age(),
        (
            Column("number", gettext_lazy("合同编号")),
            Column("supplier", gettext_lazy("供应方")),
            Column("period", gettext_lazy("期间")),
        ),
        typed=frozenset({"supplier"}),
    )
)


class ContractForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("合同名称"), max_length=200)
    number = forms.CharField(label=gettext_lazy("合同编号"), max_length=60)
    supplier = forms.CharField(
        label=gettext_lazy("供应方"),
        max_length=200,
        help_text=gettext_lazy("与导入、修改时填写的供应方逐字相同，其提供的内容才归入本合同。"),
    )
    purpose = forms.ChoiceField(label=pgettext_lazy("label", "处理目的"))
    begins_on = forms.DateField(
        label=gettext_lazy("生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=gettext_lazy("到期日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    declared = forms.CharField(
        label=gettext_lazy("来源声明"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["purpose"].choices = [  # type: ignore[attr-defined] # a choice field by its declaration
            ("", _("请选择")),
            *(
                (one.key, one.name.in_(presenting.language()))
                for one in rulebooks["rulebook"].purposes()
                if one.status is PurposeStatus.ACTIVE and one.roles
            ),
        ]


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_SUPPLY_READ)
def contracts(request: StaffRequest) -> HttpResponse:
    may_write = request.actor.may(P.CUSTOMERS_SUPPLY_WRITE)
    if request.method == "POST" and "name" not in request.POST:
        return reading.narrowed(request, KEY)
    form = ContractForm(request.POST or None)
    if request.method == "POST" and may_write and form.is_valid():
        try:
            made = supplies.enter(actor=request.actor, now=clock.now(), **form.cleaned_data)
        except QualityProblem as problem:
            form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        else:
            messages.success(request, _("合同已登记。"))
            return redirect("customers:supply", made.id)
    now, asked = clock.now(), reading.read(request, KEY)
    found = supplies.contracts(request.actor)
    if (state := asked.query.get("state", "")) in {"open", "over"}:
        found = supplies.standing(found, over=state == "over", now=now)
    if supplier := asked.query.get("supplier", ""):
        found = found.filter(supplier__icontains=supplier)
    page = lists.window(found, asked.sort, asked.place)
    states = [("", _("全部")), ("open", _("有效")), ("over", _("已结束"))]
    fields = (Field("state", _("状态"), states), Field("supplier", _("供应方")))
    context = {
        **asked.context(page, found, fields),
        "rows": [(row, supplies.is_over(row, now)) for row in page.rows],
        "form": form if may_write else None,
    }
    return render(request, "quality/supplies.html", context, status=422 if form.errors else 200)


def _contract(request: StaffRequest, contract_id: UUID) -> SupplyContract:
    found = supplies.contracts(request.actor).filter(id=contract_id).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_GET
@allowed(P.CUSTOMERS_SUPPLY_READ)
def contract(request: StaffRequest, contract_id: UUID) -> HttpResponse:
    row, now = _contract(request, contract_id), clock.now()
    place = lists.place_from(request.GET)
    page = lists.window(supplies.values_of(request.actor, row.id), OF_CUSTOMERS, place)
    values = list(page.rows)
    names = _names(request, values)
    known = rulebooks["rulebook"].purpose(row.purpose)
    progress = supplies.progress(request.actor, row.id)
    context = {
        "contract": row,
        "over": supplies.is_over(row, now),
        "progress": progress,
        "entries": story(request.actor, ["supply."], {"contract": row.id}, since=row.made_at),
        **_life(row, now, left=progress["left"]),
        **lists.links({}, page, place),
        "rows": [(one, names.get(one.customer_id), presenting.names_of([one.field])[0]) for one in values],
        "purpose_name": known.name.in_(presenting.language()) if known else row.purpose,
        "may_write": request.actor.may(P.CUSTOMERS_SUPPLY_WRITE),
    }
    return render(request, "quality/supply.html", context)


def _life(row: SupplyContract, now: datetime, *, left: int) -> dict[str, Any]:
    """Where a contract stands and how far it has got."""
    over = supplies.is_over(row, now)
    path = [("made", _("登记")), ("used", _("有效")), ("over", _("结束")), ("removed", _("移除内容"))]
    marks = {
        "made": mark(row.made_by, row.made_at),
        "over": mark(row.ended_by, row.ended_at) if row.ended_at else Mark("", end_of(row.ends_on)),
        "removed": Mark("", row.removal_at),
    }
    if not over:
        left_words = time_left(row.ends_on, now)
        return {
            "standing": Standing("ok", _("有效"), left_words),
            "stages": stages(path, at="used", marks=marks),
        }
    second = _("内容待移除") if left else _("没有留存的内容")
    standing = Standing("warn" if left else "muted", _("已结束"), second)
    return {"standing": standing, "stages": stages(path, at="removed", marks=marks, over=not left)}


def _names(request: StaffRequest, values: list[Supplied]) -> dict[UUID, str]:
    """The masked names of those whom this person may see for the purpose they work for."""
    purpose = presenting.purpose_in(request)
    shown = list(registry.visible(request.actor).filter(id__in={one.customer_id for one in values}))
    if purpose is None or not shown:
        return {}
    try:
        views = registry.masked(
            actor=request.actor, purpose=purpose.key, rows=shown, action=Action.VIEW, now=clock.now()
        )
    except gate.Refused:
        return {}
    return {
        row["row"].id: row["name"].text
        for row in registry_words.rows(views)
        if row["name"] and row["name"].text
    }


@require_POST
@allowed(P.CUSTOMERS_SUPPLY_WRITE)
def end(request: StaffRequest, contract_id: UUID) -> HttpResponse:
    _contract(request, contract_id)
    try:
        count = supplies.end(actor=request.actor, contract=contract_id, now=clock.now())
    except QualityProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
    else:
        messages.success(request, _("合同已终止；%(n)d 项内容须移除，列在下面。") % {"n": count})
    return redirect("customers:supply", contract_id)


@require_POST
@allowed(P.CUSTOMERS_SUPPLY_WRITE)
@fresh_second_factor()
def remove(request: StaffRequest, contract_id: UUID) -> HttpResponse:
    _contract(request, contract_id)
    try:
        supplies.remove(
            actor=request.actor,
            contract=contract_id,
            typed=request.POST.get("typed", ""),
            now=clock.now(),
        )
    except QualityProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已开始移除，可以离开本页；进度见下。"))
    return redirect("customers:supply", contract_id)
