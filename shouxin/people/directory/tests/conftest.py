"""A directory that was started for the test, and a connection to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shouxin.kit import clock
from shouxin.people.connections import services
from shouxin.people.connections.models import Connection, Kind
from tests.harness.certificates import Authority
from tests.peers.slapd import READER_PASSWORD, Slapd, running
from tests.world import World, have_keys

Connect = Callable[..., Connection]


@pytest.fixture
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    folder = tmp_path_factory.mktemp("slapd")
    authority = Authority(folder)
    with running(folder / "directory", authority, authority.issue("localhost", "127.0.0.1")) as found:
        yield found


@pytest.fixture
def connect(world: World) -> Connect:
    """Drafts a connection and confirms it, each by who may."""
    have_keys()

    def made(settings: dict[str, Any], *, secret: str = READER_PASSWORD) -> Connection:
        now = clock.now()
        drafted = services.draft(
            actor=world.actor("system_admin"),
            kind=Kind.LDAP,
            name="单位目录",
            settings=settings,
            secret=secret,
            now=now,
        )
        return services.confirm(
            actor=world.actor("security_admin"),
            connection_id=drafted.id,
            drafted_at=drafted.drafted_at,
            now=now,
        )[0]

    return made
