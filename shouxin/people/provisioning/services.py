"""What a directory outside does with people here. It may bring and end them; roles it can only propose.

`actor` is the connection. Every change goes through the same services that administrators use, so the same rules
hold: the last administrator stays, roles stand apart, a head confirms.
"""

import unicodedata
from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.people import queries, rules, services
from shouxin.people.leaving import closing
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.services import PeopleError


@transaction.atomic
def take_in(*, actor: Actor, user_name: str, display_name: str, department: UUID) -> Staff:
    """Create the log-in of somebody the directory knows: without a role and without a password."""
    return services.create_staff(
        actor=actor, user_name=user_name, display_name=display_name, department=department, password=None
    )


@transaction.atomic
def rename(*, actor: Actor, staff_id: UUID, user_name: str, display_name: str) -> Staff:
    """Follow the directory when somebody's name or user name changed there."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    staff = Staff.objects.select_for_update().get(id=staff_id)
    wanted = {
        "user_name": unicodedata.normalize("NFKC", user_name).strip(),
        "display_name": display_name.strip(),
    }
    changed = [key for key, value in wanted.items() if getattr(staff, key) != value]
    if not changed:
        return staff
    if not all(wanted.values()):
        raise PeopleError("nameless", Text("请填写用户名和姓名。", "Give a user name and a name."))
    for key in changed:
        setattr(staff, key, wanted[key])
    try:
        with transaction.atomic():
            staff.save(update_fields=changed)
    except IntegrityError as error:
        raise PeopleError(
            "user_name_taken", Text("用户名已被使用。请换一个。", "The user name is taken. Choose another.")
        ) from error
    journal.append(actor=actor, event="staff.renamed", data={"staff": staff.pseudonym, "fields": changed})
    return staff


@transaction.atomic
def leave(*, actor: Actor, staff_id: UUID) -> None:
    """End the log-in of somebody who is gone from the directory.

    Where they still answer for duties the log-in cannot be closed before a successor is named: then everything it
    opens ends all the same, and it is closed by itself when the duties are handed over.

    Raises:
        PeopleError: the last administrator of a kind stays.
    """
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    closing.close_or_cut_off(actor=actor, staff_id=staff_id, now=clock.now())


@transaction.atomic
def reopen(*, actor: Actor, staff_id: UUID, department: UUID) -> Staff:
    """Take somebody back who is in the directory again: a department, no role, no password, as on the first day."""
    return closing.rejoin(
        actor=actor, staff_id=staff_id, department=department, password=None, now=clock.now()
    )


@transaction.atomic
def follow(
    *,
    actor: Actor,
    staff_id: UUID,
    origin: RoleAssignment.Origin,
    department: UUID | None,
    wanted: Mapping[Role, UUID | None],
) -> list[str]:
    """Bring department and roles of somebody in line with their groups outside.

    `wanted` names for each role the security administrator whose mapping asks for it: they stand as granter and a
    head still confirms; None where that administrator has left, so that nothing new is proposed. Roles of this origin
    that no group asks for any more end at once. What the rules refuse is left out and returned as codes.

    Raises:
        PeopleError: a role that would have to end is the last of its kind.
    """
    staff = Staff.objects.select_for_update().get(id=staff_id)
    if not staff.is_active:
        return []
    if department is not None and department != staff.department_id:
        services.move_staff(actor=actor, staff_id=staff.id, department=department)
    open_ones = staff.assignments.filter(ended_at__isnull=True)
    for assignment in open_ones.filter(origin=origin).exclude(role__in=[role.value for role in wanted]):
        services.end_role(actor=actor, assignment_id=assignment.id)
    refused = [
        _propose(actor, staff.id, role, granter, origin) for role, granter in wanted.items() if granter
    ]
    return [code for code in refused if code]


def _propose(
    actor: Actor, staff_id: UUID, role: Role, granter: UUID, origin: RoleAssignment.Origin
) -> str | None:
    """Put a role up for confirmation; the code of the rule that forbids it, or None."""
    staff = Staff.objects.get(id=staff_id)
    held = [Role(a.role) for a in staff.assignments.filter(ended_at__isnull=True)]
    if role in held:
        return None
    if queries.same_person(granter, staff.id):
        return "own_role"
    broken = rules.separation_broken([*held, role])
    if broken is not None:
        return broken.code
    RoleAssignment.objects.create(staff=staff, role=role, origin=origin, granted_by_id=granter)
    journal.append(actor=actor, event="role.proposed", data={"staff": staff.pseudonym, "role": role})
    return None


def granter_stands(granter: UUID) -> bool:
    """Whether whoever made a mapping may still grant: a mapping of somebody who left proposes nothing."""
    return Staff.objects.filter(
        id=granter, is_active=True, roles__contains=[Role.SECURITY_ADMIN.value]
    ).exists()
