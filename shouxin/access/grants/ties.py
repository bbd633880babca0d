"""Standing grants end with whoever leaves, moves or loses the role they rested on; what still waits is withdrawn."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from shouxin.access.grants import services
from shouxin.access.grants.models import StandingGrant, State
from shouxin.core.policy import Actor
from shouxin.core.text import Text, counted
from shouxin.gate.ties import purposes_kept
from shouxin.people.leaving.ties import Cause, Going, Tie, ties


def _held(going: Going) -> QuerySet[StandingGrant]:
    found = StandingGrant.objects.filter(staff_id=going.staff, state__in=[State.ACTIVE, State.PENDING])
    return found.exclude(purpose__in=purposes_kept(going))


def foresee(going: Going) -> Sequence[Text]:
    count = _held(going).count()
    text = counted(
        count,
        "{n} 份用数授权及申请终止。",
        "{n} grant or proposal of one ends.",
        "{n} grants and proposals of grants end.",
    )
    return [text] if count else []


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    return {"grants": services.end_held(actor=actor, grants=_held(going), now=going.at)}


ties.register("grants", Tie(foresee, cut, frozenset(Cause)))
