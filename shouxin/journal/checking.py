"""Checks of the whole ledger in the background: asked for by somebody, with progress, and the result kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg_pool import PoolTimeout

from shouxin.core.ledger.verify import Finding
from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.journal import services
from shouxin.journal.models import CheckState, LedgerCheck
from shouxin.journal.verification import Report, Verification
from shouxin.kit import clock

CHECK, QUEUE = "journal.check", "upkeep"
CHECKER = replace(service_actor("ledger check"), permissions=frozenset({Permission.JOURNAL_LEDGER_VERIFY}))
MOST_FINDINGS = 100
SHOWN = 20


class CheckRunning(Exception):
    """A check is under way; its result answers this request too."""


class Stopped(Exception):
    """The worker was told to stop; the check begins anew in the next one."""


def latest(actor: Actor, *, limit: int = SHOWN) -> list[LedgerCheck]:
    """The checks, the latest first.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not read the journal.
    """
    actor.require(Permission.JOURNAL_ENTRY_READ)
    return list(LedgerCheck.objects.order_by("-id")[:limit])


def ask(actor: Actor, *, now: datetime) -> LedgerCheck:
    """Ask for a check of the whole ledger; the background begins it at once.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not verify the ledger.
        services.NoLedgerYet: nothing has been sealed.
        CheckRunning: one is under way.
    """
    actor.require(Permission.JOURNAL_LEDGER_VERIFY)
    services.public_key()
    _give_up_lost(now)
    try:
        with transaction.atomic():
            check = LedgerCheck.objects.create(asked_by=actor.pseudonym, asked_at=now)
            services.append(actor=actor, event="ledger.check_asked", data={"check": str(check.id)})
            app.configure_task(CHECK, queue=QUEUE).defer(check=str(check.id))
    except IntegrityError:
        raise CheckRunning from None
    return check


def run(*, check: UUID, stop: Callable[[], bool]) -> None:
    """Carry out one check; done before, it is left as it is.

    Raises:
        Stopped: `stop` said so.
    """
    row = LedgerCheck.objects.filter(id=check, finished_at=None).first()
    if row is None:
        return
    row.state, row.started_at, row.done = CheckState.RUNNING, clock.now(), 0
    row.save(update_fields=["state", "started_at", "done"])

    def progress(done: int, of: int) -> None:
        if stop():
            raise Stopped
        LedgerCheck.objects.filter(id=check).update(done=done, size=of)

    try:
        report = Verification(data=settings.DATA, key=services.public_key(), progress=progress).run()
    except (Stopped, OperationalError, InterfaceError, PoolTimeout):
        raise  # told to stop, or without its database: it is done again
    except Exception:
        _fail(row)
        raise
    _finish(row, report)


def _give_up_lost(now: datetime) -> None:
    """A check whose job is gone from the queue would otherwise stand in the way of every other."""
    if not ProcrastinateJob.objects.filter(task_name=CHECK, status__in=["todo", "doing"]).exists():
        LedgerCheck.objects.filter(finished_at=None).update(state=CheckState.FAILED, finished_at=now)


def _finish(row: LedgerCheck, report: Report) -> None:
    row.state = CheckState.SOUND if report.sound else CheckState.UNSOUND
    row.done = row.size = report.size
    row.root, row.checkpoints, row.waiting = report.root, report.checkpoints, report.waiting
    row.findings = [_kept(found) for found in report.findings[:MOST_FINDINGS]]
    row.finished_at = clock.now()
    facts: dict[str, Any] = {"size": report.size, "checkpoints": report.checkpoints}
    facts |= {"findings": len(report.findings), "check": str(row.id)}
    with transaction.atomic():
        row.save()
        services.append(actor=CHECKER, event="ledger.verified", data=facts)


def _fail(row: LedgerCheck) -> None:
    row.state, row.finished_at = CheckState.FAILED, clock.now()
    row.save(update_fields=["state", "finished_at"])


def _kept(found: Finding) -> dict[str, str]:
    return {"what": found.what.value, "zh": found.message.zh, "en": found.message.en}
