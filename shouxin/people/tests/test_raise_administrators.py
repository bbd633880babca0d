"""Attack: administrators raise themselves, alone or together; and the last one leaves."""

import pytest
from django.test import Client

from shouxin.core.policy import Role
from shouxin.people import services
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.problems import PeopleError
from tests.world import World

pytestmark = pytest.mark.django_db


def log_in(
    world: World, key: str, roles: list[str], department: str = "it", person: Staff | None = None
) -> Staff:
    found = Staff.objects.create(
        user_name=key,
        display_name=key,
        department=world.departments[department],
        roles=roles,
        password="x",
        must_change_password=False,
        **({"person": person.person} if person else {}),
    )
    world.people[key] = found
    return found


def refused(code: str, verb: object, **asked: object) -> None:
    with pytest.raises(PeopleError, match=code):
        verb(**asked)  # type: ignore[operator]


def test_an_administrator_does_not_raise_himself_not_even_by_a_second_log_in(world: World) -> None:
    admin = world.staff("security_admin")
    second = log_in(world, "second", ["clerk"], "sales", admin)
    for target in (admin, second):
        for role in (Role.OFFICER, Role.SYSTEM_ADMIN):
            refused(
                "own_role",
                services.grant_role,
                actor=world.actor("security_admin"),
                staff_id=target.id,
                role=role,
            )
    assert not RoleAssignment.objects.filter(origin="grant").exists()


def page_of(world: World, who: str) -> Client:
    found = world.signed_in(Client(), who)
    assert found.get("/").status_code == 200
    return found


def test_by_the_pages_neither_himself_nor_his_second_log_in(world: World) -> None:
    log_in(world, "second", ["head"], "top", world.staff("security_admin"))
    page, desk = page_of(world, "security_admin"), page_of(world, "second")
    for who in ("security_admin", "second"):
        for role in ("officer", "system_admin"):
            page.post(f"/people/staff/{world.people[who].id}/roles/", {"role": role})
            desk.post(f"/people/staff/{world.people[who].id}/roles/", {"role": role})
    assert not RoleAssignment.objects.filter(origin="grant").exists()
    page.post(f"/people/staff/{world.people['newcomer'].id}/roles/", {"role": "officer"})
    asked = RoleAssignment.objects.get(origin="grant")
    for confirming in (page, desk):  # the granter confirms with neither log-in
        confirming.post(f"/people/roles/{asked.id}/confirm/")
    assert RoleAssignment.objects.get(id=asked.id).confirmed_at is None
    page_of(world, "top_head").post(f"/people/roles/{asked.id}/confirm/")
    assert world.staff("newcomer").roles == ["officer"]


def test_two_administrators_do_not_raise_each_other(world: World) -> None:
    """Each grants the other's work log-in the role of officer; each also heads a department with it."""
    one, other = world.staff("security_admin"), log_in(world, "other_admin", ["security_admin"])
    desks = {
        "one_desk": log_in(world, "one_desk", ["head"], "top", one),
        "other_desk": log_in(world, "other_desk", ["head"], "top", other),
    }
    asked = {
        "other_desk": services.grant_role(
            actor=world.actor("security_admin"), staff_id=desks["other_desk"].id, role=Role.OFFICER
        ),
        "one_desk": services.grant_role(
            actor=world.actor("other_admin"), staff_id=desks["one_desk"].id, role=Role.OFFICER
        ),
    }
    for who in desks:
        for assignment in asked.values():  # the granter's own head log-in, and the one that is to be raised
            refused(
                "not_yours_to_confirm",
                services.confirm_role,
                actor=world.actor(who),
                assignment_id=assignment.id,
            )
    assert {tuple(Staff.objects.get(id=desk.id).roles) for desk in desks.values()} == {("head",)}
    services.confirm_role(actor=world.actor("top_head"), assignment_id=asked["one_desk"].id)


def test_an_administrator_never_becomes_a_reader_of_customers_in_the_same_log_in(world: World) -> None:
    log_in(world, "other_admin", ["security_admin"])
    for role in (Role.CLERK, Role.HEAD, Role.OFFICER):
        refused(
            "admin_reads",
            services.grant_role,
            actor=world.actor("other_admin"),
            staff_id=world.people["security_admin"].id,
            role=role,
        )


def test_the_last_administrator_of_a_kind_neither_leaves_nor_moves(world: World) -> None:
    log_in(world, "other_system", ["system_admin"])
    for verb, more in (
        (services.end_staff, {}),
        (services.move_staff, {"department": world.departments["sales"].id}),
    ):
        refused(
            "last_of_its_kind",
            verb,
            actor=world.actor("other_system"),
            staff_id=world.people["security_admin"].id,
            **more,
        )
    services.end_staff(actor=world.actor("other_system"), staff_id=world.people["system_admin"].id)
    refused(
        "own_log_in",
        services.end_staff,
        actor=world.actor("other_system"),
        staff_id=world.people["other_system"].id,
    )
