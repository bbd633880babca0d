"""The tree of departments: no circles, no twins, no head from elsewhere, no closing over people's heads."""

from typing import Any

import pytest

from shouxin.core.policy import NotAllowed
from shouxin.people import queries, services
from shouxin.people.models import Department
from shouxin.people.services import PeopleError
from tests.world import World


def _change(world: World, key: str, **changes: Any) -> Department:
    department = Department.objects.get(id=world.departments[key].id)
    values: dict[str, Any] = {
        "name": department.name,
        "parent": department.parent_id,
        "head": department.head_id,
        "is_active": department.is_active,
    }
    return services.change_department(
        actor=world.actor("system_admin"), department_id=department.id, **(values | changes)
    )


def test_a_department_never_hangs_below_itself(world: World) -> None:
    below = services.create_department(
        actor=world.actor("system_admin"), name="华东组", parent=world.departments["sales"].id
    )
    for parent in (world.departments["sales"].id, below.id):
        with pytest.raises(PeopleError, match="circle"):
            _change(world, "sales", parent=parent)


def test_names_are_unique_below_one_parent(world: World) -> None:
    with pytest.raises(PeopleError, match="name_taken"):
        services.create_department(
            actor=world.actor("system_admin"), name=" 销售部 ", parent=world.departments["top"].id
        )
    services.create_department(
        actor=world.actor("system_admin"), name="销售部", parent=world.departments["it"].id
    )


def test_a_department_with_people_is_not_closed(world: World) -> None:
    with pytest.raises(PeopleError, match="people_inside"):
        _change(world, "sales", is_active=False)


@pytest.mark.parametrize(("head", "code"), [("clerk", "not_a_head"), ("marketing_head", "head_elsewhere")])
def test_the_head_holds_the_role_in_the_line(world: World, head: str, code: str) -> None:
    with pytest.raises(PeopleError, match=code):
        _change(world, "sales", head=world.people[head].id)
    _change(world, "sales", head=world.people["top_head"].id)


def test_only_the_system_administrator_shapes_the_tree(world: World) -> None:
    for who in ("clerk", "sales_head", "officer", "security_admin", "audit_admin", "supervisor"):
        with pytest.raises(NotAllowed):
            services.create_department(actor=world.actor(who), name="新部门", parent=None)


def test_a_heads_actor_covers_the_departments_below(world: World) -> None:
    every = {department.id for department in world.departments.values()}
    assert world.actor("top_head").department_ids == every
    assert world.actor("sales_head").department_ids == {world.departments["sales"].id}
    assert world.actor("clerk").department_ids == {world.departments["sales"].id}


def test_a_head_sees_the_own_staff_only(world: World) -> None:
    seen = {staff.user_name for staff in queries.staff_list(actor=world.actor("sales_head"))}
    assert seen == {"clerk", "sales_head", "newcomer", "outsider"}
    assert len(queries.staff_list(actor=world.actor("officer"))) == len(world.people)
