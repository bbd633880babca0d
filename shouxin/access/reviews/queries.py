"""Reading reviews: whose lines somebody may look at, and which they may decide."""

from collections import defaultdict
from collections.abc import Collection, Sequence
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


def seen_by(actor: Actor) -> QuerySet[Review]:
    """The reviews of one's departments, nothing counted; all for those who oversee."""
    actor.require(Permission.ACCESS_REVIEW_READ)
    found = Review.objects.all()
    return found if actor.roles & WIDE else found.filter(department_id__in=answered_departments(actor))


def visible_to(actor: Actor) -> QuerySet[Review]:
    """The reviews of one's departments, with their counts; all for those who oversee."""
    return every().filter(id__in=seen_by(actor).order_by().values("id"))


def with_counts(rows: Sequence[Review]) -> list[Review]:
    """These reviews, in their order, with their counts: a page is counted, not the whole register."""
    found = {review.id: review for review in every().filter(id__in=[row.id for row in rows])}
    return [found[row.id] for row in rows if row.id in found]


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


def reviews_awaiting(actor: Actor) -> QuerySet[Review]:
    """The reviews with lines that `actor` can decide now, soonest due first."""
    mine = awaiting(actor).order_by().values("review_id")
    return Review.objects.filter(id__in=mine).select_related("department").order_by("due_at", "id")


def lines_awaiting(actor: Actor, reviews: Collection[UUID] | None = None) -> dict[UUID, int]:
    """How many lines of each review `actor` can decide now; of `reviews` alone, where they are given."""
    found = awaiting(actor).order_by()
    if reviews is not None:
        found = found.filter(review_id__in=reviews)
    return dict(found.values_list("review_id").annotate(lines=Count("id")))


def awaiting(actor: Actor) -> QuerySet[ReviewLine]:
    """The lines that `actor` can decide now, soonest due first: those that `deciding` says, asked of the database."""
    if not actor.may(Permission.ACCESS_REVIEW_CONFIRM):
        return ReviewLine.objects.none()
    who = reviewer(actor)
    if who.person is None:
        return ReviewLine.objects.none()
    found = (
        ReviewLine.objects.filter(state__in=UNDECIDED, review__closed_at__isnull=True)
        .filter(Q(state=LineState.ESCALATED) | Q(review__due_at__gt=clock.now()))
        .filter(_decidable(who))
        .exclude(holder__person=who.person)
    )
    return found.select_related("review", "review__department", "holder").order_by("review__due_at", "id")


def _decidable(who: Reviewer) -> Q:
    """`deciding` as a filter, but for what concerns oneself."""
    actor, orphaned, found = who.actor, _orphaned(who), Q(pk__in=[])
    for head in who.stands_in:
        found |= Q(review__department_id__in=head.places) & ~Q(holder__person=head.staff.person)
    if Role.OFFICER in actor.roles:
        heads = [head.staff.id for head in who.heads]
        found |= orphaned | Q(holder_id__in=heads) | Q(state=LineState.ESCALATED)
    if Role.HEAD in actor.roles:
        found |= Q(review__department_id__in=list(actor.department_ids))
        if len(who.officers) <= 1:  # the one officer there is decides nothing about themselves
            found |= orphaned & Q(holder__person__in=who.officers) if who.officers else orphaned
    return found


def _orphaned(who: Reviewer) -> Q:
    """Rights of departments where no head is but, perhaps, whoever holds them."""
    heads: dict[UUID, set[UUID]] = defaultdict(set)
    for head in who.heads:
        for place in head.places:
            heads[place].add(head.staff.person)
    alone: dict[UUID, set[UUID]] = defaultdict(set)
    for place, persons in heads.items():
        if len(persons) == 1:
            alone[next(iter(persons))].add(place)
    found = ~Q(review__department_id__in=list(heads))
    for person, places in alone.items():
        found |= Q(holder__person=person, review__department_id__in=places)
    return found
