"""Screens of messages: the list, writing one, its page with what may be done, and its log."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages as told
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import NotAllowed, Permission
from shouxin.customers.attachments.content import PROBLEMS as FILE_PROBLEMS
from shouxin.customers.attachments.content import ContentProblem
from shouxin.customers.messages import addresses, presenting, queries, rules, services
from shouxin.customers.messages.forms import MessageForm, initial_of
from shouxin.customers.messages.models import Kind, Message, Outcome, State
from shouxin.customers.messages.problems import MessageProblem
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry import selecting
from shouxin.customers.registry.list_views import SELECTION
from shouxin.customers.registry.presenting import uuid_or_none
from shouxin.kit import clock, lists, sealing
from shouxin.kit.lists import Column, Field, Listed, Sort
from shouxin.kit.noted import noted
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.rulebook.purposes.queries import organisation_name

P = Permission
KEY = "messages"
lists.register(
    Listed(
        KEY,
        "customers:messages",
        ("show", "kind"),
        lists.by_age(),
        (Column("purpose", pgettext_lazy("label", "处理目的")), Column("staff", gettext_lazy("起草人"))),
    )
)
SHOWS = (
    ("", gettext_lazy("全部")),
    ("waiting", gettext_lazy("待批准")),
    ("open", gettext_lazy("发送中")),
    ("draft", gettext_lazy("草稿")),
    ("over", gettext_lazy("已结束")),
)
OLDEST = Sort("oldest", gettext_lazy("最早的在前"), descending=False)


def _find(request: StaffRequest, message_id: UUID) -> Message:
    row = queries.find(request.actor, message_id)
    if row is None:
        raise Http404
    return row


@never_cache
@require_GET
@allowed(P.CUSTOMERS_MESSAGE_READ)
def message_list(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, KEY)
    show = asked.query.get("show", "")
    if show == "waiting" and request.actor.may(P.CUSTOMERS_MESSAGE_APPROVE):
        found = queries.awaiting(request.actor)  # what waits for the reader, as the workbench counts it
    else:
        found = queries.visible(request.actor, show)
    if asked.query.get("kind", "") in Kind.values:
        found = found.filter(kind=asked.query["kind"])
    page = lists.window(found, asked.sort, asked.place)
    form = (Field("show", _("状态"), SHOWS), Field("kind", _("种类"), [("", _("全部")), *Kind.choices]))
    context = {
        **asked.context(page, found, form),
        "page_title": pgettext("to customers", "消息"),
        "rows": [presenting.row(one) for one in page.rows],
        "may_draft": request.actor.may(P.CUSTOMERS_MESSAGE_DRAFT),
    }
    return render(request, "messages/list.html", context)


def _alone(request: StaffRequest) -> UUID | None:
    """The one customer it is for, whose page the reader came from."""
    wanted = uuid_or_none(request.POST.get("customer", "") or request.GET.get("customer", ""))
    row = registry.find(request.actor, wanted) if wanted else None
    if wanted and row is None:
        raise Http404
    return row.id if row else None


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_MESSAGE_DRAFT)
def new(request: StaffRequest) -> HttpResponse:
    """To the customers that were chosen in the list, or to the one whose page led here."""
    token = request.POST.get(SELECTION, "") or request.GET.get(SELECTION, "")
    alone = _alone(request)
    chosen = None if alone else selecting.chosen(request.actor, token, clock.now())
    if chosen is None and alone is None:
        told.warning(request, _("请先在客户列表中勾选要发送的客户，再选“批量处理”里的“发送消息”。"))
        return redirect("customers:list")
    number = len(selecting.members(request.actor, chosen, services.MOST + 1)) if chosen else 1
    form = MessageForm(
        request.POST or None,
        request.FILES or None,
        actor=request.actor,
        initial={"sender": organisation_name()},
    )
    if request.method == "POST" and form.is_valid():
        row = _kept(
            form,
            lambda: (
                services.draft_to(
                    actor=request.actor, members=[alone], written=form.written(), now=clock.now()
                )
                if alone
                else services.draft(actor=request.actor, token=token, written=form.written(), now=clock.now())
            ),
        )
        if row is not None:
            return redirect("customers:message", row.id)
    context = {
        "page_title": _("起草消息"),
        "form": form,
        "token": token,
        "alone": alone,
        "number": number,
        "message": None,
    }
    return render(request, "messages/form.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_MESSAGE_DRAFT)
def edit(request: StaffRequest, message_id: UUID) -> HttpResponse:
    row = _find(request, message_id)
    if row.state != State.DRAFT:
        raise Http404
    form = MessageForm(
        request.POST or None, request.FILES or None, actor=request.actor, initial=initial_of(row)
    )
    if request.method == "POST" and form.is_valid():
        kept = _kept(
            form,
            lambda: services.revise(
                actor=request.actor, message=row.id, written=form.written(), now=clock.now()
            ),
        )
        if kept is not None:
            return redirect("customers:message", row.id)
    context = {"page_title": _("修改消息"), "form": form, "number": row.total, "message": row}
    return render(request, "messages/form.html", context, status=422 if form.errors else 200)


def _kept(form: MessageForm, keep: Callable[[], Message]) -> Message | None:
    """The message as it was kept; otherwise the form says why not."""
    try:
        return keep()
    except MessageProblem as problem:
        form.add_error(None, problem.text.in_(presenting.language()))
    except ContentProblem as problem:
        form.add_error("proof", FILE_PROBLEMS[problem.code].in_(presenting.language()))
    except sealing.Unavailable:
        form.add_error("proof", _("密钥暂时不可用，证明文件无法加密保存，请稍后再试。"))
    return None


@never_cache
@require_GET
@allowed(P.CUSTOMERS_MESSAGE_READ)
def detail(request: StaffRequest, message_id: UUID) -> HttpResponse:
    context = presenting.context(request, _find(request, message_id))
    return render(request, "messages/detail.html", context)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_MESSAGE_READ)
def log(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """Each recipient: what became of it, why, and on which consent."""
    row = _find(request, message_id)
    outcome = request.GET.get("outcome", "")
    place = lists.place_from(request.GET, size=20)
    page = lists.window(queries.log(row, outcome), OLDEST, place)
    context = {
        "page_title": _("电话清单") if row.channel == rules.CALL else _("发送记录"),
        "message": row,
        "rows": presenting.log(request, row, page.rows),
        "outcome": outcome,
        "choices": presenting.outcome_names(row).items(),
        **lists.links({"outcome": outcome} if outcome in Outcome.values else {}, page, place),
    }
    return render(request, "messages/log.html", context)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_MESSAGE_READ)
def proof(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """The file that shows the offer is real, to be kept beside what is approved."""
    row = _find(request, message_id)
    if not row.proof:
        raise Http404
    try:
        content = services.proof_of(row)
    except sealing.Unavailable:
        told.error(request, _("密钥暂时不可用，请稍后再试。"))
        return redirect("customers:message", row.id)
    answer = HttpResponse(content, content_type=row.proof_kind)
    answer["Content-Disposition"] = f'attachment; filename="proof-{row.proof_sha256[:8]}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


SAID = {
    "submit": gettext_lazy("已提交，待批准；内容和客户名单不再改变。"),
    "approve": gettext_lazy("已批准，开始发送。可以离开本页。"),
    "refuse": gettext_lazy("已记录为不批准，不会发送。"),
    "stop": gettext_lazy("已停止，还没发送的不再发送。"),
    "continue": gettext_lazy("已继续，发过的不会再发。"),
    "drop": gettext_lazy("草稿已删除。"),
}


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_MESSAGE_DRAFT, P.CUSTOMERS_MESSAGE_APPROVE)
@fresh_second_factor("approve")
def verb(request: StaffRequest, message_id: UUID, verb: str) -> HttpResponse:
    """Everything that moves a message on; turning it down asks for a reason first."""
    row = _find(request, message_id)
    if verb not in SAID or (request.method == "GET" and verb != "refuse"):
        raise Http404
    if request.method == "GET":
        return render(request, "messages/refuse.html", {"page_title": _("不批准"), "message": row})
    try:
        _act(request, row, verb)
    except MessageProblem as problem:
        told.error(request, problem.text.in_(presenting.language()))
    except NotAllowed:
        raise PermissionDenied from None
    else:
        told.success(request, str(SAID[verb]))
        if verb == "drop":
            return redirect("customers:messages")
    return redirect("customers:message", row.id)


def _act(request: StaffRequest, row: Message, verb: str) -> None:
    actor, now = request.actor, clock.now()
    if verb == "submit":
        services.submit(actor=actor, message=row.id, origin=addresses.public(request), now=now)
    elif verb == "approve":
        services.approve(actor=actor, message=row.id, seen=request.POST.get("seen", ""), now=now)
    elif verb == "refuse":
        services.refuse(actor=actor, message=row.id, note=noted(request.POST, "note"), now=now)
    elif verb == "stop":
        services.stop(actor=actor, message=row.id, now=now)
    elif verb == "continue":
        services.go_on(actor=actor, message=row.id)
    else:
        services.drop(actor=actor, message=row.id)
