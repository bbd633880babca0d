"""What a directory does by SCIM, and what administrators say its groups mean."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.ledger.entry import JSON
from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection
from shouxin.people.models import Department, RoleAssignment, Staff
from shouxin.people.provisioning import services as provisioning
from shouxin.people.scim import queries
from shouxin.people.scim.models import ScimGroup, ScimPerson
from shouxin.people.services import PeopleError


@dataclass(frozen=True, slots=True)
class WantedUser:
    """A user as the directory wants it; None is "not stated"."""

    user_name: str
    display_name: str | None
    active: bool | None
    external_id: str | None
    name_stated: bool = True


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """A group as the directory wants it."""

    name: str
    external_id: str | None
    members: Collection[UUID]


@transaction.atomic
def bring(*, connection: Connection, wanted: WantedUser, now: datetime) -> ScimPerson:
    """Take in somebody new: into the connection's department, without role and password."""
    actor = connections.actor_of(connection)
    staff = provisioning.take_in(
        actor=actor,
        user_name=wanted.user_name,
        display_name=wanted.display_name or wanted.user_name,
        department=UUID(connection.settings["department"]),
    )
    person = ScimPerson(staff=staff, connection=connection, created_at=now)
    _keep(person, wanted, now)
    if wanted.active is False:
        provisioning.leave(actor=actor, staff_id=staff.id)
    return person


@transaction.atomic
def change_user(*, connection: Connection, staff_id: UUID, wanted: WantedUser, now: datetime) -> ScimPerson:
    """Follow a changed user: names, and whether the log-in works."""
    actor, person = connections.actor_of(connection), _locked_person(connection, staff_id)
    staff = provisioning.rename(
        actor=actor,
        staff_id=staff_id,
        user_name=wanted.user_name,
        display_name=wanted.display_name or wanted.user_name,
    )
    if wanted.active is False and staff.is_active:
        provisioning.leave(actor=actor, staff_id=staff_id)
    elif wanted.active and not staff.is_active:
        place = UUID(connection.settings["department"])
        provisioning.reopen(actor=actor, staff_id=staff_id, department=place)
        _follow(actor, staff_id)
    _keep(person, wanted, now)
    return person


@transaction.atomic
def remove_user(*, connection: Connection, staff_id: UUID, now: datetime) -> None:
    """Somebody is gone from the directory: the log-in ends at once, its traces stay."""
    actor, person = connections.actor_of(connection), _locked_person(connection, staff_id)
    if person.staff.is_active:
        provisioning.leave(actor=actor, staff_id=staff_id)
    person.staff.scim_groups.clear()
    person.removed_at = person.changed_at = now
    person.save(update_fields=["removed_at", "changed_at"])
    journal.append(actor=actor, event="scim.person_removed", data={"staff": person.staff.pseudonym})


@transaction.atomic
def adopt(*, actor: Actor, connection: Connection, staff_id: UUID, now: datetime) -> ScimPerson:
    """Hand a log-in that stands here already to the directory, so that it finds and manages it."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    staff = Staff.objects.select_for_update().get(id=staff_id)
    if ScimPerson.objects.filter(staff=staff).exists():
        raise PeopleError(
            "managed", Text("该登录名已由目录管理。", "A directory manages this log-in already.")
        )
    person = ScimPerson.objects.create(
        staff=staff, connection=connection, stated=["active", "displayName"], created_at=now, changed_at=now
    )
    data = {"staff": staff.pseudonym, "connection": connection.pseudonym}
    journal.append(actor=actor, event="scim.person_adopted", data=data)
    return person


def _locked_person(connection: Connection, staff_id: UUID) -> ScimPerson:
    """Raises ScimPerson.DoesNotExist: not of this connection; unknown and foreign look alike."""
    Staff.objects.select_for_update().filter(id=staff_id).first()
    return queries.people(connection).get(staff_id=staff_id)


def _keep(person: ScimPerson, wanted: WantedUser, now: datetime) -> None:
    person.external_id, person.changed_at = wanted.external_id, now
    stated = {"active": wanted.active is not None, "displayName": wanted.name_stated}
    person.stated = sorted(key for key, given in stated.items() if given)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise _taken_id() from error


def _taken_id() -> PeopleError:
    return PeopleError(
        "external_id_taken", Text("externalId 已被使用。", "Another user has this externalId.")
    )


def _follow(actor: Actor, staff_id: UUID) -> None:
    staff = Staff.objects.get(id=staff_id)
    department, roles = queries.meaning_for(staff)
    provisioning.follow(
        actor=actor,
        staff_id=staff_id,
        origin=RoleAssignment.Origin.SCIM,
        department=department,
        wanted=roles,
    )


@transaction.atomic
def add_group(*, connection: Connection, wanted: WantedGroup, now: datetime) -> ScimGroup:
    """A new group of the directory; it means nothing here until administrators say what."""
    group = ScimGroup(connection=connection, created_at=now)
    _keep_group(group, wanted, now)
    _set_members(connection, group, wanted.members)
    _record_group(connections.actor_of(connection), "scim.group_added", group)
    return group


@transaction.atomic
def change_group(*, connection: Connection, group_id: UUID, wanted: WantedGroup, now: datetime) -> ScimGroup:
    """Follow a changed group: whoever left it loses what it gave at once, whoever joined is proposed."""
    group = ScimGroup.objects.select_for_update().get(id=group_id, connection=connection)
    _keep_group(group, wanted, now)
    _set_members(connection, group, wanted.members)
    _record_group(connections.actor_of(connection), "scim.group_changed", group)
    return group


@transaction.atomic
def remove_group(*, connection: Connection, group_id: UUID) -> None:
    """A group is gone from the directory, and with it the roles it alone gave."""
    group = ScimGroup.objects.select_for_update().get(id=group_id, connection=connection)
    _set_members(connection, group, [])
    _record_group(connections.actor_of(connection), "scim.group_removed", group)
    group.delete()


def _keep_group(group: ScimGroup, wanted: WantedGroup, now: datetime) -> None:
    group.name, group.external_id, group.changed_at = wanted.name.strip(), wanted.external_id, now
    if not group.name:
        raise PeopleError("nameless", Text("组须有名称。", "A group needs a name."))
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        raise PeopleError(
            "name_taken", Text("已有同名的组。", "A group of that name stands there already.")
        ) from error


def _set_members(connection: Connection, group: ScimGroup, members: Collection[UUID]) -> None:
    known = set(queries.people(connection).filter(staff_id__in=members).values_list("staff_id", flat=True))
    if set(members) - known:
        raise PeopleError("unknown_member", Text("组员不存在。", "A member does not exist."))
    before = set(group.members.values_list("id", flat=True))
    group.members.set(Staff.objects.filter(id__in=known))
    for staff_id in sorted(before ^ known):
        _follow(connections.actor_of(connection), staff_id)


@transaction.atomic
def place_group(*, actor: Actor, group_id: UUID, department: UUID | None) -> ScimGroup:
    """The system administrator says in which department the people of a group work."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    group = ScimGroup.objects.select_for_update().select_related("connection").get(id=group_id)
    if department is not None and not Department.objects.filter(id=department, is_active=True).exists():
        raise PeopleError("no_department", Text("部门不存在或已停用。", "The department does not exist."))
    group.department_id = department
    group.save(update_fields=["department"])
    _record_group(actor, "scim.group_placed", group)
    _follow_all(group)
    return group


@transaction.atomic
def map_group(*, actor: Actor, group_id: UUID, role: Role | None) -> ScimGroup:
    """The security administrator says which role a group's people are proposed for; heads confirm each."""
    actor.require(Permission.PEOPLE_ROLE_GRANT)
    group = ScimGroup.objects.select_for_update().select_related("connection").get(id=group_id)
    group.role, group.role_by_id = (role.value, actor.id) if role else ("", None)
    group.save(update_fields=["role", "role_by"])
    _record_group(actor, "scim.group_mapped", group)
    _follow_all(group)
    return group


def _follow_all(group: ScimGroup) -> None:
    for staff_id in group.members.order_by("id").values_list("id", flat=True):
        _follow(connections.actor_of(group.connection), staff_id)


def _record_group(actor: Actor, event: str, group: ScimGroup) -> None:
    data: dict[str, JSON] = {
        "connection": group.connection.pseudonym,
        "group": group.id,
        "members": group.members.count(),
        "role": group.role or None,
        "department": group.department_id,
    }
    journal.append(
        actor=actor, event=event, data={key: value for key, value in data.items() if value is not None}
    )
