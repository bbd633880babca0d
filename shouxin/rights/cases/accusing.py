"""Which department a complaint is about: named once it is known, so that nobody of it deals with it or decides it."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission, Role
from shouxin.people import queries as people
from shouxin.people.models import Department
from shouxin.rights.cases import queries, rules
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.events import NOBODY
from shouxin.rights.cases.models import OPEN, Case, Kind, State
from shouxin.rights.cases.recording import record
from shouxin.rights.cases.services import check_not_accused, locked, step

__all__ = ["NOBODY", "may_name", "name", "possible"]


def name(*, actor: Actor, case: UUID, department: UUID | None) -> Case:
    """Say which department an open complaint is about, or (None) that it is about none of them. Whoever has it in hand
    and belongs to that department has it no more, and what they proposed is dropped.

    Raises:
        CaseProblem: no open complaint, not theirs to say, named before, or no such department.
    """
    actor.require(Permission.RIGHTS_CASE_HANDLE)
    with transaction.atomic():
        row = locked(actor, case)
        if row.kind != Kind.COMPLAINT or row.state not in OPEN:
            raise CaseProblem("case.step")
        check_not_accused(actor, row)
        if not may_name(actor, row):
            raise CaseProblem("accused.named" if row.accused_named else "case.not-yours")
        if department is not None and not possible().filter(id=department).exists():
            raise CaseProblem("accused.unsuitable")
        row.accused_id, row.accused_named = department, True
        record(actor, "accused", row, rights_accused=str(department or NOBODY))
        _take_away(actor, row)
        row.save()
    return row


def may_name(actor: Actor, row: Case) -> bool:
    """Whoever has it in hand says it once; what was named, by the person or by staff, those who decide may change."""
    if row.kind != Kind.COMPLAINT or row.state not in OPEN or not actor.may(Permission.RIGHTS_CASE_HANDLE):
        return False
    if queries.is_accused(actor, row) or (row.escalated and Role.SUPERVISOR not in actor.roles):
        return False
    decides = actor.may(Permission.RIGHTS_CASE_DECIDE) or Role.SUPERVISOR in actor.roles
    return decides or (row.handler_id == actor.id and not row.accused_named)


def possible() -> QuerySet[Department]:
    """What a complaint may be about: any department but the whole organisation, which nobody stands outside of."""
    return people.departments().filter(parent__isnull=False).order_by("name")


def _take_away(actor: Actor, row: Case) -> None:
    if row.accused_id is None:
        return
    if row.state == State.DECIDING and row.proposed_by and _belongs(row, row.proposed_by.department_id):
        known = row.verified_at is not None or row.level == rules.NOBODY
        step(row, "send_back" if known else "send_back_unknown")
        row.outcome, row.reason = "", ""
        record(actor, "sent_back", row)
    if row.handler and _belongs(row, row.handler.department_id):
        row.handler, row.taken_at = None, None
        record(actor, "given_up", row)


def _belongs(row: Case, department: UUID | None) -> bool:
    return row.accused_id in queries.line_of(department)
