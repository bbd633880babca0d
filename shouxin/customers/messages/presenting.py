"""Messages in words: where one stands, what can be done, and why somebody was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from shouxin.core.policy import Action, Actor, Permission
from shouxin.customers.messages import addresses, enclosing, problems, queries, rules
from shouxin.customers.messages.models import Message, Outcome, Recipient, State
from shouxin.customers.preferences import presenting as preferences
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry import shown
from shouxin.customers.segments.models import Stage as SegmentStage
from shouxin.gate import services as gate
from shouxin.gate.bench import purpose_name
from shouxin.gate.events import refusal_name
from shouxin.kit import clock
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.kit.workbench import Line
from shouxin.people.doors import StaffRequest
from shouxin.people.working_purpose import purpose_of

KINDS = {
    State.DRAFT: "muted",
    State.SUBMITTED: "info",
    State.REFUSED: "bad",
    State.SENDING: "info",
    State.PAUSED: "warn",
    State.DONE: "ok",
    State.STOPPED: "muted",
}
TINTS = {
    Outcome.WAITING: "info",
    Outcome.CLAIMED: "info",
    Outcome.SENT: "ok",
    Outcome.LEFT_OUT: "muted",
    Outcome.FAILED: "bad",
    Outcome.UNCLEAR: "warn",
}
REASONS = {
    **preferences.REASONS,
    "send": gettext_lazy("现在可以发送"),
    "later": gettext_lazy("到允许的时段再发"),
    "customer.unknown": gettext_lazy("客户已不存在或尚未确认"),
    "customer.merged": gettext_lazy("已并入其他客户"),
    "lead.no-permission": gettext_lazy("线索，没有联系的许可"),
    "lead.expired": gettext_lazy("线索已到期"),
    "customer.restricted": gettext_lazy("本人要求限制处理"),
    "consent.missing": gettext_lazy("没有同意，或已撤回、到期"),
    "purpose.refused": gettext_lazy("本人拒绝或限制了这个目的"),
    "suppressed": gettext_lazy("这个号码或地址已退订"),
    "address.none": gettext_lazy("没有登记可用的号码或地址"),
    "address.locked": gettext_lazy("号码或地址已停止使用，或本人否认、尚未核实"),
    "address.malformed": gettext_lazy("登记的号码或地址有误，请先更正"),
    "address.repeated": gettext_lazy("与另一位客户同一个号码或地址，只发一次"),
    "quiet.hours": gettext_lazy("客户所在地不在允许的时段"),
    "quiet.holiday": gettext_lazy("客户所在地是节假日"),
    "limits.hours": gettext_lazy("不在本人希望联系的时间"),
    "deadline": gettext_lazy("批准后 14 天内都没有可发的时段"),
    "stopped": gettext_lazy("消息已停止"),
    "cut-off": gettext_lazy("交出时被中断，对方可能已收到，不再发送"),
    "mail.address": gettext_lazy("邮件服务器不接受这个地址"),
    "mail.turned-away": gettext_lazy("邮件服务器拒绝了这封邮件"),
    "mail.unclear": gettext_lazy("邮件服务器中途没有回应，可能已收到，不再发送"),
    "gateway.refused": gettext_lazy("短信网关拒绝了这一条"),
    "gateway.unclear": gettext_lazy("短信网关没有给出结果，可能已发出，不再发送"),
}
PAUSES = {
    "keys": gettext_lazy("密钥暂时不可用，恢复后点“继续”。"),
    "mail.not-configured": gettext_lazy("没有配置邮件服务器，请系统管理员配置后点“继续”。"),
    "mail.settings": gettext_lazy("邮件服务器的设置有误，请系统管理员更正后点“继续”。"),
    "mail.unencrypted": gettext_lazy("邮件服务器没有加密，请系统管理员更正后点“继续”。"),
    "mail.unreachable": gettext_lazy("连接不上邮件服务器，恢复后点“继续”。"),
    "content.altered": gettext_lazy("内容与批准时不一致，没有再发送；请停止这条消息，查明原因后重新起草。"),
    "content.lacks": gettext_lazy(
        "内容现在有须补正之处（如新列入的绝对化用语），没有再发送；请停止后重新起草。"
    ),
    "gateway.none": gettext_lazy(
        "没有使用中的短信网关，请系统管理员在“连接”中添加，由安全管理员确认后点“继续”。"
    ),
    "gateway.unreachable": gettext_lazy("连接不上短信网关，恢复后点“继续”。"),
    "gateway.key": gettext_lazy("短信网关不接受密钥，请系统管理员更换后点“继续”。"),
    "gateway.busy": gettext_lazy("短信网关暂时繁忙，稍后点“继续”。"),
}


def language() -> str:
    return get_language() or "zh-hans"


def reason(code: str) -> str:
    if known := REASONS.get(code):
        return str(known)
    enclosed = enclosing.reason(code)
    return enclosed.in_(language()) if enclosed else refusal_name(code, language())


def counts(found: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"code": code, "text": reason(code), "number": number} for code, number in found.items()]


def row(message: Message) -> dict[str, Any]:
    """A line of the list."""
    return {
        "message": message,
        "purpose": purpose_name(message.purpose),
        "status": Standing(KINDS[State(message.state)], message.get_state_display()),
    }


def _origin(request: StaffRequest, message: Message) -> str:
    return message.origin or addresses.public(request)


def _preview(request: StaffRequest, message: Message, leave: str) -> str:
    portal = addresses.portal(message.kind, _origin(request, message))
    return rules.text(queries.content_of(message), leave, portal=portal)


def outcome_names(message: Message) -> dict[str, str]:
    """What an outcome is called; a call list sends nothing, so whoever is on it has not been told yet."""
    names = {one.value: str(one.label) for one in Outcome}
    if message.channel == rules.CALL:
        names |= {Outcome.SENT.value: _("可以致电"), Outcome.LEFT_OUT.value: _("未列入")}
    return names


def context(request: StaffRequest, message: Message) -> dict[str, Any]:
    """The page of one message."""
    outcomes = queries.outcomes(message) if message.state != State.DRAFT else {}
    done = sum(number for key, number in outcomes.items() if key not in {Outcome.WAITING, Outcome.CLAIMED})
    lacks = queries.lacks(message) if message.state == State.DRAFT else []
    names, leave = outcome_names(message), ""
    if message.kind == rules.COMMERCIAL and message.channel != rules.CALL:
        leave = _origin(request, message) + reverse("customers:unsubscribe", args=["example"])
    return {
        "page_title": message.subject,
        "message": message,
        "purpose": purpose_name(message.purpose),
        "standing": Standing(KINDS[State(message.state)], message.get_state_display()),
        "stages": _stages(message),
        "verbs": _verbs(request.actor, message),
        "lacks": [problems.said(one).in_(language()) for one in lacks],
        "counted": counts(message.counted or {}),
        "counting": message.state == State.DRAFT and message.counted is None,
        "outcomes": [
            {"key": one.value, "text": names[one.value], "tint": TINTS[one], "number": outcomes[one.value]}
            for one in Outcome
            if outcomes.get(one.value)
        ],
        "reasons": counts(queries.reasons(message)) if outcomes else [],
        "done": done,
        "left_out": outcomes.get(Outcome.LEFT_OUT, 0),
        "follow": message.state == State.SENDING
        or (message.state == State.DRAFT and message.counted is None),
        "preview": _preview(request, message, leave),
        "origin": _origin(request, message),
        "needs_origin": message.channel != rules.CALL,
        **_personal(request, message, leave),
        "problem": PAUSES.get(message.problem, "") if message.state == State.PAUSED else "",
    }


def _personal(request: StaffRequest, message: Message, leave: str) -> dict[str, Any]:
    """The version for those who agreed to have offers picked, as they will see it."""
    if not message.personal:
        return {}
    plain = _origin(request, message) + reverse("customers:unpersonal", args=["example"])
    content = queries.content_of(message)
    return {
        "personal_stage": dict(SegmentStage.choices).get(message.personal_stage, ""),
        "personal_preview": rules.text(replace(content, body=rules.personal(content, plain)), leave),
    }


def _stages(message: Message) -> list[Stage]:
    decider = message.decided_by.display_name if message.decided_by else ""
    path = [
        ("draft", _("起草")),
        ("submitted", pgettext("stage", "批准")),
        ("sending", pgettext("stage", "发送")),
        ("done", _("完成")),
    ]
    marks = {
        "draft": Mark(message.staff.display_name, message.submitted_at or message.made_at),
        "submitted": Mark(decider, message.decided_at),
        "sending": Mark("", message.ended_at),
    }
    state = State(message.state)
    if state == State.REFUSED:
        return stages(path, at="submitted", marks=marks, stopped=_("未批准"))
    if state == State.STOPPED:
        return stages(path, at="sending", marks=marks, stopped=_("已停止"))
    at = "sending" if state == State.PAUSED else state.value
    return stages(path, at=at, marks=marks, over=state == State.DONE)


def _verbs(actor: Actor, message: Message) -> list[Verb]:
    """What can be done now; who usually could is told why not."""

    def leads(verb: str) -> str:
        return reverse("customers:message_verb", args=[message.id, verb])

    found: list[Verb] = []
    mine, approves = message.staff_id == actor.id, actor.may(Permission.CUSTOMERS_MESSAGE_APPROVE)
    if message.state == State.DRAFT and mine:
        found.append(Verb(_("提交批准"), post=leads("submit"), style="primary"))
        found.append(Verb(_("修改"), href=reverse("customers:message_edit", args=[message.id])))
        found.append(
            Verb(
                _("删除草稿"), post=leads("drop"), style="danger", confirm=_("草稿和选定的客户名单一并删除。")
            )
        )
    if message.state == State.SUBMITTED:
        if approves and not mine and not queries.works_for_it(actor, message):
            found.append(
                Verb(
                    _("批准发送"),
                    post=leads("approve"),
                    style="primary",
                    confirm=_("批准后立即开始发送，发出的不能收回。"),
                    sent={"seen": message.sha256},
                )
            )
            found.append(Verb(_("不批准"), href=f"{leads('refuse')}"))
        else:
            why = (
                _("商业信息须由不为该目的工作的人批准，例如个人信息保护负责人。")
                if message.kind == rules.COMMERCIAL
                else _("由起草人之外的部门负责人或个人信息保护负责人批准。")
            )
            found.append(Verb(_("批准发送"), why=why))
    if message.state == State.PAUSED and (mine or approves):
        found.append(Verb(_("继续"), post=leads("continue"), style="primary"))
    if message.state in {State.SENDING, State.PAUSED} and (mine or approves):
        found.append(
            Verb(
                _("停止发送"),
                post=leads("stop"),
                style="danger",
                confirm=_("还没发送的不再发送，已发送的不能收回。"),
            )
        )
    return found


def log(request: StaffRequest, message: Message, rows: Sequence[Recipient]) -> list[dict[str, Any]]:
    """Lines of the log: the customer as the reader sees them, what became of it, and on which consent."""
    names = outcome_names(message)
    purpose = purpose_of(request, request.actor)
    wanted = [one.customer_id for one in rows]
    seen = list(registry.visible(request.actor).filter(id__in=wanted)) if purpose and wanted else []
    shown: dict[Any, Any] = {}
    if seen:
        try:
            views = registry.masked(
                actor=request.actor, purpose=purpose, rows=seen, action=Action.VIEW, now=clock.now()
            )
        except gate.Refused:
            views = []  # today's rows are used up: the log is told all the same
        shown = {one["row"].id: one for one in registry_words.rows(views)}
    return [
        {
            "row": one,
            "of": shown.get(one.customer_id),
            "tint": TINTS[Outcome(one.outcome)],
            "outcome": names[one.outcome],
            "reason": reason(one.reason) if one.reason else "",
        }
        for one in rows
    ]


def line(message: Message) -> Line:
    """A row of the workbench's card."""
    what = f"{message.get_kind_display()} · {message.subject}"
    return Line(
        what,
        message.staff.display_name,
        since=message.submitted_at,
        address=reverse("customers:message", args=[message.id]),
    )


def verb(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """On a customer's page: writing to this one customer."""
    view, actor = shown.of(request, customer), getattr(request, "actor", None)
    if view is None or actor is None or not actor.may(Permission.CUSTOMERS_MESSAGE_DRAFT):
        return None
    return {"row": view.row} if queries.purposes(actor) else None
