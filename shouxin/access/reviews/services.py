"""Opening reviews, deciding their lines one by one, and letting lapse what nobody confirmed in time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.access.reviews import queries, rules
from shouxin.access.reviews.kinds import LiveRight, kinds
from shouxin.access.reviews.models import UNDECIDED, LineState, Review, ReviewLine
from shouxin.core.policy import Actor, ActorKind, Permission, service_actor
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.people.delegations.services import record_use
from shouxin.people.models import Department
from shouxin.people.problems import PeopleError
from shouxin.people.thresholds.queries import value

REVIEWS = service_actor("rights-review")  # opens each period and ends what nobody confirmed


class ReviewProblem(Exception):
    """A line cannot be decided; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_period(*, actor: Actor, now: datetime) -> list[Review]:
    """Open this period's reviews of rights that are older than the period; a second call finds nothing to do."""
    months = value(rules.PERIOD)
    return _open(actor, rules.period_of(now, months), now, before=rules.period_start(now, months))


def open_now(*, actor: Actor, now: datetime) -> list[Review]:
    """Have every right reviewed beginning today, outside the periods; once a day is enough."""
    return _open(actor, rules.extra_period(now), now, before=now)


@transaction.atomic
def _open(actor: Actor, period: str, now: datetime, *, before: datetime) -> list[Review]:
    if actor.kind is not ActorKind.SERVICE:
        actor.require(Permission.ACCESS_REVIEW_OPEN)
    # Two that open the same period at once: the second waits here, then finds it opened.
    places = list(Department.objects.select_for_update().order_by("id").values_list("id", flat=True))
    taken = set(Review.objects.filter(period=period).values_list("department_id", flat=True))
    rights: dict[UUID, list[tuple[str, LiveRight]]] = {}
    for kind in kinds.values():
        for right in kind.live([place for place in places if place not in taken], now):
            if right.since < before:
                rights.setdefault(right.department, []).append((kind.key, right))
    return [_open_one(actor, place, period, now, found) for place, found in rights.items()]


def _open_one(
    actor: Actor, department: UUID, period: str, now: datetime, rights: Sequence[tuple[str, LiveRight]]
) -> Review:
    review = Review.objects.create(
        department_id=department,
        period=period,
        opened_at=now,
        due_at=now + timedelta(days=value(rules.DEADLINE)),
    )
    ReviewLine.objects.bulk_create(
        ReviewLine(
            id=ids.new(),
            review=review,
            kind=kind,
            subject=right.subject,
            holder_id=right.holder,
            what=dict(right.what),
            since=right.since,
        )
        for kind, right in rights
    )
    journal.append(
        actor=actor,
        event="review.opened",
        data={
            "review": review.id,
            "department": department,
            "period": period,
            "count": len(rights),
            "due": review.due_at,
        },
    )
    return review


def confirm(*, actor: Actor, line_id: UUID, now: datetime) -> ReviewLine:
    """This right is still needed; it stays."""
    return _decide(actor, line_id, LineState.CONFIRMED, now)


def end(*, actor: Actor, line_id: UUID, now: datetime) -> ReviewLine:
    """This right is no longer needed; it ends at once.

    Raises:
        PeopleError: `last_of_its_kind`: the organisation could not go on without it; confirm, or name another first.
    """
    return _decide(actor, line_id, LineState.ENDED, now)


@transaction.atomic
def _decide(actor: Actor, line_id: UUID, state: LineState, now: datetime) -> ReviewLine:
    actor.require(Permission.ACCESS_REVIEW_CONFIRM)
    line = _locked(line_id)
    if line is None:
        raise ReviewProblem("line.unknown")
    if line.state not in UNDECIDED:
        raise ReviewProblem("line.decided-already")
    if line.state == LineState.OPEN and line.review.due_at <= now:
        raise ReviewProblem("line.overdue")
    standing = queries.deciding(line, queries.reviewer(actor))
    if standing is None:
        raise ReviewProblem("line.not-yours")
    if not _is_live(line, now):
        _settle(actor, line, LineState.GONE, now)
        return line
    if state is LineState.ENDED:
        kinds[line.kind].end(actor, line.subject, now)
    line.decided_by_id = actor.id
    _settle(actor, line, state, now)
    record_use(actor=actor, standing=standing, deed=EVENT_OF[state])
    return line


def lapse_overdue(*, now: datetime) -> Counter[str]:
    """End every right whose review is over without a decision; may be cut off anywhere and called again."""
    done: Counter[str] = Counter()
    overdue = ReviewLine.objects.filter(
        state=LineState.OPEN, review__due_at__lte=now, review__closed_at__isnull=True
    )
    for line_id in list(overdue.order_by("review__due_at", "id").values_list("id", flat=True)):
        done[_lapse(line_id, now)] += 1
    for review_id in Review.objects.filter(due_at__lte=now, closed_at__isnull=True).values_list(
        "id", flat=True
    ):
        with transaction.atomic():
            _close_when_done(REVIEWS, review_id, now)
    return done


@transaction.atomic
def _lapse(line_id: UUID, now: datetime) -> str:
    line = _locked(line_id)
    if line is None or line.state != LineState.OPEN:
        return "decided"
    state = LineState.LAPSED
    if not _is_live(line, now):
        state = LineState.GONE
    else:
        try:
            with transaction.atomic():
                kinds[line.kind].end(REVIEWS, line.subject, now)
        except PeopleError:
            # Without it nobody could grant or confirm rights any more: the officer decides, and is told so.
            state = LineState.ESCALATED
    _settle(REVIEWS, line, state, now)
    return state.value


EVENT_OF = {
    LineState.CONFIRMED: "review.confirmed",
    LineState.ENDED: "review.ended",
    LineState.LAPSED: "review.lapsed",
    LineState.GONE: "review.found_gone",
    LineState.ESCALATED: "review.escalated",
}


def _settle(actor: Actor, line: ReviewLine, state: LineState, now: datetime) -> None:
    line.state, line.decided_at = state, now
    line.save(update_fields=["state", "decided_by", "decided_at"])
    codes = {key: line.what[key] for key in ("role", "purpose", "fields") if key in line.what}
    journal.append(
        actor=actor,
        event=EVENT_OF[state],
        data={
            "staff": line.holder.pseudonym,
            "right": line.kind,
            "subject": line.subject,
            "review": line.review_id,
            **codes,
        },
    )
    _close_when_done(actor, line.review_id, now)


def _close_when_done(actor: Actor, review_id: UUID, now: datetime) -> None:
    review = Review.objects.select_for_update().get(id=review_id)
    counts = Counter(review.lines.values_list("state", flat=True))
    if review.closed_at is not None or any(counts[state] for state in UNDECIDED):
        return
    review.closed_at = now
    review.save(update_fields=["closed_at"])
    journal.append(
        actor=actor,
        event="review.closed",
        data={
            "review": review.id,
            "department": review.department_id,
            "period": review.period,
            **{
                state.value: counts[state]
                for state in (LineState.CONFIRMED, LineState.ENDED, LineState.LAPSED)
            },
        },
    )


def _locked(line_id: UUID) -> ReviewLine | None:
    """The line, locked after its review, so that of two decisions at once the second finds it decided."""
    review = ReviewLine.objects.filter(id=line_id).values_list("review_id", flat=True).first()
    if review is None:
        return None
    Review.objects.select_for_update().get(id=review)
    return ReviewLine.objects.select_related("review", "holder").get(id=line_id)


def _is_live(line: ReviewLine, now: datetime) -> bool:
    """Whether the right still stands, in this department and with this holder."""
    live = kinds[line.kind].live([line.review.department_id], now)
    return any(right.subject == line.subject and right.holder == line.holder_id for right in live)
