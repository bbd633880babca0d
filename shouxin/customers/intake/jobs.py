"""Background work of imports; each job may be cut off anywhere and done again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, JobAborted
from psycopg_pool import PoolTimeout

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import NotAllowed
from shouxin.customers.intake import checking, crew, drafts, running, services, upkeep
from shouxin.customers.intake.holding import IMPORTER
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.reading import UnreadableFile
from shouxin.customers.registry import services as registry
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.kit import clock, startup
from shouxin.people.models import Staff
from shouxin.vault.errors import KeyServiceUnavailable, VaultError, VaultNotReady

SWEEP = "intake.sweep"
CREWS = 4  # times that several processes come together for one run
APART = 3  # chunks stored alone in between: at least those that the processes had
ZONE = ZoneInfo("Asia/Shanghai")  # the day that decides whether a date lies in the future


def never() -> bool:
    """Nobody asks to stop (command line, tests)."""
    return False


@app.task(name=services.CHECK, queue="intake", pass_context=True)
def check(context: JobContext, *, batch: str) -> None:
    """The dry run over a file."""
    work_check(batch=UUID(batch), now=clock.now(), stop=context.should_abort)


@app.periodic(cron="23 * * * *")
@app.task(name=SWEEP, queue="intake", queueing_lock=SWEEP)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Destroy what waited too long or was left behind."""
    upkeep.sweep(now=clock.now())


def sweep_at_start() -> None:
    """At every start of the server: what was left behind when it was cut off."""
    with suppress(AlreadyEnqueued):
        task = app.configure_task(SWEEP, queue="intake", queueing_lock=SWEEP)
        task.defer(timestamp=int(clock.now().timestamp()))


def register() -> None:
    startup.steps.register(SWEEP, sweep_at_start)


@app.task(name=services.RUN, queue="intake", pass_context=True)
def run(context: JobContext, *, batch: str) -> None:
    """The run of a batch, from the place it has reached."""
    work_run(batch=UUID(batch), now=clock.now(), stop=context.should_abort)


def work_check(*, batch: UUID, now: datetime, stop: Callable[[], bool] = never) -> None:
    """The dry run of a queued check; done again from the start when it was cut off."""
    row = ImportBatch.objects.get(id=batch)
    if row.state != BatchState.CHECKING:
        return
    with ExitStack() as stack, _stopping(row):
        actor = running.importer(row)
        work = running.open_work(row, actor, now.astimezone(ZONE).date(), stack)
        summary = checking.check(work, now, _Progress(row.id, stop))
        with transaction.atomic():
            found = ImportBatch.objects.select_for_update().get(id=batch)
            if found.state != BatchState.CHECKING:
                return
            found.state = BatchState.CHECKED
            found.rows_total = summary.rows
            found.draft_revision += 1
            found.findings = {
                "sheets": row.findings["sheets"],
                "revision": found.draft_revision,  # what was mended afterwards is not counted in it
                "columns_left_out": work.columns_left_out,
                **summary.as_json(),
            }
            found.save()
            journal.append(
                actor=actor,
                event="batch.checked",
                purpose=row.purpose,
                data={"batch": str(row.id), "rows": summary.rows, "refused": summary.refused},
            )


def work_run(*, batch: UUID, now: datetime, stop: Callable[[], bool] = never) -> None:
    """The run of a started batch, from the place it reached to the end or to a pause."""
    row = ImportBatch.objects.get(id=batch)
    if row.state == BatchState.RUNNING:
        with ExitStack() as stack, _stopping(row):
            day = now.astimezone(ZONE).date()
            work = running.open_work(row, running.importer(row), day, stack)
            if not _to_the_end(work, now, day, stop):
                return
            running.finish(work, now)
    with suppress(VaultError, CryptoError):  # the sweep destroys the file as soon as there are keys again
        services.settle(batch=batch, now=now)


def _to_the_end(work: running.Work, now: datetime, day: date, stop: Callable[[], bool]) -> bool:
    """The rest of a run; False when the batch was paused, cancelled or worked on by another.

    By several processes as long as it is worth it: what disbands them shows itself to whoever is alone, or is over by
    then (a lock that somebody held, a process that was killed).
    """
    for _ in range(CREWS):
        size = crew.size_for(work.batch.rows_total - work.batch.rows_done)
        if size < 2:  # noqa: PLR2004 - several
            break
        if _together(work, now, day, stop, size):
            return True
        if not _alone(work, now, stop, chunks=APART):
            return False
    return _alone(work, now, stop)


def _together(work: running.Work, now: datetime, day: date, stop: Callable[[], bool], size: int) -> bool:
    """The rest of a run by `size` processes; False when they were disbanded before its end."""

    def ask() -> None:
        if stop():
            raise JobAborted

    done = work.batch.rows_done
    with crew.Crew(work.batch.id, now, day, size) as processes:
        finished = processes.run(work.gatherer.chunks(done=done), done, ask)
    work.batch.refresh_from_db()
    return finished


def _alone(work: running.Work, now: datetime, stop: Callable[[], bool], *, chunks: int | None = None) -> bool:
    """Some chunks, or all the rest; False when the batch was paused, cancelled or worked on by another."""
    row = work.batch
    for chunk in islice(work.gatherer.chunks(done=row.rows_done), chunks):
        if stop():
            raise JobAborted
        work.actor = running.importer(row)  # who left meanwhile stores nothing more
        if not running.run_chunk(work, chunk, now):
            return False
    return True


class _Progress:
    """Writes down how far a dry run has come, and stops it when the worker stops."""

    def __init__(self, batch: UUID, stop: Callable[[], bool]) -> None:
        self._batch, self._stop = batch, stop

    def __call__(self, done: int) -> None:
        if self._stop():
            raise JobAborted
        ImportBatch.objects.filter(id=self._batch).update(rows_checked=done)


@contextmanager
def _stopping(batch: ImportBatch) -> Iterator[None]:
    """What keeps a job from going on stands in the batch, where the importer reads it and can go on later."""
    try:
        yield
    except (JobAborted, OperationalError, InterfaceError, PoolTimeout):
        raise  # stopped, or without its database: it is done again
    except Exception as error:
        code = _why(error)
        _stop(batch, code)
        if code == "unexpected":
            raise


def _why(error: Exception) -> str:
    """The code under which the importer reads what happened."""
    match error:
        case UnreadableFile():
            return f"file.{error.code}"
        case running.NotRunnable() | registry.RegistryProblem():
            return error.code
        case gate.Refused():
            return error.refusal.code
        case drafts.Gone():
            return "file.gone"
        case NotAllowed() | Staff.DoesNotExist():
            return "role.not-allowed"
        case KeyServiceUnavailable() | VaultNotReady():
            return "keys.unavailable"
        case VaultError() | CryptoError():
            return "keys.altered"
        case _:
            return "unexpected"


def _stop(batch: ImportBatch, code: str) -> None:
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().get(id=batch.id)
        after = {BatchState.RUNNING: BatchState.FAILED, BatchState.CHECKING: BatchState.DRAFT}
        if row.state not in after:  # paused or cancelled meanwhile
            return
        row.state, row.problem = after[BatchState(row.state)], code
        row.draft_revision += 1
        row.save()
        data = {"batch": str(row.id), "code": code}
        journal.append(actor=IMPORTER, event="batch.failed", data=data)
