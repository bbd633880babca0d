"""When an importer is gone: their imports stop at once, and the head of the owner department goes on with them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.queries import UNFINISHED
from shouxin.customers.intake.rules import OPERATOR_GONE
from shouxin.customers.intake.services import IntakeProblem
from shouxin.customers.registry import services as registry
from shouxin.journal import services as journal

STOPS_AT = {BatchState.RUNNING: BatchState.PAUSED, BatchState.CHECKING: BatchState.DRAFT}


def unfinished_of(staff: UUID) -> QuerySet[ImportBatch]:
    """What somebody has begun to import and not finished."""
    return ImportBatch.objects.filter(operator_id=staff, state__in=UNFINISHED).exclude(problem=OPERATOR_GONE)


def stop_imports(*, actor: Actor, staff: UUID) -> int:
    """Take every batch out of its importer's hands, within the caller's transaction; how many were unfinished.

    A worker that is storing a chunk holds the row until it is whole; then it finds the batch paused and stops.
    """
    mine = ImportBatch.objects.select_for_update().filter(operator_id=staff).exclude(problem=OPERATOR_GONE)
    stopped = 0
    for row in mine.order_by("id"):
        if row.state in UNFINISHED:
            stopped += 1
            row.state = STOPS_AT.get(BatchState(row.state), BatchState(row.state))
            journal.append(
                actor=actor,
                event="batch.left_behind",
                purpose=row.purpose or None,
                data={"batch": str(row.id), "rows": row.rows_done},
            )
        row.problem, row.draft_revision = OPERATOR_GONE, row.draft_revision + 1
        row.save(update_fields=["state", "problem", "draft_revision"])
    return stopped


def may_take_over(actor: Actor, batch: ImportBatch) -> bool:
    """The head of the department that the batch was declared for; never the importer."""
    return (
        batch.problem == OPERATOR_GONE
        and batch.state in UNFINISHED
        and batch.operator_id != actor.id
        and actor.may(Permission.CUSTOMERS_BATCH_CONFIRM)
        and actor.may(Permission.CUSTOMERS_BATCH_CREATE)
        and batch.department_id in actor.department_ids
    )


def take_over(*, actor: Actor, batch: UUID, now: datetime) -> None:
    """Go on with the import of somebody who is gone; what it stores from now on is stored in the new name.

    Raises:
        IntakeProblem: the importer is still there, or it is not this actor's department.
    """
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().filter(id=batch).first()
        if row is None or not may_take_over(actor, row):
            raise IntakeProblem("batch.not-yours")
        before = row.operator_pseudonym
        row.operator_id, row.operator_pseudonym, row.problem = actor.id, actor.pseudonym, ""
        row.save(update_fields=["operator", "operator_pseudonym", "problem"])
        registry.pass_batch_on(actor=actor, batch=row.id, now=now)
        journal.append(
            actor=actor,
            event="batch.taken_over",
            purpose=row.purpose or None,
            data={"batch": str(row.id), "staff": str(before), "rows": row.rows_done},
        )
