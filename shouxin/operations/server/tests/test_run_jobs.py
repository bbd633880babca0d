"""Background jobs: found in every room, done once their cause is committed, begun anew after any end of a worker."""

import json
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from shouxin.operations.server import environment
from shouxin.people.notices import jobs as notices
from tests.harness import trial_jobs
from tests.harness.jobs import WorkerProcess, run_queued
from tests.harness.server import until

Start = Callable[[], WorkerProcess]
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(start_worker: Callable[..., WorkerProcess]) -> Start:
    return partial(start_worker, "tests.harness.trial_settings")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return tmp_path / "paper"


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


def lines(paper: Path) -> list[str]:
    return paper.read_text(encoding="utf-8").splitlines() if paper.exists() else []


def statuses() -> list[str]:
    """Of the jobs of these tests: what rooms do every hour may fall into any minute."""
    trials = ProcrastinateJob.objects.filter(queue_name="trial")
    return list(trials.order_by("id").values_list("status", flat=True))


def empty_queue() -> bool:
    return not statuses()


def test_every_rooms_jobs_are_found(tmp_path: Path) -> None:
    for place in ("customers/intake", "access/sharing", "customers/intake/tests"):
        (tmp_path / "shouxin" / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / "shouxin" / place / "jobs.py").touch()
    assert environment.job_modules(tmp_path / "shouxin") == [
        "shouxin.access.sharing.jobs",
        "shouxin.customers.intake.jobs",
    ]


@pytest.mark.django_db
def test_a_test_can_do_queued_jobs_in_its_own_transaction(paper: Path) -> None:
    trial_jobs.note.defer(path=str(paper), text="first")
    trial_jobs.steps.defer(path=str(paper), gate=str(paper))
    assert run_queued("elsewhere") == []
    assert run_queued("trial") == ["trial.note", "trial.steps"]
    assert lines(paper) == ["first", "2", "3", "4"]
    assert empty_queue()


@committed
def test_a_job_is_done_only_when_its_cause_is_committed(start: Start, paper: Path) -> None:
    start()
    with transaction.atomic():
        trial_jobs.note.defer(path=str(paper), text="undone")
        transaction.set_rollback(True)
    with transaction.atomic():
        trial_jobs.note.defer(path=str(paper), text="committed")
    until(empty_queue, "an empty queue")
    assert lines(paper) == ["committed"]


@committed
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_cut_off_job_goes_on_in_the_next_worker(start: Start, paper: Path, gate: Path, number: int) -> None:
    trial_jobs.steps.defer(path=str(paper), gate=str(gate))
    first = start()
    until(lambda: lines(paper) == ["1", "2"], "the second step")
    first.end(number)
    assert statuses() == ["doing" if number == signal.SIGKILL else "todo"]
    gate.touch()
    start()
    until(empty_queue, "an empty queue")
    assert lines(paper) == ["1", "2", "3", "4"]


@committed
def test_a_job_that_does_not_stop_when_told_is_killed_and_begun_anew(
    start: Start, paper: Path, gate: Path
) -> None:
    trial_jobs.stubborn.defer(path=str(paper), gate=str(gate))
    first = start()
    until(lambda: lines(paper), "its beginning")
    assert first.process is not None
    first.process.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        first.process.wait(4)
    first.end()
    gate.touch()
    start()
    until(empty_queue, "an empty queue")
    assert lines(paper) == ["begun", "begun", "done"]


@committed
def test_a_job_whose_connection_broke_is_queued_again(
    start: Start, paper: Path, gate: Path, superuser: psycopg.Connection
) -> None:
    trial_jobs.query.defer(path=str(paper), gate=str(gate))
    start()
    until(lambda: lines(paper), "its question")
    superuser.execute("SELECT pg_terminate_backend(%s)", [int(lines(paper)[0].split()[1])])
    gate.touch()
    until(empty_queue, "an empty queue")
    assert lines(paper)[-1] == "answered"
    assert len(lines(paper)) == 3


@committed
def test_a_stalled_job_that_is_queued_a_second_time_is_not_doubled(
    start: Start, paper: Path, superuser: psycopg.Connection
) -> None:
    once = trial_jobs.note.configure(queueing_lock="only-one")
    once.defer(path=str(paper), text="stalled")
    superuser.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    once.defer(path=str(paper), text="waiting")
    start()
    until(empty_queue, "an empty queue")
    assert lines(paper) == ["waiting"]


@committed
def test_a_failed_job_stays_failed_and_its_words_stay_out_of_the_log(start: Start) -> None:
    trial_jobs.fails.defer(word="13812345678")
    worker = start()
    until(lambda: statuses() == ["failed"], "its failure")
    found = until(lambda: [line for line in worker.log().splitlines() if "trial.fails" in line], "a line")
    entry: dict[str, Any] = json.loads(found[0])
    assert (entry["level"], entry["error"], entry["task"]) == ("error", "ValueError", "trial.fails")
    assert "13812345678" not in worker.log()


@committed
def test_a_job_that_takes_its_worker_down_is_given_up_in_the_end(
    start: Start, paper: Path, superuser: psycopg.Connection
) -> None:
    trial_jobs.note.defer(path=str(paper), text="deadly")
    superuser.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 50")
    start()
    until(lambda: statuses() == ["failed"], "the end of patience")
    assert lines(paper) == []


@committed
def test_the_workers_memory_does_not_grow_with_the_jobs(start: Start, paper: Path) -> None:
    worker = start()
    with suppress(AlreadyEnqueued):  # it stands in the queue already
        # It writes links, for which every room's addresses are loaded once.
        app.configure_task(notices.LOOK, queue="notices").defer(timestamp=0)
    sizes = []
    for _ in range(3):
        for number in range(150):
            trial_jobs.note.defer(path=str(paper), text=str(number))
        until(empty_queue, "an empty queue")
        sizes.append(worker.memory())
    assert sizes[-1] < 256 * 2**20
    assert sizes[-1] - sizes[0] < 8 * 2**20
