"""A PostgreSQL of one's own: two roles, TLS with a proven certificate, version 16 or later, one server at a time."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from shouxin.kit import database_address
from shouxin.operations.server import environment, outside
from shouxin.operations.server.problems import ServerProblem
from tests.harness.certificates import BAD, Authority
from tests.harness.outside import OutsidePostgres
from tests.harness.server import Server, as_json, shouxin

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def postgres() -> Iterator[OutsidePostgres]:
    place = Path(tempfile.mkdtemp(prefix="sx-pg-"))
    made = OutsidePostgres.of_wheel(place)
    yield made.start()
    made.stop()
    shutil.rmtree(place, ignore_errors=True)


def refusal(server: Server, **variables: str) -> str:
    assert server.start(**variables).wait_exit() == 1
    return server.said()


def test_migrates_as_owner_serves_as_application_and_is_seen_by_doctor(
    postgres: OutsidePostgres, make_server: Callable[..., Server], data: Path
) -> None:
    variables = postgres.environment()
    server = make_server().start(**variables)
    server.wait_ready()
    assert "First set-up" in server.wait_announced()
    assert not (data / "postgres").exists()
    with postgres.superuser() as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        assert owners == [("boss",)]
        users = connection.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'customers' AND pid <> pg_backend_pid()"
        ).fetchall()
        assert users == [("app",)]
        assert connection.execute("SELECT count(*) > 0 FROM journal_leaf").fetchone() == (True,)
    with (
        psycopg.connect(variables["DATABASE_URL"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM journal_entry")
    status, output, _ = shouxin(data, "doctor", "--json", **variables)
    found = as_json(output)
    assert (status, found["problems"]) == (0, [])
    listed = next(one for one in found["connections"] if one["name"] == "database")
    assert listed["protocol"] == "PostgreSQL 16.14, TLS"
    assert listed["target"] == f"127.0.0.1:{postgres.port}"
    assert "secret" not in output + server.said() + server.logs()
    second = make_server(data=data.with_name("second"))
    assert "Another Shouxin server is using this database" in refusal(second, **variables)
    assert server.ready()


def test_a_certificate_of_another_authority_is_refused_by_server_and_doctor(
    postgres: OutsidePostgres, make_server: Callable[..., Server], data: Path
) -> None:
    stranger = Authority(postgres.place, "stranger")
    variables = postgres.environment(sslrootcert=str(stranger.certificate))
    assert "certificate that does not prove it" in refusal(make_server(), **variables)
    status, output, _ = shouxin(data, "doctor", "--json", **variables)
    listed = as_json(output)["connections"][0]
    assert (status, listed["result"]) == (1, "certificate-refused")
    assert "nothing is read or written" in listed["reduced"]["en"]
    assert {one["result"] for one in as_json(output)["connections"][1:]} == {"not-tried"}
    assert "secret" not in output


@pytest.mark.parametrize("how", BAD)
def test_no_bad_certificate_is_taken(
    postgres: OutsidePostgres, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    postgres.show(*postgres.authority.issue_bad(how, "127.0.0.1"))
    try:
        assert problem(postgres.environment(), monkeypatch) == "database-certificate-refused"
    finally:
        postgres.show(*postgres.authority.issue("127.0.0.1"))


def problem(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The code under which `outside.check` refuses."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = environment.databases(Path("/nowhere"))
    monkeypatch.setattr(outside, "parameters", lambda alias: parameters(found, alias))
    monkeypatch.setattr(outside, "target", lambda: "127.0.0.1:5432")
    with pytest.raises(ServerProblem) as refused:
        outside.check()
    assert "secret" not in refused.value.text.en + refused.value.text.zh
    return refused.value.code


def parameters(found: dict[str, dict[str, object]], alias: str) -> dict[str, object]:
    one = found[alias]
    options = {key: value for key, value in dict(one["OPTIONS"]).items() if key != "pool"}  # type: ignore[call-overload]
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return options | {key: one[name] for key, name in names.items()}


def test_a_wrong_password_is_said_plainly(postgres: OutsidePostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "DATABASE_URL": postgres.url("app:wrong-secret"),
        "DATABASE_OWNER_URL": postgres.url("boss:owner-secret"),
    }
    assert problem(wrong, monkeypatch) == "database-turns-away"


def test_nobody_there_is_said_plainly(postgres: OutsidePostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {name: url.replace(str(postgres.port), "1") for name, url in postgres.environment().items()}
    assert problem(gone, monkeypatch) == "database-out-of-reach"


def test_an_older_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    if not DEBIAN_15.exists():
        pytest.skip("needs Debian's postgresql-15: apt-get install postgresql-15")
    place = Path(tempfile.mkdtemp(prefix="sx-pg-"))
    old = OutsidePostgres(place, DEBIAN_15)
    try:
        assert problem(old.start().environment(), monkeypatch) == "database-too-old"
    finally:
        old.stop()
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_over_a_network_nothing_weaker_than_a_proven_certificate_is_taken(
    monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://app:secret@db.example/customers?sslmode={mode}")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://boss:secret@db.example/customers")
    with pytest.raises(ImproperlyConfigured, match="verify-full") as refused:
        environment.databases(Path("/nowhere"))
    assert "secret" not in str(refused.value)


def test_over_a_network_a_proven_certificate_is_asked_for_when_nothing_is_said() -> None:
    found = database_address.parse("postgresql://app:s@db.example/customers")
    assert found["sslmode"] == "verify-full"
    assert found["sslrootcert"]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://app@db.example/x",
        "postgresql://app@db.example:port/x",
        "postgresql://app@localhost/x?host=db.example",
        "postgresql://app@localhost/x?service=other",
        "postgresql://app@db.example/x?sslmode",
    ],
)
def test_an_address_that_says_something_else_is_refused(url: str) -> None:
    with pytest.raises(database_address.AddressProblem):
        database_address.parse(url)


def test_an_application_role_without_owner_is_refused(
    postgres: OutsidePostgres, make_server: Callable[..., Server]
) -> None:
    said = refusal(make_server(), DATABASE_URL=postgres.url("app:application-secret"))
    assert "DATABASE_OWNER_URL" in said
    assert "secret" not in said
