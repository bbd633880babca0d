"""Somebody answers for each step; who does may leave only when a successor has been named."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.duties import queries, services
from shouxin.people.duties.models import Duty
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from tests.world import World


def appoint(world: World, who: str = "sales_head", holder: str = "clerk", **changed: object) -> Duty:
    given = {
        "department": world.departments["sales"].id,
        "step": "keep",
        "holder": world.people[holder].id,
        "deputy": None,
        "until": None,
        **changed,
    }
    return services.appoint(actor=world.actor(who), now=clock.now(), **given)  # type: ignore[arg-type]


def test_a_new_holder_takes_over_and_both_are_kept(world: World) -> None:
    appoint(world)
    appoint(world, holder="sales_head", deputy=world.people["clerk"].id)
    (now_held,) = queries.in_force()
    assert now_held.holder == world.people["sales_head"]
    assert now_held.deputy == world.people["clerk"]
    assert Duty.objects.count() == 2
    assert list(Entry.objects.values_list("event", flat=True)) == ["duty.appointed"] * 2


@pytest.mark.parametrize("holder", ["agent", "newcomer", "outsider"])
def test_only_somebody_at_work_there_can_hold_it(world: World, holder: str) -> None:
    with pytest.raises(PeopleError, match="not_eligible"):
        appoint(world, holder=holder)


def test_somebody_above_can_hold_it(world: World) -> None:
    assert appoint(world, holder="top_head").holder == world.people["top_head"]


def test_the_deputy_is_another_person(world: World) -> None:
    Staff.objects.filter(id=world.people["sales_head"].id).update(person=world.staff("clerk").person)
    with pytest.raises(PeopleError, match="deputy_same"):
        appoint(world, deputy=world.people["sales_head"].id)


def test_heads_appoint_in_their_departments_and_the_officer_everywhere(world: World) -> None:
    with pytest.raises(PeopleError, match="no_duty_there"):
        appoint(world, who="service_head")
    with pytest.raises(NotAllowed):
        appoint(world, who="security_admin")
    appoint(world, who="officer")


def test_the_database_knows_one_holder_a_step(world: World) -> None:
    duty = appoint(world)
    duty.pk = world.people["clerk"].id
    with pytest.raises(IntegrityError), transaction.atomic():
        duty.save(force_insert=True)


def test_an_account_is_not_closed_before_its_successor_is_named(world: World) -> None:
    appoint(world)
    leaver, admin = world.people["clerk"].id, world.actor("system_admin")
    with pytest.raises(PeopleError, match="duties_open") as refused:
        people.end_staff(actor=admin, staff_id=leaver)
    assert "销售部·保管" in refused.value.text.zh
    assert world.actor("clerk").roles  # nothing was ended by half
    services.succeed(
        actor=world.actor("sales_head"),
        staff_id=leaver,
        successor=world.people["sales_head"].id,
        now=clock.now(),
    )
    people.end_staff(actor=admin, staff_id=leaver)
    assert not world.staff("clerk").is_active


def test_a_duty_that_is_over_holds_nobody_back(world: World) -> None:
    duty = appoint(world, until=clock.now() + timedelta(hours=1))
    Duty.objects.filter(id=duty.id).update(
        since=clock.now() - timedelta(days=2), until=clock.now() - timedelta(days=1)
    )
    people.end_staff(actor=world.actor("system_admin"), staff_id=world.people["clerk"].id)


def test_only_the_officer_leaves_a_step_empty(world: World) -> None:
    duty = appoint(world)
    with pytest.raises(PeopleError, match="no_duty_there"):
        services.end(actor=world.actor("sales_head"), duty_id=duty.id, now=clock.now())
    services.end(actor=world.actor("officer"), duty_id=duty.id, now=clock.now())
    assert not queries.in_force().exists()


def test_screens_appoint_and_hand_over(world: World, client: Client) -> None:
    client = world.signed_in(client, "sales_head")
    address = f"/people/duties/of/{world.departments['sales'].id}/"
    assert client.get(address).status_code == 200
    holder = str(world.people["clerk"].id)
    client.post(address, {"step": "enter", "holder": holder})
    page = client.get("/people/duties/").content.decode()
    assert "王芳" in page
    assert "客服部" not in page.partition("<main")[2]
    client.post(f"/people/duties/from/{holder}/", {"successor": str(world.people["sales_head"].id)})
    assert queries.in_force().get().holder == world.people["sales_head"]
    foreign = f"/people/duties/of/{world.departments['service'].id}/"
    assert client.get(foreign).status_code == 404
