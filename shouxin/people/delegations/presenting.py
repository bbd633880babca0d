"""One delegation in words: where it stands, what was done under it, what can be done with it now."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Role
from shouxin.journal.queries import acts_of
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people.delegations.models import Delegation
from shouxin.people.story import SHOWN, left, lines_of, mark
from shouxin.people.telling import told

USED = ("delegation.used",)


def detail_context(actor: Actor, one: Delegation, now: datetime, *, working: bool) -> dict[str, Any]:
    """The page of one delegation."""
    return {
        "page_title": _("委托代理"),
        "one": one,
        "standing": standing(one, now, working=working),
        "stages": _stages(one, now),
        "verbs": _verbs(actor, one, now),
        "entries": told(_story(one), actor),
    }


def standing(one: Delegation, now: datetime, *, working: bool) -> Standing:
    """In force, not begun, over; or of no effect because one of the two is no head any more."""
    if is_over(one, now):
        return Standing("muted", _("已结束"), _("提前收回") if one.ended_by_id else "")
    if one.starts_at > now:
        return Standing("info", _("未开始"))
    if not working:
        return Standing("warn", _("不起作用"), _("其中一人已不是部门负责人"))
    return Standing("ok", _("代理中"), left(one.until, now))


def is_over(one: Delegation, now: datetime) -> bool:
    return one.ended_at is not None or one.until <= now


def _stages(one: Delegation, now: datetime) -> list[Stage]:
    path = [("given", _("委托")), ("used", _("代理")), ("over", _("结束"))]
    marks = {
        "given": mark(one.giver, one.given_at),
        "used": mark(one.deputy, one.starts_at),
        "over": mark(one.ended_by, one.ended_at) if one.ended_at else Mark("", one.until),
    }
    over = is_over(one, now)
    return stages(path, at="over" if over else "used", marks=marks, over=over)


def _verbs(actor: Actor, one: Delegation, now: datetime) -> list[Verb]:
    if is_over(one, now):
        return []
    if not actor.roles & {Role.OFFICER, Role.SECURITY_ADMIN} and actor.id not in {
        one.giver_id,
        one.deputy_id,
    }:
        return [Verb(_("收回"), why=_("由委托人、代理人、个人信息保护负责人或安全管理员收回。"))]
    return [
        Verb(
            _("收回"),
            post=reverse("people:delegation_end", args=[one.id]),
            style="danger",
            confirm=_("收回后立即失效。继续？"),
        )
    ]


def _story(one: Delegation) -> list[Any]:
    """How it was given and ended, and what the deputy did in the giver's stead meanwhile, the latest first."""
    lines = lines_of(["delegation."], {"delegation": one.id}, since=one.given_at)
    until = min(one.until, one.ended_at or one.until)
    giver = str(one.giver.pseudonym)
    lines += [
        line
        for line in acts_of([one.deputy.pseudonym], USED, one.starts_at)
        if line.data.get("giver") == giver and line.at <= until
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:SHOWN]
