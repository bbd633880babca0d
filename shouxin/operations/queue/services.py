"""What the system administrator does to background work: run what failed again, take away what need not run."""

from datetime import datetime

from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError
from procrastinate.contrib.django.models import ProcrastinateJob

from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.operations.queue.models import JobFailure

RETRY = "SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)"
GIVE_UP = "UPDATE procrastinate_jobs SET status = 'cancelled' WHERE id = %s AND status = 'failed'"
CANCEL = "SELECT procrastinate_cancel_job_v1(%s, %s, false)"


class JobProblem(Exception):
    """It cannot be done; `code` names why: gone, queued-already, aborting-already."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def retry(*, actor: Actor, job: int, now: datetime) -> str:
    """Queue a failed job again, with what it was given; gives the name of its task.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not manage jobs.
        JobProblem: it is not a failed one any more, or the same work waits already.
    """
    actor.require(Permission.OPERATIONS_JOB_MANAGE)
    with transaction.atomic():
        task = _locked(job, ("failed",))
        with connection.cursor() as cursor:  # somebody may have stopped it before
            cursor.execute("UPDATE procrastinate_jobs SET abort_requested = false WHERE id = %s", [job])
        _call(RETRY, [job, now])
        JobFailure.objects.filter(job=job).delete()
        _record(actor, "job.retried", job, task)
    return task


def cancel(*, actor: Actor, job: int) -> str:
    """Take a waiting or failed job out of the queue, or ask a running one to stop; gives the name of its task.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not manage jobs.
        JobProblem: it is gone, or asked to stop already.
    """
    actor.require(Permission.OPERATIONS_JOB_MANAGE)
    with transaction.atomic():
        task = _locked(job, ("todo", "doing", "failed"))
        with connection.cursor() as cursor:
            cursor.execute(GIVE_UP, [job])
            if not cursor.rowcount:
                cursor.execute(CANCEL, [job, True])
        JobFailure.objects.filter(job=job).delete()
        _record(actor, "job.cancelled", job, task)
    return task


def _locked(job: int, statuses: tuple[str, ...]) -> str:
    row = ProcrastinateJob.objects.select_for_update(of=("self",)).filter(id=job, status__in=statuses).first()
    if row is None:
        raise JobProblem("gone")
    if row.abort_requested and row.status == "doing":
        raise JobProblem("aborting-already")
    return str(row.task_name)


def _call(statement: str, values: list[int | datetime]) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except IntegrityError:
        raise JobProblem("queued-already") from None
    except InternalError:
        raise JobProblem("gone") from None


def _record(actor: Actor, event: str, job: int, task: str) -> None:
    journal.append(actor=actor, event=event, data={"job": job, "task": task})
