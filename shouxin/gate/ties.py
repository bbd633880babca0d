"""Open contacts end with whoever leaves or moves."""

from collections.abc import Mapping, Sequence

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.gate.models import Contact
from shouxin.journal import services as journal
from shouxin.people.leaving.ties import Going, Tie, ties


def foresee(going: Going) -> Sequence[Text]:
    count = Contact.objects.filter(staff_id=going.staff, ends_at__gt=going.at).count()
    return [Text(f"{count} 次正在进行的接待结束。", f"{count} open contacts end.")] if count else []


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    found = list(
        Contact.objects.select_for_update().filter(staff_id=going.staff, ends_at__gt=going.at).order_by("id")
    )
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


ties.register("contacts", Tie(foresee, cut))
