"""What administrators say about a group of a directory outside, whichever protocol it came by: a department, a role."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Manager
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Permission, Role
from shouxin.people import rules
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.forms import department_choices
from shouxin.people.problems import PeopleError
from shouxin.people.views.door import words

P = Permission
View = Callable[..., HttpResponseBase]


def choices(request: StaffRequest) -> dict[str, Any]:
    """What the list of groups on a connection's page needs besides the groups."""
    language = get_language() or "zh-hans"
    return {
        "roles": [(role.value, name.in_(language)) for role, name in rules.ROLE_NAMES.items()],
        "departments": department_choices(),
        "may_place": request.actor.may(P.PEOPLE_STAFF_WRITE),
        "may_map": request.actor.may(P.PEOPLE_ROLE_GRANT),
    }


def placing(groups: Manager[Any], place_group: Callable[..., Any]) -> View:
    """The view by which the system administrator says where a group's people work."""

    @require_POST
    @allowed(P.PEOPLE_STAFF_WRITE)
    def place(request: StaffRequest, group_id: UUID) -> HttpResponse:
        chosen = request.POST.get("department", "")
        if chosen and chosen not in dict(department_choices()):
            raise Http404
        target = UUID(chosen) if chosen else None
        return _said(
            request, groups, group_id, place_group, {"department": target}, _("已设定部门；组员已随之调整。")
        )

    return place


def proposing(groups: Manager[Any], map_group: Callable[..., Any]) -> View:
    """The view by which the security administrator says which role a group's people are proposed for."""

    @require_POST
    @allowed(P.PEOPLE_ROLE_GRANT)
    def propose(request: StaffRequest, group_id: UUID) -> HttpResponse:
        chosen = request.POST.get("role", "")
        if chosen and chosen not in set(Role):
            raise Http404
        role = Role(chosen) if chosen else None
        return _said(
            request,
            groups,
            group_id,
            map_group,
            {"role": role},
            _("已设定；组员的角色待部门负责人逐一确认。"),
        )

    return propose


def _said(
    request: StaffRequest,
    groups: Manager[Any],
    group_id: UUID,
    service: Callable[..., Any],
    chosen: dict[str, Any],
    said: str,
) -> HttpResponse:
    group: Any = groups.filter(pk=group_id).first()
    if group is None:
        raise Http404
    try:
        service(actor=request.actor, group_id=group_id, **chosen)
    except PeopleError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, said)
    return redirect("people:connection", group.connection_id)
