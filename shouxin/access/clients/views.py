"""Screens of API clients: the list, the proposal, the decision with its token."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.access.clients import changes, presenting, queries, rules, services
from shouxin.access.clients.forms import AddressesForm, BindingForm, ProposalForm, RefusalForm, RotationForm
from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.access.listing import by_state
from shouxin.core.policy import Permission
from shouxin.gate import facts
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Listed, Sort
from shouxin.kit.noted import noted
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
PROBLEMS = {
    "department.outside": gettext_lazy("只能为自己负责的部门申请。"),
    "owner.outside": gettext_lazy("负责人须是该部门的在用人员。"),
    "purposes.unknown": gettext_lazy("所选目的中有未启用的。"),
    "purposes.none": gettext_lazy("请至少选择一个目的。"),
    "name.missing": gettext_lazy("请填写名称。"),
    "purposes.rights-alone": gettext_lazy("代收个人行权申请的客户端只能有这一个目的，读不到任何信息。"),
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
    "client.decided-already": gettext_lazy("该申请已被处理；请看本页现在的内容。"),
    "client.not-in-force": gettext_lazy("该客户端不在使用中。"),
    "note.missing": gettext_lazy("请填写拒绝理由。"),
    "addresses.same": gettext_lazy("新名单与现有名单相同。"),
    "overlap.range": gettext_lazy("并行天数须在 0 到 30 之间。"),
    "change.waiting": gettext_lazy("同类变更已在等待审批。"),
    "token.ended": gettext_lazy("该令牌已停用。"),
    "token.last": gettext_lazy("这是唯一可用的令牌；要停用它，请更换令牌或终止客户端。"),
}
TAGS = {"proposed": "warn", "approved": "ok", "refused": "bad", "withdrawn": "muted", "ended": "muted"}
KEY = "api-clients"
lists.register(
    Listed(
        KEY,
        "access:clients",
        ("state",),
        (
            *lists.by_age("proposed_at"),
            Sort("ending", gettext_lazy("最早到期的在前"), "ends_at", descending=False),
        ),
        (
            Column("department", gettext_lazy("归口部门")),
            Column("owner", gettext_lazy("负责人")),
            Column("purposes", gettext_lazy("处理目的")),
            Column("used", gettext_lazy("最近使用")),
            Column("ends", gettext_lazy("截止")),
        ),
    )
)


@require_GET
@allowed(P.API_CLIENT_READ)
def client_list(request: StaffRequest) -> HttpResponse:
    actor = request.actor
    found, context = by_state(
        request,
        KEY,
        seen=queries.visible_to(actor),
        awaiting=queries.awaiting(actor),
        states=ClientState,
        more=[
            ("mine", _("我的申请，等待审批"), queries.asked_by(actor)),
            ("ending", _("即将到期"), queries.ending(actor, clock.now())),
        ],
        soonest={"ending"},
    )
    context |= {
        "page_title": _("接口客户端"),
        "rows": [_row(client) for client in found],
        "may_propose": actor.may(P.API_CLIENT_CREATE),
    }
    return render(request, "clients/list.html", context)


@require_http_methods(["GET", "POST"])
@allowed(P.API_CLIENT_CREATE)
def propose(request: StaffRequest) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    binding = BindingForm(asked or None, actor=request.actor)
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
@fresh_second_factor("approve")
def decide(request: StaffRequest, client_id: UUID, verb: str) -> HttpResponse:
    """Approve, refuse, withdraw or end. The answer to an approval is the only page that ever shows the token."""
    now, token = clock.now(), ""
    try:
        if verb == "approve":
            _client, token = services.approve(actor=request.actor, client=client_id, now=now)
        elif verb == "refuse":
            services.refuse(actor=request.actor, client=client_id, note=noted(request.POST, "note"), now=now)
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


@require_POST
@allowed(P.API_CLIENT_CREATE)
def ask(request: StaffRequest, client_id: UUID, kind: str) -> HttpResponse:
    """Ask for a new token or for another list of addresses."""
    client, now = _visible(request, client_id), clock.now()
    form: RotationForm | AddressesForm = (
        RotationForm(request.POST) if kind == "rotate" else AddressesForm(request.POST)
    )
    if not form.is_valid():
        return _page(request, client, form=form)
    given = form.cleaned_data
    try:
        if kind == "rotate":
            changes.propose_rotation(actor=request.actor, client=client_id, **given, now=now)
        else:
            given["addresses"] = given["addresses"].split()
            changes.propose_addresses(actor=request.actor, client=client_id, **given, now=now)
    except services.ClientProblem as problem:
        for code in problem.codes:
            form.add_error(None, str(PROBLEMS[code]))
        return _page(request, client, form=form)
    messages.success(request, _("申请已提交，等待他人批准。"))
    return redirect("access:client", client.id)


@never_cache
@require_POST
@allowed(P.API_CLIENT_READ)
@fresh_second_factor("approve")
def decide_change(request: StaffRequest, client_id: UUID, change_id: UUID, verb: str) -> HttpResponse:
    """Approve, refuse or withdraw a change. The answer to an approved rotation shows the new token, once."""
    client, now, token = _visible(request, client_id), clock.now(), ""
    if not client.changes.filter(id=change_id).exists():
        raise Http404
    try:
        if verb == "approve":
            _change, token = changes.approve_change(actor=request.actor, change=change_id, now=now)
        elif verb == "refuse":
            changes.refuse_change(
                actor=request.actor, change=change_id, note=noted(request.POST, "note"), now=now
            )
        else:
            changes.withdraw_change(actor=request.actor, change=change_id)
    except services.ClientProblem as problem:
        messages.error(request, " ".join(str(PROBLEMS[code]) for code in problem.codes))
    else:
        messages.success(request, _("已处理。"))
    return _page(request, client, token) if token else redirect("access:client", client.id)


@require_POST
@allowed(P.API_CLIENT_REVOKE)
def end_token(request: StaffRequest, client_id: UUID, token_id: UUID) -> HttpResponse:
    client = _visible(request, client_id)
    try:
        changes.end_token(actor=request.actor, client=client_id, token=token_id, now=clock.now())
    except services.ClientProblem as problem:
        messages.error(request, " ".join(str(PROBLEMS[code]) for code in problem.codes))
    else:
        messages.success(request, _("令牌已停用。"))
    return redirect("access:client", client.id)


def _page(
    request: StaffRequest,
    client: ApiClient,
    token: str = "",
    form: RotationForm | AddressesForm | None = None,
) -> HttpResponse:
    actor, now = request.actor, clock.now()
    in_force = client.state == ClientState.APPROVED
    tokens = queries.tokens_of(client, now)
    may_end = in_force and actor.may(P.API_CLIENT_REVOKE)
    context = {
        "page_title": client.name,
        "client": client,
        "row": _row(client),
        "token": token,
        "tokens": tokens,
        "changes": queries.changes_of(actor, client),
        "rows_today": queries.rows_today(client, now),
        "turned_away": queries.turned_away(client),
        **presenting.detail_context(actor, client, now),
        "may_end_token": may_end and sum(line.works for line in tokens) > 1,
        "may_ask": in_force and actor.may(P.API_CLIENT_CREATE),
        "refusal_form": RefusalForm(label_suffix=""),
        "rotation_form": form if isinstance(form, RotationForm) else RotationForm(),
        "addresses_form": form
        if isinstance(form, AddressesForm)
        else AddressesForm(initial={"addresses": "\n".join(client.addresses)}),
    }
    return render(request, "clients/detail.html", context, status=422 if form else 200)


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
    fields = book.fields()
    named = {key: rule.name.in_(language) for key, rule in fields.items()}
    known = [key for key in client.readable if key in fields]
    return {
        "sensitive": [named[key] for key in known if fields[key].sensitive],
        "secret": [named[key] for key in known if fields[key].trade_secret],
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
