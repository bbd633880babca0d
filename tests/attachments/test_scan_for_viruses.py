"""With ClamAV configured every file is looked through first; when it is away nothing is stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shouxin.customers.attachments import scanning
from shouxin.customers.attachments.models import Attachment, Kind
from shouxin.customers.attachments.services import AttachmentProblem
from shouxin.customers.attachments.tests import cast
from shouxin.journal.models import Entry
from shouxin.kit import connections
from shouxin.people.guarding.models import SecurityNotice
from tests.attachments.opening import NAME
from tests.peers import clamd
from tests.register import Register

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(clamd.PROGRAM is None, reason=clamd.MISSING),
]
DOCTOR = "attachments.clamav"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with clamd.running(tmp_path_factory.mktemp("clamd")) as path:
        yield path


@pytest.fixture
def scanner(daemon: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(scanning.VARIABLE, f"unix:{daemon}")
    return daemon


def outcome() -> connections.Outcome:
    return connections.examine(connections.connections[DOCTOR])[0]


def test_a_clean_file_is_stored_as_scanned(register: Register, folder: Path, scanner: Path) -> None:
    assert cast.attach(register, cast.pdf(), NAME).scanned
    assert (outcome().state, outcome().target) == (connections.State.OK, str(scanner))


def test_what_the_scanner_finds_is_refused_and_journalled_without_the_name(
    register: Register, folder: Path, scanner: Path
) -> None:
    infected = cast.docx(word__media__note_dot_xml=clamd.EICAR)
    with pytest.raises(AttachmentProblem) as problem:
        cast.attach(register, infected, "李小明补充协议.docx", kind=Kind.OTHER)
    assert problem.value.code == "virus.found"
    assert not Attachment.objects.exists()
    assert not folder.exists()
    told = Entry.objects.get(event="attachment.virus_found")
    assert "李小明" not in bytes(told.body).decode()
    assert told.customer == register["li"]
    notices = SecurityNotice.objects.filter(kind=SecurityNotice.Kind.MALICIOUS_FILE)
    assert {notice.staff.user_name for notice in notices} == {"officer", "security_admin"}


def test_a_scanner_that_is_away_keeps_everything_out(
    register: Register, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(scanning.VARIABLE, f"unix:{tmp_path}/nobody.ctl")
    with pytest.raises(AttachmentProblem) as problem:
        cast.attach(register, cast.pdf(), NAME)
    assert problem.value.code == "scanner.away"
    assert not folder.exists()
    assert outcome().state is connections.State.UNREACHABLE


@pytest.mark.parametrize("wrong", ["clamd.ctl", "tcp:localhost", "unix:relative", "http://x:3310"])
def test_a_wrong_setting_keeps_everything_out(
    register: Register, folder: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv(scanning.VARIABLE, wrong)
    with pytest.raises(AttachmentProblem):
        cast.attach(register, cast.pdf(), NAME)
    assert not outcome().fine


def test_a_file_beyond_the_scanners_own_limit_gets_no_verdict_and_is_refused(scanner: Path) -> None:
    with pytest.raises(scanning.ScannerAway):
        scanning.scan(b"0" * (31 * 1024 * 1024))


def test_without_a_scanner_the_file_is_marked_as_not_scanned(register: Register, folder: Path) -> None:
    assert not cast.attach(register, cast.pdf(), NAME).scanned
    assert outcome().state is connections.State.NOT_CONFIGURED
