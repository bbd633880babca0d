"""Emergency access still open ends with whoever leaves or moves, or loses the role that its purpose is for."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from shouxin.access.emergency import services
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.core.policy import Actor
from shouxin.core.text import Text, counted
from shouxin.gate.ties import purposes_kept
from shouxin.people.leaving.ties import Cause, Going, Tie, ties


def _open(going: Going) -> QuerySet[EmergencyAccess]:
    found = EmergencyAccess.objects.filter(staff_id=going.staff, ended_at__isnull=True, until__gt=going.at)
    return found.exclude(purpose__in=purposes_kept(going))


def foresee(going: Going) -> Sequence[Text]:
    count = _open(going).count()
    text = counted(
        count,
        "{n} 次正在进行的应急访问结束。",
        "{n} open emergency access ends.",
        "{n} open emergency accesses end.",
    )
    return [text] if count else []


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    return {"emergencies": services.end_open(actor=actor, accesses=_open(going), now=going.at)}


ties.register("emergencies", Tie(foresee, cut, frozenset(Cause)))
