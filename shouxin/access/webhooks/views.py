"""Screens of webhooks: where connected systems are told, what was sent, sending it again."""

import json
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.access.clients import queries as clients
from shouxin.access.clients.forms import RefusalForm
from shouxin.access.listing import by_state
from shouxin.access.webhooks import presenting, queries, rules, services
from shouxin.access.webhooks.forms import ProposalForm
from shouxin.access.webhooks.models import Attempt, Delivery, Endpoint, EndpointState
from shouxin.core.policy import Permission
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, uuid_or_none
from shouxin.kit.noted import noted
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
PROBLEMS = {
    "endpoint.unknown": gettext_lazy("没有找到该推送地址，或不归您处理。"),
    "endpoint.decided-already": gettext_lazy("该推送地址已被处理；请看本页现在的内容。"),
    "endpoint.not-in-force": gettext_lazy("该推送地址不在使用中。"),
    "client.not-in-force": gettext_lazy("该客户端不在使用中。"),
    "approver.same-person": gettext_lazy("申请人和负责人不能批准，请由他人审批。"),
    "delivery.waiting": gettext_lazy("这条消息正等待送达。"),
    "note.missing": gettext_lazy("请填写拒绝理由。"),
    "url.wrong": gettext_lazy("接收地址不可用；须为完整的 https 地址，不含用户名和口令。"),
    "url.not-https": gettext_lazy("接收地址须为 https；只有本机地址（127.0.0.1）可用 http。"),
    "url.private": gettext_lazy("接收地址在内网，请在“允许的内网地址”中写明。"),
    "networks.wrong": gettext_lazy("内网地址须是地址或网段（CIDR）。"),
    "events.none": gettext_lazy("请至少选择一类事件。"),
    "events.unknown": gettext_lazy("所选事件不存在。"),
    "reason.missing": gettext_lazy("请说明工作需要。"),
}
TAGS = {"proposed": "warn", "approved": "ok", "disabled": "bad", "refused": "bad"}
DELIVERY_TAGS = {"waiting": "warn", "delivered": "ok", "failed": "bad"}
SECRET_VERBS = {"approve": services.approve, "rotate": services.rotate_secret}
PLAIN_VERBS = {
    "withdraw": services.withdraw,
    "end": services.end,
    "enable": services.enable,
    "ping": services.ping,
}
ENDPOINTS, DELIVERIES = "webhooks", "webhook-deliveries"
SHOWN = 20  # of the latest deliveries on the page of their endpoint
lists.register(
    Listed(
        ENDPOINTS,
        "access:webhooks",
        ("state",),
        lists.by_age("proposed_at"),
        (
            Column("address", gettext_lazy("接收地址")),
            Column("owner", gettext_lazy("负责人")),
            Column("failures", gettext_lazy("连续失败")),
        ),
    )
)
lists.register(
    Listed(
        DELIVERIES,
        "access:webhook_deliveries",
        ("endpoint", "state"),
        lists.by_age(),
        (
            Column("event", gettext_lazy("事件")),
            Column("tries", gettext_lazy("尝试")),
            Column("outcome", gettext_lazy("最近结果")),
            Column("next", gettext_lazy("下次")),
        ),
    )
)


@require_GET
@allowed(P.API_CLIENT_READ)
def endpoint_list(request: StaffRequest) -> HttpResponse:
    found, context = by_state(
        request,
        ENDPOINTS,
        seen=queries.visible_to(request.actor),
        awaiting=queries.awaiting(request.actor),
        states=EndpointState,
    )
    context |= {
        "page_title": _("推送地址"),
        "rows": [(endpoint, TAGS.get(endpoint.state, "muted")) for endpoint in found],
    }
    return render(request, "webhooks/list.html", context)


@require_GET
@allowed(P.API_CLIENT_READ)
def delivery_list(request: StaffRequest) -> HttpResponse:
    """What was sent to all the addresses one may see, or to one of them."""
    asked = reading.read(request, DELIVERIES)
    seen, wanted = queries.visible_to(request.actor), uuid_or_none(asked.query.get("endpoint", ""))
    found = queries.deliveries(seen.filter(id=wanted) if wanted else seen, asked.query.get("state", ""))
    page = lists.window(found, asked.sort, asked.place)
    form = (
        Field("endpoint", _("推送地址"), [("", _("全部")), *_choices(seen)]),
        Field("state", _("状态"), [("", _("全部")), *Delivery.State.choices]),
    )
    context = {
        **asked.context(page, found, form),
        "page_title": _("推送记录"),
        "rows": [_row(request, delivery) for delivery in page.rows],
        "whole": True,
    }
    return render(request, "webhooks/deliveries.html", context)


def _choices(seen: QuerySet[Endpoint]) -> list[tuple[str, str]]:
    return [(str(one.id), f"{one.client.name} · {one.url}") for one in seen]


@require_http_methods(["GET", "POST"])
@allowed(P.API_CLIENT_CREATE)
def propose(request: StaffRequest, client_id: UUID) -> HttpResponse:
    client = clients.visible_to(request.actor).filter(id=client_id).first()
    if client is None:
        raise Http404
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose(
                actor=request.actor, client=client_id, wanted=form.wanted(), now=clock.now()
            )
        except services.WebhookProblem as problem:
            for code in problem.codes:
                form.add_error(None, str(PROBLEMS[code]))
        else:
            messages.success(request, _("申请已提交，等待他人批准。"))
            return redirect("access:webhook", made.id)
    context = {"page_title": _("申请推送地址"), "client": client, "form": form}
    return render(request, "webhooks/propose.html", context, status=422 if form.errors else 200)


@never_cache
@allowed(P.API_CLIENT_READ)
def endpoint_page(request: StaffRequest, endpoint_id: UUID) -> HttpResponse:
    return _page(request, _visible(request, endpoint_id))


@never_cache
@require_POST
@allowed(P.API_CLIENT_READ)
@fresh_second_factor("approve", "rotate")
def decide(request: StaffRequest, endpoint_id: UUID, verb: str) -> HttpResponse:
    """One POST, one service. The answers to an approval and to a rotation alone show the secret."""
    now, secret = clock.now(), ""
    try:
        if verb in SECRET_VERBS:
            _endpoint, secret = SECRET_VERBS[verb](actor=request.actor, endpoint=endpoint_id, now=now)
        elif verb == "refuse":
            services.refuse(
                actor=request.actor, endpoint=endpoint_id, note=noted(request.POST, "note"), now=now
            )
        else:
            PLAIN_VERBS[verb](actor=request.actor, endpoint=endpoint_id, now=now)
    except services.WebhookProblem as problem:
        messages.error(request, " ".join(str(PROBLEMS[code]) for code in problem.codes))
    else:
        messages.success(request, _("测试消息已排队。") if verb == "ping" else _("已处理。"))
    endpoint = _visible(request, endpoint_id)
    return _page(request, endpoint, secret) if secret else redirect("access:webhook", endpoint.id)


@allowed(P.API_CLIENT_READ)
def delivery_page(request: StaffRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    endpoint = _visible(request, endpoint_id)
    delivery = endpoint.deliveries.filter(id=delivery_id).first()
    if delivery is None:
        raise Http404
    context = {
        "page_title": rules.message_id(delivery.id),
        "endpoint": endpoint,
        "delivery": delivery,
        "tag": DELIVERY_TAGS[delivery.state],
        "event": _event(delivery.event),
        "body": json.dumps(json.loads(delivery.body), ensure_ascii=False, indent=2),
        "attempts": delivery.attempts.order_by("id"),
        "may_replay": _may_use(request, endpoint) and delivery.state != Delivery.State.WAITING,
    }
    return render(request, "webhooks/delivery.html", context)


@require_POST
@allowed(P.API_CLIENT_CREATE)
def replay(request: StaffRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    _visible(request, endpoint_id)
    try:
        services.replay(actor=request.actor, endpoint=endpoint_id, delivery=delivery_id, now=clock.now())
    except services.WebhookProblem as problem:
        messages.error(request, " ".join(str(PROBLEMS[code]) for code in problem.codes))
    else:
        messages.success(request, _("已重新排队，消息编号不变。"))
    return redirect("access:webhook", endpoint_id)


def _page(request: StaffRequest, endpoint: Endpoint, secret: str = "") -> HttpResponse:
    actor = request.actor
    latest = queries.deliveries(Endpoint.objects.filter(id=endpoint.id))[:SHOWN]
    context = {
        "page_title": endpoint.client.name + " · " + _("推送地址"),
        "endpoint": endpoint,
        "events": [_event(key) for key in endpoint.events],
        "secret": secret,
        "rows": [_row(request, delivery) for delivery in latest],
        "list_shown": {column.key for column in lists.known[DELIVERIES].columns},
        **presenting.detail_context(actor, endpoint),
        "may_use": _may_use(request, endpoint),
        "refusal_form": RefusalForm(label_suffix=""),
    }
    return render(request, "webhooks/detail.html", context)


def _may_use(request: StaffRequest, endpoint: Endpoint) -> bool:
    return endpoint.state == EndpointState.APPROVED and request.actor.may(P.API_CLIENT_CREATE)


def _row(request: StaffRequest, delivery: Delivery) -> dict[str, object]:
    outcome = getattr(delivery, "last_outcome", None)
    return {
        "delivery": delivery,
        "may_replay": _may_use(request, delivery.endpoint) and delivery.state != Delivery.State.WAITING,
        "event": _event(delivery.event),
        "number": rules.message_id(delivery.id),
        "tag": DELIVERY_TAGS[delivery.state],
        "outcome": Attempt.Outcome(outcome).label if outcome else "",
        "status": getattr(delivery, "last_status", None),
    }


def _event(key: str) -> str:
    if key == rules.PING:
        return _("测试")
    return rules.EVENTS[key].in_(get_language() or "zh-hans") if key in rules.EVENTS else key


def _visible(request: StaffRequest, endpoint_id: UUID) -> Endpoint:
    found = queries.visible_to(request.actor).filter(id=endpoint_id).first()
    if found is None:
        raise Http404
    return found
