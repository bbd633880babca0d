"""Somebody leaves or moves: roles and sessions end at once, traces stay."""

import pytest
from django.test import Client

from shouxin.core.policy import Role
from shouxin.journal.models import Entry
from shouxin.people import queries, services
from shouxin.people.models import Department, RoleAssignment
from shouxin.people.services import PeopleError
from tests.world import World


def test_an_ended_log_in_is_out_at_once_and_keeps_its_name(world: World, client: Client) -> None:
    world.signed_in(client, "sales_head")
    assert client.get("/").status_code == 200
    services.end_staff(actor=world.actor("system_admin"), staff_id=world.people["sales_head"].id)
    assert client.get("/").status_code == 302
    staff = world.staff("sales_head")
    assert (staff.is_active, staff.roles, staff.left_at is not None) == (False, [], True)
    assert not staff.has_usable_password()
    assert not RoleAssignment.objects.filter(staff=staff, ended_at__isnull=True).exists()
    assert Department.objects.get(id=world.departments["sales"].id).head is None
    assert queries.names_of([staff.pseudonym]) == {staff.pseudonym: "陈刚"}
    assert list(Entry.objects.order_by("id").values_list("event", flat=True)) == ["role.ended", "staff.ended"]


def test_nobody_ends_their_own_log_in(world: World) -> None:
    with pytest.raises(PeopleError, match="own_log_in"):
        services.end_staff(actor=world.actor("system_admin"), staff_id=world.people["system_admin"].id)


def test_the_last_security_administrator_stays(world: World) -> None:
    with pytest.raises(PeopleError, match="last_of_its_kind"):
        services.end_staff(actor=world.actor("system_admin"), staff_id=world.people["security_admin"].id)


def test_moving_ends_roles_because_another_head_answers(world: World) -> None:
    services.move_staff(
        actor=world.actor("system_admin"),
        staff_id=world.people["clerk"].id,
        department=world.departments["marketing"].id,
    )
    assert world.staff("clerk").department == world.departments["marketing"]
    assert world.actor("clerk").roles == frozenset()
    granted = services.grant_role(
        actor=world.actor("security_admin"), staff_id=world.people["clerk"].id, role=Role.CLERK
    )
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        services.confirm_role(actor=world.actor("sales_head"), assignment_id=granted.id)
