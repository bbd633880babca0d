"""People of the rulebook's tests: an officer, a head, a clerk and a security administrator, without log-ins."""

from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

import pytest

from shouxin.core.policy import Actor, ActorKind, Role, permissions_of
from shouxin.rulebook.catalogue import services
from shouxin.rulebook.purposes.defaults import Adoption, adopt_defaults
from tests.harness import snapshot


def _one(*roles: Role) -> Actor:
    return Actor(uuid4(), ActorKind.STAFF, uuid4(), frozenset(roles), permissions_of(roles))


CONTACT = "周正 010-12345678"
OFFICER, HEAD = _one(Role.OFFICER), _one(Role.HEAD)  # the two who bring rules into force, once for all tests


@pytest.fixture
def person() -> Callable[..., Actor]:
    return _one


@pytest.fixture
def officer() -> Actor:
    return OFFICER


@pytest.fixture
def head() -> Actor:
    return HEAD


@pytest.fixture
def clerk(person: Callable[..., Actor]) -> Actor:
    return person(Role.CLERK)


@pytest.fixture
def security(person: Callable[..., Actor]) -> Actor:
    return person(Role.SECURITY_ADMIN)


@pytest.fixture(scope="session")
def kept_pack(keep: Callable[..., Any]) -> Any:
    return keep("kept_pack", lambda: services.load_pack(OFFICER))


@pytest.fixture(scope="session")
def kept_defaults(keep: Callable[..., Any]) -> Any:
    return keep("kept_defaults", _adopted)


def _adopted() -> Adoption:
    services.load_pack(OFFICER)
    return adopt_defaults(HEAD, OFFICER, organisation="示范公司", contact=CONTACT)


@pytest.fixture
def rules(kept_pack: Any, db: None) -> services.Loaded:
    """The rule pack, loaded."""
    return cast("services.Loaded", kept_pack.restore() if snapshot.fits() else services.load_pack(OFFICER))


@pytest.fixture
def adopted(kept_defaults: Any, db: None) -> Adoption:
    """The rule pack, and all default purposes in use."""
    return cast("Adoption", kept_defaults.restore() if snapshot.fits() else _adopted())
