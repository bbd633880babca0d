"""What the page of an LDAP connection shows besides, and what administrators decide there."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock, sealing
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.directory import queries, services
from shouxin.people.directory.client import Away
from shouxin.people.directory.models import LdapGroup
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.forms import department_choices
from shouxin.people.problems import PeopleError
from shouxin.people.provisioning import group_views
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.views.door import words

P = Permission


def page_of(connection: Connection, request: StaffRequest) -> Mapping[str, Any]:
    """People and groups of the connection."""
    return {
        **group_views.choices(request),
        "managed": len(queries.linked(connection)),
        "groups": list(queries.groups(connection)),
    }


def _did(request: StaffRequest, verb: Callable[[], Any], said: str) -> None:
    try:
        verb()
    except PeopleError as error:
        messages.error(request, words(error))
    except Away:
        messages.error(request, _("目录现在连接不上，或证书不受信任；什么都没有改变。"))
    except sealing.Unavailable:
        messages.error(request, _("密钥服务不可用，暂时不能连接目录。"))
    else:
        messages.success(request, said)


def _connection(connection_id: UUID) -> Connection:
    found = connections.in_force(Kind.LDAP).filter(id=connection_id).first()
    if found is None:
        raise Http404
    return found


@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
@fresh_second_factor()
def take_in(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    """Bring somebody of the directory in."""
    connection, chosen = _connection(connection_id), request.POST.get("department", "")
    if chosen not in dict(department_choices()):
        raise Http404
    _did(
        request,
        lambda: services.take_in(
            actor=request.actor,
            connection=connection,
            user_name=request.POST.get("user_name", ""),
            department=UUID(chosen),
            now=clock.now(),
        ),
        _("已接收，用目录的密码登录；角色待授予并确认。"),
    )
    return redirect("people:connection", connection.id)


@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
def synchronise(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    """Follow the directory now instead of within ten minutes."""
    connection = _connection(connection_id)
    _did(
        request,
        lambda: services.synchronise(connection=connection, now=clock.now()),
        _("已按目录更新。"),
    )
    return redirect("people:connection", connection.id)


place = group_views.placing(LdapGroup.objects, services.place_group)
propose = group_views.proposing(LdapGroup.objects, services.map_group)
