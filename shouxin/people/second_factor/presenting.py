"""A reset of somebody's second factor in words: where it stands, what can be done with it now, what happened."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people.models import FactorReset
from shouxin.people.second_factor import queries
from shouxin.people.story import mark, story

TINTS = {"waiting": "warn", "done": "ok", "refused": "muted"}


def reset_context(actor: Actor, reset: FactorReset) -> dict[str, Any]:
    """The page of one reset."""
    return {
        "page_title": _("二次认证重置"),
        "reset": reset,
        "standing": standing(reset),
        "stages": _stages(reset),
        "verbs": _verbs(actor, reset),
        "entries": story(actor, ["factor.reset"], {"reset": reset.id}, since=reset.asked_at),
    }


def standing(reset: FactorReset) -> Standing:
    second = {
        FactorReset.State.WAITING: _("确认前旧的方式照旧有效"),
        FactorReset.State.DONE: _("下次登录时重新设置"),
    }.get(FactorReset.State(reset.state), "")
    if reset.state == FactorReset.State.DONE and reset.staff.second_factor_at is not None:
        second = _("已重新设置")
    return Standing(TINTS[reset.state], reset.get_state_display(), second)


def _stages(reset: FactorReset) -> list[Stage]:
    path = [("asked", _("申请")), ("decided", _("确认")), ("set", _("重新设置"))]
    asked = (
        mark(reset.asked_by, reset.asked_at) if reset.asked_by else Mark(_("服务器命令行"), reset.asked_at)
    )
    marks = {"asked": asked, "decided": mark(reset.decided_by, reset.decided_at)}
    if reset.state == FactorReset.State.WAITING:
        return stages(path, at="decided", marks=marks)
    if reset.state == FactorReset.State.REFUSED:
        return stages(path, at="decided", marks=marks, stopped=reset.get_state_display())
    marks["set"] = Mark("", reset.staff.second_factor_at)
    return stages(path, at="set", marks=marks, over=reset.staff.second_factor_at is not None)


def _verbs(actor: Actor, reset: FactorReset) -> list[Verb]:
    if reset.state != FactorReset.State.WAITING:
        return []

    def sends(verb: str) -> str:
        return reverse("people:factor_decide_reset", args=[reset.id, verb])

    if queries.may_decide(actor=actor, reset=reset):
        sure = _("确认后其二次认证立即失效。已向本人核实？")
        return [
            Verb(_("确认重置"), post=sends("confirm"), style="primary", confirm=sure),
            Verb(_("拒绝"), post=sends("refuse")),
        ]
    confirms = actor.may(Permission.PEOPLE_FACTOR_CONFIRM)
    why = (
        _("申请人和本人都不能确认。") if confirms else _("由安全管理员、部门负责人或个人信息保护负责人确认。")
    )
    return [Verb(_("确认重置"), why=why)]
