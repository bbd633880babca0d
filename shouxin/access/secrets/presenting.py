"""Entries of the register of names in words: where one stands, who decided, what can be done with it."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.access.secrets import queries
from shouxin.access.secrets.models import EntryState, SecretReader
from shouxin.core.policy import Actor, Permission
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people.readers import role_name
from shouxin.people.story import left, mark, story

TAGS = {"pending": "warn", "active": "ok", "refused": "bad", "ended": "muted"}


def is_live(one: SecretReader, now: datetime) -> bool:
    return one.state == EntryState.ACTIVE and one.until > now


def standing(one: SecretReader, now: datetime) -> Standing:
    """Its state, and how long it holds."""
    if one.state != EntryState.ACTIVE:
        return Standing(TAGS[one.state], one.get_state_display())
    if one.until <= now:
        return Standing("muted", _("已到期"))
    return Standing("ok", one.get_state_display(), left(one.until, now))


def role(one: SecretReader) -> str:
    return role_name(one.role, get_language() or "zh-hans")


def detail_context(actor: Actor, one: SecretReader, now: datetime) -> dict[str, Any]:
    """The page of one entry."""
    return {
        "page_title": _("%(department)s · %(role)s") % {"department": one.department.name, "role": role(one)},
        "one": one,
        "role": role(one),
        "standing": standing(one, now),
        "stages": _stages(one, now),
        "verbs": _verbs(actor, one, now),
        "entries": story(actor, ["secret_reader."], {"entry": one.id}),
    }


def _stages(one: SecretReader, now: datetime) -> list[Stage]:
    path = [("asked", _("申请")), ("decided", _("另一人批准")), ("works", _("生效")), ("over", _("结束"))]
    marks = {
        "asked": mark(one.asked_by, one.asked_at),
        "decided": mark(one.decided_by, one.decided_at),
        "over": mark(one.ended_by, one.ended_at) if one.ended_at else Mark("", one.until),
    }
    if one.state == EntryState.REFUSED:
        return stages(path, at="decided", marks=marks, stopped=_("已拒绝"))
    if one.state == EntryState.PENDING:
        return stages(path, at="decided", marks=marks)
    live = is_live(one, now)
    return stages(path, at="works" if live else "over", marks=marks, over=not live)


def _verbs(actor: Actor, one: SecretReader, now: datetime) -> list[Verb]:
    def post(verb: str) -> str:
        return reverse("access:secret_decide", args=[one.id, verb])

    if one.state == EntryState.PENDING:
        if queries.awaiting(actor).filter(id=one.id).exists():
            return [
                Verb(_("批准"), post=post("approve"), style="primary"),
                Verb(_("拒绝"), post=post("refuse")),
            ]
        if actor.may(Permission.ACCESS_NAMED_ASK):
            return [Verb(_("批准"), why=_("不能批准自己的申请，由个人信息保护负责人审批。"))]
        return [Verb(_("批准"), why=_("由个人信息保护负责人审批。"))]
    if not is_live(one, now):
        return []
    if not queries.may_end(actor, one):
        return [Verb(_("终止"), why=_("由该部门的负责人、个人信息保护负责人或安全管理员终止。"))]
    confirm = _("终止后立即不能再批量查看。继续？")
    return [Verb(_("终止"), post=post("end"), style="danger", confirm=confirm)]
