"""Screens of emergency access: opening it, the register, one access with its reads, its review."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.access.emergency import presenting, queries, rules, services
from shouxin.access.emergency.forms import LiftForm, OpenForm, ReviewForm
from shouxin.access.emergency.models import EmergencyAccess, Finding
from shouxin.access.emergency.services import EmergencyProblem
from shouxin.core.policy import Permission
from shouxin.customers.registry import queries as registry
from shouxin.gate import facts
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.thresholds.queries import value
from shouxin.people.working_purpose import purpose_of

P = Permission
PROBLEMS = {
    "purpose.role": gettext_lazy("您的岗位不能用于该目的。"),
    "fields.none": gettext_lazy("请至少选择一个字段。"),
    "fields.not-openable": gettext_lazy("所选字段中有不能应急查看的。"),
    "minutes.range": gettext_lazy("时长超出本单位的限制。"),
    "reason.short": gettext_lazy("请写明为什么等不及审批。"),
    "reason.unknown": gettext_lazy("请选择事由。"),
    "note.identifier": gettext_lazy("文字中似乎有客户的号码或证件号，请改写后再提交。"),
    "note.missing": gettext_lazy("请填写依据。"),
    "suspended": gettext_lazy("您的应急访问已被暂停，请联系个人信息保护负责人；或请同事办理。"),
    "day.spent": gettext_lazy("24 小时内的应急访问次数已用完。请部门负责人办理，或申请用数授权。"),
    "access.unknown": gettext_lazy("没有找到，或不归您处理。"),
    "over": gettext_lazy("已经结束。"),
    "reviewer.same-person": gettext_lazy("不能处理自己的应急访问，请由他人办理。"),
    "reviewed-already": gettext_lazy("已经复核过；请看本页现在的内容。"),
    "still-open": gettext_lazy("仍在进行：请先终止，或等它结束后再复核。"),
    "suspension.unknown": gettext_lazy("没有找到，或已经恢复。"),
}

KEY = "emergencies"
lists.register(
    Listed(
        KEY,
        "access:emergencies",
        ("state", "who"),
        lists.by_age("opened_at"),
        (
            Column("purpose", pgettext_lazy("label", "处理目的")),
            Column("fields", gettext_lazy("字段")),
            Column("opened", gettext_lazy("开始")),
            Column("due", gettext_lazy("复核期限")),
        ),
        typed=frozenset({"who"}),
    )
)
STATES = (
    ("", gettext_lazy("全部")),
    ("awaiting", gettext_lazy("待我复核")),
    ("mine", gettext_lazy("我的，等待复核")),
    ("overdue", gettext_lazy("逾期未复核")),
)


def said(problem: EmergencyProblem) -> str:
    return " ".join(str(PROBLEMS[code]) for code in problem.codes)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.ACCESS_EMERGENCY_OPEN)
@fresh_second_factor()
def open_access(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row, purpose = registry.find(request.actor, customer_id), purpose_of(request, request.actor)
    if row is None:
        raise Http404
    rule = facts.rules["rulebook"].purpose(purpose)
    form = OpenForm(request.POST or None, purpose=purpose)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            access = services.open_access(
                actor=request.actor,
                customer=row.id,
                purpose=purpose,
                fields=asked["fields_asked"],
                reason=asked["reason"],
                reason_class=asked["reason_class"],
                minutes=asked["minutes"],
                now=clock.now(),
            )
        except EmergencyProblem as problem:
            form.add_error(None, said(problem))
        except gate.Refused as problem:
            return refused(request, problem.refusal, customer=row.id)
        else:
            until = timezone.localtime(access.until)
            messages.success(
                request,
                _("应急访问已开始，到 %(until)s 结束；部门负责人和个人信息保护负责人的工作台已告警。")
                % {"until": f"{until:%H:%M}"},
            )
            return redirect("customers:page", row.id)
    context = {
        "page_title": _("应急访问"),
        "customer_id": row.id,
        "form": form,
        "purpose": rule.name.in_(get_language() or "zh-hans") if rule else "",
        "suspended": queries.is_suspended(request.actor),
        "most": value(rules.LASTING),
    }
    return render(request, "emergency/open.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(P.ACCESS_EMERGENCY_READ)
def access_list(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return reading.narrowed(request, KEY)
    asked, now = reading.read(request, KEY), clock.now()
    state, who = asked.query.get("state", ""), asked.query.get("who", "")
    found = queries.visible_to(request.actor)
    if state == "awaiting":
        found = queries.awaiting(request.actor)
    elif state == "overdue":
        found = queries.overdue(request.actor, now)
    elif state == "mine":
        found = queries.own_unreviewed(request.actor)
    if who:
        found = found.filter(Q(staff__display_name__icontains=who) | Q(staff__user_name__iexact=who))
    page = lists.window(found, asked.sort, asked.place)
    context = {
        **asked.context(page, found, (Field("state", _("状态"), STATES), Field("who", _("使用人")))),
        "page_title": _("应急访问"),
        "rows": [_row(access) for access in page.rows],
        "suspensions": queries.suspensions(request.actor),
        "may_lift": request.actor.may(P.ACCESS_EMERGENCY_LIFT),
        "lift_form": LiftForm(),
    }
    return render(request, "emergency/list.html", context)


@never_cache
@allowed(P.ACCESS_EMERGENCY_READ)
def access_page(request: StaffRequest, access_id: UUID) -> HttpResponse:
    return _page(request, _visible(request, access_id), ReviewForm(), 200)


def _page(request: StaffRequest, access: EmergencyAccess, form: ReviewForm, status: int) -> HttpResponse:
    context = {
        "page_title": _("应急访问"),
        "access": access,
        "row": _row(access),
        "form": form,
        **presenting.detail_context(request.actor, access, clock.now()),
        "reachable": registry.find(request.actor, access.customer_id) is not None,
    }
    return render(request, "emergency/detail.html", context, status=status)


@require_POST
@allowed(P.ACCESS_EMERGENCY_REVIEW)
def review(request: StaffRequest, access_id: UUID) -> HttpResponse:
    access, form = _visible(request, access_id), ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, access, form, 422)
    try:
        services.review(
            actor=request.actor,
            access=access.id,
            finding=Finding(form.cleaned_data["finding"]),
            note=form.cleaned_data["review_note"],
            now=clock.now(),
        )
    except EmergencyProblem as problem:
        messages.error(request, said(problem))
    else:
        messages.success(request, _("复核已记录。"))
    return redirect("access:emergency", access.id)


@require_POST
@allowed(P.ACCESS_EMERGENCY_READ)
def end(request: StaffRequest, access_id: UUID) -> HttpResponse:
    access = _visible(request, access_id)
    try:
        services.end(actor=request.actor, access=access.id, now=clock.now())
    except EmergencyProblem as problem:
        messages.error(request, said(problem))
    else:
        messages.success(request, _("已终止，明文不能再查看。"))
    return redirect("access:emergency", access.id)


@require_POST
@allowed(P.ACCESS_EMERGENCY_LIFT)
@fresh_second_factor()
def lift(request: StaffRequest, suspension_id: UUID) -> HttpResponse:
    try:
        services.lift(
            actor=request.actor,
            suspension=suspension_id,
            note=request.POST.get("lift_note", ""),
            now=clock.now(),
        )
    except EmergencyProblem as problem:
        messages.error(request, said(problem))
    else:
        messages.success(request, _("已恢复。"))
    return redirect("access:emergencies")


def _visible(request: StaffRequest, access_id: UUID) -> EmergencyAccess:
    found = queries.visible_to(request.actor).filter(id=access_id).first()
    if found is None:
        raise Http404
    return found


def _row(access: EmergencyAccess) -> dict[str, object]:
    """An access as the screens show it: names instead of keys, its state in words."""
    language, now = get_language() or "zh-hans", clock.now()
    book = facts.rules["rulebook"]
    purpose, fields = book.purpose(access.purpose), book.fields()
    if queries.in_force(access, now):
        kind, text = "bad", _("进行中")
    elif access.reviewed_at is not None:
        kind = "ok" if access.finding == Finding.JUSTIFIED else "bad"
        text = access.get_finding_display()
    elif rules.is_overdue(access.review_due, now):
        kind, text = "bad", _("逾期未复核")
    else:
        kind, text = "warn", _("待复核")
    return {
        "access": access,
        "purpose": purpose.name.in_(language) if purpose else access.purpose,
        "fields": [fields[key].name.in_(language) if key in fields else key for key in access.fields],
        "kind": kind,
        "status": text,
    }
