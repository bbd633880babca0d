"""What whoever leaves or moves had in hand goes back to those who could take it; its days go on running."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.core.policy.permissions import permissions_of
from shouxin.core.text import Text, counted
from shouxin.people.leaving.ties import Cause, Going, Tie, ties
from shouxin.rights.cases.models import OPEN, Case, State
from shouxin.rights.cases.recording import record


def _in_hand(going: Going) -> QuerySet[Case]:
    """What waits for somebody else's approval, or for destruction, needs nobody's hands; nor does anything change for
    whoever stays and may still deal with requests."""
    if going.cause is Cause.ROLE_ENDED and Permission.RIGHTS_CASE_HANDLE in permissions_of(going.roles):
        return Case.objects.none()
    rows = Case.objects.filter(handler_id=going.staff, state__in=OPEN)
    return rows.exclude(state__in=[State.DECIDING, State.WATCHING]).order_by("id")


def foresee(going: Going) -> Sequence[Text]:
    """How many requests there are."""
    count = _in_hand(going).count()
    if not count:
        return []
    return [
        counted(
            count,
            "{n} 件在办的行权申请交回，由他人受理；期限照走。",
            "{n} request in hand is given back for others to take; its days go on.",
            "{n} requests in hand are given back for others to take; their days go on.",
        )
    ]


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    """Nobody's hands hold them any more, so that they stand among those that wait to be taken."""
    rows = list(_in_hand(going).select_for_update(of=("self",)))
    for row in rows:
        row.handler = None
        row.save(update_fields=["handler"])
        record(actor, "given_back", row)
    return {"rights_cases": len(rows)}


ties.register("rights.cases", Tie(foresee, cut))
