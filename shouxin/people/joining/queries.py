"""What a table of new staff is checked against, and what waits for the two who decide on roles."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.people import queries as people
from shouxin.people.joining import rules
from shouxin.people.joining.models import RoleProposal
from shouxin.people.joining.rules import Line
from shouxin.people.models import RoleAssignment, Staff


def open_departments() -> dict[str, list[UUID]]:
    """The departments in use, by their name and by their path from the top."""
    found: dict[str, list[UUID]] = {}
    path: list[str] = []
    for depth, department in people.department_tree():
        path[depth:] = [department.name]
        if department.is_active:
            for name in {department.name, "/".join(path)}:
                found.setdefault(name, []).append(department.id)
    return found


def paths() -> list[str]:
    """The departments as a template offers them: by name where it says enough, else by path."""
    known = open_departments()
    shortest: dict[UUID, str] = {}
    for name, ids in known.items():
        if len(ids) == 1 and len(name) < len(shortest.get(ids[0], name + " ")):
            shortest[ids[0]] = name
    return list(shortest.values())


def checked(rows: Sequence[tuple[int, Sequence[str]]]) -> list[Line]:
    """The rows of a table, checked against who and what is there now."""
    taken = {name.casefold() for name in Staff.objects.values_list("user_name", flat=True)}
    return rules.check(rows, taken=taken, departments=open_departments())


def proposals(actor: Actor) -> QuerySet[RoleProposal]:
    """The proposed roles that wait for the security administrator; never for the own person."""
    if not actor.may(Permission.PEOPLE_ROLE_GRANT):
        return RoleProposal.objects.none()
    mine = Staff.objects.filter(id=actor.id).values("person")
    found = RoleProposal.objects.filter(decided_at__isnull=True, staff__is_active=True)
    return found.exclude(staff__person__in=mine).select_related("staff__department", "proposed_by")


def confirmable(actor: Actor) -> list[RoleAssignment]:
    """The granted roles that this very head may confirm now."""
    if not actor.may(Permission.PEOPLE_ROLE_CONFIRM):
        return []
    rows = people.waiting_roles(actor=actor).select_related("staff__department", "granted_by")
    found = rows.order_by("granted_at", "id")
    return [row for row in found if people.may_confirm(actor=actor, assignment=row)]
