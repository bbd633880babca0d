"""Reading what a connection manages: never more than its own people and groups."""

from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Role
from shouxin.people.connections.models import Connection
from shouxin.people.models import Staff
from shouxin.people.provisioning.services import granter_stands
from shouxin.people.scim.models import ScimGroup, ScimPerson


def people(connection: Connection) -> QuerySet[ScimPerson]:
    """The people of this connection, with their log-ins and groups."""
    found = ScimPerson.objects.filter(connection=connection, removed_at__isnull=True)
    return (
        found.select_related("staff").prefetch_related("staff__scim_groups").order_by("created_at", "staff")
    )


def groups(connection: Connection) -> QuerySet[ScimGroup]:
    """The groups of this connection, with their members."""
    found = ScimGroup.objects.filter(connection=connection)
    return found.prefetch_related("members").order_by("name", "id")


def meaning_for(staff: Staff) -> tuple[UUID | None, dict[Role, UUID | None]]:
    """What somebody's groups say: the department on which they agree; roles to propose, with granters."""
    held = list(staff.scim_groups.all())
    places = {group.department_id for group in held if group.department_id}
    roles = {
        Role(group.role): group.role_by_id if group.role_by_id and granter_stands(group.role_by_id) else None
        for group in held
        if group.role
    }
    return (places.pop() if len(places) == 1 else None), roles


def unmanaged() -> list[tuple[str, str]]:
    """Log-ins that nobody outside manages yet, as (id, name), for handing them to the directory."""
    found = Staff.objects.filter(is_active=True, scim__isnull=True).order_by("display_name")
    return [
        (str(key), f"{name}（{user}）")
        for key, name, user in found.values_list("id", "display_name", "user_name")
    ]
