"""An API client in words: where it stands, how far it has got, what can be done with it now, and what happened."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shouxin.access.clients import queries
from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.core.policy import Actor, Permission
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people.story import left, mark, story

TINTS = {"proposed": "warn", "approved": "ok", "refused": "bad", "withdrawn": "muted", "ended": "muted"}
P = Permission


def detail_context(actor: Actor, client: ApiClient, now: datetime) -> dict[str, Any]:
    """What every detail page has; tokens, changes and limits are the view's."""
    may_decide = queries.may_decide(actor, client)
    return {
        "standing": standing(client, now),
        "stages": _stages(client, now),
        "verbs": _verbs(actor, client, now, may_decide=may_decide),
        "entries": story(actor, ["api_client."], {"client": client.pseudonym}, since=client.proposed_at),
        "may_decide": may_decide,
    }


def standing(client: ApiClient, now: datetime) -> Standing:
    if client.state == ClientState.APPROVED and client.ends_at <= now:
        return Standing("muted", _("已到期"))
    second = left(client.ends_at, now) if client.state == ClientState.APPROVED else ""
    return Standing(TINTS[client.state], client.get_state_display(), second)


def _stages(client: ApiClient, now: datetime) -> list[Stage]:
    path = [
        ("proposed", _("申请")),
        ("decided", pgettext("stage", "审批")),
        ("used", _("使用")),
        ("over", pgettext("stage", "到期")),
    ]
    marks = {
        "proposed": mark(client.proposed_by, client.proposed_at),
        "decided": mark(client.decided_by, client.decided_at),
        "over": Mark("", client.ends_at),
    }
    if client.state == ClientState.PROPOSED:
        return stages(path, at="decided", marks=marks)
    if client.state in {ClientState.REFUSED, ClientState.WITHDRAWN}:
        return stages(path, at="decided", marks=marks, stopped=client.get_state_display())
    if client.state == ClientState.ENDED:
        marks["used"] = mark(client.ended_by, client.ended_at)
        return stages(path, at="used", marks=marks, stopped=client.get_state_display())
    over = client.ends_at <= now
    return stages(path, at="over" if over else "used", marks=marks, over=over)


def _verbs(actor: Actor, client: ApiClient, now: datetime, *, may_decide: bool) -> list[Verb]:
    """Deciding, a new token and other addresses have forms of their own on the page; here stands the rest."""
    found = []
    if client.state == ClientState.PROPOSED and client.proposed_by_id == actor.id:
        found.append(
            Verb(
                _("撤回申请"),
                post=reverse("access:client_decide", args=[client.id, "withdraw"]),
                confirm=_("确定撤回这份申请吗？"),
            )
        )
        found.append(Verb(_("批准"), why=_("不能批准自己的申请。"), way=_("请由另一位有权审批的人批准。")))
    elif client.state == ClientState.PROPOSED and not may_decide:
        if client.owner_id == actor.id:
            found.append(Verb(_("批准"), why=_("您是负责人，不能批准自己的程序。")))
        elif actor.may(P.API_CLIENT_APPROVE):
            found.append(Verb(_("批准"), why=_("申请人或负责人就是您本人。")))
        else:
            found.append(Verb(_("批准"), why=_("由个人信息保护负责人审批。")))
    if client.state != ClientState.APPROVED:
        return found
    if actor.may(P.API_CLIENT_CREATE):
        found.append(Verb(_("申请推送地址"), href=reverse("access:webhook_propose", args=[client.id])))
    if actor.may(P.API_CLIENT_REVOKE):
        found.append(
            Verb(
                _("终止客户端"),
                post=reverse("access:client_decide", args=[client.id, "end"]),
                style="danger",
                confirm=_("终止后该程序的下一个请求就会被拒绝。确定吗？"),
            )
        )
    if client.ends_at <= now and actor.may(P.API_CLIENT_CREATE):
        found.append(Verb(_("重新申请"), href=reverse("access:client_propose")))
    return found
