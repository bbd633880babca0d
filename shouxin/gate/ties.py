"""Open contacts end with whoever leaves or moves, or loses the role that their purpose is for."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from shouxin.core.policy import Actor
from shouxin.core.text import Text, counted
from shouxin.gate import facts
from shouxin.gate.models import Contact
from shouxin.journal import services as journal
from shouxin.people.leaving.ties import GONE, Cause, Going, Tie, ties


def purposes_kept(going: Going) -> list[str]:
    """The purposes that one of the roles somebody keeps is for; none when they go."""
    if going.cause in GONE:
        return []
    return [rule.key for rule in facts.rules["rulebook"].purposes() if rule.roles & going.roles]


def _open(going: Going) -> QuerySet[Contact]:
    found = Contact.objects.filter(staff_id=going.staff, ends_at__gt=going.at)
    return found.exclude(purpose__in=purposes_kept(going))


def foresee(going: Going) -> Sequence[Text]:
    count = _open(going).count()
    return (
        [counted(count, "{n} 次正在进行的接待结束。", "{n} open contact ends.", "{n} open contacts end.")]
        if count
        else []
    )


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    found = list(_open(going).select_for_update().order_by("id"))
    for contact in found:
        contact.ends_at = max(going.at, contact.opened_at)
        contact.save(update_fields=["ends_at"])
        journal.append(
            actor=actor,
            event="contact.closed",
            customer=contact.customer_id,
            purpose=contact.purpose,
            data={"contact": str(contact.id), "ended": going.cause.value},
        )
    return {"contacts": len(found)}


ties.register("contacts", Tie(foresee, cut, frozenset(Cause)))
