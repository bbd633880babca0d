"""A connection in words: where it stands, how far it has got, what can be done with it now, and what happened."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shouxin.core.policy import Actor, Permission
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people import queries as people
from shouxin.people.connections.kinds import KindRoom
from shouxin.people.connections.models import Connection, State
from shouxin.people.story import mark, story

TINTS = {"drafted": "warn", "active": "ok", "refused": "bad", "ended": "muted"}
P = Permission


def detail_context(actor: Actor, found: Connection, room: KindRoom) -> dict[str, Any]:
    """What every detail page has; settings, drafts and what the room adds are the view's."""
    drafted = found.draft is not None and found.state in {State.DRAFTED, State.ACTIVE}
    apart = not people.same_person(actor.id, found.drafted_by_id)
    return {
        "standing": standing(found),
        "stages": _stages(found),
        "verbs": _verbs(actor, found, room, drafted=drafted, apart=apart),
        "entries": story(actor, ["connection."], {"connection": found.pseudonym}),
        "may_decide": drafted and apart and actor.may(P.PEOPLE_CONNECTION_APPROVE),
    }


def standing(found: Connection) -> Standing:
    second = ""
    if found.state == State.DRAFTED:
        second = _("确认前不起作用")
    elif found.state == State.ACTIVE and found.draft is not None:
        second = _("有修改待确认")
    elif found.state == State.ACTIVE and found.used_at is None:
        second = _("未使用")
    return Standing(TINTS[found.state], found.get_state_display(), second)


def _stages(found: Connection) -> list[Stage]:
    path = [
        ("drafted", _("起草")),
        ("decided", _("确认")),
        ("active", _("使用")),
        ("ended", pgettext("stage", "停用")),
    ]
    waits = found.draft is not None and found.state in {State.DRAFTED, State.ACTIVE}
    marks = {
        "drafted": mark(found.drafted_by, found.drafted_at),
        "decided": Mark()
        if waits and found.state == State.DRAFTED
        else mark(found.decided_by, found.decided_at),
        "active": Mark("", found.used_at),
        "ended": mark(found.ended_by, found.ended_at),
    }
    if found.state == State.REFUSED:
        return stages(path, at="decided", marks=marks, stopped=found.get_state_display())
    at = {State.DRAFTED: "decided", State.ACTIVE: "active"}.get(State(found.state), "ended")
    return stages(path, at=at, marks=marks, over=found.state == State.ENDED)


def _verbs(actor: Actor, found: Connection, room: KindRoom, *, drafted: bool, apart: bool) -> list[Verb]:
    """Confirming and refusing have forms of their own on the page; here stands the rest, and why they are not there."""
    if found.state not in {State.DRAFTED, State.ACTIVE}:
        return []
    drafts, approves = actor.may(P.PEOPLE_CONNECTION_DRAFT), actor.may(P.PEOPLE_CONNECTION_APPROVE)
    verbs = []
    if drafted and approves and not apart:
        verbs.append(Verb(_("确认"), why=_("不能确认自己起草的。"), way=_("请由另一位安全管理员确认。")))
    elif drafted and not approves:
        verbs.append(Verb(_("确认"), why=_("由安全管理员确认。")))
    if drafts:
        verbs.append(Verb(_("修改"), href=reverse("people:connection_change", args=[found.id])))
    if room.comes_in and found.state == State.ACTIVE and approves:
        verbs.append(
            Verb(
                _("更换令牌"),
                post=reverse("people:connection_decide", args=[found.id, "renew"]),
                confirm=_("旧令牌立即失效，目录一方须马上换用新令牌。继续？"),
            )
        )
    if drafts or approves:
        verbs.append(
            Verb(
                _("停用连接"),
                post=reverse("people:connection_decide", args=[found.id, "end"]),
                style="danger",
                confirm=_("停用后，经它登录的人不能再登录，同步停止；不能恢复。确定吗？"),
            )
        )
    return verbs
