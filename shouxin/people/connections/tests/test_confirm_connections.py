"""A connection that lets people in needs two administrators, who both see the same thing."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import NotAllowed, Role
from shouxin.kit import clock
from shouxin.people.connections import services
from shouxin.people.connections.models import Connection, Kind, State
from shouxin.people.connections.services import ConnectionProblem
from shouxin.people.models import Staff
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings_of(world: World) -> dict[str, Any]:
    return {"department": str(world.departments["sales"].id), "addresses": ["10.0.0.0/8"]}


@pytest.fixture
def drafted(world: World, settings_of: dict[str, Any]) -> Connection:
    return services.draft(
        actor=world.actor("system_admin"), kind=Kind.SCIM, name="目录", settings=settings_of, now=clock.now()
    )


def confirm(world: World, who: str, drafted: Connection) -> tuple[Connection, str]:
    return services.confirm(
        actor=world.actor(who), connection_id=drafted.id, drafted_at=drafted.drafted_at, now=clock.now()
    )


def test_a_draft_works_only_when_confirmed(world: World, drafted: Connection) -> None:
    assert drafted.settings == {}
    connection, token = confirm(world, "security_admin", drafted)
    assert connection.state == State.ACTIVE
    assert token.startswith(f"sxd_{connection.prefix}_")
    assert token.encode() not in bytes(connection.token_digest or b"")


@pytest.mark.parametrize("who", ["clerk", "sales_head", "officer", "system_admin", "audit_admin"])
def test_nobody_but_the_security_administrator_confirms(world: World, drafted: Connection, who: str) -> None:
    with pytest.raises(NotAllowed):
        confirm(world, who, drafted)


def test_who_drafted_never_confirms_even_with_both_roles(world: World, drafted: Connection) -> None:
    both = [Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value]
    Staff.objects.filter(id=world.people["system_admin"].id).update(roles=both)
    with pytest.raises(ConnectionProblem, match="same-person"):
        confirm(world, "system_admin", drafted)
    # nor with a second log-in
    Staff.objects.filter(id=world.people["security_admin"].id).update(person=drafted.drafted_by.person)
    with pytest.raises(ConnectionProblem, match="same-person"):
        confirm(world, "security_admin", drafted)


def test_the_database_refuses_it_too(world: World, drafted: Connection) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Connection.objects.filter(id=drafted.id).update(
            state=State.ACTIVE, decided_by=drafted.drafted_by, settings_by=drafted.drafted_by
        )


def test_a_draft_changed_meanwhile_is_not_confirmed_unseen(
    world: World, drafted: Connection, settings_of: dict[str, Any]
) -> None:
    services.change(
        actor=world.actor("system_admin"),
        connection_id=drafted.id,
        settings={**settings_of, "addresses": ["0.0.0.0/1"]},
        now=clock.now(),
    )
    with pytest.raises(ConnectionProblem, match="changed-meanwhile"):
        confirm(world, "security_admin", drafted)


def test_changed_settings_wait_and_the_old_ones_stay(
    world: World, drafted: Connection, settings_of: dict[str, Any]
) -> None:
    connection, _token = confirm(world, "security_admin", drafted)
    wider = {**settings_of, "addresses": ["10.0.0.0/8", "192.0.2.1/32"]}
    changed = services.change(
        actor=world.actor("system_admin"), connection_id=connection.id, settings=wider, now=clock.now()
    )
    assert Connection.objects.get(id=connection.id).settings == settings_of
    refused = services.refuse(
        actor=world.actor("security_admin"),
        connection_id=connection.id,
        drafted_at=changed.drafted_at,
        note="来源过宽",
        now=clock.now(),
    )
    assert (refused.state, refused.settings, refused.draft) == (State.ACTIVE, settings_of, None)


def test_the_token_is_shown_on_one_page_and_never_again(world: World, drafted: Connection) -> None:
    browser = world.signed_in(Client(), "security_admin")
    seen = {"seen": drafted.drafted_at.isoformat()}
    page = browser.post(f"/people/connections/{drafted.id}/confirm/", seen)
    prefix = Connection.objects.get(id=drafted.id).prefix
    token = page.context["token"]
    assert token in page.content.decode()
    again = browser.get(f"/people/connections/{drafted.id}/").content.decode()
    assert f"sxd_{prefix}_…" in again
    assert token not in again


def test_who_decides_finds_it_on_the_workbench(world: World, drafted: Connection) -> None:
    page = world.signed_in(Client(), "security_admin").get("/people/connections/?state=awaiting")
    assert "目录" in page.content.decode()
    own = world.signed_in(Client(), "system_admin").get(f"/people/connections/{drafted.id}/")
    assert "确认生效" not in own.content.decode()


def test_settings_are_checked_before_they_are_drafted(world: World) -> None:
    browser = world.signed_in(Client(), "system_admin")
    given = {"name": "目录", "department": str(world.departments["sales"].id), "addresses": "0.0.0.0/0"}
    page = browser.post("/people/connections/new/scim/", given)
    assert page.status_code == 422
    assert not Connection.objects.exists()
    good = {**given, "addresses": "10.1.2.3\n192.0.2.0/24"}
    assert browser.post("/people/connections/new/scim/", good).status_code == 302
    made = Connection.objects.get()
    assert (made.draft or {})["addresses"] == ["10.1.2.3/32", "192.0.2.0/24"]
