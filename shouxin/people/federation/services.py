"""Linking log-ins to subjects at the other side, and which log-ins come in by it alone."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people import queries as people
from shouxin.people.connections.models import Connection, State
from shouxin.people.federation import queries
from shouxin.people.federation.models import ExternalIdentity
from shouxin.people.models import Staff
from shouxin.people.services import PeopleError, one_after_another


@transaction.atomic
def link_own(*, actor: Actor, connection: Connection, subject: str, now: datetime) -> ExternalIdentity:
    """Link one's own log-in to who one just proved to be at the other side. The caller has asked for a fresh proof."""
    found = _link(actor, actor.id, connection, subject, now)
    found.confirmed_by_id, found.confirmed_at = actor.id, now
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    _record(actor, "identity.linked", found)
    return found


@transaction.atomic
def propose_link(
    *, actor: Actor, staff_id: UUID, connection: Connection, subject: str, now: datetime
) -> ExternalIdentity:
    """The system administrator says who somebody is at the other side; it works once another administrator agrees."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    if people.same_person(actor.id, staff_id):
        raise PeopleError(
            "own_log_in", Text("自己的登录名请登录后自行关联。", "Link your own log-in yourself, signed in.")
        )
    found = _link(actor, staff_id, connection, subject, now)
    _record(actor, "identity.proposed", found)
    return found


@transaction.atomic
def confirm_link(*, actor: Actor, identity_id: UUID, now: datetime) -> ExternalIdentity:
    """The security administrator agrees with a link that another administrator made."""
    actor.require(Permission.PEOPLE_CONNECTION_APPROVE)
    found = _locked(identity_id)
    if found.confirmed_at is not None:
        raise PeopleError("not_waiting", Text("该关联已不在等待确认。", "This link is not waiting any more."))
    if people.same_person(actor.id, found.linked_by_id) or people.same_person(actor.id, found.staff_id):
        raise PeopleError(
            "same_person",
            Text("不能确认自己的或自己提出的关联。", "Nobody confirms a link of or by themselves."),
        )
    found.confirmed_by_id, found.confirmed_at = actor.id, now
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    _record(actor, "identity.confirmed", found)
    return found


@transaction.atomic
def unlink(*, actor: Actor, identity_id: UUID, now: datetime) -> ExternalIdentity:
    """End a link at once: one's own, or as an administrator anybody's."""
    found = _locked(identity_id)
    if found.staff_id != actor.id and not actor.may(Permission.PEOPLE_CONNECTION_APPROVE):
        actor.require(Permission.PEOPLE_STAFF_WRITE)
    if found.staff.only_through_id == found.connection_id and found.staff.is_active:
        raise PeopleError(
            "only_way",
            Text(
                "该登录名只能经此连接登录。请先由系统管理员改回密码登录。",
                "This log-in comes in by this connection alone. Let the system administrator change that first.",
            ),
        )
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    _record(actor, "identity.unlinked", found)
    return found


@transaction.atomic
def bind(*, actor: Actor, staff_id: UUID, connection: Connection | None) -> Staff:
    """Let somebody sign in by one connection alone, or by password again (after a reset)."""
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    staff = Staff.objects.select_for_update().filter(id=staff_id).first()
    if staff is None:
        raise PeopleError("unknown", Text("没有找到该登录名。", "There is no such log-in."))
    if connection is not None:
        if connection.state != State.ACTIVE or queries.identity_at(staff, connection) is None:
            raise PeopleError(
                "not_linked",
                Text("该登录名还没有与此连接关联。", "This log-in is not linked to that connection yet."),
            )
        _keep_one_with_a_password(staff)
        staff.set_unusable_password()
    staff.only_through, staff.must_change_password = connection, False
    staff.save(update_fields=["only_through", "password", "must_change_password"])
    journal.append(
        actor=actor,
        event="identity.bound" if connection else "identity.unbound",
        data={
            "staff": staff.pseudonym,
            **({"connection": connection.pseudonym} if connection else {}),
        },
    )
    return staff


def _keep_one_with_a_password(staff: Staff) -> None:
    """When the other side is away for long, somebody must still be able to come in and mend it."""
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        if role.value not in staff.roles:
            continue
        one_after_another()
        others = Staff.objects.filter(is_active=True, roles__contains=[role.value], only_through__isnull=True)
        if not any(one.has_usable_password() for one in others.exclude(id=staff.id)):
            raise PeopleError(
                "last_with_a_password",
                Text(
                    "至少一位系统管理员和一位安全管理员须能用密码登录，以便连接中断时处理。",
                    "One system and one security administrator keep a password, to mend the connection when it fails.",
                ),
            )


def _link(
    actor: Actor, staff_id: UUID, connection: Connection, subject: str, now: datetime
) -> ExternalIdentity:
    staff = Staff.objects.select_for_update().filter(id=staff_id, is_active=True).first()
    if staff is None or connection.state != State.ACTIVE or not subject.strip():
        raise PeopleError("not_linkable", Text("不能关联。", "This cannot be linked."))
    try:
        with transaction.atomic():
            return ExternalIdentity.objects.create(
                staff=staff,
                connection=connection,
                subject=subject.strip(),
                linked_by_id=actor.id,
                linked_at=now,
            )
    except IntegrityError as error:
        raise PeopleError(
            "linked_already",
            Text(
                "该登录名或对方的账号已有关联。请先解除原来的关联。",
                "The log-in or the account at the other side is linked already. End that link first.",
            ),
        ) from error


def _locked(identity_id: UUID) -> ExternalIdentity:
    found = (
        ExternalIdentity.objects.select_for_update(of=("self",))
        .select_related("staff", "connection")
        .filter(id=identity_id, ended_at__isnull=True)
        .first()
    )
    if found is None:
        raise PeopleError("unknown", Text("没有找到该关联。", "There is no such link."))
    return found


def _record(actor: Actor, event: str, found: ExternalIdentity) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={"staff": found.staff.pseudonym, "connection": found.connection.pseudonym},
    )
