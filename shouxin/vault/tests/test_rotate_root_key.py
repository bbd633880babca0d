"""The root key is rotated while people work, whatever happens in between, and ends with a proof."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction

from shouxin.core.crypto import providers
from shouxin.core.crypto.errors import KeyServiceUnavailable, WrongPassphrase
from shouxin.core.ledger.entry import decode
from shouxin.core.policy import NotAllowed
from shouxin.journal.events import sentence
from shouxin.journal.models import Entry
from shouxin.kit import clock, sealing
from shouxin.people.connections.models import Connection
from shouxin.people.connections.queries import SECRET
from shouxin.people.models import Staff
from shouxin.vault import database, jobs, places, root_destruction, root_rotation, rotation, services
from shouxin.vault.errors import KeysDamaged
from shouxin.vault.keyring import keyring, root_key_path
from shouxin.vault.models import EpochKey, RootKey
from shouxin.vault.queries import RootCount, key_status
from shouxin.vault.root_rotation import RootProgress
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = b"client secret of a single sign-on"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of this test's own, and key files that are asked for on every use."""
    settings.DATA = tmp_path
    monkeypatch.setattr(keyring, "_interval", 0.0)
    keyring.drop()
    yield tmp_path
    keyring.drop()


@pytest.fixture
def customer(folder: Path) -> UUID:
    """One customer in a vault whose root key is a file."""
    jobs.make_first_keys()
    return cast.new_customer(mobile="13800138000")


@pytest.fixture
def connected(customer: UUID) -> Connection:
    """A connection whose secret is kept sealed."""
    staff = Staff.objects.create(user_name="pengyu", display_name="彭宇")
    made = Connection(name="统一登录", kind="oidc", drafted_by=staff, drafted_at=clock.now())
    made.secret = sealing.seal(SECRET, made.id, PASSWORD)
    made.save()
    return made


def rotate(**choices: Any) -> RootProgress:
    return list(root_rotation.rotate(actor=cast.OPERATOR, **choices))[-1]


def name_of(customer: UUID) -> str | None:
    with transaction.atomic():
        return services.reveal(cast.permit(customer)).of(customer)["person_name"].text


def secret_of(connected: Connection) -> bytes:
    connected.refresh_from_db()
    return sealing.unseal(SECRET, connected.id, bytes(connected.secret or b""))


def standing() -> list[tuple[int, str, int, bool]]:
    found: tuple[RootCount, ...] = key_status(actor=cast.OPERATOR).roots
    return [(one.number, one.state, one.keys, one.kept) for one in found]


def killed_at(
    module: Any, name: str, monkeypatch: pytest.MonkeyPatch, *, after: bool, run: Callable[[], Any]
) -> None:
    """Run in a process of its own, and kill -9 it before or after its first call of this function."""
    connection.close()
    child = os.fork()
    if not child:
        real = getattr(module, name)

        def deadly(*arguments: Any, **named: Any) -> Any:
            if after:
                real(*arguments, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(module, name, deadly)
        try:
            run()
        finally:
            os._exit(3)  # it should not have come so far
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.clause("A7.2")
def test_everything_is_under_the_new_root_key_and_opens_with_it_alone(
    connected: Connection, customer: UUID
) -> None:
    assert standing() == [(0, "current", 3, True)]
    done = rotate()
    assert (done.old, done.new, done.remaining, done.opened, done.finished) == (0, 1, 0, 3, True)
    assert standing() == [(0, "retired", 0, True), (1, "current", 3, True)]
    root_key_path(0).rename(root_key_path(0).with_suffix(".away"))  # kept by somebody, needed by nothing
    keyring.drop()
    assert name_of(customer) == "王芳"
    assert secret_of(connected) == PASSWORD
    assert name_of(cast.new_customer()) == "王芳"
    finished = bytes(Entry.objects.get(event="root_key.rotation_finished").body)
    assert b'"remaining":0' in finished
    assert b'"opened":3' in finished


def test_a_process_that_held_keys_of_the_old_one_goes_on(customer: UUID) -> None:
    assert name_of(customer) == "王芳"  # the epoch key is in memory now, as it stood under root key 0
    held = dict(keyring._held.epochs)
    rotate()
    keyring._held.epochs = held
    root_key_path(0).unlink()
    assert name_of(customer) == "王芳"


KILLED = [
    (root_rotation, "_prepare", True),
    (root_rotation, "_make", True),
    (root_rotation, "_take_into_use", False),
    (root_rotation, "_take_into_use", True),
    (root_rotation, "_move", True),
    (root_rotation, "_prove", False),
]


@pytest.mark.parametrize(("module", "name", "after"), KILLED, ids=[f"{n}-{a}" for _, n, a in KILLED])
def test_killed_anywhere_it_goes_on_with_the_same_new_key(
    connected: Connection,
    customer: UUID,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    *,
    after: bool,
) -> None:
    killed_at(module, name, monkeypatch, after=after, run=lambda: rotate(batch=1))
    made = root_key_path(1).read_bytes() if root_key_path(1).exists() else None
    assert name_of(customer) == "王芳"  # between the two keys, everything is read and written
    assert secret_of(connected) == PASSWORD
    late = cast.new_customer()
    assert rotate().finished
    assert standing() == [(0, "retired", 0, True), (1, "current", 3, True)]
    assert made in {None, root_key_path(1).read_bytes()}
    root_key_path(0).unlink()
    assert {name_of(customer), name_of(late)} == {"王芳"}
    assert secret_of(connected) == PASSWORD


def test_the_new_key_is_on_disk_before_anything_names_it(
    customer: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def noting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **named: Any) -> Any:
            order.append(name)
            return real(*arguments, **named)

        return noted

    for module, name in ((os, "fsync"), (root_rotation, "_take_into_use"), (root_rotation, "_move")):
        monkeypatch.setattr(module, name, noting(name, getattr(module, name)))
    rotate()
    assert order[:3] == ["fsync", "fsync", "_take_into_use"]  # the file, and the folder that names it
    assert order[3] == "_move"


def test_people_read_write_and_rotate_epochs_meanwhile(connected: Connection, customer: UUID) -> None:
    stop, problems = threading.Event(), []

    def work(number: int) -> None:
        try:
            count = 0
            while not stop.is_set() or count < 3:
                count += 1
                if number:
                    cast.store(cast.write(customer, note=str(count)))
                    Connection.objects.filter(id=connected.id).update(
                        draft_secret=sealing.seal(SECRET, connected.id, PASSWORD)
                    )
                else:
                    assert name_of(customer) == "王芳"
                    list(rotation.rotate(actor=cast.OPERATOR))
        except Exception as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    try:
        done = [rotate() for _ in range(2)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not problems
    assert [(one.old, one.new, one.finished) for one in done] == [(0, 1, True), (1, 2, True)]
    assert {one.root for place in places.under_root() for one in place.each()} == {2}


def test_nothing_can_be_stored_under_a_root_key_that_is_proven_to_wrap_nothing(connected: Connection) -> None:
    stale = bytes(connected.secret or b"")
    rotate()
    with pytest.raises(IntegrityError, match="root key 0"), transaction.atomic():
        Connection.objects.filter(id=connected.id).update(draft_secret=stale)
    with pytest.raises(IntegrityError, match="root key 0"), transaction.atomic():
        connected.save()  # read before the rotation
    assert secret_of(connected) == PASSWORD


def test_a_store_under_way_is_waited_for_and_counted(connected: Connection) -> None:
    other = Connection.objects.create(
        name="另一个", kind="oidc", drafted_by=connected.drafted_by, drafted_at=clock.now()
    )
    stale, begun = sealing.seal(SECRET, other.id, PASSWORD), threading.Event()

    def store() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                Connection.objects.filter(id=other.id).update(draft_secret=stale)
                begun.set()
                waiting = 0
                while not waiting:  # until the proof waits for this to end
                    cursor.execute(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                    )
                    waiting = cursor.fetchone()[0]
        finally:
            connection.close()

    steps = root_rotation.rotate(actor=cast.OPERATOR, batch=1)
    next(steps)
    thread = threading.Thread(target=store)
    thread.start()
    begun.wait()
    rest = list(steps)
    thread.join()
    assert [one.remaining for one in rest if one.remaining >= 0] == [1, 0]
    assert {one.root for place in places.under_root() for one in place.each()} == {1}


def test_an_altered_secret_is_named_and_everything_else_is_done(
    connected: Connection, customer: UUID
) -> None:
    other = Connection.objects.create(
        name="另一个",
        kind="oidc",
        drafted_by=connected.drafted_by,
        drafted_at=clock.now(),
        secret=connected.secret,  # somebody else's secret, put here in the database
    )
    with pytest.raises(KeysDamaged) as caught:
        rotate()
    assert caught.value.found == [("people.connection", str(other.id))]
    assert standing() == [(0, "retiring", 1, True), (1, "current", 3, True)]
    other.delete()
    assert rotate().finished


def test_only_one_process_rotates_and_only_who_may(customer: UUID) -> None:
    with pytest.raises(NotAllowed):
        list(root_rotation.rotate(actor=cast.KEEPER))
    first = root_rotation.rotate(actor=cast.OPERATOR, batch=1)
    next(first)
    problems: list[Exception] = []

    def second() -> None:
        try:
            rotate()
        except root_rotation.RotationElsewhere as problem:
            problems.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    thread.join()
    assert len(problems) == 1
    assert list(first)[-1].finished


class TestPassphrase:
    """The new root key comes from a passphrase of its own, in a file of its own."""

    @pytest.fixture
    def secret(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        path = tmp_path / "passphrase"
        path.write_text("moonlight over the northern hills\n", encoding="utf-8")
        monkeypatch.setenv(jobs.PASSPHRASE, str(path))
        return path

    @pytest.fixture
    def held(self, secret: Path) -> UUID:
        assert secret.exists()
        jobs.make_first_keys()
        return cast.new_customer()

    def test_a_passphrase_follows_another(self, secret: Path, held: UUID) -> None:
        with pytest.raises(KeyServiceUnavailable, match=r"passphrase\.1"):
            rotate()
        (secret.parent / "passphrase.1").write_text("rain on the southern river\n", encoding="utf-8")
        assert rotate().finished
        assert {one.kind for one in RootKey.objects.all()} == {"passphrase"}
        secret.unlink()
        keyring.drop()
        assert name_of(held) == "王芳"

    def test_the_old_passphrase_is_not_taken_for_the_new_key(self, secret: Path, held: UUID) -> None:
        (secret.parent / "passphrase.1").write_bytes(secret.read_bytes())
        with pytest.raises(root_rotation.SamePassphrase):
            rotate()
        assert not root_key_path(1).exists()
        assert standing()[-1][:3] == (1, "prepared", 0)
        assert name_of(held) == "王芳"

    def test_a_wrong_passphrase_after_a_cut_off_changes_nothing(
        self, secret: Path, held: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        coming = secret.parent / "passphrase.1"
        coming.write_text("rain on the southern river", encoding="utf-8")
        killed_at(root_rotation, "_make", monkeypatch, after=True, run=rotate)
        coming.write_text("rain on the southern lake", encoding="utf-8")
        with pytest.raises(WrongPassphrase):
            rotate()
        assert {one.root for place in places.under_root() for one in place.each()} == {0}
        assert name_of(held) == "王芳"
        coming.write_text("rain on the southern river", encoding="utf-8")
        assert rotate().finished
        assert name_of(held) == "王芳"

    def test_a_file_follows_a_passphrase(self, secret: Path, held: UUID) -> None:
        assert rotate(kind="file").finished
        secret.unlink()
        keyring.drop()
        assert name_of(held) == "王芳"


@pytest.mark.usefixtures("customer")
class TestDestruction:
    """The old key is kept until somebody names it, and the proof is made again before it goes."""

    def fingerprint(self, number: int) -> str:
        return RootKey.objects.get(number=number).fingerprint

    def test_it_goes_with_its_file_and_is_recorded_before_and_after(self, customer: UUID) -> None:
        rotate()
        root_destruction.destroy(actor=cast.OPERATOR, fingerprint=self.fingerprint(0))
        assert standing() == [(0, "destroyed", 0, False), (1, "current", 2, True)]
        assert name_of(customer) == "王芳"
        started = decode(bytes(Entry.objects.get(event="root_key.rotation_started").body)).data
        for number in (0, 1):  # as `keys status` shows it
            assert f"指纹 {self.fingerprint(number)}" in sentence(
                "root_key.rotation_started", started, "zh-hans"
            )
        told = Entry.objects.filter(event__startswith="root_key.destr").values_list("event", flat=True)
        assert sorted(told) == ["root_key.destroyed", "root_key.destruction_decided"]

    def test_neither_the_key_in_use_nor_one_under_way_nor_an_unknown_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        killed_at(root_rotation, "_prove", monkeypatch, after=False, run=rotate)
        for fingerprint in (self.fingerprint(0), self.fingerprint(1), "0011223344556677", ""):
            with pytest.raises(root_destruction.NotRetired):
                root_destruction.destroy(actor=cast.OPERATOR, fingerprint=fingerprint)
        assert root_key_path(0).exists()
        assert root_key_path(1).exists()

    def test_the_proof_is_made_again(self, customer: UUID) -> None:
        before = bytes(EpochKey.objects.get().wrapped or b"")
        rotate()
        with (
            connection.cursor() as cursor,
            transaction.atomic(),
        ):  # past the database's guard, as an owner could
            RootKey.objects.filter(number=0).update(state="prepared")
            EpochKey.objects.update(wrapped=before)
            RootKey.objects.filter(number=0).update(state="retired")
            cursor.execute("SELECT 1")
        with pytest.raises(root_destruction.StillNeeded):
            root_destruction.destroy(actor=cast.OPERATOR, fingerprint=self.fingerprint(0))
        assert name_of(customer) == "王芳"

    def test_cut_off_before_or_after_the_file_went_it_is_completed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rotate()
        doomed = self.fingerprint(0)

        def destroy() -> None:
            root_destruction.destroy(actor=cast.OPERATOR, fingerprint=doomed)

        killed_at(providers, "erase", monkeypatch, after=False, run=destroy)
        assert standing()[0][1::2] == ("destroying", True)
        killed_at(root_destruction, "_record", monkeypatch, after=False, run=destroy)
        assert standing()[0][1::2] == ("destroying", False)
        destroy()
        assert standing()[0][1] == "destroyed"
        with pytest.raises(root_destruction.NotRetired):
            destroy()
        assert Entry.objects.filter(event="root_key.destruction_decided").count() == 1


def test_the_lock_the_database_takes_is_the_one_the_program_takes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'vault_check_root'")
        assert str(database.ROOT_LOCK) in cursor.fetchone()[0]
