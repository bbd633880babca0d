"""Feedback with and without an account: numbered, owned, answered by its day or said to those above."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.people.leaving.ties import Cause, Going
from shouxin.people.notices.kinds import kinds
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Case, Kind
from shouxin.rights.cases.outside import PUBLIC
from shouxin.rights.cases.tests.cast import filed
from shouxin.rights.feedback import queries, rules, services, ties
from shouxin.rights.feedback.errors import FeedbackProblem
from shouxin.rights.feedback.keeping import Said
from shouxin.rights.feedback.models import Category, Feedback
from tests.register import Register

pytestmark = pytest.mark.django_db
SAID = Said("取号机旁边能听见柜台念号码", "13812345678")


def test_every_item_has_a_kind_an_owner_and_a_day(register: Register) -> None:
    world, now = register.world, clock.now()
    li = services.file(
        actor=customer_actor(register["li"]), category=Category.SERVICE, said=SAID, now=now
    ).item
    assert (li.owner, li.department, li.customer_id) == (
        world.people["clerk"],
        world.departments["sales"],
        register["li"],
    )
    assert li.due_on == rules.due(rules_day(now), 10)
    private = services.file(actor=PUBLIC, category=Category.PRIVACY, said=SAID, now=now)
    assert (private.item.owner, private.item.customer_id) == (world.people["officer"], None)
    other = services.file(actor=PUBLIC, category=Category.OTHER, said=SAID, now=now).item
    assert other.owner == world.people["top_head"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(f::text, '|') FROM rights_feedback f")
        raw = str(cursor.fetchone()[0])
    for secret in (SAID.text, SAID.contact, private.code):
        assert secret not in raw
        assert secret.encode().hex() not in raw
    assert queries.by_code(private.item.number, private.code.lower()) == private.item
    assert queries.by_code(private.item.number, "2222-2222-2222") is None
    seen = {who for who in world.people if who != "outsider" if li in queries.visible_to(world.actor(who))}
    assert seen == {"clerk", "sales_head", "top_head", "officer"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.filter(id=li.id).update(state="answered")
    with pytest.raises(FeedbackProblem, match="length"):
        services.file(actor=PUBLIC, category=Category.OTHER, said=Said(" "), now=now)


def rules_day(now: Any) -> Any:
    from shouxin.rights.cases.rules import local

    return local(now)


@pytest.mark.clause("A17.1")
def test_what_is_over_its_day_is_said_to_those_above_once(register: Register) -> None:
    world, now = register.world, clock.now()
    row = services.file(
        actor=customer_actor(register["li"]), category=Category.SERVICE, said=SAID, now=now
    ).item
    assert services.escalate(now=now) == 0
    assert (world.people["clerk"].id, row.id) in {
        (who, matter.thing) for who, matter in kinds["rights.feedback"].find(now)
    }
    assert not queries.late(world.actor("sales_head"), now).exists()
    Feedback.objects.update(due_on=row.due_on - timedelta(days=60))
    assert services.escalate(now=now) == 1
    assert services.escalate(now=now) == 0
    assert [line.event for line in of_events(["feedback.escalated"], limit=5)] == ["feedback.escalated"]
    told = {who for who, _matter in kinds["rights.feedback_late"].find(now)}
    assert {world.people[who].id for who in ("sales_head", "top_head", "officer")} <= told
    assert world.people["clerk"].id not in told
    assert row in queries.visible_to(world.actor("supervisor"))
    services.answer(actor=world.actor("clerk"), item=row.id, text="已加装隔板", now=now)
    assert not list(kinds["rights.feedback_late"].find(now))


@pytest.mark.clause("A17.1")
def test_what_the_officer_is_late_with_the_supervisors_are_told(register: Register) -> None:
    """Of feedback nobody else in the officer's department answers for, and of a complaint the officer has in hand."""
    world, now = register.world, clock.now()
    row = services.file(actor=PUBLIC, category=Category.PRIVACY, said=SAID, now=now).item
    asked = filed(register, Kind.COMPLAINT).case
    cases.take(actor=world.actor("officer"), case=asked.id, now=now)
    assert row.owner == world.people["officer"]
    supervisor = world.people["supervisor"].id
    assert supervisor not in told_of_late(now)
    Feedback.objects.update(due_on=row.due_on - timedelta(days=60))
    Case.objects.update(due_on=rules_day(now) - timedelta(days=1))
    services.escalate(now=now)
    assert {row.id, asked.id} == told_of_late(now)[supervisor]
    page = world.signed_in(Client(), "supervisor").get(f"/rights/feedback/{row.id}/").content.decode()
    assert SAID.text in page
    assert world.people["clerk"].id not in told_of_late(now)


def told_of_late(now: datetime) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for kind in ("rights.feedback_late", "rights.late"):
        for who, matter in kinds[kind].find(now):
            found.setdefault(who, set()).add(matter.thing)
    return found


def test_it_goes_to_somebody_else_and_stays_answered(register: Register) -> None:
    world, now = register.world, clock.now()
    row = services.file(
        actor=customer_actor(register["li"]), category=Category.SERVICE, said=SAID, now=now
    ).item
    going = Going(world.people["clerk"].id, world.departments["sales"].id, Cause.LEFT, now)
    assert "1" in ties.foresee(going)[0].zh
    assert ties.cut(world.actor("system_admin"), going) == {"feedback": 1}
    row.refresh_from_db()
    assert row.owner == world.people["sales_head"]
    with pytest.raises(FeedbackProblem, match="unknown"):
        services.answer(actor=world.actor("agent"), item=row.id, text="好", now=now)
    with pytest.raises(FeedbackProblem, match="unsuited"):
        services.assign(
            actor=world.actor("sales_head"),
            item=row.id,
            category=Category.OTHER,
            owner=world.people["system_admin"].id,
        )
    client = world.signed_in(Client(), "sales_head")
    page = client.get(f"/rights/feedback/{row.id}/").content.decode()
    assert SAID.text in page
    assert row.number in client.get("/rights/feedback/?show=mine").content.decode()
    moved = client.post(
        f"/rights/feedback/{row.id}/assign/", {"category": "channel", "owner": str(world.people["agent"].id)}
    )
    assert re.search("/rights/feedback/$", moved.url)  # type: ignore[attr-defined]
    agent = world.signed_in(Client(), "agent")
    assert agent.post(f"/rights/feedback/{row.id}/answer/", {"text": " "}).status_code == 422
    agent.post(f"/rights/feedback/{row.id}/answer/", {"text": "已加装隔板"})
    assert "已加装隔板" in agent.get(f"/rights/feedback/{row.id}/").content.decode()
    assert agent.post(f"/rights/feedback/{row.id}/answer/", {"text": "改"}).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.update(owner=world.people["clerk"])
