"""Screens of API clients: the list, the proposal, the decision with its token."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.access.clients import queries, rules, services
from shouxin.access.clients.forms import BindingForm, ProposalForm, RefusalForm
from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.core.policy import Permission
from shouxin.gate import facts
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed

PER_PAGE = 30
P = Permission
PROBLEMS = {
    "department.outside": gettext_lazy("只能为自己负责的部门申请。"),
    "owner.outside": gettext_lazy("负责人须是该部门的在用人员。"),
    "purposes.unknown": gettext_lazy("所选目的中有未启用的。"),
    "purposes.none": gettext_lazy("请至少选择一个目的。"),
    "name.missing": gettext_lazy("请填写名称。"),
    "fields.none": gettext_lazy("请至少选择一个字段。"),
    "fields.not-offered": gettext_lazy("所选字段中有目的不需要的。"),
    "fields.clear-unread": gettext_lazy("可读明文的字段须同时可读。"),
    "fields.never-clear": gettext_lazy("密码和生物特征类字段不能给出明文。"),
    "addresses.none": gettext_lazy("请填写来源地址。"),
    "addresses.wrong": gettext_lazy("来源地址须是地址或网段（CIDR），不能不限地址。"),
    "limit.range": gettext_lazy("限额超出范围。"),
    "dates.range": gettext_lazy("截止日期须晚于开始日期和今天，最长一年。"),
    "reason.missing": gettext_lazy("请说明工作需要。"),
    "approver.same-person": gettext_lazy("申请人和负责人不能批准，请由他人审批。"),
    "client.unknown": gettext_lazy("没有找到该客户端，或不归您处理。"),
    "client.decided-already": gettext_lazy("该申请已被处理，请刷新后查看。"),
    "note.missing": gettext_lazy("请填写拒绝理由。"),
}
TAGS = {"proposed": "warn", "approved": "ok", "refused": "bad", "withdrawn": "muted", "ended": "muted"}


@allowed(P.API_CLIENT_READ)
def client_list(request: StaffRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    found = queries.visible_to(request.actor)
    if state == "awaiting":
        found = queries.awaiting(request.actor)
    elif state in ClientState.values:
        found = found.filter(state=state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("接口客户端"),
        "page": page,
        "rows": [_row(client) for client in page],
        "state": state,
        "states": [("", _("全部")), ("awaiting", _("待我审批")), *ClientState.choices],
        "query": f"state={state}&" if state else "",
        "may_propose": request.actor.may(P.API_CLIENT_CREATE),
    }
    return render(request, "clients/list.html", context)


@require_http_methods(["GET", "POST"])
@allowed(P.API_CLIENT_CREATE)
def propose(request: StaffRequest) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    binding = BindingForm(asked if "purposes" in asked else None, actor=request.actor)
    now, form = clock.now(), None
    if binding.is_bound and binding.is_valid():
        form = ProposalForm(
            request.POST or None,
            actor=request.actor,
            purposes=binding.cleaned_data["purposes"],
            today=rules.day_of(now),
        )
    if request.method == "POST" and form and form.is_valid():
        try:
            client = services.propose(
                actor=request.actor,
                owner=form.owner_id(),
                department=UUID(binding.cleaned_data["department"]),
                wanted=form.wanted(now),
                now=now,
            )
        except services.ClientProblem as problem:
            for code in problem.codes:
                form.add_error(None, str(PROBLEMS[code]))
        else:
            messages.success(request, _("申请已提交，等待他人批准。"))
            return redirect("access:client", client.id)
    wrong = binding.errors or (form and form.errors)
    context = {"page_title": _("申请接口客户端"), "binding": binding, "form": form}
    return render(request, "clients/propose.html", context, status=422 if wrong else 200)


@never_cache
@allowed(P.API_CLIENT_READ)
def client_page(request: StaffRequest, client_id: UUID) -> HttpResponse:
    return _page(request, _visible(request, client_id))


@never_cache
@require_POST
@allowed(P.API_CLIENT_READ)
def decide(request: StaffRequest, client_id: UUID, verb: str) -> HttpResponse:
    """Approve, refuse, withdraw or end. The answer to an approval is the only page that ever shows the token."""
    now, token = clock.now(), ""
    try:
        if verb == "approve":
            _client, token = services.approve(actor=request.actor, client=client_id, now=now)
        elif verb == "refuse":
            services.refuse(actor=request.actor, client=client_id, note=request.POST.get("note", ""), now=now)
        elif verb == "withdraw":
            services.withdraw(actor=request.actor, client=client_id, now=now)
        else:
            services.end(actor=request.actor, client=client_id, now=now)
    except services.ClientProblem as problem:
        messages.error(request, " ".join(str(PROBLEMS[code]) for code in problem.codes))
    else:
        messages.success(request, _("已处理。"))
    client = _visible(request, client_id)
    return _page(request, client, token) if token else redirect("access:client", client.id)


def _page(request: StaffRequest, client: ApiClient, token: str = "") -> HttpResponse:
    actor, in_force = request.actor, client.state == ClientState.APPROVED
    context = {
        "page_title": client.name,
        "client": client,
        "row": _row(client),
        "token": token,
        "rows_today": queries.rows_today(client, clock.now()),
        "turned_away": queries.turned_away(client),
        "may_decide": queries.awaiting(actor).filter(id=client.id).exists(),
        "may_withdraw": client.state == ClientState.PROPOSED and client.proposed_by_id == actor.id,
        "may_end": in_force and actor.may(P.API_CLIENT_REVOKE),
        "refusal_form": RefusalForm(label_suffix=""),
    }
    return render(request, "clients/detail.html", context)


def _visible(request: StaffRequest, client_id: UUID) -> ApiClient:
    found = queries.visible_to(request.actor).filter(id=client_id).first()
    if found is None:
        raise Http404
    return found


def _row(client: ApiClient) -> dict[str, object]:
    """A client as the screens show it: names instead of keys."""
    language = get_language() or "zh-hans"
    book = facts.rules["rulebook"]
    purposes = [book.purpose(key) for key in client.purposes]

    expired = client.state == ClientState.APPROVED and client.ends_at <= clock.now()
    named = {key: rule.name.in_(language) for key, rule in book.fields().items()}
    return {
        "client": client,
        "purposes": [
            rule.name.in_(language) if rule else key
            for key, rule in zip(client.purposes, purposes, strict=True)
        ],
        "masked": [named.get(key, key) for key in client.readable if key not in client.clear],
        "clear": [named.get(key, key) for key in client.clear],
        "writable": [named.get(key, key) for key in client.writable],
        "tag": "muted" if expired else TAGS[client.state],
        "status": _("已到期") if expired else client.get_state_display(),
    }
