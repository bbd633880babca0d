"""Signing in with the directory's password, against Debian's slapd; groups follow, nothing weaker takes its place."""

import pytest
from django.test import Client

from shouxin.core.policy import Role
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.connections.models import Connection
from shouxin.people.directory import services
from shouxin.people.directory.models import LdapGroup
from shouxin.people.directory.tests.conftest import Connect
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.problems import PeopleError
from tests.peers.slapd import GROUP, PASSWORD, Slapd
from tests.world import World

pytestmark = pytest.mark.django_db


def taken_in(world: World, connection: Connection, name: str) -> Staff:
    return services.take_in(
        actor=world.actor("system_admin"),
        connection=connection,
        user_name=name,
        department=world.departments["sales"].id,
        now=clock.now(),
    )


def tries(client: Client, name: str, password: str) -> int:
    client.post("/sign-out/")
    return client.post("/sign-in/", {"username": name, "password": password}).status_code


def test_from_taking_in_to_leaving(world: World, client: Client, slapd: Slapd, connect: Connect) -> None:
    connection = connect(slapd.settings())
    staff = taken_in(world, connection, "zhang")
    assert (staff.user_name, staff.display_name, staff.has_usable_password()) == ("zhang", "Zhang San", False)
    # no role, no entrance, whatever the directory says
    assert tries(client, "zhang", PASSWORD) == 422

    group = LdapGroup.objects.get(dn=GROUP)
    services.map_group(actor=world.actor("security_admin"), group_id=group.id, role=Role.CLERK)
    waiting = RoleAssignment.objects.get(staff=staff, ended_at=None)
    assert (waiting.role, waiting.confirmed_at) == ("clerk", None)
    people.confirm_role(actor=world.actor("sales_head"), assignment_id=waiting.id)

    assert tries(client, "zhang", "wrong") == 422
    assert tries(client, "zhang", "") == 422
    assert tries(client, "zhang", PASSWORD) == 302
    assert client.get("/").status_code == 200

    # out of the group: the role ends when they next sign in, so that they do not come in any more
    with slapd.root() as root:
        root.modify(GROUP, {"member": [("MODIFY_DELETE", ["uid=zhang,ou=people,dc=example,dc=com"])]})
    assert tries(client, "zhang", PASSWORD) == 422
    assert Staff.objects.get(id=staff.id).roles == []


def test_the_password_of_the_directory_opens_no_other_log_in(
    world: World, client: Client, slapd: Slapd, connect: Connect
) -> None:
    connection = connect(slapd.settings())
    taken_in(world, connection, "zhang")
    # an e-mail address over there is nobody here
    assert tries(client, "clerk", PASSWORD) == 422
    with pytest.raises(PeopleError, match="user_name_taken"):
        taken_in(world, connection, "zhang")
    with pytest.raises(PeopleError, match="no_password"):
        people.reset_password(
            actor=world.actor("system_admin"), staff_id=Staff.objects.get(user_name="zhang").id
        )


TYPED = (
    "*",
    "zha*",
    "zhang)(uid=*",
    "*)(|(uid=*",
    "zhang)(|(objectClass=*)",
    "\x00",
    "zhang\\2a",
    "(uid=zhang)",
)


def test_what_is_typed_is_never_part_of_a_query(
    world: World, client: Client, slapd: Slapd, connect: Connect
) -> None:
    connection = connect(slapd.settings())
    page = world.signed_in(Client(), "system_admin")
    for typed in TYPED:
        asked = {"user_name": typed, "department": str(world.departments["sales"].id)}
        answer = page.post(f"/people/connections/{connection.id}/take-in/", asked, follow=True)
        assert "目录中没有唯一的此用户名" in answer.content.decode(), typed
    assert not Staff.objects.filter(only_through=connection).exists()
    # neither as a name here that reads like a query there
    odd = taken_in(world, connection, "zhang")
    Staff.objects.filter(id=odd.id).update(user_name="*)(|(uid=*", roles=["clerk"])
    assert tries(client, "li", PASSWORD) == 422
    assert tries(client, "*)(|(uid=*", "another password") == 422


def test_while_the_directory_is_away_nobody_of_it_comes_in(
    world: World, client: Client, slapd: Slapd, connect: Connect
) -> None:
    connection = connect(slapd.settings())
    staff = taken_in(world, connection, "zhang")
    staff.set_password(PASSWORD)  # even with a hash in the row
    staff.roles = ["clerk"]
    staff.save()
    away = {**connection.settings, "port": 1}
    Connection.objects.filter(id=connection.id).update(settings=away)
    answer = client.post("/sign-in/", {"username": "zhang", "password": PASSWORD})
    assert answer.status_code == 503
    assert "单位目录" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_an_ended_connection_lets_nobody_in(
    world: World, client: Client, slapd: Slapd, connect: Connect
) -> None:
    from shouxin.people.connections import services as connections

    connection = connect(slapd.settings())
    staff = taken_in(world, connection, "zhang")
    Staff.objects.filter(id=staff.id).update(roles=["clerk"])
    connections.end(actor=world.actor("security_admin"), connection_id=connection.id, now=clock.now())
    assert tries(client, "zhang", PASSWORD) == 422
