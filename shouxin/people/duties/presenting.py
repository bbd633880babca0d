"""One duty in words: who answers for it until when, who did before, what can be done with it."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Role
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people.duties import queries
from shouxin.people.duties.models import Duty
from shouxin.people.story import left, mark, story


def detail_context(actor: Actor, duty: Duty, now: datetime) -> dict[str, Any]:
    """The page of one duty: a step of a department as one person holds or held it."""
    language = get_language() or "zh-hans"
    about = {"department": duty.department_id, "step": duty.step}
    return {
        "page_title": _("%(department)s · %(step)s")
        % {"department": duty.department.name, "step": duty.name.in_(language)},
        "duty": duty,
        "written": duty.written.in_(language),
        "standing": _standing(duty, now),
        "stages": _stages(duty, now),
        "verbs": _verbs(actor, duty, now),
        "others": queries.of_step(duty),
        "entries": story(actor, ["duty."], about),
    }


def _is_over(duty: Duty, now: datetime) -> bool:
    return duty.ended_at is not None or (duty.until is not None and duty.until <= now)


def _standing(duty: Duty, now: datetime) -> Standing:
    if duty.vacated and queries.is_vacant(duty):
        return Standing("warn", _("无人接任"), _("责任人已调离"))
    if _is_over(duty, now):
        return Standing("muted", _("已结束"), "" if duty.ended_at else _("期限已到"))
    return Standing("ok", _("在任"), left(duty.until, now) if duty.until else _("无期限"))


def _stages(duty: Duty, now: datetime) -> list[Stage]:
    path = [("named", pgettext("stage", "指定")), ("held", _("在任")), ("over", _("结束"))]
    over = _is_over(duty, now)
    marks = {
        "named": mark(duty.appointed_by, duty.since),
        "held": Mark(duty.holder.display_name),
        "over": mark(duty.ended_by, duty.ended_at) if duty.ended_at else Mark("", duty.until),
    }
    return stages(path, at="over" if over else "held", marks=marks, over=over)


def _verbs(actor: Actor, duty: Duty, now: datetime) -> list[Verb]:
    over = _is_over(duty, now)
    if over and not queries.is_vacant(duty):
        return []
    label = _("指定") if over else _("换人")
    if not queries.may_appoint(actor=actor, department_id=duty.department_id):
        return [Verb(label, why=_("由本部门或上级部门的负责人，或个人信息保护负责人指定。"))]
    appoint = reverse("people:duty_appoint", args=[duty.department_id])
    found = [Verb(label, href=f"{appoint}?step={duty.step}", style="primary")]
    if over:
        return found
    found.append(Verb(_("全部交接"), href=reverse("people:duty_succeed", args=[duty.holder_id])))
    if Role.OFFICER in actor.roles:
        found.append(
            Verb(
                _("免去"),
                post=reverse("people:duty_end", args=[duty.id]),
                style="danger",
                confirm=_("免去后该环节没有责任人。继续？"),
            )
        )
    else:
        found.append(Verb(_("免去"), why=_("由个人信息保护负责人免去。")))
    return found
