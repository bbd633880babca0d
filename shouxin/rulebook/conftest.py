"""People of the rulebook's tests: an officer, a head, a clerk and a security administrator, without log-ins."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from shouxin.core.policy import Actor, ActorKind, Role, permissions_of
from shouxin.rulebook.catalogue import services


@pytest.fixture
def person() -> Callable[..., Actor]:
    def make(*roles: Role) -> Actor:
        return Actor(uuid4(), ActorKind.STAFF, uuid4(), frozenset(roles), permissions_of(roles))

    return make


@pytest.fixture
def officer(person: Callable[..., Actor]) -> Actor:
    return person(Role.OFFICER)


@pytest.fixture
def head(person: Callable[..., Actor]) -> Actor:
    return person(Role.HEAD)


@pytest.fixture
def clerk(person: Callable[..., Actor]) -> Actor:
    return person(Role.CLERK)


@pytest.fixture
def security(person: Callable[..., Actor]) -> Actor:
    return person(Role.SECURITY_ADMIN)


@pytest.fixture
def rules(db: None, officer: Actor) -> services.Loaded:
    """The rule pack, loaded."""
    return services.load_pack(officer)
