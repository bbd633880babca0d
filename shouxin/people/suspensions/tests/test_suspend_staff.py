"""Somebody can be suspended at once, with every log-in, and be given back what still stands."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import Permission, Role
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.problems import PeopleError
from shouxin.people.suspensions import services
from shouxin.people.suspensions.models import Suspension
from tests.world import World


def suspend(world: World, who: str = "clerk", by: str = "sales_head") -> list[Suspension]:
    return services.suspend(
        actor=world.actor(by),
        staff_id=world.people[who].id,
        cause=Suspension.Cause.CONCERN,
        now=clock.now(),
    )


def test_sessions_end_and_rights_rest_until_given_back(world: World, client: Client) -> None:
    client = world.signed_in(client, "clerk")
    assert client.get("/").status_code == 200
    suspend(world)
    assert client.get("/").status_code == 302
    assert world.actor("clerk").permissions == frozenset()
    services.resume(actor=world.actor("system_admin"), staff_id=world.people["clerk"].id, now=clock.now())
    assert world.actor("clerk").may(Permission.CUSTOMERS_PROFILE_READ)
    assert client.get("/").status_code == 302  # the old session does not come back
    assert list(Entry.objects.values_list("event", flat=True).order_by("id"))[:2] == [
        "staff.suspended",
        "staff.resumed",
    ]


def test_every_log_in_of_the_person_rests(world: World) -> None:
    other = world.people["agent"].id
    Staff.objects.filter(id=other).update(person=world.staff("clerk").person)
    assert len(suspend(world)) == 2
    assert world.actor("agent").roles == frozenset()


def test_what_was_taken_meanwhile_does_not_come_back(world: World) -> None:
    suspend(world)
    role = RoleAssignment.objects.get(staff=world.people["clerk"], ended_at=None)
    people.end_role(actor=world.actor("security_admin"), assignment_id=role.id)
    services.resume(actor=world.actor("officer"), staff_id=world.people["clerk"].id, now=clock.now())
    assert world.actor("clerk").roles == frozenset()


def test_no_role_works_again_by_being_confirmed(world: World) -> None:
    granted = people.grant_role(
        actor=world.actor("security_admin"), staff_id=world.people["clerk"].id, role=Role.SUPERVISOR
    )
    suspend(world)
    with pytest.raises(PeopleError, match="suspended"):
        people.confirm_role(actor=world.actor("sales_head"), assignment_id=granted.id)


def test_the_database_lets_no_suspended_log_in_have_roles(world: World) -> None:
    suspend(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Staff.objects.filter(id=world.people["clerk"].id).update(roles=["clerk"])


@pytest.mark.parametrize("by", ["service_head", "clerk"])
def test_others_do_not_suspend(world: World, by: str) -> None:
    with pytest.raises(PeopleError, match="not_yours_to_suspend"):
        suspend(world, by=by)


def test_nobody_resumes_themselves_under_another_log_in(world: World) -> None:
    suspend(world)
    Staff.objects.filter(id=world.people["sales_head"].id).update(person=world.staff("clerk").person)
    with pytest.raises(PeopleError, match="not_yours_to_suspend"):
        services.resume(actor=world.actor("sales_head"), staff_id=world.people["clerk"].id, now=clock.now())


def test_the_last_administrator_is_not_suspended(world: World) -> None:
    with pytest.raises(PeopleError, match="last_of_its_kind"):
        suspend(world, who="security_admin", by="officer")


def test_the_page_suspends_and_resumes(world: World, client: Client) -> None:
    client = world.signed_in(client, "sales_head")
    page = f"/people/staff/{world.people['clerk'].id}/"
    assert "suspend/" in client.get(page).content.decode()
    assert client.post(f"{page}suspend/", {"cause": "concern"}).status_code == 302
    assert "已暂停" in client.get(page).content.decode()
    assert "疑似违规或账号被盗" in client.get(f"{page}suspend/").content.decode()
    client.post(f"{page}resume/")
    assert world.actor("clerk").roles == {Role.CLERK}
    assert client.get(f"/people/staff/{world.people['agent'].id}/suspend/").status_code == 404
