"""A role is granted by the security administrator, confirmed by the department head, and works only then."""

import pytest

from shouxin.core.policy import NotAllowed, Role
from shouxin.journal.models import Entry
from shouxin.people import queries, services
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.services import PeopleError
from tests.world import World


def _grant(world: World, to: str = "newcomer", role: Role = Role.CLERK) -> RoleAssignment:
    return services.grant_role(actor=world.actor("security_admin"), staff_id=world.people[to].id, role=role)


def test_a_granted_role_gives_nothing_before_it_is_confirmed(world: World) -> None:
    assignment = _grant(world)
    assert world.actor("newcomer").permissions == frozenset()
    services.confirm_role(actor=world.actor("sales_head"), assignment_id=assignment.id)
    assert world.actor("newcomer").roles == {Role.CLERK}
    assert list(Entry.objects.order_by("id").values_list("event", flat=True)) == [
        "role.granted",
        "role.confirmed",
    ]


@pytest.mark.parametrize(
    "who", ["clerk", "sales_head", "officer", "system_admin", "audit_admin", "supervisor"]
)
def test_only_the_security_administrator_grants(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.grant_role(actor=world.actor(who), staff_id=world.people["newcomer"].id, role=Role.CLERK)


@pytest.mark.parametrize("who", ["marketing_head", "service_head"])
def test_a_head_of_another_department_does_not_confirm(world: World, who: str) -> None:
    assignment = _grant(world)
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        services.confirm_role(actor=world.actor(who), assignment_id=assignment.id)


def test_a_head_above_confirms(world: World) -> None:
    services.confirm_role(actor=world.actor("top_head"), assignment_id=_grant(world).id)
    assert world.actor("newcomer").roles == {Role.CLERK}


def test_a_head_without_anybody_above_is_confirmed_by_another_head(world: World) -> None:
    assignment = _grant(world, "top_head", Role.SUPERVISOR)
    services.confirm_role(actor=world.actor("sales_head"), assignment_id=assignment.id)
    assert Role.SUPERVISOR in world.actor("top_head").roles


def test_nobody_confirms_their_own_role_in_a_second_log_in(world: World) -> None:
    Staff.objects.filter(id=world.people["newcomer"].id).update(person=world.people["sales_head"].person)
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        services.confirm_role(actor=world.actor("sales_head"), assignment_id=_grant(world).id)


def test_nobody_grants_to_their_own_second_log_in(world: World) -> None:
    Staff.objects.filter(id=world.people["newcomer"].id).update(person=world.people["security_admin"].person)
    with pytest.raises(PeopleError, match="own_role"):
        _grant(world)


def test_the_granter_does_not_confirm_as_head_in_a_second_log_in(world: World) -> None:
    Staff.objects.filter(id=world.people["sales_head"].id).update(
        person=world.people["security_admin"].person
    )
    assignment = _grant(world)
    assert not queries.may_confirm(actor=world.actor("sales_head"), assignment=assignment)


def test_roles_that_must_stay_apart_are_refused_at_the_grant(world: World) -> None:
    with pytest.raises(PeopleError, match="admin_reads"):
        _grant(world, "clerk", Role.SYSTEM_ADMIN)


def test_two_waiting_roles_may_not_meet_either(world: World) -> None:
    _grant(world, role=Role.AUDIT_ADMIN)
    with pytest.raises(PeopleError, match="audit_apart"):
        _grant(world, role=Role.SYSTEM_ADMIN)


def test_a_role_is_taken_away_at_once_by_one_person(world: World) -> None:
    assignment = RoleAssignment.objects.get(staff=world.people["clerk"])
    services.end_role(actor=world.actor("security_admin"), assignment_id=assignment.id)
    assert world.actor("clerk").permissions == frozenset()
    assert Entry.objects.get().event == "role.ended"


def test_the_last_security_administrator_keeps_the_role(world: World) -> None:
    second = services.create_staff(
        actor=world.actor("system_admin"),
        user_name="second",
        display_name="第二安全员",
        department=world.departments["it"].id,
        password="a long first password",
    )
    granted = services.grant_role(
        actor=world.actor("security_admin"), staff_id=second.id, role=Role.SECURITY_ADMIN
    )
    services.confirm_role(actor=world.actor("top_head"), assignment_id=granted.id)
    actor = queries.actor_of(Staff.objects.get(id=second.id))
    first = RoleAssignment.objects.get(staff=world.people["security_admin"])
    services.end_role(actor=actor, assignment_id=first.id)
    with pytest.raises(PeopleError, match="last_of_its_kind"):
        services.end_role(actor=actor, assignment_id=granted.id)


@pytest.mark.clause("C20.4")
def test_a_new_log_in_has_no_right_and_no_role(world: World) -> None:
    staff = services.create_staff(
        actor=world.actor("system_admin"),
        user_name="fresh",
        display_name="新人",
        department=world.departments["sales"].id,
        password="a long first password",
    )
    assert staff.roles == []
    assert queries.actor_of(staff).permissions == frozenset()
    assert staff.must_change_password
