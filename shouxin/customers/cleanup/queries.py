"""Reading the clean-up lists, limited to customers this person answers for."""

from django.db.models import Q, QuerySet

from shouxin.core.policy import Actor, Permission, Role
from shouxin.customers.cleanup.models import CleanupItem, CleanupRun, Decision, Group
from shouxin.customers.registry.models import Customer


def decidable(actor: Actor) -> QuerySet[CleanupItem]:
    """Lines of customers whose owner this person is: responsible for them, or the department's head; of those nobody in
    particular answers for, the department's people."""
    if not actor.may(Permission.CUSTOMERS_CLEANUP_READ):
        return CleanupItem.objects.none()
    mine = Q(responsible_id=actor.id)
    shared = Q(owner_department_id__in=list(actor.department_ids))
    mine |= shared if Role.HEAD in actor.roles else shared & Q(responsible__isnull=True)
    customers = Customer.objects.filter(mine, absorbed_by__isnull=True)
    return CleanupItem.objects.filter(customer_id__in=customers.values("id"))


def listed(actor: Actor, group: str, *, decided: bool) -> QuerySet[CleanupItem]:
    """What waits on a list, or was decided there, newest first."""
    found = decidable(actor).filter(group=group).select_related("decided_by").order_by("-id")
    return found.exclude(decision=Decision.NONE) if decided else found.filter(decision=Decision.NONE)


def undecided(actor: Actor, group: str) -> QuerySet[CleanupItem]:
    """What waits for a decision of this person on one list, newest first."""
    return decidable(actor).filter(group=group, decision=Decision.NONE).order_by("-id")


def counts(actor: Actor) -> dict[str, int]:
    """How many wait on each list, as far as a number means something."""
    return {group: len(undecided(actor, group).values("id")[:1000]) for group in Group.values}


def last_run() -> CleanupRun | None:
    """The newest pass."""
    return CleanupRun.objects.order_by("-id").first()
