"""Reading suspected pairs, runs and merges, limited to what the actor may see."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import Actor, Permission, Role
from shouxin.customers.duplicates.models import UNDECIDED, DuplicateRun, Merge, PairState, SuspectedPair
from shouxin.customers.registry import queries as registry
from shouxin.journal.queries import Line, about

SHOWN = 20
LOOKED_AT = 200  # entries of both customers that are looked through for the story of their pair


def story_of(pair: SuspectedPair) -> list[Line]:
    """How the pair was judged, merged and made two again, the latest first; the caller may see both customers.

    A judgement is journalled with each of the two: it is told once.
    """
    both = {str(pair.customer_id), str(pair.other_id)}
    lines = about(
        [pair.customer_id, pair.other_id],
        beginning=("duplicates.", "customer.merged", "customer.unmerged"),
        limit=LOOKED_AT,
    )
    merges = {
        line.data.get("merge")
        for line in lines
        if line.event == "customer.merged" and {str(line.customer), line.data.get("other")} == both
    }
    judged = (str(pair.id), pair.customer_id)
    return [
        line
        for line in lines
        if (line.data.get("pair"), line.customer) == judged or line.data.get("merge", "") in merges
    ][:SHOWN]


def story_of_merge(merge: Merge) -> list[Line]:
    """How two customers became one, and two again; the caller may see whom they became."""
    lines = about([merge.customer_id], beginning=("customer.merged", "customer.unmerged"), limit=LOOKED_AT)
    return [line for line in lines if line.data.get("merge") == str(merge.id)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to."""

    state: str = ""
    reason: str = ""
    least: float = 0.0


def visible_pairs(actor: Actor) -> QuerySet[SuspectedPair]:
    """Pairs of which this person may see both customers; those handed up, by heads of both alone."""
    if not actor.may(Permission.CUSTOMERS_DUPLICATE_READ):
        return SuspectedPair.objects.none()
    seen = registry.visible(actor).order_by().values("id")
    return SuspectedPair.objects.filter(customer_id__in=seen, other_id__in=seen)


def pairs(actor: Actor, filters: Filters) -> QuerySet[SuspectedPair]:
    """What `filters` leaves, the surest first."""
    handed = filters.state == PairState.HANDED and Role.HEAD in actor.roles
    found = (handed_pairs(actor) if handed else visible_pairs(actor)).filter(score__gte=filters.least)
    states = [filters.state] if filters.state in PairState.values else list(UNDECIDED)
    found = found.filter(state__in=states)
    if filters.reason:
        found = found.filter(reasons__contains=[filters.reason])
    return found.order_by("-score", "-id")


def pair(actor: Actor, pair_id: UUID) -> SuspectedPair | None:
    """One pair, or None when it does not exist for this actor."""
    return visible_pairs(actor).filter(id=pair_id).first()


def open_pairs(actor: Actor) -> QuerySet[SuspectedPair]:
    """The pairs that wait for a judgement, the surest first."""
    return visible_pairs(actor).filter(state=PairState.OPEN).order_by("-score", "-id")


def handed_pairs(actor: Actor) -> QuerySet[SuspectedPair]:
    """Those left to a head who answers for both departments."""
    if Role.HEAD not in actor.roles:
        return SuspectedPair.objects.none()
    theirs = registry.visible(actor).filter(owner_department_id__in=list(actor.department_ids))
    ids = theirs.order_by().values("id")
    handed = SuspectedPair.objects.filter(state=PairState.HANDED, customer_id__in=ids, other_id__in=ids)
    return handed.order_by("-score", "-id")


def last_run() -> DuplicateRun | None:
    """The newest search."""
    return DuplicateRun.objects.select_related("asked_by").order_by("-id").first()


def merges_of(customer: UUID) -> QuerySet[Merge]:
    """What was merged into this customer and stands, the newest first."""
    found = Merge.objects.filter(customer_id=customer, undone_at__isnull=True)
    return found.select_related("merged_by").order_by("-id")


def merges(actor: Actor) -> QuerySet[Merge]:
    """Merges of customers this person may see, the newest first, undone ones among them."""
    if not actor.may(Permission.CUSTOMERS_DUPLICATE_READ):
        return Merge.objects.none()
    seen = registry.visible(actor).order_by().values("id")
    return Merge.objects.filter(customer_id__in=seen).select_related("merged_by", "undone_by").order_by("-id")


def merge(actor: Actor, merge_id: UUID) -> Merge | None:
    """One merge, or None when it does not exist for this actor."""
    return merges(actor).filter(id=merge_id).first()


def of_customer(actor: Actor, customer: UUID) -> list[SuspectedPair]:
    """Pairs of this customer that nobody decided on."""
    about = Q(customer_id=customer) | Q(other_id=customer)
    return list(visible_pairs(actor).filter(about, state__in=UNDECIDED).order_by("-score")[:5])
