"""A head away from work names another; the deputy confirms in their stead, never for themselves or the giver."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.core.policy import NotAllowed, Role
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import queries as people
from shouxin.people import services as staff
from shouxin.people.delegations import queries, services
from shouxin.people.delegations.models import Delegation
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.problems import PeopleError
from tests.world import World


def give(
    world: World, giver: str = "sales_head", deputy: str = "service_head", days: float = 7
) -> Delegation:
    now = clock.now()
    return services.give(
        actor=world.actor(giver),
        deputy=world.people[deputy].id,
        starts_at=now,
        until=now + timedelta(days=days),
        reason="出差",
        now=now,
    )


def asked(world: World, who: str = "newcomer", role: Role = Role.CLERK) -> RoleAssignment:
    return staff.grant_role(actor=world.actor("security_admin"), staff_id=world.people[who].id, role=role)


def test_the_deputy_confirms_in_the_giver_s_stead_and_it_is_recorded(world: World) -> None:
    role = asked(world)
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        staff.confirm_role(actor=world.actor("service_head"), assignment_id=role.id)
    give(world)
    staff.confirm_role(actor=world.actor("service_head"), assignment_id=role.id)
    assert world.actor("newcomer").roles == {Role.CLERK}
    used = Entry.objects.get(event="delegation.used")
    assert used.actor == world.people["service_head"].pseudonym


def test_a_deputy_sees_no_customer_more(world: World) -> None:
    before = world.actor("service_head")
    give(world)
    after = world.actor("service_head")
    assert after == before
    assert world.departments["sales"].id in queries.answered_departments(after)


def test_the_giver_gains_nothing_through_the_deputy(world: World) -> None:
    """Approver equals applicant through delegation: the head's own role is not the deputy's to confirm."""
    role = asked(world, "sales_head", Role.CLERK)
    give(world)
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        staff.confirm_role(actor=world.actor("service_head"), assignment_id=role.id)


def test_the_deputy_gains_nothing_through_the_giver(world: World) -> None:
    """Approver equals applicant through delegation: standing in for one's own confirmer is no confirmation."""
    other = Staff.objects.get(id=world.people["newcomer"].id)
    Staff.objects.filter(id=other.id).update(person=world.staff("service_head").person)
    role = asked(world)
    give(world)
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        staff.confirm_role(actor=world.actor("service_head"), assignment_id=role.id)


def test_a_delegation_cannot_be_passed_on(world: World) -> None:
    give(world)
    give(world, "service_head", "marketing_head")
    sales = world.departments["sales"].id
    assert sales in queries.answered_departments(world.actor("service_head"))
    assert sales not in queries.answered_departments(world.actor("marketing_head"))


def test_it_ends_by_itself_and_with_the_giver_s_office(world: World) -> None:
    given = give(world)
    assert queries.in_force(clock.now()).exists()
    Delegation.objects.filter(id=given.id).update(
        starts_at=clock.now() - timedelta(days=2), until=clock.now() - timedelta(seconds=1)
    )
    assert not queries.in_force(clock.now()).exists()
    give(world)  # one that is over makes room for the next
    head = RoleAssignment.objects.get(staff=world.people["sales_head"], ended_at=None)
    staff.end_role(actor=world.actor("security_admin"), assignment_id=head.id)
    assert not Delegation.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("deputy", ["clerk", "officer", "outsider", "sales_head"])
def test_only_another_head_in_office_stands_in(world: World, deputy: str) -> None:
    with pytest.raises(PeopleError, match="deputy_not_a_head"):
        give(world, deputy=deputy)


def test_it_lasts_a_month_at_most_and_there_is_one_at_a_time(world: World) -> None:
    with pytest.raises(PeopleError, match="delegation_dates"):
        give(world, days=32)
    give(world)
    with pytest.raises(PeopleError, match="delegated_already"):
        give(world, deputy="marketing_head")


def test_only_a_head_delegates(world: World) -> None:
    with pytest.raises(NotAllowed):
        give(world, giver="clerk")


def test_giver_and_officer_take_it_back_others_do_not(world: World) -> None:
    given = give(world)
    with pytest.raises(PeopleError, match="no_delegation"):
        services.end(actor=world.actor("marketing_head"), delegation_id=given.id, now=clock.now())
    services.end(actor=world.actor("sales_head"), delegation_id=given.id, now=clock.now())
    assert not people.may_confirm(actor=world.actor("service_head"), assignment=asked(world))


def test_the_screen_gives_and_takes_back(world: World, client: Client) -> None:
    client = world.signed_in(client, "sales_head")
    today = clock.today()
    page = "/people/delegations/"
    wanted = {
        "deputy": str(world.people["service_head"].id),
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=3)).isoformat(),
        "reason": "出差",
    }
    assert client.post(page, {**wanted, "ends": (today + timedelta(days=60)).isoformat()}).status_code == 422
    assert client.post(page, wanted).status_code == 302
    assert "孙丽" in client.get(page).content.decode()
    waiting = asked(world)
    deputy = world.signed_in(Client(), "service_head")
    assert "待我确认的角色" in deputy.get("/").content.decode()
    deputy.post(f"/people/roles/{waiting.id}/confirm/")
    assert world.actor("newcomer").roles == {Role.CLERK}
    client.post(f"{page}{Delegation.objects.get().id}/end/")
    assert not queries.in_force(clock.now()).exists()
