"""Background work of imports; each job may be cut off anywhere and done again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Actor, NotAllowed, Permission
from shouxin.customers.intake import drafts, running, services
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.reading import UnreadableFile
from shouxin.customers.registry import services as registry
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.people import queries as people
from shouxin.vault.errors import VaultError

ZONE = ZoneInfo("Asia/Shanghai")  # the day that decides whether a date lies in the future


def never() -> bool:
    """Nobody asks to stop (command line, tests)."""
    return False


@app.task(name=services.CHECK, queue="intake", pass_context=True)
def check(context: JobContext, *, batch: str) -> None:
    """The dry run over a file."""
    work_check(batch=UUID(batch), now=clock.now(), stop=context.should_abort)


@app.task(name=services.RUN, queue="intake", pass_context=True)
def run(context: JobContext, *, batch: str) -> None:
    """The run of a batch, from the place it has reached."""
    work_run(batch=UUID(batch), now=clock.now(), stop=context.should_abort)


def work_check(*, batch: UUID, now: datetime, stop: Callable[[], bool] = never) -> None:
    """The dry run of a queued check; done again from the start when it was cut off."""
    row = ImportBatch.objects.get(id=batch)
    if row.state != BatchState.CHECKING:
        return
    actor = people.actor_by_id(row.operator_id)
    with ExitStack() as stack, _stopping(actor, row):
        work = running.open_work(row, actor, now.astimezone(ZONE).date(), stack)
        summary = running.check(work, _Progress(row.id, stop))
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
    if row.state != BatchState.RUNNING:
        return
    actor = people.actor_by_id(row.operator_id)
    with ExitStack() as stack, _stopping(actor, row):
        actor.require(Permission.CUSTOMERS_BATCH_CREATE)
        work = running.open_work(row, actor, now.astimezone(ZONE).date(), stack)
        for chunk in work.gatherer.chunks(done=row.rows_done):
            if stop():
                raise JobAborted
            if not running.run_chunk(work, chunk, now):
                return
        running.finish(work, now)
    services.settle(batch=batch, now=now)


class _Progress:
    """Writes down how far a dry run has come, and stops it when the worker stops."""

    def __init__(self, batch: UUID, stop: Callable[[], bool]) -> None:
        self._batch, self._stop = batch, stop

    def __call__(self, done: int) -> None:
        if self._stop():
            raise JobAborted
        ImportBatch.objects.filter(id=self._batch).update(rows_checked=done)


@contextmanager
def _stopping(actor: Actor, batch: ImportBatch) -> Iterator[None]:
    """What keeps a job from going on stands in the batch, where the importer reads it and can go on later."""
    try:
        yield
    except UnreadableFile as error:
        code = f"file.{error.code}"
    except drafts.Gone:
        code = "file.gone"
    except (running.NotRunnable, registry.RegistryProblem) as error:
        code = error.code
    except gate.Refused as error:
        code = error.refusal.code
    except NotAllowed:
        code = "role.not-allowed"
    except (VaultError, CryptoError):
        code = "keys.unavailable"
    else:
        return
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().get(id=batch.id)
        row.state = BatchState.FAILED if row.state == BatchState.RUNNING else BatchState.DRAFT
        row.problem = code
        row.draft_revision += 1
        row.save()
        journal.append(actor=actor, event="batch.failed", data={"batch": str(row.id), "code": code})
