"""`shouxin doctor` names what is wrong with folder, keys and clock, and tries every connection."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from shouxin.core.text import Text
from shouxin.kit import clock, connections, mail
from shouxin.kit.connections import Connection, Outcome, State, TurnedAway, attempt, examine
from shouxin.operations.server import doctor, hardening, outside
from shouxin.vault.models import RootKey

REDUCED = Text("暂不能登录", "nobody signs in this way meanwhile")


def codes() -> set[str]:
    return {code for code, _text in hardening.findings()}


@pytest.fixture
def data(settings: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder as the server makes it."""
    tmp_path.chmod(0o700)
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "run").mkdir(mode=0o700)
    key = tmp_path / "keys" / "root.key"
    key.touch(mode=0o600)
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.mark.django_db
def test_a_folder_or_key_open_to_others_is_named(data: Path) -> None:
    assert codes() == set()
    (data / "keys" / "root.key").chmod(0o640)
    (data / "run").chmod(0o755)
    found = dict(hardening.findings())
    assert str(data / "keys" / "root.key") in found["key-file-open"].en
    assert f"chmod 700 {data / 'run'}" in found["folder-open"].en


@pytest.mark.django_db
def test_a_passphrase_open_to_others_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = data / "phrase", data / "phrase.1"
    for path in (first, second):
        path.touch(mode=0o600)
    monkeypatch.setenv("SHOUXIN_ROOT_KEY_PASSPHRASE_FILE", str(first))
    assert codes() == set()
    second.chmod(0o644)
    assert str(second) in dict(hardening.findings())["key-file-open"].en


@pytest.mark.django_db
@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("prepared", {"root-key-rotation-unfinished"}),
        ("retiring", {"root-key-rotation-unfinished"}),
        ("destroying", {"root-key-destruction-unfinished"}),
        ("retired", set()),
    ],
)
def test_unfinished_work_on_root_keys_is_named(state: str, code: set[str]) -> None:
    RootKey.objects.create(
        number=1, kind="file", suite=1, fingerprint="00" * 8, state=state, since=clock.now()
    )
    assert codes() == code


@pytest.mark.django_db
@pytest.mark.usefixtures("data")
def test_a_clock_that_runs_apart_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardening, "MOST_DRIFT", -timedelta(seconds=1))
    assert "clock-differs" in codes()


@pytest.mark.django_db
@pytest.mark.usefixtures("data")
def test_a_checkpoint_of_tomorrow_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_checkpoint (size, root, note, at) VALUES (1, decode(repeat('00', 32), 'hex'), '', %s)",
            [clock.now() + timedelta(days=1)],
        )
    assert codes() == {"clock-set-back"}


@pytest.mark.django_db
def test_the_database_is_listed_with_its_protocol() -> None:
    (outcome,) = examine(connections.connections["database"])
    assert (outcome.state, outcome.target) == (State.OK, "socket")
    assert outcome.protocol.startswith("PostgreSQL 18")


def test_mail_and_sms_are_listed_although_neither_is_there() -> None:
    found = [(one, examine(one)[0]) for one in (mail.CONNECTION, outside.SMS)]
    assert [outcome.state for _one, outcome in found] == [State.NOT_CONFIGURED, State.NOT_USED]
    told = doctor.Diagnosis(Path("x"), None, [], found)
    assert told.fine
    lines = "\n".join(told.lines())
    assert "SMS  not used by this version" in lines or "短信  本版本不使用" in lines
    assert "Mail  not configured" in lines or "邮件  未配置" in lines


def _fail(error: Exception) -> str:
    raise error


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ConnectionRefusedError("refused"), State.UNREACHABLE),
        (TimeoutError(), State.UNREACHABLE),
        (ssl.SSLCertVerificationError("self-signed certificate"), State.CERTIFICATE_REFUSED),
        (TurnedAway(Text("账号被拒绝", "the log-in was refused")), State.TURNED_AWAY),
        (RuntimeError("SECRET-IN-AN-ERROR"), State.UNREACHABLE),
    ],
)
def test_what_goes_wrong_becomes_an_outcome_that_says_what_is_reduced(
    monkeypatch: pytest.MonkeyPatch, error: Exception, state: State
) -> None:
    one = Connection(
        "tried-here",
        Text("目录", "Directory"),
        REDUCED,
        lambda: [attempt("h:636", "LDAPS", lambda: _fail(error))],
    )
    monkeypatch.setattr(connections.connections, "_entries", {"tried-here": one})
    found = doctor.Diagnosis(Path("x"), None, [], [(one, outcome) for outcome in examine(one)])
    assert [outcome.state for _one, outcome in found.connections] == [state]
    assert not found.fine
    assert found.facts()["connections"][0]["reduced"]["en"] == REDUCED.en
    assert "SECRET" not in "\n".join(found.lines()) + str(found.facts())


def test_what_is_wrapped_by_a_client_library_is_recognised_as_a_refused_certificate() -> None:
    def trying() -> str:
        try:
            raise ssl.SSLCertVerificationError("hostname mismatch")
        except ssl.SSLError as error:
            raise RuntimeError("connection failed") from error

    assert attempt("h:443", "HTTPS", trying).state is State.CERTIFICATE_REFUSED


def test_a_connection_that_is_not_configured_is_listed_and_fine() -> None:
    one = Connection("tried-here", Text("目录", "Directory"), REDUCED, list)
    assert examine(one) == [Outcome("", "", State.NOT_CONFIGURED)]
    assert doctor.Diagnosis(Path("x"), None, [], [(one, examine(one)[0])]).fine


def test_a_look_that_fails_itself_is_no_good_news() -> None:
    one = Connection("tried-here", Text("目录", "Directory"), REDUCED, lambda: [_fail(KeyError("x"))])  # type: ignore[list-item]
    assert not examine(one)[0].fine


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://user:secret@login.example/path?token=secret", "login.example:443"),
        ("ldap://dir.example", "dir.example:389"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
    ],
)
def test_an_address_is_shown_without_secrets(url: str, target: str) -> None:
    assert connections.host_and_port(url, 389 if url.startswith("ldap") else None) == target
