"""Somebody answers for each step; who does may leave only when a successor has been named."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.journal.queries import of_events
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
    assert not world.staff("clerk").is_active


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


def move(world: World, who: str = "clerk", to: str = "service") -> None:
    people.move_staff(
        actor=world.actor("system_admin"),
        staff_id=world.people[who].id,
        department=world.departments[to].id,
    )


def test_a_mover_answers_for_nothing_in_the_old_department(world: World) -> None:
    """The move is not held up, for rights end the same day; what nobody took over is a finding until somebody does."""
    appoint(world)
    appoint(world, step="enter", holder="sales_head", deputy=world.people["clerk"].id)
    move(world)
    kept = queries.in_force().get()
    assert (kept.step, kept.holder, kept.deputy) == ("enter", world.people["sales_head"], None)
    (empty,) = queries.vacant()
    assert (empty.step, empty.holder, empty.ended_by) == (
        "keep",
        world.people["clerk"],
        world.people["system_admin"],
    )
    assert (
        queries.vacant_for(world.actor("sales_head")) == queries.vacant_for(world.actor("officer")) == [empty]
    )
    assert queries.vacant_for(world.actor("service_head")) == []
    told = [line.sentence("zh") for line in of_events(["duty.vacated", "duty.deputy_gone"])]
    assert any("王芳 调离，销售部 的“保管”尚无人接任" in sentence for sentence in told)
    assert any("“录入”不再有代理人" in sentence for sentence in told)
    appoint(world, holder="sales_head")
    assert queries.vacant() == []


def test_what_was_handed_over_before_the_move_is_no_finding(world: World) -> None:
    appoint(world)
    services.succeed(
        actor=world.actor("sales_head"),
        staff_id=world.people["clerk"].id,
        successor=world.people["sales_head"].id,
        now=clock.now(),
    )
    move(world)
    assert queries.vacant() == []
    assert queries.in_force().get().holder == world.people["sales_head"]


def test_the_page_of_a_mover_shows_the_duties_before_and_the_workbench_after(
    world: World, client: Client
) -> None:
    appoint(world)
    page = f"/people/staff/{world.people['clerk'].id}/"
    assert (
        "职责结束，尚无人接任：销售部·保管"
        in world.signed_in(client, "system_admin").get(page).content.decode()
    )
    head = world.signed_in(Client(), "sales_head")
    assert f"/people/duties/from/{world.people['clerk'].id}/" in head.get(page).content.decode()
    assert "调离后无人接任的职责" not in head.get("/").content.decode()
    move(world)
    assert "调离后无人接任的职责" in head.get("/").content.decode()
    listed = head.get("/people/duties/?state=vacant").content.decode()
    assert "原由 王芳 负责，已调离" in listed
    assert "?step=keep" in listed
    other = world.signed_in(Client(), "service_head").get("/").content.decode()
    assert "调离后无人接任的职责" not in other
