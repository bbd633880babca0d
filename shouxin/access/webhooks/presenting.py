"""A webhook in words: where it stands, how far it has got, what can be done with it now, and what happened."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from shouxin.access.webhooks import queries
from shouxin.access.webhooks.models import LIVING, Endpoint, EndpointState
from shouxin.core.policy import Actor, Permission
from shouxin.kit.detail import Stage, Standing, Verb, stages
from shouxin.people.story import mark, story

TINTS = {"proposed": "warn", "approved": "ok", "disabled": "bad", "refused": "bad"}
P = Permission


def detail_context(actor: Actor, endpoint: Endpoint) -> dict[str, Any]:
    """What every detail page has; the messages and their tries are the view's."""
    may_decide = queries.awaiting(actor).filter(id=endpoint.id).exists()
    return {
        "standing": standing(endpoint),
        "stages": _stages(endpoint),
        "verbs": _verbs(actor, endpoint, may_decide=may_decide),
        "entries": story(actor, ["webhook."], {"endpoint": endpoint.pseudonym}, since=endpoint.proposed_at),
        "may_decide": may_decide,
    }


def standing(endpoint: Endpoint) -> Standing:
    second = ""
    if endpoint.state in LIVING and endpoint.failures:
        count = endpoint.failures
        second = ngettext("连续 %(n)d 次没有送达", "连续 %(n)d 次没有送达", count) % {"n": count}
    elif endpoint.state == EndpointState.APPROVED and endpoint.earlier_until:
        second = _("新旧签名并行")
    return Standing(TINTS.get(endpoint.state, "muted"), endpoint.get_state_display(), second)


def _stages(endpoint: Endpoint) -> list[Stage]:
    path = [
        ("proposed", _("申请")),
        ("decided", pgettext("stage", "审批")),
        ("used", _("推送")),
        ("ended", _("终止")),
    ]
    marks = {
        "proposed": mark(endpoint.proposed_by, endpoint.proposed_at),
        "decided": mark(endpoint.decided_by, endpoint.decided_at),
        "used": mark(None, endpoint.disabled_at),
        "ended": mark(endpoint.ended_by, endpoint.ended_at),
    }
    if endpoint.state == EndpointState.PROPOSED:
        return stages(path, at="decided", marks=marks)
    if endpoint.state in {EndpointState.REFUSED, EndpointState.WITHDRAWN}:
        return stages(path, at="decided", marks=marks, stopped=endpoint.get_state_display())
    if endpoint.state == EndpointState.DISABLED:
        return stages(path, at="used", marks=marks, stopped=endpoint.get_state_display())
    ended = endpoint.state == EndpointState.ENDED
    return stages(path, at="ended" if ended else "used", marks=marks, over=ended)


def _verbs(actor: Actor, endpoint: Endpoint, *, may_decide: bool) -> list[Verb]:
    """Deciding has forms of its own on the page; here stands the rest, and why it is not possible."""

    def sends(verb: str) -> str:
        return reverse("access:webhook_decide", args=[endpoint.id, verb])

    found = []
    if endpoint.state == EndpointState.PROPOSED and endpoint.proposed_by_id == actor.id:
        found.append(Verb(_("撤回申请"), post=sends("withdraw"), confirm=_("确定撤回这份申请吗？")))
        found.append(Verb(_("批准"), why=_("不能批准自己的申请。"), way=_("请由另一位有权审批的人批准。")))
    elif endpoint.state == EndpointState.PROPOSED and not may_decide:
        own = actor.may(P.API_CLIENT_APPROVE) or endpoint.client.owner_id == actor.id
        why = _("您是申请人或该程序的负责人。") if own else _("由个人信息保护负责人审批。")
        found.append(Verb(_("批准"), why=why))
    creates = actor.may(P.API_CLIENT_CREATE)
    if creates and endpoint.state == EndpointState.DISABLED:
        found.append(Verb(_("重新启用"), post=sends("enable"), style="primary"))
        found.append(Verb(_("发送测试"), why=_("已自动停用。"), way=_("请先重新启用。")))
    if creates and endpoint.state == EndpointState.APPROVED:
        found.append(Verb(_("发送测试"), post=sends("ping")))
        found.append(
            Verb(_("更换签名密钥"), post=sends("rotate"), confirm=_("更换签名密钥？七天内新旧密钥都有效。"))
        )
    if endpoint.state in LIVING and actor.may(P.API_CLIENT_REVOKE):
        found.append(
            Verb(
                _("终止推送"),
                post=sends("end"),
                style="danger",
                confirm=_("终止后不再推送，签名密钥销毁，等待中的消息作废。确定吗？"),
            )
        )
    return found
