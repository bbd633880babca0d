"""Reading what is known of an LDAP directory here."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Role
from shouxin.people.connections.models import Connection
from shouxin.people.directory.models import LdapGroup
from shouxin.people.federation.models import ExternalIdentity
from shouxin.people.provisioning.services import granter_stands


def groups(connection: Connection) -> QuerySet[LdapGroup]:
    """The groups found so far, with what they mean."""
    found = LdapGroup.objects.filter(connection=connection)
    return found.select_related("department", "role_by").prefetch_related("members")


def linked(connection: Connection) -> list[ExternalIdentity]:
    """Who signs in by this directory."""
    found = ExternalIdentity.objects.filter(
        connection=connection, ended_at__isnull=True, confirmed_at__isnull=False
    )
    return list(found.select_related("staff").order_by("linked_at", "id"))


def meaning_of(held: Iterable[LdapGroup]) -> tuple[UUID | None, dict[Role, UUID | None]]:
    """What groups say: the department on which they agree; roles to propose, with granters."""
    rows = list(held)
    places = {one.department_id for one in rows if one.department_id}
    roles = {
        Role(one.role): one.role_by_id if one.role_by_id and granter_stands(one.role_by_id) else None
        for one in rows
        if one.role
    }
    return (places.pop() if len(places) == 1 else None), roles
