"""What the page of a SCIM connection shows besides, and what administrators decide about its groups."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.provisioning import group_views
from shouxin.people.scim import queries, services
from shouxin.people.scim.models import ScimGroup
from shouxin.people.scim.rules import BASE
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.services import PeopleError
from shouxin.people.views.door import words

P = Permission


def page_of(connection: Connection, request: StaffRequest) -> Mapping[str, Any]:
    """People and groups of the connection."""
    return {
        **group_views.choices(request),
        "address": request.build_absolute_uri(BASE),
        "managed": queries.people(connection).count(),
        "groups": list(queries.groups(connection).select_related("department", "role_by")),
        "unmanaged": queries.unmanaged() if request.actor.may(P.PEOPLE_STAFF_WRITE) else [],
    }


@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
@fresh_second_factor()
def adopt(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    connection = connections.in_force(Kind.SCIM).filter(id=connection_id).first()
    chosen = request.POST.get("staff", "")
    if connection is None or chosen not in dict(queries.unmanaged()):
        raise Http404
    try:
        services.adopt(actor=request.actor, connection=connection, staff_id=UUID(chosen), now=clock.now())
    except PeopleError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, _("已交由目录管理。"))
    return redirect("people:connection", connection.id)


place = group_views.placing(ScimGroup.objects, services.place_group)
propose = group_views.proposing(ScimGroup.objects, services.map_group)
