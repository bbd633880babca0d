"""The customers of whoever leaves or moves: their head answers for them until a successor accepts."""

from collections.abc import Mapping, Sequence

from django.db.models import Count

from shouxin.core.policy import Actor
from shouxin.core.text import Text, counted
from shouxin.customers.handover import queries, services
from shouxin.customers.registry.models import Customer
from shouxin.people.leaving.ties import Going, Tie, ties


def foresee(going: Going) -> Sequence[Text]:
    """How many customers are left, and who answers for them then."""
    rows = (
        Customer.objects.filter(responsible_id=going.staff)
        .values_list("owner_department_id", "owner_department__name")
        .annotate(count=Count("id"))
        .order_by("owner_department__name")
    )
    found = []
    for department, name, count in rows:
        head = queries.head_for(department, but=going.staff)
        if head is None:
            found.append(
                counted(
                    count,
                    "“{name}”还有 {n} 位客户没有交接，该部门没有负责人可以代管。",
                    "{n} customer of {name} is not handed over, and no head is there to take them.",
                    "{n} customers of {name} are not handed over, and no head is there to take them.",
                    name=name,
                )
            )
            continue
        who = queries.names([head])[head]
        found.append(
            counted(
                count,
                "“{name}”还有 {n} 位客户没有交接，改由 {who} 代管，直到交接。",
                "{n} customer of {name} is not handed over; {who} answers for them until they are.",
                "{n} customers of {name} are not handed over; {who} answers for them until they are.",
                name=name,
                who=who,
            )
        )
    return found


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    return {"customers": services.fall_to_heads(actor=actor, going=going)}


ties.register("customers", Tie(foresee, cut))
