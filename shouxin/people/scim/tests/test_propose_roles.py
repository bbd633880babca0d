"""Groups of the directory propose roles; a head confirms each, and leaving the group takes the role at once."""

from uuid import UUID

import pytest
from django.test import Client

from shouxin.core.policy import Role
from shouxin.people import services as people
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.scim import services
from shouxin.people.scim.tests.conftest import Directory
from tests.world import World

pytestmark = pytest.mark.django_db


def open_roles(staff_id: UUID) -> list[tuple[str, bool]]:
    found = RoleAssignment.objects.filter(staff_id=staff_id, ended_at__isnull=True)
    return [(one.role, one.confirmed_at is not None) for one in found]


@pytest.fixture
def clerks(world: World, directory: Directory) -> UUID:
    """A group of which the security administrator said that it proposes the role of clerk."""
    group = directory.group("客户经理")
    services.map_group(actor=world.actor("security_admin"), group_id=group, role=Role.CLERK)
    return group


def test_a_group_gives_nothing_by_itself(directory: Directory) -> None:
    staff = directory.user("zhang")
    directory.group("管理员", staff)
    assert open_roles(staff) == []


def test_a_mapped_role_waits_for_a_head_and_ends_with_the_group(
    world: World, directory: Directory, clerks: UUID
) -> None:
    staff = directory.user("zhang")
    joins = {"op": "add", "path": "members", "value": [{"value": staff}]}
    assert directory.patch(f"Groups/{clerks}", joins).status_code == 200
    assert open_roles(staff) == [("clerk", False)]
    assert Staff.objects.get(id=staff).roles == []

    waiting = RoleAssignment.objects.get(staff_id=staff)
    with pytest.raises(people.PeopleError):
        people.confirm_role(actor=world.actor("marketing_head"), assignment_id=waiting.id)
    people.confirm_role(actor=world.actor("sales_head"), assignment_id=waiting.id)
    assert Staff.objects.get(id=staff).roles == ["clerk"]

    leaves = {"op": "remove", "path": f'members[value eq "{staff}"]'}
    assert directory.patch(f"Groups/{clerks}", leaves).status_code == 200
    assert Staff.objects.get(id=staff).roles == []
    assert open_roles(staff) == []


def test_deleting_the_group_takes_its_roles(world: World, directory: Directory, clerks: UUID) -> None:
    staff = directory.user("zhang")
    directory.patch(f"Groups/{clerks}", {"op": "add", "path": "members", "value": [{"value": staff}]})
    assert directory.ask("DELETE", f"Groups/{clerks}").status_code == 204
    assert open_roles(staff) == []


def test_roles_that_people_granted_stay_when_the_group_goes(world: World, directory: Directory) -> None:
    staff = directory.user("zhang")
    people.grant_role(actor=world.actor("security_admin"), staff_id=staff, role=Role.CLERK)
    group = directory.group("客户经理", staff)
    services.map_group(actor=world.actor("security_admin"), group_id=group, role=Role.CLERK)
    directory.ask("DELETE", f"Groups/{group}")
    assert open_roles(staff) == [("clerk", False)]


def test_a_group_never_makes_its_mapper_more_than_he_is(
    world: World, directory: Directory, clerks: UUID
) -> None:
    mapper = world.staff("security_admin")
    services.adopt(
        actor=world.actor("system_admin"),
        connection=directory.connection,
        staff_id=mapper.id,
        now=mapper.created_at,
    )
    services.map_group(actor=world.actor("security_admin"), group_id=clerks, role=Role.SYSTEM_ADMIN)
    directory.patch(f"Groups/{clerks}", {"op": "add", "path": "members", "value": [{"value": mapper.id}]})
    assert open_roles(mapper.id) == [("security_admin", True)]


def test_roles_that_must_stand_apart_are_not_proposed(
    world: World, directory: Directory, clerks: UUID
) -> None:
    staff = directory.user("zhang")
    audit = directory.group("审计")
    services.map_group(actor=world.actor("security_admin"), group_id=audit, role=Role.AUDIT_ADMIN)
    for group in (clerks, audit):
        directory.patch(f"Groups/{group}", {"op": "add", "path": "members", "value": [{"value": staff}]})
    assert open_roles(staff) == [("clerk", False)]


def test_a_mapping_of_somebody_who_lost_the_role_proposes_nothing(
    world: World, directory: Directory, clerks: UUID
) -> None:
    Staff.objects.filter(id=world.people["security_admin"].id).update(roles=[])
    staff = directory.user("zhang")
    directory.patch(f"Groups/{clerks}", {"op": "add", "path": "members", "value": [{"value": staff}]})
    assert open_roles(staff) == []


def test_a_group_with_a_department_moves_its_people_there(world: World, directory: Directory) -> None:
    staff = directory.user("zhang")
    group = directory.group("市场", staff)
    services.place_group(
        actor=world.actor("system_admin"), group_id=group, department=world.departments["marketing"].id
    )
    assert Staff.objects.get(id=staff).department_id == world.departments["marketing"].id


def test_the_page_says_what_a_group_means(world: World, directory: Directory) -> None:
    staff = directory.user("zhang")
    group = directory.group("销售", staff)
    system, security = (world.signed_in(Client(), who) for who in ("system_admin", "security_admin"))
    marketing = world.departments["marketing"]
    place, role = f"/people/groups/{group}/department/", f"/people/groups/{group}/role/"
    assert system.post(place, {"department": str(marketing.id)}).status_code == 302
    assert Staff.objects.get(id=staff).department == marketing
    assert security.post(role, {"role": "clerk"}).status_code == 302
    assert RoleAssignment.objects.get(staff_id=staff).confirmed_at is None
    for page, path, sent in (
        (system, place, {"department": "nowhere"}),
        (security, role, {"role": "owner of everything"}),
        (system, place.replace(str(group), str(staff)), {"department": str(marketing.id)}),
    ):
        assert page.post(path, sent).status_code == 404
    assert system.post(role, {"role": "clerk"}).status_code == 403
    assert security.post(place, {"department": str(marketing.id)}).status_code == 403
