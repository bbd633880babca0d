"""Attachments in a bucket of a real S3-protocol server: ciphertext alone lies there, and moving can be cut off."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from shouxin.cli import build_parser
from shouxin.customers.attachments import bucket, moving, storage, upkeep
from shouxin.customers.attachments.errors import StorageAway
from shouxin.customers.attachments.models import Store, StoredFile
from shouxin.customers.attachments.services import AttachmentProblem
from shouxin.customers.attachments.tests import cast
from shouxin.kit import clock, connections
from shouxin.vault import services as vault
from shouxin.vault.commands import operator
from tests.attachments.opening import NAME, may_open, opened
from tests.hardening.plaintext import shapes
from tests.peers import s3
from tests.register import Register

pytestmark = pytest.mark.django_db
DOCTOR = "attachments.s3"


@pytest.fixture(scope="module")
def server() -> Iterator[s3.Server]:
    with s3.running() as found:
        yield found


@pytest.fixture
def configured(server: s3.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[s3.Server]:
    keys = tmp_path / "s3.keys"
    keys.write_text(f"{server.access}\n{server.secret}\n")
    keys.chmod(0o600)
    monkeypatch.setenv(bucket.ADDRESS, f"http://{server.host}/{s3.BUCKET}/attachments")
    monkeypatch.setenv(bucket.KEY_FILE, str(keys))
    yield server
    for name in server.objects():
        server.client().remove_object(s3.BUCKET, name)


def outcome() -> connections.Outcome:
    return connections.examine(connections.connections[DOCTOR])[0]


def run(*arguments: str) -> int:
    parsed = build_parser().parse_args(["attachments", *arguments])
    return int(parsed.run(parsed))


def test_a_file_lies_sealed_in_the_bucket_and_opens_from_there(
    register: Register, folder: Path, configured: s3.Server
) -> None:
    content = cast.pdf(2, text="PLANTED SENTENCE")
    row = cast.attach(register, content, NAME)
    assert row.file
    assert row.file.store == Store.S3
    assert not folder.exists()
    objects = configured.objects()
    assert list(objects) == [f"attachments/{row.file.object_id}.sealed"]
    (lies,) = objects.values()
    for planted in ("PLANTED SENTENCE", "李小明", "CONTRACT"):
        assert not any(shape in lies for shape in shapes(planted))
    assert content[:32] not in lies
    may_open(register)
    assert b"".join(opened(register, row).chunks) == content
    assert outcome().state is connections.State.OK


def test_a_large_file_goes_and_comes_in_pieces(
    register: Register, folder: Path, configured: s3.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = cast.pdf(1, text="x" * (6 * 1024 * 1024))
    row = cast.attach(register, content, NAME)
    may_open(register)
    pieces = list(opened(register, row).chunks)
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 1024 * 1024


def test_the_server_checks_signatures_and_a_wrong_key_stores_nothing(
    register: Register, folder: Path, configured: s3.Server, tmp_path: Path
) -> None:
    (tmp_path / "s3.keys").write_text(f"{configured.access}\nwrong\n")
    with pytest.raises(AttachmentProblem) as problem:
        cast.attach(register, cast.pdf(), NAME)
    assert problem.value.code == "storage.away"
    assert not StoredFile.objects.exists()
    assert configured.objects() == {}
    assert not outcome().fine
    assert "wrong" not in str(outcome())


@pytest.mark.parametrize(
    "address",
    ["http://storage.example/b", "https://u:p@storage.example/b", "ftp://127.0.0.1/b", "https://host"],
)
def test_an_address_without_tls_or_bucket_or_with_a_password_is_not_spoken_to(
    configured: s3.Server, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(bucket.ADDRESS, address)
    with pytest.raises(StorageAway):
        bucket.configured()
    assert not outcome().fine


def test_a_key_file_that_others_may_read_is_not_used(configured: s3.Server, tmp_path: Path) -> None:
    (tmp_path / "s3.keys").chmod(0o644)
    with pytest.raises(StorageAway):
        bucket.configured()


def test_moving_goes_on_where_it_was_cut_off(
    register: Register,
    folder: Path,
    configured: s3.Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: object,
) -> None:
    address = bucket.ADDRESS
    with monkeypatch.context() as patch:
        patch.delenv(address)
        rows = [cast.attach(register, cast.pdf(n), NAME) for n in (1, 2, 3)]
    assert len(list(folder.iterdir())) == 3
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        steps = moving.move(actor=operator(), to=Store.S3)
        next(steps)
        steps.close()  # cut off after the first
    assert sorted(StoredFile.objects.values_list("store", flat=True)) == ["folder", "folder", "s3"]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert run("move", "--to", "s3", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "moved": 2, "missing": []}
    assert list(folder.iterdir()) == []
    assert len(configured.objects()) == 3
    may_open(register)
    for number, row in enumerate(rows, start=1):
        row.refresh_from_db()
        assert b"".join(opened(register, row).chunks) == cast.pdf(number)


def test_a_check_names_what_is_missing_altered_or_belongs_to_nothing(
    register: Register, folder: Path, configured: s3.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [cast.attach(register, cast.pdf(n), NAME) for n in (1, 2, 3)]
    assert run("check", "--json") == 0
    client, names = (
        configured.client(),
        [f"attachments/{row.file.object_id}.sealed" for row in rows if row.file],
    )
    client.remove_object(s3.BUCKET, names[0])
    harmed = configured.objects()[names[1]][:-1] + b"x"
    client.put_object(s3.BUCKET, names[1], io.BytesIO(harmed), len(harmed))
    stray = "01932d5a-7c00-7000-8000-0000000000aa"
    client.put_object(s3.BUCKET, f"attachments/{stray}.sealed", io.BytesIO(b"x"), 1)
    capsys.readouterr()
    assert run("check", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    ids = [str(row.file.id) for row in rows if row.file]
    assert told == {"ok": False, "files": 3, "missing": [ids[0]], "altered": [ids[1]], "orphaned": [stray]}
    assert run("check") == 1
    assert ids[0] in capsys.readouterr().out


def test_a_destroyed_group_is_swept_from_the_bucket(
    register: Register, folder: Path, configured: s3.Server, django_capture_on_commit_callbacks: object
) -> None:
    cast.attach(register, cast.pdf(), NAME)
    group = StoredFile.objects.get().storage_group
    vault.destroy_group(actor=operator(), customer_id=register["li"], group=group, reason="expired")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert upkeep.sweep(now=clock.now()) == 1
    assert configured.objects() == {}


def test_an_upload_that_is_rolled_back_leaves_no_object(
    register: Register, folder: Path, configured: s3.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_kwargs: object) -> None:
        raise RuntimeError("cut off")

    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr("shouxin.customers.attachments.services.journal.append", away)
        with pytest.raises(RuntimeError):
            cast.attach(register, cast.pdf(), NAME)
    assert configured.objects() == {}
    assert storage.in_use() == [Store.FOLDER, Store.S3]
