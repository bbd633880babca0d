"""The periodic reading: names and groups follow, who is gone ends, and a directory read wrongly ends nobody."""

import pytest

from shouxin.core.policy import Role
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.connections.models import Connection
from shouxin.people.directory import jobs, services
from shouxin.people.directory.client import Away
from shouxin.people.directory.models import LdapGroup
from shouxin.people.directory.tests.conftest import Connect
from shouxin.people.federation.models import ExternalIdentity
from shouxin.people.models import RoleAssignment, Staff
from tests.peers.slapd import GROUP, Slapd
from tests.world import World

pytestmark = pytest.mark.django_db
ZHANG = "uid=zhang,ou=people,dc=example,dc=com"


@pytest.fixture
def connection(world: World, slapd: Slapd, connect: Connect) -> Connection:
    made = connect(slapd.settings())
    for name in ("zhang", "li"):
        services.take_in(
            actor=world.actor("system_admin"),
            connection=made,
            user_name=name,
            department=world.departments["sales"].id,
            now=clock.now(),
        )
    return made


def follow(connection: Connection) -> services.Followed:
    return services.synchronise(connection=connection, now=clock.now())


def test_names_groups_and_leaving(world: World, slapd: Slapd, connection: Connection) -> None:
    group = LdapGroup.objects.get(dn=GROUP)
    services.map_group(actor=world.actor("security_admin"), group_id=group.id, role=Role.CLERK)
    waiting = RoleAssignment.objects.get(staff__user_name="zhang", ended_at=None)
    people.confirm_role(actor=world.actor("sales_head"), assignment_id=waiting.id)
    with slapd.root() as root:
        root.modify(ZHANG, {"cn": [("MODIFY_REPLACE", ["Zhang Sanfeng"])]})
        root.modify(GROUP, {"member": [("MODIFY_REPLACE", ["uid=li,ou=people,dc=example,dc=com"])]})
    assert follow(connection) == services.Followed(people=2, ended=0, refused=0)
    zhang = Staff.objects.get(user_name="zhang")
    assert (zhang.display_name, zhang.roles) == ("Zhang Sanfeng", [])
    assert RoleAssignment.objects.get(ended_at=None, staff__user_name="li").role == "clerk"

    with slapd.root() as root:
        root.delete(ZHANG)
    assert follow(connection).ended == 1
    gone = Staff.objects.get(user_name="zhang")
    assert (gone.is_active, gone.roles) == (False, [])
    assert Entry.objects.filter(event="directory.synchronised").count() == 1


def test_many_gone_at_once_end_nobody(world: World, connection: Connection) -> None:
    now, admin = clock.now(), world.people["system_admin"]
    for who in ("clerk", "marketer", "agent"):
        ExternalIdentity.objects.create(
            staff=world.people[who],
            connection=connection,
            subject=f"not there {who}",
            linked_by=admin,
            linked_at=now,
            confirmed_by=world.people["security_admin"],
            confirmed_at=now,
        )
    Connection.objects.filter(id=connection.id).update(
        settings={**connection.settings, "base": "ou=groups,dc=example,dc=com"}
    )
    connection.refresh_from_db()
    assert follow(connection).stopped
    assert Staff.objects.filter(is_active=True, user_name__in=["zhang", "li", "clerk"]).count() == 3
    assert Entry.objects.filter(event="directory.sync_stopped").count() == 1


def test_a_directory_that_is_away_changes_nothing(connection: Connection) -> None:
    Connection.objects.filter(id=connection.id).update(settings={**connection.settings, "port": 1})
    connection.refresh_from_db()
    with pytest.raises(Away):
        follow(connection)
    assert Staff.objects.filter(is_active=True, user_name__in=["zhang", "li"]).count() == 2


def test_the_last_administrator_stays_though_gone_from_the_directory(
    world: World, slapd: Slapd, connection: Connection
) -> None:
    zhang = Staff.objects.get(user_name="zhang")
    Staff.objects.filter(id=world.people["system_admin"].id).update(is_active=False)
    Staff.objects.filter(id=zhang.id).update(roles=["system_admin"])
    with slapd.root() as root:
        root.delete(ZHANG)
    assert follow(connection).refused == 1
    assert Staff.objects.get(id=zhang.id).is_active


def test_the_job_reads_every_directory_though_one_is_away(
    world: World, slapd: Slapd, connection: Connection, connect: Connect
) -> None:
    connect(slapd.settings(port=1))
    with slapd.root() as root:
        root.delete(ZHANG)
    jobs.follow(timestamp=0)
    assert not Staff.objects.get(user_name="zhang").is_active
    assert Staff.objects.get(user_name="li").is_active
