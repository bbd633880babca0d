"""A plan is approved by another person, counts exactly, marks who is outside its group, and stops by itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from shouxin.customers.collection import jobs, plans, services
from shouxin.customers.collection.models import CollectionPlan, PlanState, StopCause, Submission
from shouxin.customers.collection.plans import PlanProblem
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.tests.cast import (
    drafted_plan,
    filled,
    plan_words,
    running_plan,
    send,
    today,
)
from shouxin.customers.collection_forms import services as forms
from shouxin.customers.collection_forms.tests.cast import PERSON, drafted, published
from shouxin.customers.registry.models import Customer
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from tests.world import World

pytestmark = pytest.mark.usefixtures("ruled")
SEGMENTED = (*PERSON, ("segment", "optional", False))


def state(plan: CollectionPlan) -> tuple[str, str, int, int, int]:
    row = CollectionPlan.objects.get(id=plan.id)
    return row.state, row.stop_cause, row.people, row.outsiders, row.answers


def refused(world: World, row: Any, plan: CollectionPlan, name: str = "史湘云", **said: Any) -> str:
    before = Customer.objects.count()
    with pytest.raises(SubmissionProblem) as caught:
        send(world, row, {"person_name": name}, plan=plan.id, **said)
    assert Customer.objects.count() == before
    return caught.value.code


@pytest.mark.clause("B6.1.1")
def test_a_plan_stops_by_itself_at_its_maximum(world: World) -> None:
    row = published(world)
    plan = running_plan(world, row, maximum=2)
    for name in ("林黛玉", "薛宝钗"):
        send(world, row, {"person_name": name}, plan=plan.id)
    assert state(plan) == (PlanState.STOPPED, StopCause.MAXIMUM, 2, 0, 2)
    assert refused(world, row, plan) == "plan.full"
    told = of_events(["plan.stopped"])
    assert [(line.data["stop_cause"], line.data["people"]) for line in told] == [("maximum", 2)]


@pytest.mark.clause("B6.1.1")
def test_a_plan_stops_by_itself_after_its_last_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = published(world)
    plan = running_plan(world, row, ends_on=today())
    later = clock.now() + timedelta(days=1)
    with pytest.raises(SubmissionProblem) as caught:
        services.submit(
            actor=world.actor("clerk"),
            filled=filled(world, row, {"person_name": "史湘云"}, plan=plan.id),
            now=later,
        )
    assert caught.value.code == "plan.not-running"
    assert state(plan)[:2] == (PlanState.STOPPED, StopCause.END)
    other = running_plan(world, row, ends_on=today())
    jobs.sweep(0)
    assert state(other)[0] == PlanState.RUNNING
    monkeypatch.setattr(clock, "now", lambda: later)
    jobs.sweep(0)
    assert state(other)[:2] == (PlanState.STOPPED, StopCause.END)
    assert len(of_events(["plan.stopped"])) == 2


def test_before_its_first_day_nothing_is_collected(world: World) -> None:
    row = published(world)
    plan = running_plan(world, row, starts_on=today() + timedelta(days=1))
    assert refused(world, row, plan) == "plan.not-begun"


@pytest.mark.clause("B6.1.1")
def test_people_outside_the_group_are_marked_or_not_taken(world: World) -> None:
    row = published(world, SEGMENTED)
    said = {"group_segments": ("消费者",), "group_provinces": ("北京市",), "maximum": 9}
    plan = running_plan(world, row, **said)
    values = {"person_name": "林黛玉", "segment": "消费者"}
    fits = send(world, row, values, plan=plan.id, province="北京市")
    elsewhere = send(world, row, values, plan=plan.id, province="上海市")
    unknown = send(world, row, {"person_name": "贾宝玉"}, plan=plan.id, province="北京市")
    assert [done.inside for done in (fits, elsewhere, unknown)] == [True, False, False]
    assert state(plan)[2:] == (3, 2, 3)
    assert Submission.objects.filter(inside=False).count() == 2
    strict = running_plan(world, row, outside="refuse", **said)
    assert refused(world, row, strict, province="上海市") == "plan.outside"
    assert state(strict)[2:] == (0, 0, 0)


def test_one_person_answering_twice_takes_one_place(world: World) -> None:
    row = published(world)
    plan = running_plan(world, row, maximum=2)
    first = send(world, row, {"person_name": "林黛玉"}, plan=plan.id)
    send(world, row, {"person_name": "林黛玉"}, plan=plan.id, customer=first.customer)
    assert state(plan) == (PlanState.RUNNING, "", 1, 0, 2)


def test_another_person_approves_and_what_was_approved_stands(world: World) -> None:
    row = published(world)
    plan = drafted_plan(world, row)
    head, officer, now = world.actor("sales_head"), world.actor("officer"), clock.now()
    assert refused(world, row, plan) == "plan.unknown"
    plans.submit(actor=head, plan=plan.id, now=now)
    with pytest.raises(PlanProblem, match=r"plan\.needs-two"):
        plans.approve(actor=head, plan=plan.id, seen=plans.digest_of(plan), now=now)
    with pytest.raises(PlanProblem, match=r"plan\.changed-meanwhile"):
        plans.approve(actor=officer, plan=plan.id, seen="0" * 64, now=now)
    plans.send_back(actor=officer, plan=plan.id, reason="人数太多")
    plans.edit(actor=head, plan=plan.id, words=plan_words(row, maximum=1), now=now)
    plans.submit(actor=head, plan=plan.id, now=now)
    row_now = CollectionPlan.objects.get(id=plan.id)
    plans.approve(actor=officer, plan=plan.id, seen=plans.digest_of(row_now), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CollectionPlan.objects.filter(id=plan.id).update(maximum=1000)
    with pytest.raises(PlanProblem, match=r"plan\.wrong-state"):
        plans.edit(actor=head, plan=plan.id, words=plan_words(row), now=now)


def test_a_plan_is_stopped_by_hand_with_a_reason(world: World) -> None:
    row = published(world)
    plan = running_plan(world, row)
    with pytest.raises(PlanProblem, match=r"reason\.missing"):
        plans.stop(actor=world.actor("officer"), plan=plan.id, reason=" ", now=clock.now())
    plans.stop(actor=world.actor("officer"), plan=plan.id, reason="活动取消", now=clock.now())
    assert state(plan)[:2] == (PlanState.STOPPED, StopCause.HAND)
    assert refused(world, row, plan) == "plan.not-running"


def test_a_plan_needs_published_forms_and_stops_without_them(world: World) -> None:
    unpublished = drafted(world)
    plan = drafted_plan(world, unpublished)
    with pytest.raises(PlanProblem, match=r"plan\.form-unpublished"):
        plans.submit(actor=world.actor("sales_head"), plan=plan.id, now=clock.now())
    row = published(world)
    running = running_plan(world, row)
    other = published(world)
    assert refused(world, other, running) == "plan.other-form"
    forms.withdraw(actor=world.actor("officer"), version=row.id, reason="不再需要", now=clock.now())
    assert state(running)[:2] == (PlanState.STOPPED, StopCause.NO_FORM)


@pytest.mark.clause("B6.1.1")
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_for_the_last_places_take_exactly_these(world: World) -> None:
    row = published(world)
    plan = running_plan(world, row, maximum=3)
    actor, now = world.actor("clerk"), clock.now()
    sent = [filled(world, row, {"person_name": f"客户{n:02}"}, plan=plan.id) for n in range(20)]

    def one(given: services.Filled) -> str:
        try:
            services.submit(actor=actor, filled=given, now=now)
        except SubmissionProblem as problem:
            return problem.code
        finally:
            connections.close_all()
        return "stored"

    with ThreadPoolExecutor(max_workers=8) as pool:
        outcomes = list(pool.map(one, sent))
    assert sorted(outcomes) == ["plan.full"] * 17 + ["stored"] * 3
    assert state(plan) == (PlanState.STOPPED, StopCause.MAXIMUM, 3, 0, 3)
    assert Customer.objects.count() == Submission.objects.count() == 3
    assert len(of_events(["plan.stopped"])) == 1
