"""Standing grants in words: where one stands, how far it has got, who decides by when, and what can be done."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from shouxin.access.grants import queries, rules
from shouxin.access.grants.forms import RefusalForm
from shouxin.access.grants.models import StandingGrant, State
from shouxin.access.highrisk import queries as highrisk
from shouxin.core.policy import Actor, Permission, PurposeStatus
from shouxin.customers.registry import shown
from shouxin.customers.registry.models import Customer
from shouxin.gate import facts
from shouxin.kit import clock
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people.models import Staff
from shouxin.people.story import mark, story
from shouxin.people.working_purpose import purpose_of

HELD = 10  # so many of one's own stand beside an application
TAGS = {"pending": "warn", "active": "ok", "refused": "bad", "withdrawn": "muted", "ended": "muted"}


def _language() -> str:
    return get_language() or "zh-hans"


def row(grant: StandingGrant) -> dict[str, object]:
    """A grant as the screens show it: names instead of keys."""
    book = facts.rules["rulebook"]
    purpose, fields = book.purpose(grant.purpose), book.fields()
    expired = grant.state == State.ACTIVE and grant.until <= clock.now()
    return {
        "grant": grant,
        "purpose": purpose.name.in_(_language()) if purpose else grant.purpose,
        "fields": [fields[key].name.in_(_language()) if key in fields else key for key in grant.fields],
        "tag": "muted" if expired else TAGS[grant.state],
        "status": _("已到期") if expired else grant.get_state_display(),
    }


def reads_left(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """Beside a clear value: how many reads of it the reader's grants still allow today."""
    view, actor = shown.of(request, customer), getattr(request, "actor", None)
    if view is None or actor is None:
        return None
    keys = [*view.cells, *(key for record in view.records for key in record.cells)]
    found = queries.left_today(actor, purpose_of(request, actor), keys[0], clock.now()) if keys else None
    return {"left": found[0], "most": found[1]} if found else None


def purpose_choices() -> list[tuple[str, str]]:
    """The purposes a list may be narrowed to."""
    return [(one.key, one.name.in_(_language())) for one in facts.rules["rulebook"].purposes() if one.roles]


def detail_context(actor: Actor, grant: StandingGrant) -> dict[str, Any]:
    """The page of one grant."""
    now = clock.now()
    may_decide = queries.awaiting(actor).filter(id=grant.id).exists()
    waiting = queries.awaiting(actor).exclude(id=grant.id).order_by("proposed_at", "id")
    pending = grant.state == State.PENDING
    following = waiting.first() if may_decide or not pending else None
    return {
        "page_title": pgettext("label", "常设用数授权"),
        "grant": grant,
        "row": row(grant),
        "standing": standing(grant, now),
        "stages": _stages(grant, now),
        "due": rules.due_on(grant.proposed_at) if pending else None,
        "approvers": queries.approvers(grant.staff.department_id, grant.staff_id) if pending else [],
        "may_decide": may_decide,
        "changed": _changed(grant) if pending else [],
        "following": following,
        "waiting": waiting.count() if following else 0,
        "verbs": _verbs(actor, grant, may_decide=may_decide),
        "refusal_form": RefusalForm(label_suffix=""),
        "entries": story(actor, ["grant."], {"grant": grant.id}, since=grant.proposed_at),
    }


def standing(grant: StandingGrant, now: datetime) -> Standing:
    """Where a grant stands, in two levels."""
    if grant.state == State.PENDING:
        second = _("等待第二人批准") if grant.seconded_by_id else ""
        late = (rules.day_of(now) - rules.due_on(grant.proposed_at)).days
        if late > 0:
            second = ngettext("已超过 %(n)d 天", "已超过 %(n)d 天", late) % {"n": late}
        return Standing("warn", grant.get_state_display(), second)
    if grant.state == State.ACTIVE and grant.until > now:
        left = (rules.day_of(grant.until) - rules.day_of(now)).days
        words = ngettext("还有 %(n)d 天", "还有 %(n)d 天", left) % {"n": left} if left else _("今天到期")
        return Standing("ok", grant.get_state_display(), words)
    shown = row(grant)
    return Standing(str(shown["tag"]), str(shown["status"]))


def _stages(grant: StandingGrant, now: datetime) -> list[Stage]:
    path = [("proposed", pgettext("stage", "提交申请"))]
    path += [("seconded", _("第一人批准"))] if grant.strict else []
    path += [("decided", pgettext("stage", "审批")), ("used", _("使用")), ("over", pgettext("stage", "到期"))]
    marks = {
        "proposed": mark(grant.proposed_by, grant.proposed_at),
        "seconded": mark(grant.seconded_by, grant.seconded_at),
        "decided": mark(grant.decided_by, grant.decided_at),
        "over": Mark("", grant.until),
    }
    if grant.state == State.PENDING:
        return stages(
            path, at="seconded" if grant.strict and not grant.seconded_by_id else "decided", marks=marks
        )
    if grant.state in {State.REFUSED, State.WITHDRAWN}:
        if grant.state == State.WITHDRAWN:
            marks["decided"] = Mark("", grant.ended_at)
        return stages(path, at="decided", marks=marks, stopped=grant.get_state_display())
    if grant.state == State.ENDED:
        marks["used"] = Mark(grant.ended_by.display_name if grant.ended_by else "", grant.ended_at)
        return stages(path, at="used", marks=marks, stopped=grant.get_state_display())
    return stages(path, at="over" if grant.until <= now else "used", marks=marks, over=grant.until <= now)


def _changed(grant: StandingGrant) -> list[str]:
    """What the rules say differently now than when it was asked for."""
    book, found = facts.rules["rulebook"], []
    purpose, fields = book.purpose(grant.purpose), book.fields()
    if purpose is None or purpose.status is not PurposeStatus.ACTIVE:
        found.append(_("该处理目的已不在用，批准了也不能使用。"))
    allowed = {rule.key for rule in rules.grantable(fields, purpose)} if purpose else set()
    lost = [fields[key].name.in_(_language()) for key in grant.fields if key in fields and key not in allowed]
    if lost:
        found.append(_("现在不能列入常设授权的字段：%(names)s") % {"names": _("、").join(lost)})
    risky = [fields[key].name.in_(_language()) for key in grant.fields if key in highrisk.fields()]
    if risky and not grant.strict:
        found.append(_("申请之后标为高风险、本申请不覆盖的字段：%(names)s") % {"names": _("、").join(risky)})
    if grant.until <= clock.now():
        found.append(_("申请的期限已过。"))
    return found


def _verbs(actor: Actor, grant: StandingGrant, *, may_decide: bool) -> list[Verb]:
    """What can be done with it now, and why the rest cannot."""
    found = []
    if grant.state == State.PENDING and grant.proposed_by_id == actor.id:
        found.append(
            Verb(
                _("撤回申请"),
                post=reverse("access:decide", args=[grant.id, "withdraw"]),
                confirm=_("确定撤回这份申请吗？"),
            )
        )
        found.append(Verb(_("批准"), why=_("不能批准自己的申请。"), way=_("请所列的审批人办理。")))
    elif grant.state == State.PENDING and actor.may(Permission.ACCESS_GRANT_APPROVE) and not may_decide:
        found.append(Verb(_("批准"), why=_("不归您审批，或您已批准过一次。")))
    over = grant.state not in {State.PENDING, State.ACTIVE} or grant.until <= clock.now()
    if grant.state == State.ACTIVE and not over and actor.may(Permission.ACCESS_GRANT_END):
        found.append(
            Verb(
                _("终止授权"),
                post=reverse("access:decide", args=[grant.id, "end"]),
                style="danger",
                confirm=_("终止后立即不能再查看明文。确定吗？"),
            )
        )
    if (
        over
        and grant.state != State.PENDING
        and grant.staff_id == actor.id
        and actor.may(Permission.ACCESS_GRANT_PROPOSE)
    ):
        found.append(Verb(_("再次申请"), href=f"{reverse('access:propose')}?purpose={grant.purpose}"))
    return found


def apply_context(actor: Actor) -> dict[str, Any]:
    """Beside the application: who decides, by when, and how many customers it would cover."""
    department = Staff.objects.filter(id=actor.id).values_list("department_id", flat=True).first()
    now = clock.now()
    due: date = rules.due_on(now)
    held = [*queries.own_in_force(actor, now)[:HELD], *queries.asked_by(actor)[:HELD]]
    return {
        "held": [row(grant) for grant in held],
        "approvers": queries.approvers(department, actor.id),
        "due": due,
        "own_customers": Customer.objects.filter(responsible_id=actor.id, absorbed_by__isnull=True).count(),
    }
