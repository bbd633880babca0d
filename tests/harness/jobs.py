"""Background jobs in tests: done in the test's own transaction, or by a worker process that can be killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

ROOT = Path(__file__).resolve().parents[2]


def run_queued(queue: str | None = None) -> list[str]:
    """Do what is queued, and what that queues, here and in the test's transaction; the names of the tasks done.

    A job's error is the test's error.
    """
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # the library left this one out
    done = []
    while (row := _next(queue)) is not None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [row.id])
        _do(row)
        done.append(row.task_name)
    return done


def _next(queue: str | None) -> ProcrastinateJob | None:
    waiting = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    found: ProcrastinateJob | None = (waiting.filter(queue_name=queue) if queue else waiting).first()
    return found


def _do(row: ProcrastinateJob) -> None:
    task = app.tasks[row.task_name]
    job = Job(
        id=row.id,
        queue=row.queue_name,
        lock=row.lock,
        queueing_lock=row.queueing_lock,
        task_name=row.task_name,
        task_kwargs=row.args,
        attempts=row.attempts,
    )
    context = JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: None)
    task(*([context] if task.pass_context else []), **row.args)


class WorkerProcess:
    """`python -m shouxin.operations.server.worker` on the database named in `data`/run/database.json."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, settings: str = "shouxin.settings") -> "WorkerProcess":
        (self._data / "logs").mkdir(exist_ok=True)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        environment |= {"SHOUXIN_DATA": str(self._data), "DJANGO_SETTINGS_MODULE": settings}
        with (self._data / "logs" / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "shouxin.operations.server.worker"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=environment,
            )
        return self

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def end(self, number: int = signal.SIGKILL) -> int:
        """Send the signal and wait for the end; the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def memory(self) -> int:
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def log(self) -> str:
        return (self._data / "logs" / "worker.log").read_text(encoding="utf-8")
