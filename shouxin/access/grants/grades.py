"""A field graded stricter leaves the standing grants that could not be given for it any more; the gate refuses it at
the next read anyway."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from shouxin.access.grants.models import StandingGrant, State
from shouxin.core.policy import Actor, may_be_granted
from shouxin.core.text import Text, counted
from shouxin.journal import services as journal
from shouxin.people.leaving.ties import log_in_of
from shouxin.rulebook.catalogue import effects
from shouxin.rulebook.catalogue.effects import Regrading


def _holding(change: Regrading) -> QuerySet[StandingGrant]:
    found = StandingGrant.objects.filter(
        fields__contains=[change.after.key], state__in=[State.ACTIVE, State.PENDING]
    )
    return found if may_be_granted(change.before) and not may_be_granted(change.after) else found.none()


def foresee(change: Regrading) -> Sequence[Text]:
    """How many grants end, and how many go on without the field."""
    held = list(_holding(change).values_list("fields", flat=True))
    ending = sum(len(fields) == 1 for fields in held)
    found = []
    if ending:
        found.append(
            counted(
                ending,
                "{n} 份用数授权或申请终止。",
                "{n} grant or proposal ends.",
                "{n} grants or proposals end.",
            )
        )
    if len(held) - ending:
        count = len(held) - ending
        found.append(
            counted(
                count,
                "{n} 份用数授权或申请去掉此字段。",
                "{n} grant or proposal loses this field.",
                "{n} grants or proposals lose this field.",
            )
        )
    return found


def narrow(actor: Actor, change: Regrading, now: datetime) -> None:
    """Take the field out of them, and end those that held nothing else."""
    for grant in _holding(change).select_for_update().order_by("id"):
        rest = [key for key in grant.fields if key != change.after.key]
        if rest:
            grant.fields, event = rest, "grant.narrowed"
            grant.save(update_fields=["fields"])
        else:
            waits = grant.state == State.PENDING
            grant.state = State.WITHDRAWN if waits else State.ENDED
            grant.ended_at, grant.ended_by_id = now, log_in_of(actor)
            grant.save(update_fields=["state", "ended_at", "ended_by"])
            event = "grant.withdrawn" if waits else "grant.ended"
        journal.append(
            actor=actor,
            event=event,
            purpose=grant.purpose,
            data={
                "grant": str(grant.id),
                "purpose": grant.purpose,
                "fields": [change.after.key],
                "cause": "grade",
            },
        )


effects.foreseen.register("grants", foresee)
effects.tightened.register("grants", narrow)
