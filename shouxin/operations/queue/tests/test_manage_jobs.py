"""The system administrator sees why a job failed and runs it again or takes it away; nobody sees what it was given."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted

from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.operations.queue import noting, queries, services, titles
from shouxin.operations.queue.models import JobFailure
from tests.world import World

pytestmark = pytest.mark.django_db
JOBS = "/jobs/"
ARGUMENT = uuid4().hex


def queued(task: str = "vault.rotate", status: str = "todo", lock: str | None = None) -> int:
    number: int = app.configure_task(task, queue="upkeep", allow_unknown=True, queueing_lock=lock).defer(
        batch=ARGUMENT
    )
    with connection.cursor() as cursor:
        if status != "todo":
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
        if status == "failed":
            cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    return number


def state(number: int) -> str:
    return str(ProcrastinateJob.objects.get(id=number).status)


def failed(error: Exception) -> int:
    """A job that ended with `error`, as the worker notes it."""
    number = queued(status="failed")

    def work() -> None:
        raise error

    context: Any = SimpleNamespace(job=SimpleNamespace(id=number))
    with pytest.raises(type(error)):
        noting.note_failure(work, context, None)
    return number


def test_a_failed_job_says_why_in_words_and_keeps_the_message_out(world: World, client: Client) -> None:
    number = failed(OSError("disk of 李小明 is full"))
    assert JobFailure.objects.get(job=number).place.startswith("shouxin/operations/queue/")
    world.signed_in(client, "system_admin")
    page = client.get(JOBS).content.decode()
    assert "轮换密钥" in page
    assert "磁盘读写失败" in page
    detail = client.get(f"{JOBS}{number}/").content.decode()
    assert "OSError" in detail
    for shown in (page, detail):
        assert "李小明" not in shown
        assert ARGUMENT not in shown


def test_what_was_told_to_stop_is_no_failure() -> None:
    context: Any = SimpleNamespace(job=SimpleNamespace(id=7))

    def work() -> None:
        raise JobAborted

    with pytest.raises(JobAborted):
        noting.note_failure(work, context, None)
    assert not JobFailure.objects.exists()


def test_it_is_retried_and_both_are_recorded(world: World, client: Client) -> None:
    number = failed(KeyError("x"))
    world.signed_in(client, "system_admin")
    answer = client.post(f"{JOBS}{number}/retry/", follow=True).content.decode()
    assert "已重新排队：轮换密钥" in answer
    assert (state(number), JobFailure.objects.count()) == ("todo", 0)
    assert client.post(f"{JOBS}{number}/cancel/").status_code == 302
    assert state(number) == "cancelled"
    told = Entry.objects.filter(event__startswith="job.").order_by("id").values_list("event", "actor")
    me = world.people["system_admin"].pseudonym
    assert list(told) == [("job.retried", me), ("job.cancelled", me)]


def test_a_running_job_is_asked_to_stop_once(world: World) -> None:
    number, admin = queued(status="doing"), world.actor("system_admin")
    services.cancel(actor=admin, job=number)
    assert ProcrastinateJob.objects.get(id=number).abort_requested
    with pytest.raises(services.JobProblem, match="aborting-already"):
        services.cancel(actor=admin, job=number)


def test_a_job_that_was_stopped_runs_again_when_retried(world: World) -> None:
    number, admin = queued(status="doing"), world.actor("system_admin")
    services.cancel(actor=admin, job=number)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    services.retry(actor=admin, job=number, now=clock.now())
    found = ProcrastinateJob.objects.get(id=number)
    assert (found.status, found.abort_requested) == ("todo", False)


def test_the_same_work_is_not_queued_twice(world: World) -> None:
    number = queued(status="failed", lock="vault.rotate")
    queued(lock="vault.rotate")
    with pytest.raises(services.JobProblem, match="queued-already"):
        services.retry(actor=world.actor("system_admin"), job=number, now=clock.now())
    assert state(number) == "failed"
    with pytest.raises(services.JobProblem, match="gone"):
        services.retry(actor=world.actor("system_admin"), job=number + 1000, now=clock.now())


@pytest.mark.parametrize("who", ["clerk", "officer", "audit_admin", "security_admin"])
def test_nobody_else_manages_jobs(world: World, who: str) -> None:
    number = queued(status="failed")
    for refused in (
        lambda: services.retry(actor=world.actor(who), job=number, now=clock.now()),
        lambda: services.cancel(actor=world.actor(who), job=number),
        lambda: queries.jobs(world.actor(who), status="failed"),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert state(number) == "failed"


def test_periodic_work_says_when_it_comes_next(world: World, client: Client) -> None:
    page = world.signed_in(client, "system_admin").get(JOBS).content.decode()
    assert "每周查找重复客户" in page
    found = queries.periodic(world.actor("system_admin"), clock.now())
    assert all(one.following > clock.now() for one in found)
    assert "后台进程还没有启动过" in page


def test_every_job_has_a_title_in_both_languages() -> None:
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # the library left this one out
    ours = {task.name for task in app.tasks.values() if not task.name.startswith(("trial.", "test"))}
    assert ours - set(titles.TITLES) <= {"procrastinate.builtin_tasks.remove_old_jobs"}
