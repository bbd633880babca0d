"""One embedded PostgreSQL per run, started by the first test that needs a database.

`default` connects as the application role, which owns nothing; `owner` as the owner of the tables. Ask for
both with `@pytest.mark.django_db(databases=["default", "owner"])`. `superuser` is a plain psycopg connection that
nothing stops, for tests that tamper.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import hypothesis
import psycopg
import pytest
from django.conf import settings

from shouxin.operations.server.credentials import Credentials
from tests.harness import days, early, order
from tests.harness.database import ClusterKeeper, ask_keeper, empty, point_django_at, worker_database
from tests.harness.database import superuser as connect_superuser
from tests.harness.jobs import WorkerProcess

if TYPE_CHECKING:
    from tests.harness.snapshot import Snapshot
    from tests.register import Register
    from tests.world import World

KEEPER = pytest.StashKey[ClusterKeeper]()
RENEW = pytest.StashKey[list[Callable[[], object]]]()  # what was built once, each with how it is built anew


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.register_profile(
        "no clock", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("no clock")  # a busy machine is no fault of what is tested
    # Hashed names need `collectstatic`; tests take the files where they lie.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.stash[KEEPER] = ClusterKeeper(early.RUN)
        if getattr(config.option, "dist", "no") != "no":
            config.stash[KEEPER].listen()


def pytest_unconfigure(config: pytest.Config) -> None:
    if KEEPER in config.stash:
        config.stash[KEEPER].stop()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        order.longest_first(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Every test has a day to itself, and stands on what was made on that day."""
    days.stand_aside()
    for renew in item.config.stash.get(RENEW, []):
        renew()


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Credentials:
    """Where the run's PostgreSQL answers, and as whom."""
    if KEEPER in request.config.stash:
        return request.config.stash[KEEPER].obtain()
    return ask_keeper(early.RUN)


@pytest.fixture(scope="session")
def test_database(cluster: Credentials, django_db_blocker: Any) -> str:
    """The name of this worker's own database."""
    with django_db_blocker.unblock():
        return worker_database(cluster, early.RUN)


@pytest.fixture(scope="session")
def django_db_setup(
    cluster: Credentials, test_database: str, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's: the database exists, and emptying it takes more than the application may."""
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.db import connections
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        point_django_at(cluster, test_database)
    with pytest.MonkeyPatch.context() as patch, connect_superuser(cluster, test_database) as connection:
        patch.setattr(Argon2PasswordHasher, "memory_cost", 64)  # hashing is slow on purpose, but not in tests
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty(connection))
        yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(autouse=True)
def keys_stay() -> Iterator[None]:
    """Root keys that a test makes, rotates or spoils in the data folder of its worker are gone with it."""
    folder = Path(os.environ["SHOUXIN_DATA"]) / "keys"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    yield
    ring = sys.modules["shouxin.vault.keyring"].keyring if "shouxin.vault.keyring" in sys.modules else None
    held = ring._held.providers.values() if ring else ()  # noqa: SLF001
    if ring and any(getattr(one, "_path", folder / "x").parent != folder for one in held):
        ring.drop()  # it holds keys of a folder that only this test had
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    if after == before:
        return
    for name in after.keys() - before.keys():
        (folder / name).unlink()
    for name, content in before.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(content)
    if ring:
        ring.drop()


@pytest.fixture(autouse=True)
def language_stays() -> Iterator[None]:
    """A page asked for in English leaves its language to nobody."""
    yield
    if "django.utils.translation" in sys.modules:
        sys.modules["django.utils.translation"].deactivate()


@pytest.fixture
def superuser(
    cluster: Credentials, django_db_setup: None, test_database: str
) -> Iterator[psycopg.Connection]:
    """Somebody with all rights over the database, in autocommit."""
    with connect_superuser(cluster, test_database) as connection:
        yield connection


@pytest.fixture
def start_worker(
    cluster: Credentials, test_database: str, db: None, settings: Any
) -> Iterator[Callable[..., WorkerProcess]]:
    """Starts job workers on this test's database and data folder; killed with the test, if not before.

    They see what is committed: mark the test `django_db(transaction=True)`.
    """
    known = {**cluster.as_json(), "name": test_database}
    (settings.DATA / "run").mkdir(exist_ok=True)
    (settings.DATA / "run" / "database.json").write_text(json.dumps(known))
    started: list[WorkerProcess] = []

    def start(*settings_module: str) -> WorkerProcess:
        started.append(WorkerProcess(settings.DATA).start(*settings_module))
        return started[-1]

    yield start
    for worker in started:
        worker.end()


@pytest.fixture
def world(db: None, request: pytest.FixtureRequest) -> "World":
    """The fixed cast of every test (tests/world.py), in the database of this test."""
    from tests.world import build

    if "register" in request.fixturenames:
        return cast("Register", request.getfixturevalue("register")).world
    return cast("World", request.getfixturevalue("ruled")) if "ruled" in request.fixturenames else build()


@pytest.fixture(scope="session")
def keep(
    request: pytest.FixtureRequest,
    cluster: Credentials,
    test_database: str,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Callable[..., Any]:
    """Builds something once and keeps it ready to be copied; for fixtures of a whole session."""
    from tests.harness.snapshot import Snapshot

    def kept(schema: str, build: Callable[[], Any]) -> Snapshot[Any]:
        with django_db_blocker.unblock(), connect_superuser(cluster, test_database) as connection:
            snapshot = Snapshot(connection, cluster.application.user, schema, build)

        def renew() -> None:
            if snapshot.is_of_today():
                return
            with django_db_blocker.unblock(), connect_superuser(cluster, test_database) as connection:
                snapshot.renew(connection)

        request.config.stash.setdefault(RENEW, []).append(renew)
        return snapshot

    return kept


@pytest.fixture
def renew(request: pytest.FixtureRequest) -> Callable[[], None]:
    """What is done between two tests for what was built once (see `pytest_runtest_setup`)."""

    def renewed() -> None:
        for each in request.config.stash.get(RENEW, []):
            each()

    return renewed


@pytest.fixture(scope="session")
def kept_rules(keep: Callable[..., Any]) -> "Snapshot[World]":
    return cast("Snapshot[World]", keep("kept_rules", _with_rules))


@pytest.fixture(scope="session")
def kept_register(keep: Callable[..., Any]) -> "Snapshot[Register]":
    return cast("Snapshot[Register]", keep("kept_register", _with_customers))


def _with_rules() -> "World":
    from tests import register, world

    built = world.build()
    register.rules_in_force(built)
    return built


def _with_customers() -> "Register":
    from tests import register, world

    return register.build(world.build())


@pytest.fixture
def ruled(kept_rules: "Snapshot[World]", db: None, request: pytest.FixtureRequest) -> "World":
    """The cast with its rules in force."""
    from tests.harness import snapshot

    if "register" in request.fixturenames:
        return cast("Register", request.getfixturevalue("register")).world
    return kept_rules.restore() if snapshot.fits() else _with_rules()


@pytest.fixture
def register(kept_register: "Snapshot[Register]", db: None) -> "Register":
    """The cast with its rules in force and its customers (tests/register.py)."""
    from tests.harness import snapshot

    return kept_register.restore() if snapshot.fits() else _with_customers()
