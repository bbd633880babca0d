"""Reading the queue: what runs, what waits, what failed and why, what comes by the clock. Arguments are never read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Max, Min, QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)

from shouxin.core.policy import Actor, Permission
from shouxin.operations.queue.models import JobFailure

ALIVE = timedelta(seconds=60)  # a worker tells that it lives every ten
STATUSES = ("doing", "todo", "failed")


@dataclass(frozen=True, slots=True)
class Work:
    """One job: `since` is when it began, is due, or failed."""

    id: int
    task: str
    status: str
    attempts: int
    since: datetime | None
    stopping: bool
    failure: JobFailure | None


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that comes by the clock: when it was last queued, when it comes next, and whether its last run failed."""

    task: str
    last: datetime | None
    following: datetime
    failed: bool


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much there is: `oldest` is when the longest-waiting due job was queued."""

    running: int
    waiting: int
    failed: int
    oldest: datetime | None
    heartbeat: datetime | None


def backlog(now: datetime) -> Backlog:
    """The state of the queue in figures, for the health page and for programs."""
    jobs = ProcrastinateJob.objects
    due = jobs.filter(status="todo").exclude(scheduled_at__gt=now)
    queued = ProcrastinateEvent.objects.filter(job__in=due, type="deferred").aggregate(first=Min("at"))
    return Backlog(
        running=jobs.filter(status="doing").count(),
        waiting=jobs.filter(status="todo").count(),
        failed=jobs.filter(status="failed").count(),
        oldest=queued["first"],
        heartbeat=ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"],
    )


def failed(actor: Actor) -> QuerySet[ProcrastinateJob]:
    """What failed, the latest first, for the workbench."""
    actor.require(Permission.OPERATIONS_HEALTH_READ)
    return ProcrastinateJob.objects.filter(status="failed").defer("args").order_by("-id")


def jobs(actor: Actor, *, status: str) -> QuerySet[ProcrastinateJob]:
    """The jobs of a status; `works` tells of those on a page.

    Raises:
        shouxin.core.policy.NotAllowed: the actor does not look after the server.
    """
    actor.require(Permission.OPERATIONS_HEALTH_READ)
    return ProcrastinateJob.objects.filter(status=status).defer("args").order_by("-id")


def job(actor: Actor, number: int) -> Work | None:
    """One job.

    Raises:
        shouxin.core.policy.NotAllowed: the actor does not look after the server.
    """
    actor.require(Permission.OPERATIONS_HEALTH_READ)
    found = works(ProcrastinateJob.objects.filter(id=number, status__in=STATUSES).defer("args"))
    return found[0] if found else None


def periodic(actor: Actor, now: datetime) -> list[Periodic]:
    """Everything that comes by the clock, the next first.

    Raises:
        shouxin.core.policy.NotAllowed: the actor does not look after the server.
    """
    actor.require(Permission.OPERATIONS_HEALTH_READ)
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # the library left this one out
    rows = ProcrastinatePeriodicDefer.objects.values_list("task_name").annotate(last=Max("defer_timestamp"))
    last = {name: datetime.fromtimestamp(stamp, UTC) for name, stamp in rows.order_by() if stamp}
    failed = set(ProcrastinateJob.objects.filter(status="failed").values_list("task_name", flat=True))
    found = [
        Periodic(
            task=one.task.name,
            last=last.get(one.task.name),
            following=datetime.fromtimestamp(one.croniter.get_next(float, start_time=now.timestamp()), UTC),
            failed=one.task.name in failed,
        )
        for one in app.periodic_registry.periodic_tasks.values()
    ]
    return sorted(found, key=lambda one: one.following)


def works(rows: Iterable[ProcrastinateJob]) -> list[Work]:
    """What is told of these jobs, in three statements."""
    rows = list(rows)
    numbers = [row.id for row in rows]
    events = ProcrastinateEvent.objects.filter(job__in=numbers).values_list("job_id").annotate(at=Max("at"))
    latest = dict(events.order_by())
    failures = JobFailure.objects.in_bulk(numbers)
    return [
        Work(
            id=row.id,
            task=row.task_name,
            status=row.status,
            attempts=row.attempts,
            since=row.scheduled_at or latest.get(row.id),
            stopping=row.abort_requested,
            failure=failures.get(row.id) if row.status == "failed" else None,
        )
        for row in rows
    ]
