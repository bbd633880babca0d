"""Background work: runs the rooms' jobs, and queues again what a killed worker left half-done."""

import asyncio
import os

import django
import structlog

HEARTBEAT_SECONDS = 10.0
STALLED_SECONDS = 30.0
CONCURRENT_JOBS = 2
GRACE_SECONDS = 3.0  # a job that takes longer to stop is cut off and queued again; jobs are idempotent

log = structlog.get_logger("shouxin.worker")


async def requeue_stalled(seconds_since_heartbeat: float) -> int:
    """Queue again every job whose worker has not been heard of for so long; how many they were."""
    from procrastinate.contrib.django import app

    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds_since_heartbeat))
    for job in stalled:
        await app.job_manager.retry_job(job)
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

    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("procrastinate is not wired to Django")
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
                )
            finally:
                upkeep.cancel()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    django.setup()
    from shouxin.operations.server import logs

    logs.keep_words_out()
    asyncio.run(work())


if __name__ == "__main__":
    main()
