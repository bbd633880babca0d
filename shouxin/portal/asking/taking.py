"""What the person asked to see, fetched at their own door: once, after a second code, within seven days."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from shouxin.core.policy.decision import FRESH_FOR
from shouxin.kit import clock
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case
from shouxin.rights.cases.queries import visible_to
from shouxin.rights.packages import queries, services
from shouxin.rights.packages.models import State
from shouxin.rights.packages.views import archive


def offered(request: CustomerRequest, row: Case) -> dict[str, Any] | None:
    """What there is to fetch, or when it was fetched; nothing where nothing was frozen."""
    found = queries.of(row)
    if found is None or found.state not in {State.READY, State.TAKEN, State.ENDED} or not found.sha256:
        return None
    proved = request.mine.second_factor_at
    return {
        "row": found,
        "ready": found.state == State.READY
        and found.expires_at is not None
        and found.expires_at > clock.now(),
        "taken": found.state == State.TAKEN,
        "proved": proved is not None and clock.now() - proved <= FRESH_FOR,
    }


@require_POST
@for_customers
def take(request: CustomerRequest, case_id: UUID) -> HttpResponseBase:
    """The archive, once; whoever did not type a second code just now is asked for it first."""
    row = visible_to(request.me).filter(id=case_id).first()
    if row is None:
        raise Http404
    try:
        found, content = services.hand_over(actor=request.me, case=row.id, now=clock.now())
    except CaseProblem as problem:
        return redirect(
            "my:clear" if problem.code == "package.second-factor" else "my:request",
            *([] if problem.code == "package.second-factor" else [row.id]),
        )
    return archive(found, row, content)
