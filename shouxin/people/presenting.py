"""One log-in in words: whether it can be used, how far it has got, what can be done with it."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission, Role
from shouxin.kit import clock
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people import queries, rules, signin
from shouxin.people.duties import queries as duties
from shouxin.people.forms import GrantForm, MoveForm
from shouxin.people.leaving import queries as leaving
from shouxin.people.leaving import ties
from shouxin.people.leaving.ties import Cause, Going
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.story import mark, story
from shouxin.people.suspensions.queries import may_suspend

P = Permission
# What the story of a log-in is made of: what was decided about it, not what it does all day.
STORY = (
    "staff.created",
    "staff.moved",
    "staff.ended",
    "staff.reopened",
    "staff.suspended",
    "staff.resumed",
    "staff.access_cut",
    "staff.password_reset",
    "role.",
    "sight.",
    "duty.",
)


def detail_context(actor: Actor, staff: Staff) -> dict[str, Any]:
    """The page of one log-in."""
    assignments, own = queries.assignments_of(staff), staff.id == actor.id
    held, departure = duties.held_by(staff), leaving.open_departure(staff.id)
    return {
        "staff": staff,
        "assignments": [(a, queries.may_confirm(actor=actor, assignment=a)) for a in assignments],
        "remarks": [
            text.in_(get_language() or "") for _code, text in rules.remarks([Role(r) for r in staff.roles])
        ],
        "others": queries.log_ins_of(staff),
        "may_write": actor.may(P.PEOPLE_STAFF_WRITE) and staff.is_active,
        "may_grant": actor.may(P.PEOPLE_ROLE_GRANT) and staff.is_active,
        "grant_form": GrantForm(staff=staff),
        "move_form": MoveForm(initial={"department": staff.department_id}),
        "is_self": own,
        "departure": departure,
        "cut_off": not staff.is_active and staff.left_at is None,
        "duties": held,
        "may_succeed": any(
            duties.may_appoint(actor=actor, department_id=duty.department_id) for duty in held
        ),
        "move_ends": foreseen(staff, Cause.MOVED) if staff.is_active else [],
        "standing": standing(staff),
        "stages": _stages(staff, assignments),
        "verbs": [*_sight_and_rest(actor, staff, announced=departure is not None), *_of_log_in(actor, staff)],
        "entries": story(actor, STORY, {"staff": staff.pseudonym}),
    }


def foreseen(staff: Staff, cause: Cause) -> list[str]:
    """What ends with the log-in's leaving or moving, in the language of the page."""
    going = Going(staff.id, staff.department_id, cause, clock.now())
    return [text.in_(get_language() or "zh-hans") for text in ties.foresee(going)]


def standing(staff: Staff) -> Standing:
    """Whether the log-in can be used now."""
    if not staff.is_active:
        if staff.left_at is None:
            return Standing("bad", _("已离岗，职责待移交"))
        return Standing("muted", _("已停用"))
    if staff.suspended_at is not None:
        return Standing("bad", _("已暂停"))
    if not signin.may_sign_in(staff):
        return Standing("warn", _("无角色，不能登录"))
    return Standing("info", _("待首次登录")) if staff.must_change_password else Standing("ok", _("可登录"))


def _stages(staff: Staff, assignments: Sequence[RoleAssignment]) -> list[Stage]:
    """From the log-in to the first sign-in: who made it, granted a role and confirmed it."""
    path = [
        ("made", _("建立")),
        ("granted", _("授予角色")),
        ("confirmed", _("负责人确认")),
        ("used", _("首次登录")),
    ]
    standing_ones = [one for one in assignments if one.ended_at is None]
    first = min(standing_ones, key=lambda one: one.granted_at, default=None)
    confirmed = [one for one in standing_ones if one.confirmed_at]
    by = min(confirmed, key=lambda one: one.confirmed_at or one.granted_at, default=None)
    marks = {"made": Mark("", staff.created_at), "used": Mark("", staff.last_login)}
    if first:
        marks["granted"] = mark(first.granted_by, first.granted_at)
    if by:
        marks["confirmed"] = mark(by.confirmed_by, by.confirmed_at)
    if not staff.is_active:
        return [
            Stage(_("建立"), "done", at=staff.created_at),
            Stage(_("已停用") if staff.left_at else _("已离岗"), "stopped", at=staff.left_at),
        ]
    at = "granted" if first is None else "confirmed" if by is None else "used"
    return stages(path, at=at, marks=marks, over=at == "used" and not staff.must_change_password)


def _sight_and_rest(actor: Actor, staff: Staff, *, announced: bool) -> list[Verb]:
    """What is decided about the person: whom they see, a pause, that they leave."""
    found = [Verb(_("可见范围"), href=reverse("people:sight", args=[staff.id]))]
    if staff.is_active and (actor.may(P.PEOPLE_STAFF_WRITE) or actor.may(P.PEOPLE_ROLE_GRANT)):
        found.append(Verb(_("登录方式"), href=reverse("people:staff_links", args=[staff.id])))
    if may_suspend(actor=actor, staff=staff):
        label = _("恢复") if staff.suspended_at else pgettext("person", "暂停")
        found.append(Verb(label, href=reverse("people:staff_suspend", args=[staff.id])))
    if not announced and leaving.may_announce(actor, staff):
        found.append(Verb(_("登记预告离职"), href=reverse("people:departure_announce", args=[staff.id])))
    if leaving.reportable(actor).filter(id=staff.id).exists():
        found.append(Verb(_("离岗报告"), href=reverse("people:departure_report", args=[staff.id])))
    return found


def _of_log_in(actor: Actor, staff: Staff) -> list[Verb]:
    """What administrators do with the log-in, or why not."""
    own = _("这是您自己的登录名：须由另一位管理员办理。")
    if staff.id == actor.id and actor.may(P.PEOPLE_ROLE_GRANT):
        return [Verb(_("授予角色"), why=own)]
    if not actor.may(P.PEOPLE_STAFF_WRITE):
        return []
    if not staff.is_active:
        return [Verb(_("重新入职"), href=reverse("people:staff_rejoin", args=[staff.id]))]
    if staff.id == actor.id:
        return [Verb(_("停用"), why=own)]
    found = [Verb(_("重置密码"), href=reverse("people:staff_reset", args=[staff.id]))]
    if staff.second_factor_at:
        found.append(Verb(_("重置二次认证"), href=reverse("people:factor_ask_reset", args=[staff.id])))
    return [*found, Verb(_("停用"), href=reverse("people:staff_end", args=[staff.id]), style="danger")]
