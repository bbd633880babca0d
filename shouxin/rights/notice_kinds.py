"""What this app tells people of: what waits to be taken or approved, what is due, what is late."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.kit import clock
from shouxin.people.notices.kinds import Found, Group, Kind, Matter, asked_of, end_of, register
from shouxin.rights.cases import queries, rules
from shouxin.rights.cases.models import OPEN, UNANSWERED, Case, Deed, State
from shouxin.rights.feedback import queries as feedback
from shouxin.rights.feedback.models import Feedback
from shouxin.rights.feedback.models import State as Answered

P = Permission


def _matter(row: Case) -> Matter:
    path = reverse("rights:case", args=[row.id])
    return Matter(row.id, path, due=end_of(row.due_on), since=row.filed_at)


def _of(rows: Callable[[Actor], Iterable[Case]]) -> Callable[[Actor], Iterable[Matter]]:
    return lambda actor: [_matter(row) for row in rows(actor)]


def _due(now: datetime) -> Found:
    """To whoever has it in hand, while the clock runs."""
    runs = Q(paused_at__isnull=True, state__in=UNANSWERED)
    late = queries.over("due_on", rules.local(now))
    for row in Case.objects.filter(runs | late, handler__isnull=False):
        if row.handler_id is not None:
            yield row.handler_id, _matter(row)


def _late(actor: Actor) -> Iterable[Matter]:
    """To those who answer for it; one for each case."""
    return [_matter(row) for row in queries.late(actor, clock.now())]


def _last(actor: Actor) -> Iterable[Matter]:
    """To those who answer for it, from two days before the last day on until it is answered."""
    rows = queries.visible_to(actor).filter(queries.last_days(clock.now())).order_by("stop_on", "id")
    for row in rows:
        path = reverse("rights:case", args=[row.id])
        yield Matter(row.id, path, due=end_of(row.stop_on), since=row.filed_at)


def _stands(row: Case) -> Matter:
    return Matter(row.id, reverse("rights:case", args=[row.id]), since=row.paused_at)


def _paused_here(actor: Actor) -> Iterable[Matter]:
    seen = queries.visible_to(actor).exclude(handler_id=actor.id)
    return [_stands(row) for row in queries.paused_long(clock.now()).filter(id__in=seen.values("id"))]


def _paused(now: datetime) -> Found:
    """To whoever has it in hand, and to those who answer for it."""
    found = queries.paused_long(now)
    yield from ((row.handler_id, _stands(row)) for row in found if row.handler_id is not None)
    yield from asked_of(P.RIGHTS_CASE_DECIDE, _paused_here, pending=found.exists)(now)


def _handed_in(_now: datetime) -> Found:
    """To whoever has it in hand; each time anew."""
    for row in queries.handed_in():
        path, came = reverse("rights:case", args=[row.id]), row.came  # type: ignore[attr-defined] # annotated
        if row.handler_id is not None:
            yield row.handler_id, Matter(row.id, path, since=came, step=f"{came:%y%m%d%H%M%S}")


def _undeleted(actor: Actor) -> Iterable[Matter]:
    """To those who answer for it, while something is kept that was to be gone."""
    for row, day in queries.undeleted(actor, clock.now()):
        yield Matter(row.id, reverse("rights:case", args=[row.id]), due=end_of(day), since=row.filed_at)


def _scored_low() -> QuerySet[Case]:
    return Case.objects.filter(state=State.WATCHING, escalated=True, rated_at__gt=F("proposed_at")).order_by(
        "id"
    )


def _dissatisfied(actor: Actor) -> Iterable[Matter]:
    """To the supervisors: what was answered goes on waiting for its end, and is opened for nobody."""
    if Role.SUPERVISOR not in actor.roles:
        return
    for row in _scored_low():
        yield Matter(row.id, reverse("rights:case", args=[row.id]), since=row.rated_at)


def _kept(actor: Actor) -> Iterable[Matter]:
    """To those who answer for it, thirty days before a statutory period ends that keeps what somebody wanted gone."""
    for row, until in queries.kept_until(actor, clock.now()):
        path = reverse("rights:case", args=[row.id])
        yield Matter(row.id, path, due=end_of(until), since=row.filed_at)


def _any_kept() -> bool:
    soon = rules.local(clock.now()) + queries.KEPT_SOON
    return Deed.objects.filter(queries.KEPT, until__lte=soon).exists()


def _any_late() -> bool:
    today = rules.local(clock.now())
    return Case.objects.filter(queries.over("due_on", today)).exists()


def _item(row: Feedback) -> Matter:
    path = reverse("rights:feedback_item", args=[row.id])
    return Matter(row.id, path, due=end_of(row.due_on), since=row.filed_at)


def _feedback(_now: datetime) -> Found:
    """To whoever is to answer it, when it comes and as its day nears."""
    for row in Feedback.objects.filter(state=Answered.OPEN).order_by("id"):
        yield row.owner_id, _item(row)


def _late_feedback(actor: Actor) -> Iterable[Matter]:
    return [_item(row) for row in feedback.late(actor, clock.now())]


def _any_late_feedback() -> bool:
    return Feedback.objects.filter(state=Answered.OPEN, due_on__lt=rules.local(clock.now())).exists()


for _kind in (
    Kind(
        "rights.feedback",
        Group.APPROVAL,
        Text("有客户意见待您答复", "Feedback of a customer waits for your answer"),
        _feedback,
        permission=P.RIGHTS_CASE_HANDLE,
    ),
    Kind(
        "rights.feedback_late",
        Group.SECURITY,
        Text("有客户意见逾期未答复", "Feedback of a customer is over its day unanswered"),
        asked_of(P.RIGHTS_CASE_HANDLE, _late_feedback, pending=_any_late_feedback),
        mail=True,
        permission=P.RIGHTS_CASE_HANDLE,
    ),
    Kind(
        "rights.new",
        Group.APPROVAL,
        Text("有个人行权申请待受理", "A request of an individual waits to be taken on"),
        asked_of(
            P.RIGHTS_CASE_HANDLE,
            _of(queries.to_take),
            pending=lambda: Case.objects.filter(state__in=OPEN, handler__isnull=True).exists(),
        ),
        permission=P.RIGHTS_CASE_HANDLE,
    ),
    Kind(
        "rights.awaiting",
        Group.APPROVAL,
        Text("有个人行权的答复待您审批", "An answer to an individual's request waits for your approval"),
        asked_of(
            P.RIGHTS_CASE_DECIDE,
            _of(queries.awaiting),
            pending=lambda: Case.objects.filter(state=State.DECIDING).exists(),
        ),
        mail=True,
        permission=P.RIGHTS_CASE_DECIDE,
    ),
    Kind(
        "rights.due",
        Group.DUE,
        Text("您受理的个人行权申请即将到期", "A request of an individual that you deal with is due soon"),
        _due,
        first=False,
        mail=True,
        permission=P.RIGHTS_CASE_HANDLE,
        slow=True,
    ),
    Kind(
        "rights.kept",
        Group.DUE,
        Text(
            "应本人请求封存的信息，法定保存期限将满或已满",
            "A statutory period that keeps what a person wanted deleted ends soon or is over",
        ),
        asked_of(P.RIGHTS_CASE_DECIDE, _kept, pending=_any_kept),
        permission=P.RIGHTS_CASE_DECIDE,
    ),
    Kind(
        "rights.last_day",
        Group.SECURITY,
        Text(
            "有个人行权申请的最迟答复日将到或已过",
            "A request of an individual nears its last day, or is past it",
        ),
        asked_of(
            P.RIGHTS_CASE_DECIDE,
            _last,
            pending=lambda: Case.objects.filter(queries.last_days(clock.now())).exists(),
        ),
        mail=True,
        permission=P.RIGHTS_CASE_DECIDE,
    ),
    Kind(
        "rights.undeleted",
        Group.SECURITY,
        Text("有应删除的信息逾期未删除", "Information that was to be deleted is past its promised day"),
        asked_of(P.RIGHTS_CASE_DECIDE, _undeleted, pending=lambda: queries.any_undeleted(clock.now())),
        mail=True,
        permission=P.RIGHTS_CASE_DECIDE,
    ),
    Kind(
        "rights.paused",
        Group.DUE,
        Text("有个人行权申请暂停计时已久", "The clock of an individual's request has stood for long"),
        _paused,
        permission=P.RIGHTS_CASE_HANDLE,
        slow=True,
    ),
    Kind(
        "rights.handed_in",
        Group.APPROVAL,
        Text("申请人补交了身份证明，待您核对", "A copy of a proof was handed in and waits for your check"),
        _handed_in,
        permission=P.RIGHTS_CASE_HANDLE,
    ),
    Kind(
        "rights.dissatisfied",
        Group.APPROVAL,
        Text("等待删除的申请评价不满意，请监督", "A request that waits for its deletion was scored low"),
        asked_of(P.RIGHTS_CASE_HANDLE, _dissatisfied, pending=lambda: _scored_low().exists()),
        permission=P.RIGHTS_CASE_HANDLE,
    ),
    Kind(
        "rights.late",
        Group.SECURITY,
        Text("有个人行权申请逾期未答复", "A request of an individual is over its day"),
        asked_of(P.RIGHTS_CASE_HANDLE, _late, pending=_any_late),
        mail=True,
        permission=P.RIGHTS_CASE_HANDLE,
    ),
):
    register(_kind)
