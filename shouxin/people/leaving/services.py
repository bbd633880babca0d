"""Announcing that somebody leaves, taking it back, and ending whose last day is over."""

from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, service_actor
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people.leaving import closing, queries, rules
from shouxin.people.leaving.models import Departure
from shouxin.people.models import Staff
from shouxin.people.services import PeopleError

# Ends log-ins whose last day is over; nobody has to sit up for it.
LAST_DAY = service_actor("last-day")


@transaction.atomic
def announce(*, actor: Actor, staff_id: UUID, last_day: date, now: datetime) -> list[Departure]:
    """Announce that a person leaves: at once their lists are cut, after `last_day` their log-ins end."""
    staff = Staff.objects.select_for_update().get(id=staff_id)
    if not queries.may_announce(actor, staff):
        raise PeopleError(
            "not_yours_to_announce",
            Text(
                "须由系统管理员或其部门负责人登记，不能登记自己。",
                "A system administrator or the department's head announces it, never the person concerned.",
            ),
        )
    if rules.problem(last_day, now):
        raise PeopleError(
            "last_day_out_of_range",
            Text(
                "最后工作日须在今天到一年之内。", "The last day must lie between today and a year from now."
            ),
        )
    if queries.departing(staff.id):
        raise PeopleError("announced", Text("已登记预告离职。", "The departure is announced already."))
    made = []
    # Whoever leaves leaves with every log-in.
    for log_in in Staff.objects.filter(person=staff.person, is_active=True).order_by("created_at"):
        if queries.departing(log_in.id):
            continue
        made.append(
            Departure.objects.create(
                staff=log_in, last_day=last_day, announced_by_id=actor.id, announced_at=now
            )
        )
        journal.append(
            actor=actor,
            event="departure.announced",
            data={"staff": log_in.pseudonym, "last_day": last_day.isoformat()},
        )
    return made


@transaction.atomic
def withdraw(*, actor: Actor, departure_id: UUID, now: datetime) -> None:
    """The person stays after all: the announcement ends for all their log-ins."""
    found = Departure.objects.select_related("staff").get(id=departure_id)
    if not queries.may_announce(actor, found.staff):
        raise PeopleError(
            "not_yours_to_announce",
            Text(
                "须由系统管理员或其部门负责人撤销，本人不能撤销。",
                "A system administrator or the department's head takes it back, never the person concerned.",
            ),
        )
    open_ones = Departure.objects.select_for_update().filter(queries.OPEN, staff__person=found.staff.person)
    for departure in open_ones.select_related(None):
        departure.withdrawn_by_id, departure.withdrawn_at = actor.id, now
        departure.save(update_fields=["withdrawn_by", "withdrawn_at"])
        pseudonym = Staff.objects.values_list("pseudonym", flat=True).get(id=departure.staff_id)
        journal.append(actor=actor, event="departure.withdrawn", data={"staff": pseudonym})


def end_due(*, now: datetime) -> int:
    """End every log-in whose last day is over; an administrator nobody can replace stays, and is shown as overdue.

    Who still answers for duties loses everything else, and is closed here as soon as a successor is named.
    """
    ended = 0
    for departure_id in queries.due(now):
        with suppress(PeopleError), transaction.atomic():
            departure = Departure.objects.select_for_update().filter(queries.OPEN, id=departure_id).first()
            if departure is not None and rules.is_over(departure.last_day, now):
                ended += closing.close_or_cut_off(actor=LAST_DAY, staff_id=departure.staff_id, now=now)
    return ended + closing.close_handed_over(actor=LAST_DAY)
