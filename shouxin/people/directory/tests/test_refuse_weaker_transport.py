"""Attack: somebody between us and the directory. No password leaves, nobody comes in, and nothing weaker is tried."""

from pathlib import Path

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.kit import connections as tried
from shouxin.kit.connections import State
from shouxin.people.connections.models import Connection
from shouxin.people.directory.tests.conftest import Connect
from shouxin.people.federation.models import ExternalIdentity
from shouxin.people.models import Staff
from tests.harness.certificates import BAD, Authority
from tests.peers.between import Answer, Between, listening
from tests.peers.slapd import READER, READER_PASSWORD
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
TYPED = "the directory's own password"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def connection(world: World, connect: Connect, authority: Authority) -> Connection:
    """A directory by which the clerk signs in alone; where it is, the test says."""
    made = connect(
        {
            "host": "localhost",
            "port": 1,
            "security": "starttls",
            "bind_dn": READER,
            "base": "ou=people,dc=example,dc=com",
            "person_filter": "(objectClass=inetOrgPerson)",
            "user_attribute": "uid",
            "name_attribute": "cn",
            "id_attribute": "entryUUID",
            "group_base": "",
            "member_attribute": "member",
            "ca": authority.pem,
        }
    )
    clerk, now = world.people["clerk"], clock.now()
    ExternalIdentity.objects.create(
        staff=clerk, connection=made, subject="fang", linked_by=clerk, linked_at=now,
        confirmed_by=clerk, confirmed_at=now,
    )  # fmt: skip
    Staff.objects.filter(id=clerk.id).update(only_through=made)
    return made


def tries(client: Client, who: str, password: str) -> int:
    return client.post("/sign-in/", {"username": who, "password": password}).status_code


def points_to(connection: Connection, port: int, **settings: object) -> None:
    Connection.objects.filter(id=connection.id).update(
        settings={**connection.settings, "port": port, **settings}
    )


def nothing_came_of_it(client: Client, there: Between) -> None:
    """Neither the reader's password nor the clerk's old one here opened or told anything."""
    assert tries(client, "clerk", TYPED) == 503
    assert tries(client, "clerk", PASSWORD) == 503, "the password of before opens nothing either"
    assert "_auth_user_id" not in client.session
    for secret in (READER_PASSWORD, TYPED, PASSWORD, READER):
        assert secret.encode() not in bytes(there.heard)
    assert bytes(there.secured) == b""


def look() -> State:
    (found,) = tried.examine(tried.connections["ldap"])
    return found.state


@pytest.mark.parametrize("answer", [Answer.REFUSES, Answer.HANGS_UP, Answer.SPEAKS_ON])
def test_stripped_start_tls_gets_no_password(client: Client, connection: Connection, answer: Answer) -> None:
    with listening(answer) as there:
        points_to(connection, there.port)
        nothing_came_of_it(client, there)
        assert b"1.3.6.1.4.1.1466.20037" in bytes(there.heard), "TLS was asked for"
        assert look() is State.UNREACHABLE


def test_no_bad_certificate_is_taken(client: Client, connection: Connection, authority: Authority) -> None:
    for security in ("starttls", "ldaps"):
        for how in BAD:
            files = authority.issue_bad(how, "localhost", "127.0.0.1")
            with listening(Answer.SHAKES_HANDS, files, at_once=security == "ldaps") as there:
                points_to(connection, there.port, security=security)
                nothing_came_of_it(client, there)
                assert look() is State.CERTIFICATE_REFUSED, (security, how)


def test_the_right_certificate_is_what_the_bad_ones_lack(
    client: Client, connection: Connection, authority: Authority
) -> None:
    files = authority.issue("localhost")
    with listening(Answer.SHAKES_HANDS, files) as there:
        points_to(connection, there.port)
        assert tries(client, "clerk", TYPED) == 503, "it is no directory, but it is trusted"
        assert READER_PASSWORD.encode() in bytes(there.secured)


def test_while_it_is_away_it_is_named_and_passwords_of_ours_go_on(
    client: Client, connection: Connection
) -> None:
    answer = client.post("/sign-in/", {"username": "clerk", "password": TYPED})
    assert answer.status_code == 503
    assert "单位目录" in answer.content.decode()
    reduced = tried.connections["ldap"].reduced
    assert "用目录密码登录的人不能登录" in reduced.zh
    assert tries(client, "marketer", PASSWORD) == 302
