"""Reviews in words: what each right allows, who decided it, how long is left."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from shouxin.access.reviews.kinds import kinds
from shouxin.access.reviews.models import UNDECIDED, LineState, Review, ReviewLine
from shouxin.access.reviews.queries import Reviewer, deciding
from shouxin.core.policy import Actor, Permission
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.kit.tables import inert
from shouxin.kit.workbench import MOST
from shouxin.people.readers import role_name
from shouxin.people.sights.events import sight_name
from shouxin.people.story import story

TAGS = {
    LineState.OPEN: "warn",
    LineState.CONFIRMED: "ok",
    LineState.ENDED: "muted",
    LineState.LAPSED: "bad",
    LineState.GONE: "muted",
    LineState.ESCALATED: "bad",
}


def _language() -> str:
    return get_language() or "zh-hans"


def _joined(words: Iterable[str]) -> str:
    return (", " if _language().startswith("en") else "、").join(words)


def _fields(keys: Iterable[str]) -> str:
    known = rulebooks["rulebook"].fields()
    return _joined(known[key].name.in_(_language()) if key in known else key for key in keys)


def _purposes(keys: Iterable[str]) -> str:
    found = {key: rulebooks["rulebook"].purpose(key) for key in keys}
    return _joined(rule.name.in_(_language()) if rule else key for key, rule in found.items())


def _moment(text: str) -> str:
    at = parse_datetime(text)
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else text


def words_of(kind: str, what: Mapping[str, Any]) -> list[str]:
    """What a right allows, as short phrases."""
    said = []
    if "role" in what:
        said.append(role_name(what["role"], _language()))
    if "sight" in what:
        said.append(sight_name(what["sight"], _language()))
    if "name" in what:
        said.append(str(what["name"]))
    if "purpose" in what or "purposes" in what:
        said.append(_purposes(what.get("purposes") or [what["purpose"]]))
    if what.get("fields"):
        said.append(_("字段：%(fields)s") % {"fields": _fields(what["fields"])})
    if what.get("clear"):
        said.append(_("明文：%(fields)s") % {"fields": _fields(what["clear"])})
    if "limit" in what:
        said.append(_("每天 %(limit)s 次") % {"limit": what["limit"]})
    if "until" in what:
        said.append(_("至 %(until)s") % {"until": _moment(str(what["until"]))})
    return said or [kind]


def kind_name(kind: str) -> str:
    found = kinds.get(kind)
    return found.name.in_(_language()) if found else kind


def remaining(due: datetime, now: datetime) -> str:
    """How long is left, in words."""
    left = due - now
    if left.total_seconds() <= 0:
        return _("已到期")
    if left.days:
        return ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", left.days) % {"n": left.days}
    hours = max(1, left.seconds // 3600)
    return ngettext("还剩 %(n)d 小时", "还剩 %(n)d 小时", hours) % {"n": hours}


def lines_left(count: int, due: datetime, now: datetime) -> str:
    """How many rights wait for a word, and how long is left."""
    if count > MOST:
        said = _("超过 %(n)d 项权限") % {"n": MOST}
    else:
        said = ngettext("共 %(n)d 项权限", "共 %(n)d 项权限", count) % {"n": count}
    return f"{said} · {remaining(due, now)}"


def rows(lines: Iterable[ReviewLine], who: Reviewer, now: datetime) -> list[dict[str, Any]]:
    """The lines of one review for its page; `may` tells whether this reader can decide them now."""
    found = []
    for line in lines:
        in_time = line.state == LineState.ESCALATED or line.review.due_at > now
        standing = deciding(line, who) if line.state in UNDECIDED and in_time else None
        found.append(
            {
                "line": line,
                "kind": kind_name(line.kind),
                "what": words_of(line.kind, line.what),
                "tag": TAGS[LineState(line.state)],
                "may": standing is not None,
                "through": standing.through.display_name if standing and standing.through else "",
            }
        )
    first = next((row for row in found if row["may"]), None)
    if first:
        first["first"] = True
    return found


def summary(review: Review, now: datetime) -> dict[str, Any]:
    """One review in the list: its state and how long is left."""
    if review.closed_at:
        tag, status = "ok", _("已完成")
    elif review.due_at <= now:
        tag, status = "bad", _("已到期")
    else:
        tag, status = "warn", remaining(review.due_at, now)
    return {"review": review, "tag": tag, "status": status}


def detail_context(actor: Actor, review: Review, now: datetime, *, mine: int) -> dict[str, Any]:
    """What every detail page has; the lines with their verbs are the view's."""
    return {
        "standing": _standing(review, now),
        "stages": _stages(review, now),
        "verbs": _verbs(actor, review, now, mine=mine),
        "entries": story(actor, ["review."], {"review": review.id}, since=review.opened_at),
    }


def _standing(review: Review, now: datetime) -> Standing:
    said = summary(review, now)
    if review.closed_at:
        return Standing("ok", said["status"])
    undecided = sum(getattr(review, state) for state in UNDECIDED)
    left = ngettext("待复核 %(n)d 条", "待复核 %(n)d 条", undecided) % {"n": undecided}
    return Standing(said["tag"], _("复核中") if review.due_at > now else said["status"], left)


def _stages(review: Review, now: datetime) -> list[Stage]:
    path = [("opened", _("开始")), ("decided", _("逐条复核")), ("due", _("到期")), ("closed", _("完成"))]
    marks = {
        "opened": Mark("", review.opened_at),
        "due": Mark("", review.due_at),
        "closed": Mark("", review.closed_at),
    }
    if review.closed_at:
        return stages(path, at="closed", marks=marks, over=True)
    return stages(path, at="decided" if review.due_at > now else "due", marks=marks)


def _verbs(actor: Actor, review: Review, now: datetime, *, mine: int) -> list[Verb]:
    """Each line has its own; here stands the table to keep, and why nothing can be decided."""
    found = [Verb(_("下载表格（CSV）"), href=reverse("access:review_csv", args=[review.id]))]
    undecided = sum(getattr(review, state) for state in UNDECIDED)
    if mine or not undecided or not actor.may(Permission.ACCESS_REVIEW_CONFIRM):
        return found
    if review.due_at <= now:
        return [*found, Verb(_("复核"), why=_("已到期。"), way=_("仍需要的权限请重新申请。"))]
    why = _("其余各条不归您复核，或是您本人的权限。")
    return [*found, Verb(_("复核"), why=why, way=_("由归口部门负责人或个人信息保护负责人复核。"))]


def as_csv(review: Review, lines: Iterable[ReviewLine]) -> bytes:
    """The evidence of one review as a table that Excel opens: every line, its decision, who and when."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    header = (
        pgettext("label", "部门"),
        _("期次"),
        _("人员"),
        _("权限"),
        _("内容"),
        _("自"),
        _("结果"),
        _("办理人"),
        _("办理时间"),
    )
    writer.writerow(header)
    for line in lines:
        cells = (
            review.department.name,
            review.period,
            line.holder.display_name,
            kind_name(line.kind),
            "; ".join(words_of(line.kind, line.what)),
            _moment(line.since.isoformat()),
            line.get_state_display(),
            line.decided_by.display_name if line.decided_by else "",
            _moment(line.decided_at.isoformat()) if line.decided_at else "",
        )
        writer.writerow([inert(str(cell)) for cell in cells])
    return held.getvalue().encode("utf-8-sig")
