"""Feedback in words: where it stands, how long there is, what can be done with it now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouxin.core.policy import Actor, Permission
from shouxin.kit.detail import Stage, Standing, stages
from shouxin.people.story import left, mark, story
from shouxin.rights.cases.rules import local
from shouxin.rights.feedback.forms import AnswerForm, AssignForm
from shouxin.rights.feedback.models import Feedback, State

SOON = 3
PROBLEMS = {
    "text.length": gettext_lazy("请写明内容，不超过 2000 字。"),
    "owner.none": gettext_lazy("现在没有能答复的工作人员，没有收下；请直接联系我们。"),
    "owner.unsuited": gettext_lazy("请选在岗的、办理客户业务的人。"),
    "number.none": gettext_lazy("编号一时取不到，没有收下，请再提交一次。"),
    "item.unknown": gettext_lazy("没有找到，或不归您答复。"),
    "item.answered": gettext_lazy("已经答复过，不能再改。"),
}


def standing(row: Feedback, now: datetime) -> Standing:
    if row.state == State.ANSWERED:
        return Standing("ok", _("已办结"), row.get_state_display())
    if row.due_on < local(now):
        return Standing("bad", _("处理中"), _("逾期未答复"))
    return Standing("info", _("处理中"), row.get_state_display())


def deadline(row: Feedback, now: datetime) -> dict[str, Any]:
    """The day, how long there is in words, and the tint."""
    if row.state == State.ANSWERED:
        return {"due": row.due_on, "left": "", "kind": "muted"}
    days = (row.due_on - local(now)).days
    kind = "bad" if days < 0 else "warn" if days <= SOON else "muted"
    return {"due": row.due_on, "left": left(row.due_on, now), "kind": kind}


def listed(rows: Sequence[Feedback], now: datetime) -> list[dict[str, Any]]:
    return [{"item": row, "standing": standing(row, now), "deadline": deadline(row, now)} for row in rows]


def detail_context(actor: Actor, row: Feedback, now: datetime) -> dict[str, Any]:
    """What the page of an item shows beside the words."""
    works = row.state == State.OPEN and actor.may(Permission.RIGHTS_CASE_HANDLE)
    return {
        "standing": standing(row, now),
        "deadline": deadline(row, now),
        "stages": _stages(row),
        "entries": story(actor, ["feedback."], {"feedback": row.id}, since=row.filed_at),
        "answer_form": AnswerForm() if works else None,
        "assign_form": AssignForm(item=row) if works else None,
    }


def _stages(row: Feedback) -> list[Stage]:
    marks = {"filed": mark(None, row.filed_at), "answered": mark(row.answered_by, row.answered_at)}
    path = [("filed", _("收到")), ("open", _("答复中")), ("answered", _("已答复"))]
    over = row.state == State.ANSWERED
    return stages(path, at="answered" if over else "open", marks=marks, over=over)
