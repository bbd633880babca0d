"""What a person sees of changes and sign-ins, and what staff see of what was denied."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shouxin.core.policy import Actor, Storage
from shouxin.customers.quality.models import Standing
from shouxin.customers.registry import merging
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import Line, about
from shouxin.people.telling import Person, persons
from shouxin.portal.changes.models import Freeze
from shouxin.portal.entering.models import Session
from shouxin.portal.held.queries import disclosed

LISTED = 50
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Listed:
    """One change as the person sees it; `fields` are those that may be told and stopped."""

    entry: UUID
    customer: UUID
    record: UUID
    fields: Sequence[str]
    at: datetime
    by: UUID
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A person's own page: what was changed by whom, and who came in."""

    changes: Sequence[Listed]
    readers: dict[UUID, Person]
    sign_ins: Sequence[Session]


def shown(me: Actor, now: datetime) -> Shown:
    """The latest changes of what is told to `me`, and the sign-ins of the last weeks."""
    family = merging.family(me.id)
    denied = _denied(family)
    lines = about(family, beginning=("customer.changed",), limit=LISTED)
    changes = [one for line in lines if (one := _listed(line, denied)) is not None]
    sessions = Session.objects.filter(customer_id__in=family, started_at__gt=now - LOOK_BACK)
    return Shown(
        changes,
        dict(persons({one.by for one in changes})),
        list(sessions.order_by("-started_at")[:LISTED]),
    )


def change_of(me: Actor, entry: UUID) -> Listed | None:
    """One change of this person by its journal entry, as the page lists it."""
    family = merging.family(me.id)
    lines = about(family, beginning=("customer.changed",), limit=LISTED)
    found = next((line for line in lines if line.id == entry), None)
    return _listed(found, _denied(family)) if found else None


def _denied(family: Collection[UUID]) -> list[Freeze]:
    """What is stopped and not settled."""
    return list(Freeze.objects.filter(customer_id__in=list(family), what="change", settled_at=None))


def _listed(line: Line, denied: Collection[Freeze]) -> Listed | None:
    """None for what tells only of fields that are not told, or of whole records."""
    known, told = rulebooks["rulebook"].fields(), frozenset(disclosed())
    record = line.data.get("record")
    fields = [
        key
        for key in line.data.get("fields") or []
        if key in told
        and known[key].storage is not Storage.CLEAR
        and (record or known[key].record == "profile")
    ]
    if not fields or line.customer is None:
        return None
    place = UUID(record) if record else line.customer
    return Listed(
        line.id,
        line.customer,
        place,
        fields,
        line.at,
        line.actor,
        any(_covers(one, line, place, fields) for one in denied),
    )


def _covers(denied: Freeze, line: Line, record: UUID, fields: Sequence[str]) -> bool:
    """Whether this change is stopped: by itself, or by the link of a notice that told of all of it."""
    if denied.entry is not None:
        return denied.entry == line.id
    since = denied.since
    told = denied.record_id == record and set(fields) <= set(denied.fields)
    return told and since is not None and since <= line.at <= denied.at


def stopped_beside(customers: Collection[UUID], fields: Collection[str]) -> list[str]:
    """What else is out of use when these fields are: they lie under one key, so a lock holds for all of them.

    Of what is held about these customers, those that people may be told.
    """
    known, told = rulebooks["rulebook"].fields(), frozenset(disclosed())
    shut = {known[key].storage_group for key in fields if key in known}
    kept = {key for row in Standing.objects.filter(id__in=list(customers)) for key in row.values}
    return [key for key in known if key in kept & told - set(fields) and known[key].storage_group in shut]


def denied_contacts(customers: Collection[UUID]) -> list[tuple[UUID, str]]:
    """Signed up at the door: what is denied opens nothing."""
    rows = Freeze.objects.filter(customer_id__in=list(customers), what="change", settled_at=None)
    return [(row.customer_id, field) for row in rows for field in row.fields]


def open_freezes(customer: UUID) -> list[Freeze]:
    """What a customer denied or put out of use and nobody settled, for a reader who may see the customer."""
    found = Freeze.objects.filter(customer_id__in=merging.family(customer), settled_at=None)
    return list(found.exclude(what="sign_in").select_related("case").order_by("-at"))


def of_case(case: UUID) -> Freeze | None:
    """The freeze a case is about."""
    return Freeze.objects.select_related("settled_by").filter(case_id=case, what="change").first()
