"""What whoever leaves or moves has promised: it goes to the person responsible for the customer, else to the head."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.core.text import Text, counted
from shouxin.customers.handover.queries import head_for
from shouxin.customers.promises import services
from shouxin.customers.promises.models import Promise, State
from shouxin.customers.registry.listeners import passed
from shouxin.people.leaving.ties import Going, Tie, ties


def foresee(going: Going) -> Sequence[Text]:
    count = Promise.objects.filter(owner_id=going.staff, state=State.OPEN).count()
    if not count:
        return []
    return [
        counted(
            count,
            "{n} 项未结的需求与承诺转给客户的负责人或部门负责人。",
            "{n} open need or promise goes to who answers for the customer, or to the head.",
            "{n} open needs and promises go to who answers for the customer, or to the head.",
        )
    ]


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    """After the customers were passed on: what is still in these hands, of customers others answer for."""
    rows = Promise.objects.filter(owner_id=going.staff, state=State.OPEN).values_list(
        "id", "customer__responsible_id", "customer__owner_department_id"
    )
    heads: dict[UUID, UUID | None] = {}
    wanted = []
    for promise, responsible, department in rows:
        to = responsible if responsible != going.staff else None
        if to is None:
            if department not in heads:
                heads[department] = head_for(department, but=going.staff)
            to = heads[department]
        if to is not None:
            wanted.append((promise, to))
    return {"promises": services.hand_on(actor, wanted)}


passed.register("promises", services.pass_on)
ties.register("promises", Tie(foresee, cut))
