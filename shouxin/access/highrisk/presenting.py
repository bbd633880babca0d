"""A marking in words: where it stands, how far it has got, what can be done with it now, and what happened."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shouxin.access.highrisk import queries
from shouxin.access.highrisk.models import RiskMark, State
from shouxin.core.policy import Actor, Permission
from shouxin.kit.detail import Stage, Standing, Verb, stages
from shouxin.people.story import mark as taken_by
from shouxin.people.story import story

TINTS = {State.PROPOSED: "warn", State.ACTIVE: "bad", State.ENDING: "bad"}


def detail_context(actor: Actor, mark: RiskMark) -> dict[str, Any]:
    """What every detail page has; the markings' own facts are the view's."""
    may_decide = queries.awaiting(actor).filter(id=mark.id).exists()
    may_end = (
        mark.state == State.ACTIVE
        and actor.may(Permission.RISK_MARK_PROPOSE)
        and (mark.customer_id is None or queries.asks_for(actor, mark.department_id))
    )
    return {
        "standing": standing(mark),
        "stages": _stages(mark),
        "verbs": _verbs(actor, mark, may_decide=may_decide, may_end=may_end),
        "entries": story(actor, ["risk."], {"mark": mark.id}, since=mark.proposed_at),
        "may_decide": may_decide,
        "may_end": may_end,
    }


def standing(mark: RiskMark) -> Standing:
    second = {
        State.PROPOSED: _("批准前一切照旧"),
        State.ACTIVE: _("每次查看都提醒"),
        State.ENDING: _("批准解除前仍生效"),
    }.get(State(mark.state), "")
    return Standing(TINTS.get(State(mark.state), "muted"), mark.get_state_display(), second)


def _stages(mark: RiskMark) -> list[Stage]:
    path = [
        *(("proposed", _("申请")), ("decided", pgettext("stage", "审批")), ("active", _("生效"))),
        *(("ending", _("申请解除")), ("ended", _("解除"))),
    ]
    marks = {
        "proposed": taken_by(mark.proposed_by, mark.proposed_at),
        "decided": taken_by(mark.decided_by, mark.decided_at),
        "ending": taken_by(mark.end_proposed_by, mark.end_proposed_at),
        "ended": taken_by(mark.ended_by, mark.ended_at),
    }
    if mark.state in {State.REFUSED, State.WITHDRAWN}:
        return stages(path, at="decided", marks=marks, stopped=mark.get_state_display())
    at = {State.PROPOSED: "decided", State.ENDING: "ended"}.get(State(mark.state), mark.state)
    return stages(path, at=at, marks=marks, over=mark.state == State.ENDED)


def _verbs(actor: Actor, mark: RiskMark, *, may_decide: bool, may_end: bool) -> list[Verb]:
    """Deciding and asking for the end have forms of their own on the page; here stands the rest, and why not."""
    waits = mark.state in {State.PROPOSED, State.ENDING}
    asked_by = mark.end_proposed_by_id if mark.state == State.ENDING else mark.proposed_by_id
    decide = _("批准解除") if mark.state == State.ENDING else _("批准")
    found = []
    if waits and asked_by == actor.id:
        found.append(
            Verb(
                _("撤回申请"),
                post=reverse("access:risk_decide", args=[mark.id, "withdraw"]),
                confirm=_("确定撤回这份申请吗？"),
            )
        )
        found.append(Verb(decide, why=_("不能批准自己的申请。"), way=_("请由另一人审批。")))
    elif waits and not may_decide and actor.may(Permission.RISK_MARK_APPROVE):
        found.append(Verb(decide, why=_("不归您审批，或您是申请人的代理人。")))
    elif waits and not may_decide:
        found.append(Verb(decide, why=_("由个人信息保护负责人或归口部门负责人审批。")))
    if mark.state == State.ACTIVE and not may_end and actor.may(Permission.RISK_MARK_PROPOSE):
        found.append(
            Verb(_("申请解除"), why=_("不归您的部门。"), way=_("请归口部门负责人或个人信息保护负责人申请。"))
        )
    return found
