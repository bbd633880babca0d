"""Reading reviews: whose lines somebody may look at, and which they may decide."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shouxin.access.reviews.models import UNDECIDED, LineState, Review, ReviewLine
from shouxin.core.policy import Actor, Permission, Role
from shouxin.kit import clock
from shouxin.people.delegations.queries import Standing, answered_departments, stood_in_for
from shouxin.people.models import Staff
from shouxin.people.tree import whole_tree

WIDE = frozenset({Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR})


def every() -> QuerySet[Review]:
    """All reviews with their counts; `visible_to` says which of them somebody may read."""
    counts = {state.value: Count("lines", filter=Q(lines__state=state)) for state in LineState}
    found = Review.objects.select_related("department").annotate(total=Count("lines"), **counts)
    return found.order_by("-opened_at", "-id")  # counting takes the usual order away


def visible_to(actor: Actor) -> QuerySet[Review]:
    """The reviews of one's departments, with their counts; all for those who oversee."""
    actor.require(Permission.ACCESS_REVIEW_READ)
    found = every()
    if actor.roles & WIDE:
        return found
    return found.filter(department_id__in=answered_departments(actor))


def lines_of(review: Review) -> list[ReviewLine]:
    """Every line in the order of people, as it was frozen when the review opened."""
    found = review.lines.select_related("holder", "holder__department", "decided_by")
    return list(found.order_by("holder__display_name", "holder_id", "kind", "id"))


@dataclass(frozen=True, slots=True)
class Head:
    """A head in office and the departments they answer for."""

    staff: Staff
    places: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who asks, and what has to be known of everybody else to say which lines are theirs; asked once a page."""

    actor: Actor
    person: UUID | None
    stands_in: tuple[Head, ...]
    heads: tuple[Head, ...]
    officers: frozenset[UUID]  # persons


def reviewer(actor: Actor) -> Reviewer:
    below = whole_tree()
    heads = Staff.objects.filter(is_active=True, roles__contains=[Role.HEAD.value], department__isnull=False)
    officers = Staff.objects.filter(is_active=True, roles__contains=[Role.OFFICER.value])
    return Reviewer(
        actor,
        Staff.objects.filter(id=actor.id).values_list("person", flat=True).first(),
        tuple(Head(giver, places) for giver, places in stood_in_for(actor)),
        tuple(Head(head, below(head.department_id)) for head in heads if head.department_id),
        frozenset(officers.values_list("person", flat=True)),
    )


def deciding(line: ReviewLine, who: Reviewer) -> Standing | None:
    """On whose strength somebody may decide a line; nobody decides about themselves, under whichever log-in.

    A department's rights are its head's to confirm. The officer takes what no head can: the rights of heads, of
    departments without another head, and what was escalated. Where that would be the officer about the officer, any
    head does.
    """
    actor, person, place = who.actor, line.holder.person, line.review.department_id
    if not actor.may(Permission.ACCESS_REVIEW_CONFIRM) or who.person in {None, person}:
        return None
    if Role.HEAD in actor.roles and place in actor.department_ids:
        return Standing(None)
    for head in who.stands_in:
        if head.staff.person != person and place in head.places:
            return Standing(head.staff)
    orphaned = not any(head.staff.person != person and place in head.places for head in who.heads)
    about_head = any(head.staff.id == line.holder_id for head in who.heads)
    if Role.OFFICER in actor.roles and (orphaned or about_head or line.state == LineState.ESCALATED):
        return Standing(None)
    without_officer = not who.officers - {person}
    return Standing(None) if orphaned and without_officer and Role.HEAD in actor.roles else None


def reviews_awaiting(actor: Actor) -> list[Review]:
    """The reviews with lines that `actor` can decide now, soonest due first."""
    return list({line.review_id: line.review for line in awaiting(actor)}.values())


def awaiting(actor: Actor) -> list[ReviewLine]:
    """The lines that `actor` can decide now, soonest due first."""
    if not actor.may(Permission.ACCESS_REVIEW_CONFIRM):
        return []
    found = (
        ReviewLine.objects.filter(state__in=UNDECIDED, review__closed_at__isnull=True)
        .filter(Q(state=LineState.ESCALATED) | Q(review__due_at__gt=clock.now()))
        .select_related("review", "review__department", "holder")
    )
    who = reviewer(actor)
    return [line for line in found.order_by("review__due_at", "id") if deciding(line, who) is not None]
