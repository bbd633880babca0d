"""Only the right token from the right place opens SCIM, and only its own people."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.connections import services
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.guarding.models import SecurityNotice, Source
from shouxin.people.guarding.rules import OF_ACCOUNT, OF_ADDRESS
from shouxin.people.models import Staff
from shouxin.people.scim.tests.conftest import USER, Directory
from tests.world import World

pytestmark = pytest.mark.django_db


def refused(answer: object) -> None:
    assert answer.status_code == 401  # type: ignore[attr-defined]
    assert answer["WWW-Authenticate"].startswith("Bearer")  # type: ignore[index]
    assert answer.json()["status"] == "401"  # type: ignore[attr-defined]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic dTpw", "Bearer sxd_000000000000_x"])
def test_without_the_token_everything_looks_the_same(directory: Directory, header: str) -> None:
    refused(directory.ask("GET", "Users", HTTP_AUTHORIZATION=header))


def test_a_wrong_secret_is_turned_away_and_written_down_once_a_minute(directory: Directory) -> None:
    wrong = directory.token[:-4] + ("aaaa" if not directory.token.endswith("aaaa") else "bbbb")
    for _ in range(3):
        refused(directory.ask("GET", "Users", HTTP_AUTHORIZATION=f"Bearer {wrong}"))
    assert Entry.objects.filter(event="connection.turned_away").count() == 1


def test_a_stolen_token_opens_nothing_from_elsewhere(directory: Directory) -> None:
    refused(directory.ask("GET", "Users", REMOTE_ADDR="198.51.100.9"))
    assert directory.ask("GET", "Users", REMOTE_ADDR="127.0.0.1").status_code == 200


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [datetime.now(UTC)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


def told(world: World, who: str) -> list[str]:
    rows = SecurityNotice.objects.filter(staff=world.people[who]).order_by("id")
    return list(rows.values_list("kind", flat=True))


@pytest.mark.clause("D5.2")
def test_a_blocked_address_is_refused_though_its_token_is_right(
    world: World, directory: Directory, time: list[datetime]
) -> None:
    for number in range(OF_ADDRESS.block):
        refused(directory.ask("GET", "Users", HTTP_AUTHORIZATION=f"Bearer sxd_{number:012x}_x"))
    row = Source.objects.get(kind="token", source="127.0.0.1")
    assert row.blocked_at == time[0]
    assert "source_blocked" in told(world, "security_admin")
    body = {"schemas": [USER], "userName": "zhang", "active": True}
    refused(directory.ask("GET", "Users"))
    refused(directory.ask("POST", "Users", body))
    assert not Staff.objects.filter(user_name="zhang").exists()
    elsewhere = Connection.objects.get(id=directory.connection.id)
    elsewhere.settings = {**elsewhere.settings, "addresses": ["127.0.0.1/32", "198.51.100.9/32"]}
    elsewhere.save()
    assert directory.ask("GET", "Users", REMOTE_ADDR="198.51.100.9").status_code == 200, "others go on"
    time[0] += OF_ADDRESS.lasts + timedelta(seconds=1)
    assert directory.ask("GET", "Users").status_code == 200


def test_a_token_guessed_from_many_addresses_is_told_to_who_set_it_up(
    world: World, directory: Directory, time: list[datetime]
) -> None:
    wrong = f"Bearer {directory.token[:-4]}" + ("aaaa" if not directory.token.endswith("aaaa") else "bbbb")
    for number in range(OF_ACCOUNT.block):
        refused(directory.ask("GET", "Users", HTTP_AUTHORIZATION=wrong, REMOTE_ADDR=f"198.51.{number}.1"))
    assert told(world, "system_admin") == ["token_guessed"]
    page = world.signed_in(Client(), "system_admin").get("/people/security/").content.decode()
    assert "人事目录" in page
    assert directory.ask("GET", "Users").status_code == 200, "the true one goes on at its own address"


def test_a_stolen_token_is_told_at_once(world: World, directory: Directory) -> None:
    refused(directory.ask("GET", "Users", REMOTE_ADDR="198.51.100.9"))
    notice = SecurityNotice.objects.get(staff=world.people["system_admin"])
    assert (notice.kind, notice.address) == ("token_elsewhere", "198.51.100.9")


def test_a_session_of_an_administrator_is_no_token(world: World) -> None:
    refused(world.signed_in(Client(), "system_admin").get("/scim/v2/Users"))


def test_an_ended_connection_and_an_old_token_open_nothing(world: World, directory: Directory) -> None:
    admin = world.actor("security_admin")
    _connection, newer = services.renew_token(actor=admin, connection_id=directory.connection.id)
    refused(directory.ask("GET", "Users"))
    directory.token = newer
    assert directory.ask("GET", "Users").status_code == 200
    services.end(actor=admin, connection_id=directory.connection.id, now=clock.now())
    refused(directory.ask("GET", "Users"))


def test_a_directory_sees_and_changes_only_its_own_people(world: World, directory: Directory) -> None:
    mine, group = directory.user("zhang"), directory.group("组")
    other = Connection.objects.create(
        kind=Kind.SCIM,
        name="另一目录",
        drafted_by=world.people["system_admin"],
        drafted_at=clock.now(),
        draft={**directory.connection.settings},
    )
    confirmed, token = services.confirm(
        actor=world.actor("security_admin"),
        connection_id=other.id,
        drafted_at=other.drafted_at,
        now=clock.now(),
    )
    stranger = Directory(confirmed, token, directory.client)
    for staff in (mine, world.people["clerk"].id):
        assert stranger.ask("GET", f"Users/{staff}").status_code == 404
        assert stranger.ask("DELETE", f"Users/{staff}").status_code == 404
        joins = {"op": "add", "path": "members", "value": [{"value": staff}]}
        assert stranger.patch(f"Groups/{stranger.group(f'g {staff}')}", joins).status_code == 400
    assert stranger.ask("GET", f"Groups/{group}").status_code == 404
    assert stranger.ask("GET", "Users").json()["totalResults"] == 0
    assert world.staff("clerk").is_active


def test_a_name_in_use_is_refused_without_saying_whose(directory: Directory) -> None:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "CLERK"}
    answer = directory.ask("POST", "Users", body)
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
    assert "王芳" not in answer.content.decode()
