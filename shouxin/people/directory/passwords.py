"""Passwords that the directory checks, for log-ins that come in by it alone."""

from shouxin.kit import sealing
from shouxin.people import signin
from shouxin.people.connections.models import Kind, State
from shouxin.people.directory import services
from shouxin.people.directory.client import Away, Directory
from shouxin.people.federation import queries as federation
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError


def check(staff: Staff, password: str) -> bool:
    """Whether the directory accepts this password; groups follow it before anybody is let in.

    Raises:
        signin.Away: the directory does not answer; nothing else opens this log-in.
    """
    connection = staff.only_through
    if connection is None or connection.state != State.ACTIVE:
        return False
    identity = federation.identity_at(staff, connection)
    if identity is None:
        return False
    try:
        directory = Directory.of(connection)
        entry = directory.by_id(identity.subject)
        if entry is None or not directory.password_is_right(entry, password):
            return False
        groups = directory.groups(entry.dn)
    except (Away, sealing.Unavailable, sealing.NotSealedHere):
        raise signin.Away(connection.name) from None
    try:
        services.follow_one(connection=connection, staff_id=staff.id, entry=entry, groups=groups)
    except PeopleError:
        return signin.may_sign_in(staff)  # the last administrator keeps the role the group no longer gives
    staff.refresh_from_db()
    return True


signin.outside_passwords.register(Kind.LDAP, check)
