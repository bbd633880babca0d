"""Connections to sign in by, and the other sides they lead to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shouxin.kit import clock
from shouxin.people.connections import services
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation.models import ExternalIdentity
from tests.harness.certificates import Authority
from tests.peers.https import Peer, serving
from tests.world import World, have_keys

Connect = Callable[..., Connection]
SECRET = "a secret between two machines"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def peer(authority: Authority) -> Iterator[Peer]:
    with serving(authority.issue("localhost", "127.0.0.1")) as found:
        yield found


def settings_for(kind: Kind, peer: Peer, authority: Authority) -> dict[str, Any]:
    """The settings of a connection of this kind to `peer`."""
    if kind is Kind.OIDC:
        return {"issuer": peer.base, "client_id": "shouxin", "proofs": ["mfa"], "ca": authority.pem}
    return {"client_id": "shouxin", "host": peer.base, "ca": authority.pem, "agent": "1000002"}


@pytest.fixture
def connect(world: World) -> Connect:
    """Drafts a connection and confirms it, each by who may."""
    have_keys()

    def made(kind: Kind, settings: dict[str, Any], *, secret: str = SECRET) -> Connection:
        now = clock.now()
        drafted = services.draft(
            actor=world.actor("system_admin"),
            kind=kind,
            name="单位登录",
            settings=settings,
            secret=secret,
            now=now,
        )
        found, _token = services.confirm(
            actor=world.actor("security_admin"),
            connection_id=drafted.id,
            drafted_at=drafted.drafted_at,
            now=now,
        )
        return found

    return made


def linked(world: World, who: str, connection: Connection, subject: str) -> ExternalIdentity:
    """`who` linked to `subject` by themselves."""
    now, staff = clock.now(), world.people[who]
    return ExternalIdentity.objects.create(
        staff=staff,
        connection=connection,
        subject=subject,
        linked_by=staff,
        linked_at=now,
        confirmed_by=staff,
        confirmed_at=now,
    )
