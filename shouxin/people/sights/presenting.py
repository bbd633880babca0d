"""How far one person sees, in words: what holds now, how far a setting has got, what can be done with it."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission, Role
from shouxin.kit.detail import Stage, Standing, Verb, stages
from shouxin.people.models import Staff
from shouxin.people.sights import queries, rules
from shouxin.people.sights.events import sight_name
from shouxin.people.sights.models import SightSetting
from shouxin.people.story import mark, story


def detail_context(actor: Actor, staff: Staff) -> dict[str, Any]:
    """The page of one person."""
    settings = queries.history(staff)
    waiting = next((one for one in settings if _waits(one)), None)
    effective = rules.NAMES[rules.effective({Role(role) for role in staff.roles}, staff.sight)].in_(
        _language()
    )
    return {
        "page_title": _("可见范围：%(name)s") % {"name": staff.display_name},
        "staff": staff,
        "own": staff.id == actor.id,
        "knows_staff": actor.may(Permission.PEOPLE_STAFF_READ),
        "effective": effective,
        "rows": [(one, sight_name(one.sight, _language())) for one in settings],
        "standing": _standing(staff, waiting, effective),
        "stages": _stages(settings),
        "verbs": _verbs(actor, waiting) if waiting else [],
        "entries": story(actor, ["sight."], {"staff": staff.pseudonym}),
    }


def _language() -> str:
    return get_language() or "zh-hans"


def _waits(one: SightSetting) -> bool:
    return one.confirmed_at is None and one.ended_at is None


def _standing(staff: Staff, waiting: SightSetting | None, effective: str) -> Standing:
    if waiting:
        return Standing("warn", _("待确认"), sight_name(waiting.sight, _language()))
    if staff.sight:
        return Standing("info", _("单独设定"), effective)
    return Standing("ok", _("按角色"), effective)


def _stages(settings: Sequence[SightSetting]) -> list[Stage]:
    """How far the setting that waits or holds has got; none where the roles decide."""
    one = next((one for one in settings if one.ended_at is None), None)
    if one is None:
        return []
    path = [("set", _("设定")), ("confirmed", _("另一人确认")), ("works", _("生效"))]
    marks = {"set": mark(one.set_by, one.set_at), "confirmed": mark(one.confirmed_by, one.confirmed_at)}
    waits = _waits(one)
    return stages(path, at="confirmed" if waits else "works", marks=marks, over=not waits)


def _verbs(actor: Actor, waiting: SightSetting) -> list[Verb]:
    if queries.confirming(actor=actor, setting=waiting):
        post = reverse("people:sight_confirm", args=[waiting.id])
        return [Verb(_("确认"), post=post, style="primary")]
    if actor.id == waiting.set_by_id:
        return [Verb(_("确认"), why=_("您设定的须由另一人确认。"))]
    roles = {Role(role) for role in waiting.staff.roles}
    if rules.is_wider(roles, waiting.sight):
        return [Verb(_("确认"), why=_("比角色更宽，由个人信息保护负责人确认。"))]
    return [Verb(_("确认"), why=_("由其部门的负责人确认；没有其他负责人时由个人信息保护负责人确认。"))]
