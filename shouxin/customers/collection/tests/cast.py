"""Filled forms and plans for tests, as the counter and the head of sales make them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shouxin.customers.collection import plans, rules, services
from shouxin.customers.collection.models import CollectionPlan
from shouxin.customers.collection.services import Done, Filled
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock, ids
from tests.world import World


def notice_of(row: FormVersion) -> UUID:
    """The notice in force for the form's purpose."""
    rule = rulebooks["rulebook"].purpose(row.purpose)
    assert rule is not None
    assert rule.notice_version_id is not None
    return rule.notice_version_id


def filled(world: World, row: FormVersion, values: Mapping[str, str], **said: Any) -> Filled:
    """A form as the counter of 销售部 sends it."""
    given: dict[str, Any] = {
        "id": ids.new(),
        "form": row.form_id,
        "kind": "person",
        "values": values,
        "notice_version": notice_of(row),
        "department": world.departments["sales"].id,
        **said,
    }
    return Filled(**given)


def send(
    world: World, row: FormVersion, values: Mapping[str, str], *, by: str = "clerk", **said: Any
) -> Done:
    """Fill a form and send it."""
    return services.submit(actor=world.actor(by), filled=filled(world, row, values, **said), now=clock.now())


def today() -> date:
    return rules.day_of(clock.now())


def plan_words(row: FormVersion, **said: Any) -> plans.Words:
    given: dict[str, Any] = {
        "title": "秋季到店登记",
        "goal": "登记到店的新客户，以便联系送货",
        "group_text": "到店咨询的个人客户",
        "forms": (row.form_id,),
        "starts_on": today(),
        "ends_on": today() + timedelta(days=30),
        "maximum": 3,
        **said,
    }
    return plans.Words(**given)


def drafted_plan(world: World, row: FormVersion, **said: Any) -> CollectionPlan:
    return plans.draft(actor=world.actor("sales_head"), words=plan_words(row, **said), now=clock.now())


def running_plan(world: World, row: FormVersion, **said: Any) -> CollectionPlan:
    """Drafted by the head of sales, approved by the officer."""
    plan = drafted_plan(world, row, **said)
    plans.submit(actor=world.actor("sales_head"), plan=plan.id, now=clock.now())
    plans.approve(actor=world.actor("officer"), plan=plan.id, seen=plans.digest_of(plan), now=clock.now())
    return CollectionPlan.objects.get(id=plan.id)
