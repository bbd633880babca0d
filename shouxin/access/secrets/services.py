"""Entering a role of a department into the register of names, deciding and ending it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.access.secrets import queries
from shouxin.access.secrets.models import EntryState, SecretReader
from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.gate.limits import LIST_ROWS
from shouxin.journal import services as journal
from shouxin.people import queries as people
from shouxin.people.rules import READERS

LONGEST = timedelta(days=366)


class SecretProblem(Exception):
    """An entry cannot be made or decided; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def ask(
    *,
    actor: Actor,
    role: Role,
    department: UUID,
    daily_rows: int,
    until: datetime,
    reason: str,
    now: datetime,
) -> SecretReader:
    """Ask that a role of a department may see trade secrets in bulk; another person approves it."""
    actor.require(Permission.ACCESS_NAMED_ASK)
    if str(department) not in dict(queries.departments_for(actor)):
        raise SecretProblem("department.outside")
    if role not in READERS:
        raise SecretProblem("role.reads-nothing")
    if not 1 <= daily_rows <= LIST_ROWS:
        raise SecretProblem("rows.range")
    if not now < until <= now + LONGEST:
        raise SecretProblem("until.range")
    if not reason.strip():
        raise SecretProblem("reason.missing")
    made = SecretReader.objects.create(
        role=role,
        department_id=department,
        daily_rows=daily_rows,
        until=until,
        reason=reason.strip()[:300],
        asked_by_id=actor.id,
        asked_at=now,
    )
    _record(actor, "secret_reader.asked", made)
    return made


@transaction.atomic
def decide(*, actor: Actor, entry: UUID, approve: bool, now: datetime) -> SecretReader:
    """Approve or refuse an entry; never by the person who asked."""
    actor.require(Permission.ACCESS_NAMED_APPROVE)
    found = _locked(entry, EntryState.PENDING)
    if people.same_person(actor.id, found.asked_by_id):
        raise SecretProblem("approver.same-person")
    found.state = EntryState.ACTIVE if approve else EntryState.REFUSED
    found.decided_by_id, found.decided_at = actor.id, now
    found.save(update_fields=["state", "decided_by", "decided_at"])
    _record(actor, "secret_reader.approved" if approve else "secret_reader.refused", found)
    return found


@transaction.atomic
def end(*, actor: Actor, entry: UUID, now: datetime) -> SecretReader:
    """Take a role out of the register at once: the department's head, the officer or the security administrator."""
    actor.require(Permission.ACCESS_NAMED_READ)
    found = _locked(entry, EntryState.ACTIVE)
    if not queries.may_end(actor, found):
        raise SecretProblem("entry.unknown")
    return _end(actor, found, now)


@transaction.atomic
def lapse(*, actor: Actor, entry: UUID, now: datetime) -> None:
    """What was not confirmed when rights were reviewed ends."""
    if actor.kind is not ActorKind.SERVICE:
        actor.require(Permission.ACCESS_REVIEW_CONFIRM)
    found = SecretReader.objects.select_for_update().filter(id=entry, state=EntryState.ACTIVE).first()
    if found:
        _end(actor, found, now)


def _end(actor: Actor, found: SecretReader, now: datetime) -> SecretReader:
    found.state, found.ended_at = EntryState.ENDED, now
    found.ended_by_id = None if actor.kind is ActorKind.SERVICE else actor.id
    found.save(update_fields=["state", "ended_at", "ended_by"])
    _record(actor, "secret_reader.ended", found)
    return found


def _locked(entry: UUID, state: EntryState) -> SecretReader:
    found = SecretReader.objects.select_for_update().filter(id=entry).first()
    if found is None:
        raise SecretProblem("entry.unknown")
    if found.state != state:
        raise SecretProblem("entry.decided-already")
    return found


def _record(actor: Actor, event: str, entry: SecretReader) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={
            "entry": entry.id,
            "role": entry.role,
            "department": entry.department_id,
            "limit": entry.daily_rows,
            "until": entry.until,
        },
    )
