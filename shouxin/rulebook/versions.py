"""What the pages of versions share (notices, policies, rules of a region): where one stands, how far it has got, verbs.

A version is drafted by one person, approved by another, in force from its day, and replaced by the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages


@dataclass(frozen=True, slots=True)
class Life:
    """Who took a version how far; people by pseudonym."""

    drafted_by: UUID
    drafted_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    in_force: bool
    to_come: bool = False  # approved, and its day is still ahead


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do with a version now, and where."""

    approve: bool
    discard: bool
    draft: bool
    own: bool  # they drafted it
    approver: bool  # they hold the right to approve
    approve_at: str
    discard_at: str
    draft_at: str


def standing(life: Life, second: str = "") -> Standing:
    """Waiting, in force, not yet, or replaced."""
    if life.approved_at is None:
        return Standing("warn", _("待审批"), second or _("批准前不起作用"))
    if life.in_force:
        return Standing("ok", _("生效中"), second)
    return (
        Standing("info", _("尚未生效"), second)
        if life.to_come
        else Standing("muted", _("已被新版替代"), second)
    )


def stages_of(life: Life, names: Mapping[UUID, str]) -> list[Stage]:
    path = [
        ("drafted", _("起草")),
        ("approved", pgettext("stage", "审批")),
        ("force", _("生效")),
        ("replaced", _("被新版替代")),
    ]
    marks = {
        "drafted": Mark(names.get(life.drafted_by, ""), life.drafted_at),
        "approved": Mark(names.get(life.approved_by, "") if life.approved_by else "", life.approved_at),
    }
    if life.approved_at is None:
        return stages(path, at="approved", marks=marks)
    lives = life.in_force or life.to_come
    return stages(path, at="force" if lives else "replaced", marks=marks, over=not lives)


def verbs(life: Life, may: May) -> list[Verb]:
    """What can be done now; what waits for somebody else says for whom."""
    found = []
    if may.approve:
        found.append(Verb(_("批准"), href=may.approve_at, style="primary"))
    elif life.approved_at is None and may.own:
        found.append(Verb(_("批准"), why=_("您起草的版本须由另一人批准。")))
    elif life.approved_at is None and not may.approver:
        found.append(Verb(_("批准"), why=_("由个人信息保护负责人批准。")))
    if may.discard:
        found.append(Verb(_("撤下"), href=may.discard_at))
    if may.draft:
        found.append(Verb(_("起草新版本"), href=may.draft_at))
    return found
