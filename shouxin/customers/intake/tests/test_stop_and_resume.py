"""A run can stop anywhere and goes on at its place: paused, killed, without keys, without its importer."""

import signal
from collections.abc import Callable
from threading import Barrier, Thread

import psycopg
import pytest
from django.db import connection

from shouxin.customers.intake import drafts, grouping, jobs, running, services
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer, Record
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.rulebook.purposes import services as purposes
from shouxin.vault.keyring import keyring, root_key_path
from tests.harness.jobs import WorkerProcess, run_queued
from tests.harness.server import until
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "订单编号", "订单日期", "产品名称", "销售额")


def content(customers: int, prefix: str = "K", lines: int = 3) -> bytes:
    rows = [
        (f"{prefix}-{n}", f"客户{n}", f"CN-{n}-{line % 2}", "2026-10-01", f"物{n}-{line}", str(line))
        for line in range(lines)
        for n in range(customers)
    ]
    return cast.table(HEADER, *rows, (f"{prefix}-bad", "", "CN-1", "2026-10-01", "物", "1"))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "CHUNK_ROWS", 9)


def ready(register: Register, file: bytes) -> ImportBatch:
    """A batch that is checked and asked to run; nobody works on it yet."""
    batch = cast.upload(register, file, "f.csv")
    cast.decide(register, batch.id)
    cast.check(register, batch.id)
    services.start(actor=register.world.actor("clerk"), batch=batch.id, now=clock.now())
    return batch


def pausing(register: Register, batch: ImportBatch, chunks: int) -> Callable[[], bool]:
    """Asked before each chunk; pauses the batch before the one after `chunks`."""
    seen = iter(range(1000))

    def stop() -> bool:
        if next(seen) == chunks:
            services.pause(actor=register.world.actor("clerk"), batch=batch.id)
        return False

    return stop


def signature(batch: ImportBatch) -> dict[str, tuple[str, dict[str, list[dict[str, str]]]]]:
    return {key: (one.values["person_name"], one.orders()) for key, one in cast.kept(batch=batch.id).items()}


@pytest.mark.usefixtures("small_chunks")
def test_a_paused_run_goes_on_where_it_was(register: Register) -> None:
    batch = ready(register, content(12))
    jobs.work_run(batch=batch.id, now=clock.now(), stop=pausing(register, batch, 2))
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == (BatchState.PAUSED, "")
    done = batch.rows_done
    assert 0 < done < 37
    assert Customer.objects.filter(batch_id=batch.id).count() == batch.created_count
    batch = cast.run(register, batch.id)
    assert batch.state == BatchState.DONE
    assert cast.counts(batch) == (12, 0, 24, 1, 0)
    assert [row.number for row in drafts.refused_rows(batch)] == [38]


def test_a_worker_killed_in_the_middle_leaves_nothing_lost_or_double(
    register: Register, start_worker: Callable[..., WorkerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    customers = 2_400
    batch = ready(register, content(customers))
    for _ in range(2):
        worker = start_worker()
        before = ImportBatch.objects.get(id=batch.id).rows_done
        until(lambda before=before: ImportBatch.objects.get(id=batch.id).rows_done > before, "a chunk")
        worker.end(signal.SIGKILL)
    batch.refresh_from_db()
    assert batch.state == BatchState.RUNNING
    assert 0 < batch.rows_done < batch.rows_total
    start_worker()
    until(lambda: ImportBatch.objects.get(id=batch.id).upload_destroyed_at, "the end of the run")
    batch.refresh_from_db()
    assert cast.counts(batch) == (customers, 0, customers * 2, 1, 0)
    assert Customer.objects.filter(batch_id=batch.id).count() == customers
    assert Record.objects.filter(batch_id=batch.id).count() == customers * 2
    killed = signature(batch)
    assert len(killed) == customers
    undisturbed = cast.imported(register, content(40, "U"), "u.csv")
    for number, (name, orders) in signature(undisturbed).items():
        assert killed[number.replace("U", "K")] == (name, orders)


@pytest.mark.usefixtures("small_chunks")
def test_two_workers_on_one_batch_store_each_row_once(register: Register) -> None:
    batch = ready(register, content(60))
    together(lambda: jobs.work_run(batch=batch.id, now=clock.now()))
    jobs.work_run(batch=batch.id, now=clock.now())
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert cast.counts(batch) == (60, 0, 120, 1, 0)
    assert Customer.objects.filter(batch_id=batch.id).count() == 60


@pytest.mark.usefixtures("small_chunks")
def test_two_batches_that_bring_one_customer_never_make_it_twice(register: Register) -> None:
    batches = [ready(register, content(30)), ready(register, content(30) + b"\r\n")]
    running_ids = iter([one.id for one in batches])
    together(lambda: jobs.work_run(batch=next(running_ids), now=clock.now()))
    found = [ImportBatch.objects.get(id=one.id) for one in batches]
    assert {one.state for one in found} == {BatchState.DONE}
    one, other = map(cast.counts, found)
    assert one[0] + other[0] == 30
    assert Customer.objects.filter(batch_id__in=[b.id for b in batches]).count() == 30
    held = {**cast.kept(batch=batches[0].id), **cast.kept(batch=batches[1].id)}
    assert all(sum(map(len, each.orders().values())) == 3 for each in held.values())


def together(work: Callable[[], None]) -> None:
    """Do `work` in two threads at the same time."""
    barrier, errors = Barrier(2), list[BaseException]()

    def one() -> None:
        try:
            barrier.wait(30)
            work()
        except BaseException as error:  # noqa: BLE001 - shown to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors


def test_the_run_of_somebody_who_left_stops_and_says_so(register: Register) -> None:
    batch = ready(register, content(3))
    people.end_staff(actor=register.world.actor("system_admin"), staff_id=register.world.people["clerk"].id)
    run_queued("intake")
    batch.refresh_from_db()
    assert (batch.state, batch.problem, batch.rows_done) == (BatchState.PAUSED, "operator.gone", 0)
    assert not Customer.objects.filter(batch_id=batch.id).exists()


def deactivated(register: Register) -> None:
    people.end_staff(actor=register.world.actor("system_admin"), staff_id=register.world.people["clerk"].id)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(
    ("happens", "ends"),
    [
        (deactivated, (BatchState.PAUSED, "operator.gone")),
        (cast.end_role, (BatchState.FAILED, "role.not-allowed")),  # no pause stops it here
    ],
)
def test_a_run_under_way_stores_nothing_more_once_its_importer_may_not(
    register: Register, happens: Callable[[Register], None], ends: tuple[BatchState, str]
) -> None:
    """Attack: the job goes on in the background with the rights that whoever started it had then."""
    batch, seen = ready(register, content(12)), iter(range(1000))

    def stop() -> bool:
        if next(seen) == 2:
            happens(register)
        return False

    jobs.work_run(batch=batch.id, now=clock.now(), stop=stop)
    batch.refresh_from_db()
    stored = Customer.objects.filter(batch_id=batch.id).count()
    assert 0 < batch.rows_done < 37
    assert 0 < stored == batch.created_count < 12
    assert (batch.state, batch.problem) == ends


def test_the_run_of_somebody_who_lost_the_role_stops(register: Register) -> None:
    batch = ready(register, content(3))
    cast.end_role(register)
    run_queued("intake")
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == (BatchState.FAILED, "role.not-allowed")


def test_nothing_is_stored_for_a_purpose_that_was_retired_meanwhile(register: Register) -> None:
    batch = ready(register, content(3))
    purposes.retire_purpose(register.world.actor("officer"), key=SALES, reason="不再使用")
    run_queued("intake")
    batch.refresh_from_db()
    assert (batch.state, batch.problem, batch.rows_done) == (BatchState.FAILED, "purpose.inactive", 0)
    with pytest.raises(services.IntakeProblem, match=r"declaration\.purpose"):
        services.start(actor=register.world.actor("clerk"), batch=batch.id, now=clock.now())


@pytest.mark.usefixtures("small_chunks")
def test_without_keys_the_run_stops_and_goes_on_when_they_are_back(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "_interval", 0.0)
    batch = ready(register, content(12))
    path, away = root_key_path(), root_key_path().with_suffix(".away")
    seen = iter(range(1000))

    def stop() -> bool:
        if next(seen) == 2:
            path.rename(away)
            keyring.drop()
        return False

    jobs.work_run(batch=batch.id, now=clock.now(), stop=stop)
    batch.refresh_from_db()
    done = batch.rows_done
    assert (batch.state, batch.problem) == (BatchState.FAILED, "keys.unavailable")
    assert 0 < done < 37
    away.rename(path)
    keyring.drop()
    batch = cast.run(register, batch.id)
    assert cast.counts(batch) == (12, 0, 24, 1, 0)


def test_an_upload_that_was_altered_on_disk_is_not_imported(register: Register) -> None:
    batch = ready(register, content(3))
    path = cast.file_of(batch)
    raw = bytearray(path.read_bytes())
    raw[-20] ^= 1
    path.write_bytes(raw)
    run_queued("intake")
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == (BatchState.FAILED, "file.stored_file_altered")
    assert not Customer.objects.filter(batch_id=batch.id).exists()


@pytest.mark.usefixtures("small_chunks")
def test_a_run_that_cannot_go_on_is_closed_at_what_it_stored(register: Register) -> None:
    batch = ready(register, content(12))
    path = cast.file_of(batch)
    jobs.work_run(batch=batch.id, now=clock.now(), stop=pausing(register, batch, 1))
    assert path.exists()
    services.end(actor=register.world.actor("clerk"), batch=batch.id, now=clock.now())
    batch.refresh_from_db()
    assert (batch.state, batch.standing) == (BatchState.DONE, "unconfirmed")
    assert batch.created_count == sum(cast.counts(batch)) - batch.merged_count - batch.refused_count
    assert not path.exists()


def test_an_unforeseen_error_does_not_leave_the_batch_running_for_ever(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ready(register, content(3))

    def fails(*_: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(running, "run_chunk", fails)
    with pytest.raises(ZeroDivisionError):
        jobs.work_run(batch=batch.id, now=clock.now())
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == (BatchState.FAILED, "unexpected")


def test_a_cancelled_check_stays_cancelled(register: Register) -> None:
    batch = cast.upload(register, content(3), "f.csv")
    cast.decide(register, batch.id)
    batch.refresh_from_db()
    actor = register.world.actor("clerk")
    services.request_check(actor=actor, batch=batch.id, revision=batch.draft_revision)
    services.cancel(actor=actor, batch=batch.id, now=clock.now())
    run_queued("intake")
    batch.refresh_from_db()
    assert batch.state == BatchState.CANCELLED


def test_a_database_that_is_lost_is_waited_for_not_taken_for_a_failure(
    register: Register, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ready(register, content(3))

    def ends_connection(*_: object) -> bool:
        superuser.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return bool(Customer.objects.exists())

    monkeypatch.setattr(running, "run_chunk", ends_connection)
    with pytest.raises(Exception, match=r"(?i)terminat|closed|lost"):
        jobs.work_run(batch=batch.id, now=clock.now())
    connection.close()
    assert ImportBatch.objects.get(id=batch.id).state == BatchState.RUNNING
    monkeypatch.undo()
    jobs.work_run(batch=batch.id, now=clock.now())
    assert cast.counts(ImportBatch.objects.get(id=batch.id)) == (3, 0, 6, 1, 0)
