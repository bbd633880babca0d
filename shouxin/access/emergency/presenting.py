"""One emergency access in words: where it stands, what can be done with it now, and what happened."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shouxin.access.emergency import queries, rules
from shouxin.access.emergency.models import EmergencyAccess, Finding
from shouxin.core.policy import Actor, Permission
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people.story import left, story
from shouxin.people.story import mark as taken_by
from shouxin.people.telling import told


def detail_context(actor: Actor, access: EmergencyAccess, now: datetime) -> dict[str, Any]:
    """What every detail page has, and the reads that rested on this access."""
    live = queries.in_force(access, now)
    reviewer = queries.reviewing(actor, access) is not None
    return {
        "standing": standing(access, now),
        "stages": _stages(access, now),
        "verbs": _verbs(actor, access, live=live, reviewer=reviewer),
        "entries": story(actor, ["emergency."], {"access": access.id}, since=access.opened_at),
        "reads": told(queries.reads_under(access), actor),
        "may_review": reviewer and not live and access.reviewed_at is None,
    }


def standing(access: EmergencyAccess, now: datetime) -> Standing:
    """Still open, waiting for its review, or found justified or not."""
    if queries.in_force(access, now):
        until = timezone.localtime(access.until)
        return Standing("bad", _("进行中"), _("%(until)s 自动结束") % {"until": f"{until:%H:%M}"})
    if access.reviewed_at is not None:
        kind = "ok" if access.finding == Finding.JUSTIFIED else "bad"
        return Standing(kind, _("已复核"), access.get_finding_display())
    if rules.is_overdue(access.review_due, now):
        return Standing("bad", _("逾期未复核"), left(access.review_due, now))
    return Standing("warn", _("待复核"), left(access.review_due, now))


def _stages(access: EmergencyAccess, now: datetime) -> list[Stage]:
    path = [("opened", _("开始")), ("used", _("使用")), ("reviewed", _("复核"))]
    marks = {
        "opened": taken_by(access.staff, access.opened_at),
        "used": taken_by(access.ended_by, access.ended_at) if access.ended_at else Mark("", access.until),
        "reviewed": taken_by(access.reviewed_by, access.reviewed_at),
    }
    at = "used" if queries.in_force(access, now) else "reviewed"
    return stages(path, at=at, marks=marks, over=access.reviewed_at is not None)


def _verbs(actor: Actor, access: EmergencyAccess, *, live: bool, reviewer: bool) -> list[Verb]:
    """The review has a form of its own on the page; here stands why there is none, and ending it at once."""
    found = []
    if live and (reviewer or access.staff_id == actor.id):
        found.append(
            Verb(
                _("立即终止"),
                post=reverse("access:emergency_end", args=[access.id]),
                style="danger",
                confirm=_("终止后立即不能再查看明文。确定吗？"),
            )
        )
    if access.reviewed_at is not None:
        return found
    if reviewer and live:
        found.append(Verb(_("复核"), why=_("仍在进行。"), way=_("结束后才能复核。")))
    elif access.staff_id == actor.id:
        found.append(
            Verb(
                _("复核"),
                why=_("不能复核自己的应急访问。"),
                way=_("请由部门负责人或个人信息保护负责人复核。"),
            )
        )
    elif not reviewer and actor.may(Permission.ACCESS_EMERGENCY_REVIEW):
        found.append(Verb(_("复核"), why=_("不归您的部门，或使用人就是您本人。")))
    return found
