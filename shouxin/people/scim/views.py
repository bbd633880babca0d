"""What the page of a SCIM connection shows besides, and what administrators decide about its groups."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Permission, Role
from shouxin.kit import clock
from shouxin.people import rules
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.forms import department_choices
from shouxin.people.scim import queries, resources, services
from shouxin.people.scim.models import ScimGroup
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.services import PeopleError
from shouxin.people.views.door import words

P = Permission


def page_of(connection: Connection, request: StaffRequest) -> Mapping[str, Any]:
    """People and groups of the connection."""
    language = get_language() or "zh-hans"
    return {
        "address": request.build_absolute_uri(resources.BASE),
        "managed": queries.people(connection).count(),
        "groups": list(queries.groups(connection).select_related("department", "role_by")),
        "roles": [(role.value, name.in_(language)) for role, name in rules.ROLE_NAMES.items()],
        "departments": department_choices(),
        "unmanaged": queries.unmanaged() if request.actor.may(P.PEOPLE_STAFF_WRITE) else [],
        "may_place": request.actor.may(P.PEOPLE_STAFF_WRITE),
        "may_map": request.actor.may(P.PEOPLE_ROLE_GRANT),
    }


def _group(group_id: UUID) -> ScimGroup:
    found = ScimGroup.objects.filter(id=group_id).first()
    if found is None:
        raise Http404
    return found


def _did(request: StaffRequest, verb: Callable[[], Any], said: str) -> None:
    try:
        verb()
    except PeopleError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, said)


@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
def place(request: StaffRequest, group_id: UUID) -> HttpResponse:
    group, chosen = _group(group_id), request.POST.get("department", "")
    if chosen and chosen not in dict(department_choices()):
        raise Http404
    target = UUID(chosen) if chosen else None
    _did(
        request,
        lambda: services.place_group(actor=request.actor, group_id=group.id, department=target),
        _("已设定部门；组员已随之调整。"),
    )
    return redirect("people:connection", group.connection_id)


@require_POST
@allowed(P.PEOPLE_ROLE_GRANT)
def propose(request: StaffRequest, group_id: UUID) -> HttpResponse:
    group, chosen = _group(group_id), request.POST.get("role", "")
    if chosen and chosen not in set(Role):
        raise Http404
    role = Role(chosen) if chosen else None
    _did(
        request,
        lambda: services.map_group(actor=request.actor, group_id=group.id, role=role),
        _("已设定；组员的角色待部门负责人逐一确认。"),
    )
    return redirect("people:connection", group.connection_id)


@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
@fresh_second_factor()
def adopt(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    connection = connections.in_force(Kind.SCIM).filter(id=connection_id).first()
    chosen = request.POST.get("staff", "")
    if connection is None or chosen not in dict(queries.unmanaged()):
        raise Http404
    _did(
        request,
        lambda: services.adopt(
            actor=request.actor, connection=connection, staff_id=UUID(chosen), now=clock.now()
        ),
        _("已交由目录管理。"),
    )
    return redirect("people:connection", connection.id)
