"""Screen of the register of names: who stands in it, asking for an entry, deciding and ending it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.access.secrets import queries, services
from shouxin.access.secrets.forms import EntryForm
from shouxin.access.secrets.models import EntryState
from shouxin.core.policy import Permission
from shouxin.gate import limits
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.readers import role_name
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.thresholds.queries import value

P = Permission
MOST = 200
TAGS = {"pending": "warn", "active": "ok", "refused": "bad", "ended": "muted"}
PROBLEMS = {
    "department.outside": gettext_lazy("只能为自己负责的部门申请。"),
    "role.reads-nothing": gettext_lazy("该角色不接触客户信息。"),
    "rows.range": gettext_lazy("行数超出范围。"),
    "until.range": gettext_lazy("截止须晚于今天，最长一年。"),
    "reason.missing": gettext_lazy("请说明工作需要。"),
    "approver.same-person": gettext_lazy("申请人不能批准自己的申请，请由他人审批。"),
    "entry.unknown": gettext_lazy("没有找到这一条，或不归您处理。"),
    "entry.decided-already": gettext_lazy("该申请已被处理，请刷新后查看。"),
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
    mine = {one.id for one in queries.awaiting(actor)}
    found = queries.visible_to(actor)
    if request.GET.get("state") == "awaiting":
        found = found.filter(id__in=mine)
    rows = []
    for one in found[:MOST]:
        live = one.state == EntryState.ACTIVE and one.until > now
        over = one.state == EntryState.ACTIVE and not live
        rows.append(
            {
                "one": one,
                "role": role_name(one.role, get_language() or "zh-hans"),
                "tag": "muted" if over else TAGS[one.state],
                "status": _("已到期") if over else one.get_state_display(),
                "may_decide": one.id in mine,
                "live": live,
            }
        )
    context = {
        "page_title": _("商业秘密名录"),
        "rows": rows,
        "form": form,
        "bulk": limits.BULK,
        "list_rows": value(limits.LISTS),
        "departing_rows": value(limits.DEPARTING),
    }
    return render(request, "secrets/register.html", context, status=422 if form and form.errors else 200)


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
    return redirect("access:secrets")
