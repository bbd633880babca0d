"""What whoever leaves or moves had to answer goes to somebody who is there: nothing is left without an owner."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.customers.registry.models import Customer
from shouxin.people.leaving.ties import Going, Tie, Tied, ties
from shouxin.rights.feedback import queries, services
from shouxin.rights.feedback.models import Feedback, State


def _open(going: Going) -> QuerySet[Feedback]:
    return Feedback.objects.filter(owner_id=going.staff, state=State.OPEN).order_by("id")


def foresee(going: Going) -> Sequence[Text]:
    """How many items there are."""
    count = _open(going).count()
    text = Text(
        f"{count} 件待答复的客户意见转给别人答复。",
        f"{count} items of feedback go to somebody else to answer.",
    )
    return [text] if count else []


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    rows = list(_open(going).select_for_update(of=("self",)))
    for row in rows:
        customer = Customer.objects.filter(id=row.customer_id).first() if row.customer_id else None
        other = queries.owner_for(row.category, customer, but=going.staff)
        if other is None:
            raise Tied(
                "feedback.owner",
                Text(
                    "没有别人能答复客户意见；请先指定。",
                    "Nobody else could answer feedback; name somebody first.",
                ),
            )
        services.pass_on(actor, row, other)
    return {"feedback": len(rows)}


ties.register("feedback", Tie(foresee, cut))
