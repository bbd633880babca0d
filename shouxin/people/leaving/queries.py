"""Reading departures: who is about to leave, and what an actor may know of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import ADMINISTRATORS, Actor, Permission, Role
from shouxin.kit.statements import execute
from shouxin.people.leaving import rules
from shouxin.people.leaving.models import Departure
from shouxin.people.models import Staff

OPEN = Q(withdrawn_at__isnull=True, ended_at__isnull=True)
_ANNOUNCED = (
    "SELECT 1 FROM people_departure WHERE staff_id = %b AND withdrawn_at IS NULL AND ended_at IS NULL"
)
WIDE = ADMINISTRATORS | {Role.OFFICER, Role.SUPERVISOR}


def departing(staff_id: UUID) -> bool:
    """Whether a departure of this log-in is announced: whatever shows customers in bulk asks this first."""
    return bool(execute(_ANNOUNCED, (staff_id,)))


def visible(actor: Actor) -> QuerySet[Departure]:
    """The departures that `actor` may know of; a head's own departments only, nobody's own."""
    if not (actor.may(Permission.PEOPLE_DEPARTURE_ANNOUNCE) or actor.may(Permission.PEOPLE_DEPARTURE_READ)):
        return Departure.objects.none()
    found = Departure.objects.select_related("staff__department", "announced_by")
    if not actor.roles & WIDE:
        found = found.filter(staff__department_id__in=actor.department_ids)
    return found.exclude(staff__person__in=_person(actor))


def listed(actor: Actor, state: str = "") -> QuerySet[Departure]:
    """A list as its filter names it: open ones, those to be reported on, those overdue, or all."""
    found = visible(actor)
    return found.filter(OPEN) if state in {"open", "due"} else found


def overdue(actor: Actor, now: datetime) -> QuerySet[Departure]:
    """Last days that are over while the log-in is not ended: only an administrator without successor stays so."""
    return visible(actor).filter(OPEN, last_day__lt=rules.today(now))


def due(now: datetime) -> list[UUID]:
    """The departures whose last day is over, for the job that ends them."""
    found = Departure.objects.filter(OPEN, last_day__lt=rules.today(now))
    return list(found.order_by("announced_at").values_list("id", flat=True))


def open_departure(staff_id: UUID) -> Departure | None:
    """The announced departure of a log-in, or None."""
    return Departure.objects.filter(OPEN, staff_id=staff_id).select_related("announced_by").first()


def cut_off() -> QuerySet[Staff]:
    """Who left and lost everything, while the log-in waits for a successor in their duties."""
    return Staff.objects.filter(is_active=False, left_at__isnull=True)


def reportable(actor: Actor) -> QuerySet[Staff]:
    """Whose reads `actor` may have reported: of people who leave or left, never of oneself."""
    if not actor.may(Permission.PEOPLE_DEPARTURE_READ):
        return Staff.objects.none()
    gone = Q(departures__in=Departure.objects.filter(withdrawn_at__isnull=True)) | Q(is_active=False)
    found = Staff.objects.filter(gone).exclude(person__in=_person(actor)).distinct()
    # Ending a log-in leaves its department standing, so that its head can still ask.
    return found if actor.roles & WIDE else found.filter(department_id__in=actor.department_ids)


def may_announce(actor: Actor, staff: Staff) -> bool:
    """Whether `actor` may announce that `staff` leaves: an administrator, or the head in line; never of oneself."""
    return staff.id in announceable(actor, [staff])


def announceable(actor: Actor, staff: Sequence[Staff]) -> frozenset[UUID]:
    """Of these log-ins those that `actor` may announce to leave."""
    if not actor.may(Permission.PEOPLE_DEPARTURE_ANNOUNCE):
        return frozenset()
    mine, wide = _person(actor).first(), Role.SYSTEM_ADMIN in actor.roles
    return frozenset(
        one.id
        for one in staff
        if one.is_active and one.person != mine and (wide or one.department_id in actor.department_ids)
    )


def _person(actor: Actor) -> QuerySet[Staff, UUID]:
    return Staff.objects.filter(id=actor.id).values_list("person", flat=True)
