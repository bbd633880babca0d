"""What the templates of public forms are given: words instead of codes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Permission
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.public_forms import queries
from shouxin.customers.public_forms.models import PublicForm, PublicState
from shouxin.customers.public_forms.problems import TEXTS, PublicProblem
from shouxin.kit import clock
from shouxin.kit.bots.problems import PROBLEMS
from shouxin.kit.detail import Standing, Verb
from shouxin.kit.workbench import Line
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest
from shouxin.people.telling import told

KINDS = {
    PublicState.PROPOSED: "warn",
    PublicState.REFUSED: "muted",
    PublicState.OPEN: "ok",
    PublicState.PAUSED: "warn",
    PublicState.CLOSED: "muted",
}
OUTCOMES = {
    "passed": gettext_lazy("通过机器人检查"),
    "undeclared": gettext_lazy("含未声明的字段，整份拒绝"),
    "bots.token": gettext_lazy("页面凭证无效"),
    "bots.replayed": gettext_lazy("重复提交同一页面"),
    "bots.expired": gettext_lazy("页面过期"),
    "bots.fast": gettext_lazy("提交过快"),
    "bots.honeypot": gettext_lazy("填写了应留空的格子"),
    "bots.work": gettext_lazy("没有完成验证"),
    "bots.answer": gettext_lazy("小问题答错"),
    "bots.source": gettext_lazy("同一网络提交过多"),
    "bots.busy": gettext_lazy("整份表单提交过多"),
}
assert set(OUTCOMES) >= set(PROBLEMS)  # noqa: S101 - a new reason needs its words here


def language() -> str:
    return get_language() or "zh-hans"


def said(problem: PublicProblem) -> str:
    return problem.text.in_(language())


def title_of(row: PublicForm) -> str:
    found = forms.form_title(row.form_id)
    return found.in_(language()) if found else row.code


def page_address(row: PublicForm) -> str:
    """Under which people reach the page; whole where the organisation named its address."""
    return f"{settings.PUBLIC_ADDRESS.rstrip('/') if settings.PUBLIC_ADDRESS else ''}/my/f/{row.code}/"


def rows(found: Iterable[PublicForm], now: datetime) -> list[dict[str, Any]]:
    """Lines of the list."""
    kept = list(found)
    titles = forms.form_titles({row.form_id for row in kept})
    return [
        {
            "row": row,
            "title": titles[row.form_id].in_(language()) if row.form_id in titles else row.code,
            "standing": standing(row, now),
            "numbers": numbers(row),
        }
        for row in kept
    ]


def numbers(row: PublicForm) -> dict[str, Any]:
    return {
        "value": row.taken,
        "max": row.maximum,
        "text": _("%(n)d / %(max)d 份") % {"n": row.taken, "max": row.maximum},
    }


def standing(row: PublicForm, now: datetime) -> Standing:
    """Where it stands, and why it takes nothing where it does not."""
    state = PublicState(row.state)
    closed = queries.why_closed(row, now) if state is PublicState.OPEN else ""
    second = {
        "ended": _("已到期，自动停止"),
        "full": _("已满额，自动停止"),
        "closed": _("表单或计划已停止"),
        "paused": _("收集计划尚未开始"),
    }.get(closed, "")
    return Standing("muted" if closed else KINDS[state], str(state.label), second)


def context(request: StaffRequest, row: PublicForm, now: datetime) -> dict[str, Any]:
    """The page of one publication."""
    version = forms.published_version(row.form_id)
    names = people.names_of(one for one in (row.proposed_by, row.decided_by, row.closed_by) if one)
    steps = (
        (_("申请人"), row.proposed_by, row.proposed_at),
        (_("审批人"), row.decided_by, row.decided_at),
        (_("关闭人"), row.closed_by, row.closed_at),
    )
    lacking = queries.lacks_of(row.form_id) if row.state == PublicState.PROPOSED else []
    return {
        "page_title": title_of(row),
        "row": row,
        "version": version,
        "standing": standing(row, now),
        "numbers": numbers(row),
        "address": page_address(row),
        "named": bool(settings.PUBLIC_ADDRESS),
        "lacks": [one.text.in_(language()) for one in lacking or ()],
        "outcomes": [
            (OUTCOMES.get(code, code), count) for code, count in queries.turned_away(row, now).items()
        ],
        "received": list(queries.received(request.actor, row)[:20]),
        "steps": [(title, names.get(who, "—"), at) for title, who, at in steps if who],
        "entries": told(queries.story_of(row), request.actor),
        "verbs": _verbs(request, row),
    }


def _verbs(request: StaffRequest, row: PublicForm) -> list[Verb]:
    actor = request.actor

    def leads(verb: str) -> str:
        return reverse("customers:public_verb", args=[row.id, verb])

    found: list[Verb] = []
    if row.state == PublicState.PROPOSED:
        if queries.waiting(actor).filter(id=row.id).exists():
            found.append(Verb(_("批准公开"), href=leads("approve"), style="primary"))
            found.append(Verb(_("不批准"), href=leads("refuse")))
        else:
            own = actor.may(Permission.CUSTOMERS_FORM_PUBLISH)
            why = _("您申请的须由另一人批准。") if own else _("由部门负责人或个人信息保护负责人批准。")
            found.append(Verb(_("批准公开"), why=why))
    may_publish = actor.may(Permission.CUSTOMERS_FORM_PUBLISH)
    may_stop = may_publish or actor.may(Permission.CUSTOMERS_FORM_DRAFT)
    if row.state == PublicState.OPEN and may_stop:
        found.append(Verb(_("暂停"), href=leads("pause")))
    if row.state == PublicState.PAUSED and may_publish:
        found.append(Verb(_("恢复"), href=leads("resume"), style="primary"))
    if row.state in (PublicState.OPEN, PublicState.PAUSED) and may_stop:
        found.append(Verb(_("关闭"), href=leads("close"), style="danger"))
    return found


def panel(request: HttpRequest, form: UUID) -> Mapping[str, Any] | None:
    """On a form's page: its publications, and asking for one."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.may(Permission.CUSTOMERS_FORM_READ):
        return None
    found = rows(queries.of_form(actor, form)[:5], clock.now())
    may_ask = actor.may(Permission.CUSTOMERS_FORM_DRAFT) and forms.published_version(form) is not None
    return {"publications": found, "form": form, "may_ask": may_ask} if found or may_ask else None


def told_to_public(code: str) -> str:
    """Why it takes nothing, for whoever came."""
    return TEXTS[code].in_(language())


def line(row: PublicForm) -> Line:
    """A row of the workbench's card."""
    address = reverse("customers:public_form", args=[row.id])
    return Line(title_of(row), row.proposed_by, since=row.proposed_at, address=address)
