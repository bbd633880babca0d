"""Background work: runs the rooms' jobs, and queues again what a killed or stopped worker left half-done.

How a room adds a job. In the room's `jobs.py` (`shouxin/<app>/<room>/jobs.py`, or `shouxin/<app>/jobs.py`; both are
found by themselves):

    from procrastinate import JobContext
    from procrastinate.contrib.django import app

    @app.task(name="intake.run", queue="intake", pass_context=True)
    def run(context: JobContext, *, batch: str) -> None:
        services.run(JOB_ACTOR, batch=UUID(batch), stop=context.should_abort)

and a service of the room queues it inside its own transaction, so that a job exists exactly when its cause does:

    jobs.run.configure(lock=f"batch-{batch.id}").defer(batch=str(batch.id))

- A job is a plain function (not async) that calls one service; the service is where actor, checks and journal are.
- Its arguments are ids and nothing else: the queue is a table in clear.
- It is idempotent. A job may be cut off anywhere, by kill -9 too, and begins anew in the next worker; the service
  commits in steps and goes on after the last one. Of jobs with one `lock` only one runs at a time.
- Long work asks `context.should_abort()` between steps and raises `procrastinate.exceptions.JobAborted` when told to;
  work that does not ask is killed a few seconds after the worker was told to stop. Either way it is queued again.
- A lost database is waited out in the same way. Every other error is final: what people should read about it, the
  room keeps in its own tables; the queue keeps the fact alone, the log the kind of error and the places in our code.
- It keeps in memory what one step needs: the worker is one process for all rooms.

Tests do queued jobs in their own transaction with `tests.harness.jobs.run_queued`, and in a worker of their own, that
can be killed, with the fixture `start_worker` (on a database that is committed to).
"""

import asyncio
import os

import django
import django.db
import psycopg
import structlog
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import ConnectorException, JobAborted, UniqueViolation
from procrastinate.jobs import Job, Status
from psycopg_pool import PoolTimeout

HEARTBEAT_SECONDS = 10.0
STALLED_SECONDS = 30.0
CONCURRENT_JOBS = 2
GRACE_SECONDS = (
    2.0  # after that, jobs are told to stop; the supervisor kills what still runs two seconds later
)
DATABASE_PAUSE_SECONDS = 2
MOST_ATTEMPTS = 50  # a job that takes its worker down with it does not do so for ever
LOST = (
    django.db.OperationalError,
    django.db.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    PoolTimeout,
    ConnectorException,
)

log = structlog.get_logger("shouxin.worker")


class QueueAgain(BaseRetryStrategy):
    """What was stopped, or lost its database, is queued again; every other error ends the job."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= MOST_ATTEMPTS:
            return None
        if isinstance(exception, JobAborted | asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, LOST):
            return RetryDecision(retry_in={"seconds": DATABASE_PAUSE_SECONDS})
        return None


async def requeue_stalled(seconds_since_heartbeat: float) -> int:
    """Queue again every job whose worker has not been heard of for so long; how many they were."""
    from procrastinate.contrib.django import app

    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds_since_heartbeat))
    for job in stalled:
        if job.attempts < MOST_ATTEMPTS:
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:  # the same work waits in the queue already
                await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            log.error("a job was given up", task=job.task_name, job=job.id)
    await app.job_manager.prune_stalled_workers(seconds_since_heartbeat)
    if stalled:
        log.warning("jobs queued again", count=len(stalled))
    return len(stalled)


async def _requeue_for_ever() -> None:
    while True:
        await asyncio.sleep(STALLED_SECONDS)
        await requeue_stalled(STALLED_SECONDS)


async def work() -> None:
    """Run jobs until a signal says stop. Losing the database ends the process; the supervisor starts another."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from shouxin.operations.queue.noting import note_failure

    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("procrastinate is not wired to Django")
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # the library left this one out
    for task in app.tasks.values():
        task.retry_strategy = task.retry_strategy or QueueAgain()
    with app.replace_connector(connector.get_worker_connector()):
        async with app.open_async():
            # Only one worker runs under the data folder's lock, so whatever is `doing` now belongs to a dead one.
            await requeue_stalled(0)
            upkeep = asyncio.create_task(_requeue_for_ever())
            try:
                await app.run_worker_async(
                    concurrency=CONCURRENT_JOBS,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=STALLED_SECONDS,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    delete_jobs="successful",
                    task_middleware=[note_failure],
                )
            finally:
                upkeep.cancel()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    django.setup()
    from shouxin.kit.startup import settle
    from shouxin.operations.server import logs

    logs.keep_words_out()
    settle()
    asyncio.run(work())


if __name__ == "__main__":
    main()
