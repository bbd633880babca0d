"""Several processes store one file: every row once and in its place, whatever becomes of one of them."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from shouxin.customers.intake import crew, drafts, grouping, jobs, running, services
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer, Record
from shouxin.kit import clock
from shouxin.vault.models import SearchIndexVersion
from tests.harness.jobs import WorkerProcess
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "订单编号", "订单日期", "产品名称", "销售额")
CUSTOMERS = 30


@pytest.fixture
def crews(monkeypatch: pytest.MonkeyPatch, start_worker: Callable[..., WorkerProcess]) -> list[crew.Crew]:
    """Every run is long enough for two processes; the crews that were at work."""
    started: list[crew.Crew] = []
    enter = crew.Crew.__enter__

    def watched(self: crew.Crew) -> crew.Crew:
        started.append(enter(self))
        return started[-1]

    monkeypatch.setattr(crew.Crew, "__enter__", watched)
    monkeypatch.setattr(crew, "FROM", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    monkeypatch.setattr(grouping, "CHUNK_ROWS", 9)
    monkeypatch.setattr(grouping, "GATHERED_ROWS", 1)  # a customer's rows lie in several chunks
    return started


def asked_to_run(register: Register) -> ImportBatch:
    """Three rows of each customer, the second beside the first, the third far behind; and one that is refused."""
    rows = [
        (f"K-{n}", f"客户{n}", f"CN-{n}-{line % 2}", "2026-10-01", f"物{n}-{line}", str(line))
        for lines in ((0, 1), (2,))
        for n in range(CUSTOMERS)
        for line in lines
    ]
    batch = cast.upload(
        register, cast.table(HEADER, *rows, ("K-bad", "", "CN-1", "2026-10-01", "物", "1")), "f.csv"
    )
    cast.decide(register, batch.id)
    cast.check(register, batch.id)
    services.start(actor=register.world.actor("clerk"), batch=batch.id, now=clock.now())
    return batch


def assert_stored_once(batch: ImportBatch) -> None:
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert cast.counts(batch) == (CUSTOMERS, 0, 2 * CUSTOMERS, 1, 0)
    assert Customer.objects.filter(batch_id=batch.id).count() == CUSTOMERS
    assert Record.objects.filter(batch_id=batch.id).count() == 2 * CUSTOMERS
    kept = cast.kept(batch=batch.id)
    for n in range(CUSTOMERS):
        orders = kept[f"K-{n}"].orders()
        assert {key: [line["product_name"] for line in lines] for key, lines in orders.items()} == {
            f"CN-{n}-0": [f"物{n}-0", f"物{n}-2"],
            f"CN-{n}-1": [f"物{n}-1"],
        }
    assert [row.number for row in drafts.refused_rows(batch)] == [3 * CUSTOMERS + 2]


def test_two_processes_store_each_row_once(
    register: Register, crews: list[crew.Crew], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = asked_to_run(register)
    monkeypatch.setattr(running, "run_chunk", lambda *_a: pytest.fail("nothing is left to be done alone"))
    jobs.work_run(batch=batch.id, now=clock.now())
    assert_stored_once(batch)
    [both] = crews
    assert both.process
    assert len({hand.number for hand in both._free} - {0, both.process.pid}) == 2
    assert both.process.returncode == 0  # both have ended, by themselves


def test_what_rows_share_is_written_before_several_processes_write_it(
    register: Register, crews: list[crew.Crew], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that wrote it would wait for each other until one gave up."""
    SearchIndexVersion.objects.update(fields=None)  # as before the first value was stored
    monkeypatch.setattr(grouping, "CHUNK_ROWS", 8)  # no customer in two of the first chunks
    batch, send, places = asked_to_run(register), crew._sent, list[tuple[int, int, bool]]()

    def watched(hand: Any, message: Any) -> bool:
        if len(message) == 2:
            batch.refresh_from_db()
            lacking = SearchIndexVersion.objects.filter(fields__isnull=True).exists()
            places.append((message[0], batch.rows_done, lacking))
        return send(hand, message)

    monkeypatch.setattr(crew, "_sent", watched)
    jobs.work_run(batch=batch.id, now=clock.now())
    assert len(crews) == 1
    assert places[:3] == [
        (0, 0, True),
        (8, 8, False),
        (16, 8, False),
    ]  # and then they store beside each other


def test_a_killed_process_and_a_pause_cost_no_row(register: Register, crews: list[crew.Crew]) -> None:
    batch = asked_to_run(register)
    asked = iter(range(1000))

    def kill_then_pause() -> bool:
        number = next(asked)
        if number == 4:
            one = crews[0]._busy[0].number
            assert one
            os.kill(one, signal.SIGKILL)
        elif number == 7:
            services.pause(actor=register.world.actor("clerk"), batch=batch.id)
        return False

    jobs.work_run(batch=batch.id, now=clock.now(), stop=kill_then_pause)
    batch.refresh_from_db()
    assert batch.state == BatchState.PAUSED
    assert 0 < batch.rows_done < batch.rows_total
    assert Customer.objects.filter(batch_id=batch.id).count() == batch.created_count
    services.start(actor=register.world.actor("clerk"), batch=batch.id, now=clock.now())
    jobs.work_run(batch=batch.id, now=clock.now())
    assert_stored_once(batch)
    assert all(one.process and one.process.returncode is not None for one in crews)


def test_processes_come_together_again_after_one_was_killed(
    register: Register, crews: list[crew.Crew], caplog: pytest.LogCaptureFixture
) -> None:
    batch, asked = asked_to_run(register), iter(range(1000))

    def kill() -> bool:
        if next(asked) == 2:
            number = crews[0]._busy[0].number or crews[0]._busy[0].pipe.recv()
            crews[0]._busy[0].number = number
            os.kill(number, signal.SIGKILL)
        return False

    jobs.work_run(batch=batch.id, now=clock.now(), stop=kill)
    assert_stored_once(batch)
    assert len(crews) == 2
    assert not crews[1]._busy  # it went to the end
    assert "process ended" in caplog.text  # whoever keeps the server reads why an import became slower


def test_several_processes_store_nothing_more_once_the_importer_lost_the_role(
    register: Register, crews: list[crew.Crew]
) -> None:
    """Attack: each process goes on with the rights that it began with."""
    batch, asked = asked_to_run(register), iter(range(1000))

    def stop() -> bool:
        if next(asked) == 4:
            cast.end_role(register)
        return False

    jobs.work_run(batch=batch.id, now=clock.now(), stop=stop)
    batch.refresh_from_db()
    assert len(crews) == 1
    assert 0 < batch.rows_done < batch.rows_total
    assert Customer.objects.filter(batch_id=batch.id).count() == batch.created_count
    assert (batch.state, batch.problem) == (BatchState.FAILED, "role.not-allowed")
