"""Many people at once: one creates their log-ins from a table, another grants the proposed roles, a head confirms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people import queries as people_queries
from shouxin.people import services as people
from shouxin.people.joining import queries
from shouxin.people.joining.models import RoleProposal
from shouxin.people.joining.rules import NAME, USER, Line
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError


class TableRefused(Exception):
    """Something is the matter with the table; nobody was created."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__("people.table")
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Joined:
    """One new log-in with its first password, which exists nowhere else."""

    staff: Staff
    password: str
    roles: tuple[Role, ...]


@transaction.atomic
def create_from_table(
    *, actor: Actor, rows: Sequence[tuple[int, Sequence[str]]], now: datetime
) -> list[Joined]:
    """Create everybody in the table, or nobody; their roles are proposed and give nothing yet.

    Raises:
        TableRefused: with what is the matter in which cell, as things stand now.
    """
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    lines = queries.checked(rows)
    if any(line.problems for line in lines):
        raise TableRefused(lines)
    made = []
    for line in lines:
        assert line.department is not None  # noqa: S101 - checked above
        password = people.first_password()
        try:
            staff = people.create_staff(
                actor=actor,
                user_name=line.cells[USER],
                display_name=line.cells[NAME],
                department=line.department,
                password=password,
            )
        except PeopleError as error:  # somebody else took the name this very moment
            line.problems[USER] = error.text
            raise TableRefused(lines) from error
        made.append(Joined(staff, password, line.roles))
    RoleProposal.objects.bulk_create(
        RoleProposal(staff=one.staff, role=role, proposed_by_id=actor.id, proposed_at=now)
        for one in made
        for role in one.roles
    )
    journal.append(
        actor=actor,
        event="staff.table_taken_in",
        data={"people": len(made), "roles_proposed": sum(len(one.roles) for one in made)},
    )
    return made


def decide(
    *, actor: Actor, proposals: Collection[UUID], grant: bool, now: datetime
) -> tuple[int, list[tuple[RoleProposal, Text]]]:
    """Grant or decline proposed roles; each stands for itself: what cannot be granted stays, with the reason.

    A granted role still gives no right until the head of the department confirms it.
    """
    actor.require(Permission.PEOPLE_ROLE_GRANT)
    done, refused = 0, []
    for proposal_id in proposals:
        try:
            with transaction.atomic():
                found = (
                    RoleProposal.objects.select_for_update(of=("self",))
                    .select_related("staff")
                    .filter(id=proposal_id, decided_at__isnull=True)
                    .first()
                )
                if found is None:
                    continue
                _decide_one(actor, found, grant=grant, now=now)
                done += 1
        except PeopleError as error:
            refused.append((RoleProposal.objects.select_related("staff").get(id=proposal_id), error.text))
    return done, refused


def _decide_one(actor: Actor, proposal: RoleProposal, *, grant: bool, now: datetime) -> None:
    if grant:
        people.grant_role(actor=actor, staff_id=proposal.staff_id, role=Role(proposal.role))
    else:
        if people_queries.same_person(actor.id, proposal.staff_id):
            raise PeopleError("own_role", Text("不能处理自己的角色。", "Not about your own role."))
        journal.append(
            actor=actor,
            event="role.declined",
            data={"staff": proposal.staff.pseudonym, "role": proposal.role},
        )
    proposal.decided_by_id, proposal.decided_at, proposal.granted = actor.id, now, grant
    proposal.save(update_fields=["decided_by", "decided_at", "granted"])


def confirm_many(*, actor: Actor, assignments: Collection[UUID]) -> tuple[int, list[Text]]:
    """Confirm granted roles one after the other; how many, and why others were not."""
    actor.require(Permission.PEOPLE_ROLE_CONFIRM)
    done, refused = 0, []
    for assignment in assignments:
        try:
            people.confirm_role(actor=actor, assignment_id=assignment)
        except PeopleError as error:
            refused.append(error.text)
        else:
            done += 1
    return done, refused
