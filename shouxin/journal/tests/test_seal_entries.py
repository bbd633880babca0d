"""Every committed entry gets exactly one place, whatever its transaction does and whenever the sealer dies."""

import signal
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections, transaction

from shouxin.core.ledger.checkpoint import SigningKey, open_note
from shouxin.core.ledger.errors import LedgerError
from shouxin.core.ledger.tree import leaf_hash, root_of
from shouxin.core.policy import Actor
from shouxin.journal import outside, sealer
from shouxin.journal.models import Checkpoint, Entry, Leaf, Tile
from shouxin.journal.outside import Diverged, Outside, load_public_key
from shouxin.journal.sealer import Sealer
from shouxin.journal.services import append, append_many, verify
from shouxin.journal.tests.conftest import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def append_one(actor: Actor, count: int = 1) -> UUID:
    with transaction.atomic():
        return append(actor=actor, event="thing.tried", data={"count": count})


def append_rows(actor: Actor, number: int) -> list[UUID]:
    with transaction.atomic():
        return append_many(
            actor=actor, event="thing.tried", rows=[(None, {"count": at}) for at in range(number)]
        )


def in_order() -> list[UUID]:
    found = Leaf.objects.order_by("index").values_list("index", "entry_id")
    assert [index for index, _ in found] == list(range(len(found)))
    return [entry_id for _, entry_id in found]


def test_entries_get_places_hashes_and_a_signed_checkpoint(
    actor: Actor, seal: Callable[[], int], data: Path
) -> None:
    ids = append_rows(actor, 700)
    assert seal() == 700
    assert in_order() == ids
    leaves = [leaf_hash(bytes(Entry.objects.get(id=one).body)) for one in ids]
    assert [
        bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)
    ] == leaves
    latest = Checkpoint.objects.get()
    opened = open_note(latest.note, load_public_key(data))
    assert (opened.size, opened.root) == (700, root_of(leaves)) == (latest.size, bytes(latest.root))
    assert set(Tile.objects.values_list("path", flat=True)) == {"tile/0/000", "tile/0/001"}


@pytest.mark.clause("A14.2")
def test_hashes_and_checkpoints_are_kept_outside_the_database(
    actor: Actor, seal: Callable[[], int], data: Path
) -> None:
    for number in (100, 150, 6, 300):
        append_rows(actor, number)
        seal()
    kept, key = Outside(data), load_public_key(data)
    assert kept.size(key) == 556
    hashes = [one for tile in range(3) for one in kept.hashes(tile, 556)]
    assert hashes == [
        bytes(one) for one in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)
    ]
    assert {name for name, _ in kept.notes()} == {f"{100:019}", "checkpoint"}
    files = {
        path.relative_to(data).as_posix() for path in (data / "ledger" / "tile").rglob("*") if path.is_file()
    }
    assert files == {"ledger/tile/0/000", "ledger/tile/0/001", "ledger/tile/0/002.p/44"}


def test_a_checkpoint_is_kept_for_good_every_hour(
    actor: Actor, seal: Callable[[], int], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "KEEP_EVERY", 0)
    for _ in range(3):
        append_one(actor)
        seal()
    assert [name for name, _ in Outside(data).notes()] == [f"{1:019}", f"{2:019}", f"{3:019}", "checkpoint"]


def test_the_key_is_readable_for_its_owner_alone(seal: Callable[[], int], data: Path) -> None:
    seal()
    assert stat.S_IMODE((data / "keys" / "ledger.key").stat().st_mode) == 0o600
    assert SigningKey.parse((data / "keys" / "ledger.key").read_text()).public == load_public_key(data)


def test_more_than_a_batch_is_sealed_in_one_round(
    actor: Actor, seal: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "BATCH", 64)
    ids = append_rows(actor, 200)
    assert seal() == 200
    assert in_order() == ids
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [64, 128, 192, 200]


def test_late_commits_are_not_missed(
    actor: Actor, application: psycopg.Connection, data: Path, superuser: psycopg.Connection
) -> None:
    """A transaction that began before three rounds and commits after them; one that rolls back."""
    append_one(actor)
    running = Sealer(application, data)
    with psycopg.connect(superuser.info.dsn, password=superuser.info.password) as late:
        copy = (
            "INSERT INTO journal_entry (id, at, event, actor, body)"
            " SELECT %s, at, event, actor, body FROM journal_entry LIMIT 1"
        )
        late.execute(copy, [UUID(int=1)])
        with psycopg.connect(superuser.info.dsn, password=superuser.info.password) as undone:
            undone.execute(copy, [UUID(int=2)])
            assert running.round() == 1
            append_one(actor)
            assert running.round() == 1
            undone.rollback()
        assert running.round() == 0
        late.commit()
        assert running.round() == 1
    assert in_order()[-1] == UUID(int=1)
    assert len(in_order()) == 3


def _write(actor: Actor, seed: int, written: list[UUID], problems: list[BaseException]) -> None:
    """Transactions of some entries, some undone, some kept open for a while."""
    chance, pause = Random(seed), threading.Event()
    try:
        for _ in range(25):
            with transaction.atomic():
                ids = [append(actor=actor, event="thing.tried") for _ in range(chance.randrange(1, 6))]
                pause.wait(chance.random() * 0.03)
                if chance.random() < 0.25:
                    transaction.set_rollback(True)
                    ids = []
            written += ids
    except BaseException as problem:  # noqa: BLE001 - told to the test
        problems.append(problem)
    finally:
        connections["default"].close()


@pytest.mark.clause("A14.2", "C8.1")
def test_sixteen_writers_leave_no_gap_and_lose_nothing(
    actor: Actor, data: Path, sealer_process: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """While the sealer is killed again and again in the middle of its work."""
    written: list[UUID] = []
    problems: list[BaseException] = []
    writers = [threading.Thread(target=_write, args=(actor, seed, written, problems)) for seed in range(16)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        process = sealer_process()
        size = Leaf.objects.count()
        wait_until(lambda size=size: Leaf.objects.count() > size or not any(w.is_alive() for w in writers))  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        process.wait()
    for writer in writers:
        writer.join()
    assert problems == []
    sealer_process()
    wait_until(lambda: Leaf.objects.count() == len(written))
    assert sorted(in_order()) == sorted(written)
    wait_until(lambda: Outside(data).size(load_public_key(data)) == len(written))
    assert set(Entry.objects.values_list("id", flat=True)) == set(written)


@pytest.mark.parametrize("moment", ["_seal", "_keep", "write"])
def test_a_sealer_that_dies_at_any_point_is_taken_up(
    moment: str, actor: Actor, data: Path, seal: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the commit, after it, and before the checkpoint outside is written."""
    append_rows(actor, 300)
    seal()
    append_rows(actor, 300)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Outside if moment == "write" else Sealer, moment, die)
        with pytest.raises(KeyboardInterrupt):
            seal()
    append_rows(actor, 10)
    assert seal() == 610
    assert len(in_order()) == 610
    assert Outside(data).size(load_public_key(data)) == 610


def test_the_process_seals_and_stops_when_asked(
    actor: Actor, data: Path, sealer_process: Callable[[], subprocess.Popen[bytes]]
) -> None:
    append_one(actor)
    process = sealer_process()
    wait_until(lambda: Leaf.objects.count() == 1)
    append_one(actor)
    wait_until(lambda: Leaf.objects.count() == 2)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0


def test_a_second_sealer_waits_for_the_first(
    actor: Actor, sealer_process: Callable[[], subprocess.Popen[bytes]], superuser: psycopg.Connection
) -> None:
    holders = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shouxin sealer'"
    first = sealer_process()
    wait_until(lambda: superuser.execute(holders).fetchone() == (1,))
    second = sealer_process()
    wait_until(lambda: superuser.execute(waiting).fetchone() == (2,))
    first.send_signal(signal.SIGKILL)
    first.wait()
    append_one(actor)
    wait_until(lambda: Leaf.objects.count() == 1)
    assert second.poll() is None


def test_a_lost_connection_is_made_again(
    actor: Actor, sealer_process: Callable[[], subprocess.Popen[bytes]], superuser: psycopg.Connection
) -> None:
    process = sealer_process()
    append_one(actor)
    wait_until(lambda: Leaf.objects.count() == 1)
    superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'shouxin sealer'"
    )
    append_one(actor)
    wait_until(lambda: Leaf.objects.count() == 2)
    assert process.poll() is None


TAMPERING = {
    "leaf": "UPDATE journal_leaf SET leaf_hash = sha256('x') WHERE index = 299",
    "tile": "UPDATE journal_tile SET hashes = sha256('x') || substr(hashes, 33)",
    "tile gone": "DELETE FROM journal_tile",
    "leaf gone": "DELETE FROM journal_leaf WHERE index = 299",
    "checkpoint gone": "DELETE FROM journal_checkpoint",
}


@pytest.mark.parametrize("deed", TAMPERING)
def test_a_tampered_log_is_not_continued(
    deed: str, actor: Actor, seal: Callable[[], int], superuser: psycopg.Connection, data: Path
) -> None:
    append_rows(actor, 300)
    seal()
    superuser.execute(TAMPERING[deed])
    with pytest.raises(LedgerError):
        seal()


def test_a_log_set_back_is_not_continued(
    actor: Actor, seal: Callable[[], int], superuser: psycopg.Connection, data: Path
) -> None:
    append_rows(actor, 10)
    seal()
    append_rows(actor, 10)
    seal()
    superuser.execute("DELETE FROM journal_leaf WHERE index >= 10")
    superuser.execute("DELETE FROM journal_checkpoint WHERE size > 10")
    with pytest.raises(Diverged, match="set back"):
        seal()


def test_a_log_whose_key_is_gone_is_not_continued(
    actor: Actor, seal: Callable[[], int], data: Path, sealer_process: Callable[[], subprocess.Popen[bytes]]
) -> None:
    append_one(actor)
    seal()
    (data / "keys" / "ledger.key").unlink()
    process = sealer_process()
    _, said = process.communicate()
    assert process.returncode == 1
    assert b"ledger.key is missing" in said
    assert b"Traceback" not in said


def test_what_was_sealed_verifies(actor: Actor, auditor: Actor, seal: Callable[[], int]) -> None:
    append_rows(actor, 1000)
    seal()
    report = verify(auditor)
    assert (report.sound, report.size, report.waiting) == (True, 1000, 0)
