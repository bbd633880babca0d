"""Reading who was told of which notice: counts in two statements for a whole list, and whoever is still to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from shouxin.core.policy import Action, Actor, Permission, PurposeRule
from shouxin.customers.informing import rules
from shouxin.customers.informing.models import Mailing, Receipt
from shouxin.customers.messages import queries as messages
from shouxin.customers.messages import rules as sending
from shouxin.customers.messages.models import Outcome, Recipient
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.listing import SORTS
from shouxin.customers.registry.models import Customer, Visibility
from shouxin.customers.registry.queries import Page
from shouxin.kit.lists import Place, window
from shouxin.people.leaving.rules import LIST_ROWS
from shouxin.rulebook.purposes import changes
from shouxin.rulebook.purposes.changes import Told
from shouxin.rulebook.purposes.models import NoticeVersion

UNDECIDED = (Outcome.WAITING, Outcome.CLAIMED)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the news of one version came among the customers that somebody sees; `ways` by way."""

    told: Told
    total: int
    left: int
    ways: Mapping[str, int] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        return self.total - self.left


def versions(actor: Actor) -> QuerySet[NoticeVersion]:
    """The versions of which existing customers are told again."""
    actor.require(Permission.CUSTOMERS_MESSAGE_READ)
    ids = [row.id for row in changes.to_tell()]
    return NoticeVersion.objects.filter(id__in=ids).select_related("notice").defer("text", "template")


def version(actor: Actor, version_id: UUID) -> NoticeVersion | None:
    return versions(actor).filter(id=version_id).first()


def told_of(version_id: UUID) -> Told | None:
    return next((row for row in changes.to_tell() if row.id == version_id), None)


def _everybody(actor: Actor) -> QuerySet[Customer]:
    return registry.visible(actor).filter(visibility=Visibility.OPEN)


def _has_receipt(told: Told) -> Exists:
    later = Receipt.objects.filter(customer=OuterRef("id"), notice=told.notice, number__gte=told.number)
    return Exists(later)


def reach(actor: Actor, wanted: Sequence[Told]) -> dict[UUID, Reach]:
    """For each of these versions how many are to be told and how many were; two statements, however many versions."""
    if not wanted:
        return {}
    sums = {}
    for place, row in enumerate(wanted):
        before = Q(created_at__lt=row.since)
        sums[f"all_{place}"] = Count("id", filter=before)
        sums[f"left_{place}"] = Count("id", filter=before & ~Q(_has_receipt(row)))
    found = _everybody(actor).order_by().aggregate(**sums)
    ways: dict[tuple[str, int], dict[str, int]] = {}
    mine = Receipt.objects.filter(customer__in=_everybody(actor).order_by().values("id"))
    rows = mine.values_list("notice", "number", "way").annotate(count=Count("id")).order_by()
    for notice, number, way, count in rows:
        ways.setdefault((notice, number), {})[way] = count
    return {
        row.id: Reach(
            row, found[f"all_{place}"], found[f"left_{place}"], ways.get((row.notice, row.number), {})
        )
        for place, row in enumerate(wanted)
    }


def remaining(actor: Actor, told: Told) -> QuerySet[Customer]:
    """Who was a customer before and was told of neither this version nor a later one."""
    return _everybody(actor).filter(created_at__lt=told.since).exclude(_has_receipt(told))


def to_send(actor: Actor, told: Told, most: int) -> list[UUID]:
    """Of those, who is in no message about it that is still under way; the first `most`."""
    under_way = Recipient.objects.filter(
        customer=OuterRef("id"),
        outcome__in=UNDECIDED,
        message__in=Mailing.objects.filter(version_id=told.id).values("message"),
    )
    found = remaining(actor, told).exclude(Exists(under_way)).order_by("id")
    return list(found.values_list("id", flat=True)[:most])


def page(*, actor: Actor, purpose: str, told: Told, place: Place, now: datetime) -> Page:
    """One masked page of those still to be told, counted and journalled like every list.

    Raises:
        Refused: the actor may not work for `purpose`, or has seen today's rows.
    """
    cut = registry.is_cut(actor)
    found = window(remaining(actor, told), SORTS[0], Place(size=LIST_ROWS) if cut else place)
    views, gone = registry.listed(
        actor=actor, purpose=purpose, rows=found.rows, action=Action.VIEW, now=now, digest="not_told"
    )
    if cut:
        return Page(views, cut=True, left_out=gone)
    return Page(views, found.following, found.preceding, left_out=gone)


def mailings(actor: Actor, version_id: UUID) -> QuerySet[Mailing]:
    """The messages about a version that the actor may see, the latest first."""
    seen = messages.visible(actor).values("id")
    found = Mailing.objects.filter(version_id=version_id, message__in=seen)
    return found.select_related("message__staff").order_by("-made_at")


def purpose_for_sending(actor: Actor) -> PurposeRule | None:
    """A purpose under which notices that the law demands may be sent by this actor; None when there is none."""
    found = messages.purposes(actor)
    return next((rule for rule in found if rule.basis == sending.STATUTORY_BASIS), None)


def outstanding(customer: UUID, now: datetime) -> list[tuple[Told, Told | None]]:
    """Of which versions a person is to be told now, each with the one they know; nothing for most people."""
    begun = changes.begun(now)
    if not any(row.anew for rows in begun.values() for row in rows):
        return []
    family = merging.family(customer)
    since = (
        Customer.objects.filter(id__in=family)
        .order_by("created_at")
        .values_list("created_at", flat=True)
        .first()
    )
    if since is None:
        return []
    told = dict(
        Receipt.objects.filter(customer_id__in=family).values_list("notice").annotate(last=Max("number"))
    )
    found = []
    for notice, rows in begun.items():
        last = told.get(notice, 0)
        now_told = rules.outstanding(rows, since, last)
        if now_told is not None:
            found.append((now_told, rules.last_known(rows, rules.known(rows, since, last))))
    return found


def receipts(customer: UUID) -> QuerySet[Receipt]:
    """Of what a person was told, the latest first, whoever was merged into them included."""
    found = Receipt.objects.filter(customer_id__in=merging.family(customer))
    return found.select_related("version__notice").order_by("-at")
