"""Taking people in from an LDAP directory, and following it: joining, groups, leaving."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection
from shouxin.people.directory import queries
from shouxin.people.directory.client import Directory, Entry, Group
from shouxin.people.directory.models import LdapGroup
from shouxin.people.federation.models import ExternalIdentity
from shouxin.people.models import Department, RoleAssignment, Staff
from shouxin.people.problems import PeopleError
from shouxin.people.provisioning import services as provisioning

# When more than this part of the people is gone at once, the directory is read wrongly rather than the staff gone.
MOST_GONE, FEW = 0.3, 3


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of reading a directory."""

    people: int
    ended: int
    refused: int
    stopped: bool = False


def take_in(
    *, actor: Actor, connection: Connection, user_name: str, department: UUID, now: datetime
) -> Staff:
    """Bring somebody of the directory in: a log-in that the directory's password opens, without a role yet.

    The connection was confirmed by two administrators for all its people, so that a new log-in needs no third look;
    its roles do.

    Raises:
        PeopleError: nobody (or more than one) has this user name there, or somebody has it here.
        client.Away: the directory does not answer.
    """
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    directory = Directory.of(connection)
    entry = directory.find(user_name.strip())
    if entry is None:
        raise PeopleError(
            "not_there",
            Text(
                "目录中没有唯一的此用户名。请核对。",
                "The directory has no one entry of that user name. Check it.",
            ),
        )
    groups = directory.groups(entry.dn)
    with transaction.atomic():
        staff = provisioning.take_in(
            actor=actor, user_name=entry.user_name, display_name=entry.name, department=department
        )
        staff.only_through = connection
        staff.save(update_fields=["only_through"])
        ExternalIdentity.objects.create(
            staff=staff,
            connection=connection,
            subject=entry.id,
            linked_by_id=actor.id,
            linked_at=now,
            confirmed_by_id=connection.decided_by_id,
            confirmed_at=now,
        )
        journal.append(
            actor=actor,
            event="directory.taken_in",
            data={"staff": staff.pseudonym, "connection": connection.pseudonym},
        )
        _keep_groups(connection, groups)
        _follow(connection, staff, entry, groups)
    return staff


@transaction.atomic
def follow_one(*, connection: Connection, staff_id: UUID, entry: Entry, groups: Iterable[Group]) -> None:
    """Bring somebody in line with the directory when they sign in: groups lost take their roles at once."""
    _follow(connection, Staff.objects.get(id=staff_id), entry, list(groups))


def synchronise(*, connection: Connection, now: datetime) -> Followed:
    """Read the whole directory: names and groups follow it, and who is gone from it ends.

    Raises:
        client.Away: the directory does not answer; nothing has changed.
    """
    directory = Directory.of(connection)
    there, groups = directory.people(), directory.groups()
    with transaction.atomic():
        return _follow_all(connection, there, groups, now)


def _follow_all(
    connection: Connection, there: dict[str, Entry], groups: list[Group], now: datetime
) -> Followed:
    actor = connections.actor_of(connection)
    held = [one for one in queries.linked(connection) if one.staff.is_active]
    gone = [one for one in held if one.subject not in there]
    stopped = len(gone) > max(FEW, MOST_GONE * len(held)) or (not there and bool(held))
    _keep_groups(connection, groups)
    refused = 0
    for identity in held:
        if identity.subject in there:
            try:
                with transaction.atomic():
                    _follow(connection, identity.staff, there[identity.subject], groups)
            except PeopleError:
                refused += 1
        elif not stopped:
            try:
                with transaction.atomic():
                    provisioning.leave(actor=actor, staff_id=identity.staff_id)
            except PeopleError:
                refused += 1
    ended = 0 if stopped else len(gone)
    Connection.objects.filter(id=connection.id).update(used_at=now)
    if gone or refused:
        journal.append(
            actor=actor,
            event="directory.sync_stopped" if stopped else "directory.synchronised",
            data={
                "connection": connection.pseudonym,
                "people": len(held),
                "gone": len(gone),
                "refused": refused,
            },
        )
    return Followed(len(held), ended, refused, stopped)


def _follow(connection: Connection, staff: Staff, entry: Entry, groups: list[Group]) -> None:
    actor = connections.actor_of(connection)
    provisioning.rename(actor=actor, staff_id=staff.id, user_name=entry.user_name, display_name=entry.name)
    inside = {one.dn for one in groups if entry.dn.casefold() in one.members}
    kept = LdapGroup.objects.filter(connection=connection, dn__in=inside)
    staff.ldap_groups.set(kept)
    department, roles = queries.meaning_of(kept)
    provisioning.follow(
        actor=actor,
        staff_id=staff.id,
        origin=RoleAssignment.Origin.LDAP,
        department=department,
        wanted=roles,
    )


def _keep_groups(connection: Connection, groups: Iterable[Group]) -> None:
    """Groups that were found have a row, so that administrators can say what they mean."""
    LdapGroup.objects.bulk_create(
        [LdapGroup(connection=connection, dn=one.dn[:500], name=one.name[:200]) for one in groups],
        ignore_conflicts=True,
    )


@transaction.atomic
def place_group(*, actor: Actor, group_id: UUID, department: UUID | None) -> LdapGroup:
    """The system administrator says in which department the people of a group work."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    group = LdapGroup.objects.select_for_update().select_related("connection").get(id=group_id)
    if department is not None and not Department.objects.filter(id=department, is_active=True).exists():
        raise PeopleError("no_department", Text("部门不存在或已停用。", "The department does not exist."))
    group.department_id = department
    group.save(update_fields=["department"])
    _meant(actor, group, "directory.group_placed")
    return group


@transaction.atomic
def map_group(*, actor: Actor, group_id: UUID, role: Role | None) -> LdapGroup:
    """The security administrator says which role a group's people are proposed for; heads confirm each."""
    actor.require(Permission.PEOPLE_ROLE_GRANT)
    group = LdapGroup.objects.select_for_update().select_related("connection").get(id=group_id)
    group.role, group.role_by_id = (role.value, actor.id) if role else ("", None)
    group.save(update_fields=["role", "role_by"])
    _meant(actor, group, "directory.group_mapped")
    return group


def _meant(actor: Actor, group: LdapGroup, event: str) -> None:
    """Record it, and bring the group's people in line."""
    journal.append(
        actor=actor,
        event=event,
        data={
            "connection": group.connection.pseudonym,
            "group": group.id,
            "members": group.members.count(),
            **({"role": group.role} if group.role else {}),
        },
    )
    for staff in group.members.order_by("id"):
        department, roles = queries.meaning_of(staff.ldap_groups.all())
        provisioning.follow(
            actor=connections.actor_of(group.connection),
            staff_id=staff.id,
            origin=RoleAssignment.Origin.LDAP,
            department=department,
            wanted=roles,
        )
