"""What is done without anybody asking: files nobody imports, refused rows nobody mends and leftovers of an upload that
was cut off are destroyed, and a batch whose job was lost gets another one."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from shouxin.core.crypto.errors import SealBroken
from shouxin.customers.intake import drafts, running, services
from shouxin.customers.intake.holding import IMPORTER
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.rules import REFUSALS_KEPT, STRAY_AFTER, is_abandoned
from shouxin.journal import services as journal

UNFINISHED = (BatchState.DRAFT, BatchState.CHECKING, BatchState.CHECKED, BatchState.RUNNING)
STOPPED = (BatchState.PAUSED, BatchState.FAILED)


def sweep(*, now: datetime) -> None:
    """Everything that is due; each batch in a transaction of its own, so that one cannot hold up the others.

    Raises:
        KeyServiceUnavailable: without keys it cannot be told which file belongs to which batch; done again later.
    """
    for batch in _ids(ImportBatch.objects.filter(state__in=[*UNFINISHED, *STOPPED])):
        _give_up(batch, now)
        _queue_again(batch)
    for batch in _ids(ImportBatch.objects.filter(state=BatchState.DONE, upload_destroyed_at__isnull=True)):
        services.settle(batch=batch, now=now)
    due = ImportBatch.objects.filter(finished_at__lt=now - REFUSALS_KEPT, wrapped_key__isnull=False)
    for batch in _ids(due.filter(state=BatchState.DONE)):
        _destroy_refusals(batch, now)
    _destroy_strays(now)


def _ids(batches: QuerySet[ImportBatch]) -> list[UUID]:
    return list(batches.order_by("id").values_list("id", flat=True))


@transaction.atomic
def _give_up(batch: UUID, now: datetime) -> None:
    """A file that waited too long: cancelled when nothing of it was stored, else closed at what was."""
    row = ImportBatch.objects.select_for_update().get(id=batch)
    if not is_abandoned(row.state, row.uploaded_at, now):
        return
    if row.rows_done:
        if row.state in STOPPED:
            running.close(row, actor=IMPORTER, now=now, event="batch.ended")
        return
    row.state = BatchState.CANCELLED
    drafts.destroy_file(row, now, key_too=True)
    row.save()
    journal.append(actor=IMPORTER, event="batch.cancelled", data={"batch": str(row.id)})


@transaction.atomic
def _queue_again(batch: UUID) -> None:
    """A batch that waits for a job that is not there: the queue lost it."""
    row = ImportBatch.objects.select_for_update().get(id=batch)
    task = {BatchState.CHECKING: services.CHECK, BatchState.RUNNING: services.RUN}.get(BatchState(row.state))
    jobs = ProcrastinateJob.objects.filter(lock=f"batch-{row.id}", status__in=["todo", "doing"])
    if task and not jobs.exists():
        services.queue(task, row)


@transaction.atomic
def _destroy_refusals(batch: UUID, now: datetime) -> None:
    row = ImportBatch.objects.select_for_update().get(id=batch)
    drafts.destroy_file(row, now, key_too=True)
    row.save()
    row.refused_rows.all().delete()
    journal.append(actor=IMPORTER, event="batch.refusals_destroyed", data={"batch": str(row.id)})


def _destroy_strays(now: datetime) -> None:
    """Sealed files that belong to no batch: whoever uploaded them was cut off before the batch stood."""
    known = set()
    for row in ImportBatch.objects.filter(wrapped_key__isnull=False, upload_destroyed_at__isnull=True):
        try:
            upload = drafts.opened(row).upload
        except SealBroken:
            return  # one of the files is this batch's; they wait until it is given up
        if upload:
            known.add(upload[0])
    for path in drafts.folder().iterdir():
        age = now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if path.suffix in {".sealed", ".part"} and path.stem not in known and age > STRAY_AFTER:
            path.unlink(missing_ok=True)
