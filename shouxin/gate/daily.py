"""Reads by day and purpose: worked out from the journal in the background, shown to whoever answers for the readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from shouxin.core.policy import Actor, Permission, Role
from shouxin.gate.limits import ZONE, day_of
from shouxin.gate.models import ReadDay
from shouxin.journal.queries import counts_by_day
from shouxin.kit import clock
from shouxin.people.models import Staff

COUNT = "gate.count_reads"  # the job's name; jobs.py does it
KINDS = {
    "field.revealed": ReadDay.Kind.CLEAR,
    "number.dialled": ReadDay.Kind.CLEAR,
    "field.read": ReadDay.Kind.PROGRAM,
    "read.refused": ReadDay.Kind.REFUSED,
}
DAYS = 14  # in a picture
KEPT = 35  # in the table
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Reads:
    """Days in order, and for each (day, purpose) how often; `at` is when that was counted."""

    days: tuple[date, ...]
    counts: dict[tuple[date, str], int]
    at: datetime | None

    @property
    def purposes(self) -> list[str]:
        """The purposes there are, most used first."""
        totals: dict[str, int] = {}
        for (_day, purpose), count in self.counts.items():
            totals[purpose] = totals.get(purpose, 0) + count
        return sorted(totals, key=lambda key: (-totals[key], key))


def work_out(*, now: datetime) -> None:
    """Count the last two days anew, everything the first time; what is older stands."""
    today = day_of(now)
    known = ReadDay.objects.filter(kind=ReadDay.Kind.COUNTED, day__gte=today - timedelta(days=1)).exists()
    first = today - timedelta(days=1 if known else KEPT)
    since = datetime.combine(first, time.min, ZONE)
    found: dict[tuple[date, UUID, str, str], int] = {}
    for day, reader, event, purpose, count in counts_by_day(KINDS, since, ZONE):
        key = (day, reader, KINDS[event].value, purpose)
        found[key] = found.get(key, 0) + count
    rows = [ReadDay(day=d, reader=r, kind=k, purpose=p, count=n, at=now) for (d, r, k, p), n in found.items()]
    rows.append(ReadDay(day=today, reader=NOBODY, kind=ReadDay.Kind.COUNTED, purpose="", count=0, at=now))
    with transaction.atomic():
        old = Q(day__gte=first) | Q(day__lt=today - timedelta(days=KEPT)) | Q(kind=ReadDay.Kind.COUNTED)
        ReadDay.objects.filter(old).delete()
        ReadDay.objects.bulk_create(rows, batch_size=1000)


def reads(actor: Actor, kinds: Sequence[ReadDay.Kind]) -> Reads:
    """The last days, today included: one's own; a head's people's; everybody's for those who read the journal."""
    today = day_of(clock.now())
    days = tuple(today - timedelta(days=back) for back in reversed(range(DAYS)))
    found = _visible(actor).filter(day__gte=days[0], kind__in=[kind.value for kind in kinds])
    rows = found.values_list("day", "purpose").annotate(total=Sum("count")).order_by()
    counted = ReadDay.objects.filter(kind=ReadDay.Kind.COUNTED).order_by("-day")
    at = counted.values_list("at", flat=True).first()
    return Reads(days, {(day, purpose): total for day, purpose, total in rows}, at)


def _visible(actor: Actor) -> QuerySet[ReadDay]:
    if actor.may(Permission.JOURNAL_ENTRY_READ):
        return ReadDay.objects.all()
    if Role.HEAD in actor.roles:
        team = Staff.objects.filter(department_id__in=list(actor.department_ids)).values("pseudonym")
        return ReadDay.objects.filter(reader__in=team)
    return ReadDay.objects.filter(reader=actor.pseudonym)
