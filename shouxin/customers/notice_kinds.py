"""What the register has to tell staff: imports, hand-overs, promises, lists to refresh, plans and contracts that end.

No address here leads to one customer: what concerns a customer is told as a number and leads to a list.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.urls import reverse

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.customers.cleanup.models import CleanupRun
from shouxin.customers.collection import queries as collection
from shouxin.customers.collection.models import CollectionPlan, PlanState
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms.models import FormState, FormVersion
from shouxin.customers.duplicates.models import DuplicateRun
from shouxin.customers.handover import queries as handover
from shouxin.customers.handover.models import Handover, HandoverState
from shouxin.customers.intake import queries as intake
from shouxin.customers.intake.models import BatchState, ImportBatch, Standing
from shouxin.customers.promises.models import Promise
from shouxin.customers.promises.models import State as PromiseState
from shouxin.customers.quality import queries as quality
from shouxin.customers.registry.models import SupplyContract
from shouxin.kit import clock
from shouxin.people.leaving.queries import OPEN as LEAVING
from shouxin.people.models import Departure
from shouxin.people.notices import rules
from shouxin.people.notices.kinds import (
    Found,
    Group,
    Kind,
    Matter,
    asked_of,
    end_of,
    register,
    thing_of,
    to_decide,
    to_each,
)
from shouxin.people.preferences.rules import DEFAULT_ZONE

P = Permission
NEARLY_FULL = 90  # percent
AHEAD = timedelta(days=max(rules.REMINDERS) + 1)


def _batch(row: Any) -> str:
    return reverse("customers:import_batch", args=[row.id])


def _plan(row: Any) -> str:
    return reverse("customers:plan", args=[row.id])


def _form(row: Any) -> str:
    return reverse("customers:form_version", args=[row.id])


def _each(
    waiting: Callable[[Actor], Iterable[Any]], path: Callable[[Any], str]
) -> Callable[[Actor], Iterable[Matter]]:
    return lambda actor: (to_decide(row.id, path(row), row, name=_name(row)) for row in waiting(actor))


def _name(row: Any) -> Text | None:
    """Of a plan or a form what it is called; an import is called after a file, which may name anybody."""
    if isinstance(row, FormVersion):
        return Text(row.title_zh, row.title_en or row.title_zh)
    return Text(row.title, row.title) if isinstance(row, CollectionPlan) else None


register(
    Kind(
        "imports.awaiting",
        Group.APPROVAL,
        Text("有导入批次待您确认", "An import waits for your confirmation"),
        asked_of(
            P.CUSTOMERS_BATCH_READ,
            _each(intake.waiting, _batch),
            pending=lambda: ImportBatch.objects.filter(
                standing__in=[Standing.QUARANTINED, Standing.UNCONFIRMED]
            ).exists(),
        ),
        permission=P.CUSTOMERS_BATCH_READ,
        mail=True,
    )
)
register(
    Kind(
        "plans.awaiting",
        Group.APPROVAL,
        Text("有收集计划待您审批", "A collection plan waits for your approval"),
        asked_of(
            P.CUSTOMERS_PLAN_APPROVE,
            _each(collection.waiting, _plan),
            pending=lambda: CollectionPlan.objects.filter(state=PlanState.SUBMITTED).exists(),
        ),
        permission=P.CUSTOMERS_PLAN_APPROVE,
        mail=True,
    )
)


register(
    Kind(
        "forms.awaiting",
        Group.APPROVAL,
        Text("有收集表单待您审批", "A collection form waits for your approval"),
        asked_of(
            P.CUSTOMERS_FORM_PUBLISH,
            _each(forms.waiting, _form),
            pending=lambda: FormVersion.objects.filter(state=FormState.SUBMITTED).exists(),
        ),
        permission=P.CUSTOMERS_FORM_PUBLISH,
        mail=True,
    )
)


def _to_hand_over(actor: Actor) -> Iterable[Matter]:
    """One for each person who leaves customers behind; until the last day of whoever is announced to leave."""
    leaving = {row.staff_id: row for row in Departure.objects.filter(LEAVING)}
    for leaver in handover.how_far(actor, list(handover.leaving_staff(actor, waiting=True))):
        path, last = reverse("customers:handover_of", args=[leaver.staff.id]), leaving.get(leaver.staff.id)
        yield Matter(
            thing_of("handover", leaver.staff.id),
            path,
            due=end_of(last.last_day) if last else None,
            since=last.announced_at if last else None,
            count=leaver.waiting,
        )


register(
    Kind(
        "handover.waiting",
        Group.APPROVAL,
        Text("有离岗人员的客户待您安排交接", "Customers of somebody who leaves wait to be handed over"),
        asked_of(
            P.CUSTOMERS_HANDOVER_PROPOSE,
            _to_hand_over,
            pending=lambda: (
                Handover.objects.filter(state=HandoverState.WAITING).exists()
                or Departure.objects.filter(LEAVING).exists()
            ),
        ),
        permission=P.CUSTOMERS_HANDOVER_PROPOSE,
        slow=True,
        mail=True,
    )
)


def _offered(_now: datetime) -> Found:
    """What is offered to a successor, together; what is offered later tells anew, once a day."""
    rows = (
        Handover.objects.filter(
            state=HandoverState.PROPOSED, customer__absorbed_by__isnull=True, successor__isnull=False
        )
        .values("successor_id")
        .annotate(count=Count("id"), latest=Max("proposed_at"), first=Min("proposed_at"))
        .order_by()
    )
    path = reverse("customers:handover_incoming")
    for row in rows:
        day = rules.local(row["latest"], DEFAULT_ZONE).date().isoformat() if row["latest"] else rules.NEW
        matter = to_decide(thing_of("offered"), path, row["first"], count=row["count"])
        yield row["successor_id"], replace(matter, step=day)


register(
    Kind(
        "handover.offered",
        Group.APPROVAL,
        Text("有客户待您接收", "Customers wait for you to take them over"),
        _offered,
        mail=True,
    )
)


def _promises(now: datetime) -> Found:
    """What one person has promised for one day, together; what is late, together."""
    today = clock.today(now)
    rows = (
        Promise.objects.filter(state=PromiseState.OPEN, due_on__lte=today + AHEAD)
        .values("owner_id", "due_on")
        .annotate(count=Count("id"), since=Min("made_at"))
        .order_by("owner_id", "due_on")
    )
    late: dict[Any, Matter] = {}
    path = reverse("customers:promises")
    for row in rows:
        owner, day, count = row["owner_id"], row["due_on"], row["count"]
        if day >= today:
            yield (
                owner,
                Matter(
                    thing_of("promises", day), f"{path}?show=open", end_of(day), row["since"], count=count
                ),
            )
        elif owner in late:
            late[owner] = Matter(
                late[owner].thing, late[owner].path, late[owner].due, count=late[owner].count + count
            )
        else:
            late[owner] = Matter(thing_of("promises", "late"), f"{path}?show=today", end_of(day), count=count)
    yield from late.items()


register(
    Kind(
        "promises.due",
        Group.DUE,
        Text("需求与承诺到期", "Needs and promises are due"),
        _promises,
        first=False,
        slow=True,
    )
)


def _refresh(actor: Actor) -> Iterable[Matter]:
    """Once a week while one's list is not empty."""
    count = quality.due_count(actor)
    if count:
        year, week, _day = clock.today().isocalendar()
        path = f"{reverse('customers:refresh')}?whose=mine"
        yield Matter(thing_of("refresh"), path, count=count, step=f"{year}-W{week:02d}")


register(
    Kind(
        "quality.refresh",
        Group.DUE,
        Text("客户信息待更新", "Customer information is to be refreshed"),
        asked_of(P.CUSTOMERS_PROFILE_EDIT, _refresh, pending=lambda: True),
        permission=P.CUSTOMERS_PROFILE_EDIT,
        slow=True,
    )
)


def _refresh_below(actor: Actor) -> Iterable[Matter]:
    """Once a week, to a head, while somebody in their departments has a list that is not empty."""
    count = quality.due_of_departments(actor).number if Role.HEAD in actor.roles else 0
    if count:
        year, week, _day = clock.today().isocalendar()
        path = f"{reverse('customers:refresh')}?whose=department"
        yield Matter(thing_of("refresh below"), path, count=count, step=f"{year}-W{week:02d}")


register(
    Kind(
        "quality.refresh_below",
        Group.DUE,
        Text(
            "本部门有客户信息到期未更新", "Customer information of your departments is due and not refreshed"
        ),
        asked_of(P.CUSTOMERS_PROFILE_EDIT, _refresh_below, pending=lambda: True),
        permission=P.CUSTOMERS_PROFILE_EDIT,
        slow=True,
    )
)


def _ending_plans(now: datetime) -> Found:
    """To whoever drafted and whoever approved it."""
    today = clock.today(now)
    rows = CollectionPlan.objects.filter(
        state=PlanState.RUNNING, ends_on__gte=today, ends_on__lte=today + AHEAD
    )
    return to_each(
        (who, Matter(row.id, _plan(row), due=end_of(row.ends_on), since=row.approved_at, name=_name(row)))
        for row in rows
        for who in {row.drafted_by, row.approved_by}
    )


def _ending_contracts(now: datetime) -> Found:
    """To whoever entered it, until what came under it is taken out."""
    today = clock.today(now)
    rows = SupplyContract.objects.filter(
        ended_at__isnull=True, removal_at__isnull=True, ends_on__lte=today + AHEAD
    )
    return (
        (
            row.made_by_id,
            Matter(
                row.id, reverse("customers:supply", args=[row.id]), due=end_of(row.ends_on), since=row.made_at
            ),
        )
        for row in rows
    )


for _key, _title, _find in (
    ("plans.ending", Text("收集计划即将结束", "A collection plan ends soon"), _ending_plans),
    ("supplies.ending", Text("数据供应合同即将到期", "A supply contract ends soon"), _ending_contracts),
):
    register(Kind(_key, Group.DUE, _title, _find, first=False, slow=True))


def _filling(_now: datetime) -> Found:
    """A plan stops by itself when so many people were collected: to whoever drafted and whoever approved it."""
    rows = CollectionPlan.objects.filter(
        state=PlanState.RUNNING, people__lt=F("maximum"), people__gte=F("maximum") * NEARLY_FULL / 100
    )
    return to_each(
        (who, Matter(row.id, _plan(row), name=_name(row)))
        for row in rows
        for who in {row.drafted_by, row.approved_by}
    )


register(
    Kind(
        "plans.filling",
        Group.DUE,
        Text(
            "收集计划快到人数上限，到了自动停止",
            "A collection plan has nearly as many people as it may; then it stops",
        ),
        _filling,
        slow=True,
    )
)


def _imports(state: BatchState) -> Callable[[datetime], Found]:
    def find(_now: datetime) -> Found:
        rows = ImportBatch.objects.filter(state=state).only("id", "operator_id")
        return ((row.operator_id, Matter(row.id, _batch(row))) for row in rows)

    return find


def _imported(now: datetime) -> Found:
    rows = ImportBatch.objects.filter(state=BatchState.DONE, finished_at__gte=now - rules.HAPPENED)
    return ((row.operator_id, Matter(row.id, _batch(row))) for row in rows.only("id", "operator_id"))


def _plans_decided(now: datetime) -> Found:
    """Approved, returned with a reason, or stopped; to whoever drafted it."""
    since = now - rules.HAPPENED
    found = Q(state=PlanState.RUNNING, approved_at__gte=since) | Q(
        state=PlanState.STOPPED, stopped_at__gte=since
    )
    rows = CollectionPlan.objects.filter(found).exclude(stopped_by=F("drafted_by"))
    return to_each(
        (row.drafted_by, Matter(row.id, _plan(row), step=str(row.state), name=_name(row))) for row in rows
    )


def _plans_returned(_now: datetime) -> Found:
    rows = CollectionPlan.objects.filter(state=PlanState.DRAFT).exclude(reason="")
    return to_each((row.drafted_by, Matter(row.id, _plan(row), name=_name(row))) for row in rows)


def _forms_decided(now: datetime) -> Found:
    """Published, or taken out of use; to whoever drafted it."""
    since = now - rules.HAPPENED
    found = Q(state=FormState.PUBLISHED, published_at__gte=since) & ~Q(published_by=F("drafted_by"))
    found |= Q(state=FormState.WITHDRAWN, withdrawn_at__gte=since) & ~Q(withdrawn_by=F("drafted_by"))
    rows = FormVersion.objects.filter(found)
    return to_each(
        (row.drafted_by, Matter(row.id, _form(row), step=str(row.state), name=_name(row))) for row in rows
    )


def _forms_returned(_now: datetime) -> Found:
    rows = FormVersion.objects.filter(state=FormState.DRAFT).exclude(reason="")
    return to_each((row.drafted_by, Matter(row.id, _form(row), name=_name(row))) for row in rows)


def _runs(now: datetime) -> Found:
    """Long work that somebody asked for and did not wait for."""
    since = now - rules.HAPPENED
    searched = DuplicateRun.objects.filter(asked_by__isnull=False, finished_at__gte=since)
    for key, staff in searched.values_list("id", "asked_by_id"):
        if staff is not None:
            yield staff, Matter(key, reverse("customers:duplicates"))
    looked = CleanupRun.objects.filter(asked_by__isnull=False, finished_at__gte=since)
    for key, staff in looked.values_list("id", "asked_by_id"):
        if staff is not None:
            yield staff, Matter(key, reverse("customers:cleanup"))


for _key, _title, _result, _standing in (
    (
        "imports.checked",
        Text("导入检查完成，请确认后开始", "An import was checked; confirm to begin"),
        _imports(BatchState.CHECKED),
        True,
    ),
    (
        "imports.failed",
        Text("导入已中止，请处理", "An import stopped; see to it"),
        _imports(BatchState.FAILED),
        True,
    ),
    ("imports.done", Text("导入完成", "An import is done"), _imported, False),
    (
        "plans.decided",
        Text("您的收集计划已批准或已停止", "Your collection plan was approved or has stopped"),
        _plans_decided,
        False,
    ),
    (
        "plans.returned",
        Text("您的收集计划被退回修改", "Your collection plan was sent back"),
        _plans_returned,
        True,
    ),
    (
        "forms.decided",
        Text("您的收集表单已发布或已停用", "Your collection form was published or taken out of use"),
        _forms_decided,
        False,
    ),
    (
        "forms.returned",
        Text("您的收集表单被退回修改", "Your collection form was sent back"),
        _forms_returned,
        True,
    ),
    (
        "runs.done",
        Text("您发起的查重或清理已完成", "The search or clean-up that you asked for is done"),
        _runs,
        False,
    ),
):
    register(Kind(_key, Group.RESULT, _title, _result, standing=_standing))
