"""Screen of the register of names: who stands in it, asking for an entry, deciding and ending it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.access.listing import by_state
from shouxin.access.secrets import presenting, queries, services
from shouxin.access.secrets.forms import EntryForm
from shouxin.access.secrets.models import EntryState
from shouxin.core.policy import Permission
from shouxin.gate import limits
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.thresholds.queries import value

P = Permission
KEY = "named"
lists.register(
    Listed(
        KEY,
        "access:secrets",
        ("state",),
        lists.by_age(),
        (
            Column("rows", gettext_lazy("每人每天行数")),
            Column("until", gettext_lazy("截止")),
            Column("reason", gettext_lazy("工作需要")),
            Column("asked", pgettext_lazy("label", "申请人")),
        ),
    )
)
PROBLEMS = {
    "department.outside": gettext_lazy("只能为自己负责的部门申请。"),
    "role.reads-nothing": gettext_lazy("该角色不接触客户信息。"),
    "rows.range": gettext_lazy("行数超出范围。"),
    "until.range": gettext_lazy("截止须晚于今天，最长一年。"),
    "reason.missing": gettext_lazy("请说明工作需要。"),
    "approver.same-person": gettext_lazy("申请人不能批准自己的申请，请由他人审批。"),
    "entry.unknown": gettext_lazy("没有找到这一条，或不归您处理。"),
    "entry.decided-already": gettext_lazy("该申请已被处理；请看本页现在的内容。"),
}


@require_http_methods(["GET", "POST"])
@allowed(P.ACCESS_NAMED_READ)
def register(request: StaffRequest) -> HttpResponse:
    actor, now = request.actor, clock.now()
    form = EntryForm(request.POST or None, actor=actor) if actor.may(P.ACCESS_NAMED_ASK) else None
    if request.method == "POST" and form is None:
        raise Http404
    if request.method == "POST" and form is not None and form.is_valid():
        given = {key: form.cleaned_data[key] for key in ("role", "department", "daily_rows", "reason")}
        try:
            services.ask(actor=actor, until=form.end(), now=now, **given)
        except services.SecretProblem as problem:
            form.add_error(None, str(PROBLEMS[problem.code]))
        else:
            messages.success(request, _("申请已提交，等待他人批准。"))
            return redirect("access:secrets")
    page, context = by_state(
        request,
        KEY,
        seen=queries.visible_to(actor),
        awaiting=queries.awaiting(actor),
        states=EntryState,
    )
    context |= {
        "page_title": _("商业秘密名录"),
        "rows": [
            {
                "one": one,
                "role": presenting.role(one),
                "standing": presenting.standing(one, now),
                "over": one.state != EntryState.PENDING and not presenting.is_live(one, now),
            }
            for one in page
        ],
        "form": form,
        "bulk": limits.BULK,
        "list_rows": value(limits.LISTS),
        "departing_rows": value(limits.DEPARTING),
    }
    return render(request, "secrets/register.html", context, status=422 if form and form.errors else 200)


@require_GET
@allowed(P.ACCESS_NAMED_READ)
def entry_page(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    one = queries.visible_to(request.actor).filter(id=entry_id).first()
    if one is None:
        raise Http404
    return render(request, "secrets/one.html", presenting.detail_context(request.actor, one, clock.now()))


@require_POST
@allowed(P.ACCESS_NAMED_READ)
@fresh_second_factor("approve")
def decide(request: StaffRequest, entry_id: UUID, verb: str) -> HttpResponse:
    if not queries.visible_to(request.actor).filter(id=entry_id).exists():
        raise Http404
    now = clock.now()
    try:
        if verb == "end":
            services.end(actor=request.actor, entry=entry_id, now=now)
        else:
            services.decide(actor=request.actor, entry=entry_id, approve=verb == "approve", now=now)
    except services.SecretProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已处理。"))
    return redirect("access:secret", entry_id)
