"""On the page of a case: whether the person was told that they were answered, or will be later."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from shouxin.core.policy import Actor, Permission
from shouxin.kit import clock
from shouxin.portal.answers import services
from shouxin.portal.answers.models import Letter
from shouxin.rights.cases.models import Case


def in_case(request: HttpRequest, case: Case) -> Mapping[str, Any] | None:
    found = Letter.objects.filter(case=case).order_by("about", "-noted_at").distinct("about")
    by_post = set(services.to_write(clock.now()).filter(case=case).values_list("id", flat=True))
    rows = [{"letter": row, "by_post": row.id in by_post} for row in found]
    actor: Actor | None = getattr(request, "actor", None)
    mine = actor is not None and case.handler_id == actor.id and actor.may(Permission.RIGHTS_CASE_HANDLE)
    return {"letters": rows, "may": mine, "request": request} if rows else None
