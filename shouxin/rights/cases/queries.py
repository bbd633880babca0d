"""Reading requests, limited to whose they are to deal with."""

import hmac
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import F, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from shouxin.core.policy import Actor, ActorKind, FieldRule, GroupState, Permission, Role
from shouxin.customers.registry import merging
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.kit.remembering import once
from shouxin.people import queries as people
from shouxin.people.delegations.queries import answered_departments
from shouxin.people.models import Department, Staff
from shouxin.people.thresholds.queries import value
from shouxin.rights.cases import rules
from shouxin.rights.cases.models import CLOSED, EACH_ITS_OWN, OPEN, UNANSWERED, Case, Deed, Kind, State
from shouxin.vault import queries as vault

SOON = timedelta(days=7)
KEPT_SOON = timedelta(days=30)
_WAITS = Q(what__in=[Deed.What.WAITING, Deed.What.PENDING], destroyed_at__isnull=True)
# What a statutory period keeps although the person wanted it gone.
KEPT = Q(what__in=[Deed.What.SEALED_UP, Deed.What.GOES_ON], purpose="", destroyed_at__isnull=True)
SHOWS = ("mine", "new", "deciding", "soon", "late", "paused", "watching", "undeleted", "closed")
NEAR = timedelta(days=2)  # so long before the last day those who answer for it are told


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The officer's are all; a head's those of the own departments; a clerk's the own and what nobody took yet.

    The supervisor has those that came back because the person was not satisfied, and complaints that an officer is late
    with; people at their own door their own.
    """
    found = Case.objects.select_related("department", "accused", "filed_by", "handler")
    if actor.kind is ActorKind.CUSTOMER:
        # What an authority asks is between it and the organisation; what relatives ask after a death, between it and
        # them: whoever comes in by the deceased's own contact is not the deceased.
        family = merging.family(actor.id)
        theirs = found.filter(Q(customer_id__in=family) | Q(representative__in=family))
        return theirs.exclude(kind__in=[Kind.INQUIRY, Kind.DECEASED])
    if not actor.may(Permission.RIGHTS_CASE_READ):
        return found.none()
    if Role.OFFICER in actor.roles:
        return found
    mine = Q(handler_id=actor.id) | Q(filed_by_id=actor.id)
    if Role.HEAD in actor.roles:
        mine |= Q(department_id__in=answered_departments(actor))
    elif Role.CLERK in actor.roles:
        mine |= Q(department_id=actor.department_id, handler__isnull=True)
    if Role.SUPERVISOR in actor.roles:
        mine |= Q(escalated=True) | _late_of_officers()
    return found.filter(mine)


def over(day: str, today: date) -> Q:
    """What is unanswered past its `day` (due_on, stop_on); a clock that was stopped only after it changes nothing."""
    stopped = TruncDate("paused_at", tzinfo=rules.ZONE)
    runs = Q(paused_at__isnull=True, **{f"{day}__lt": today})
    return Q(state__in=UNANSWERED) & (runs | Q(paused_at__isnull=False, **{f"{day}__lt": stopped}))


def _late_of_officers() -> Q:
    """Complaints over their day that an officer has in hand: nobody who answers for them stands above."""
    late = Q(kind=Kind.COMPLAINT, state__in=OPEN, paused_at__isnull=True, due_on__lt=rules.local(clock.now()))
    return late & Q(handler__roles__contains=[Role.OFFICER.value])


def narrowed(found: QuerySet[Case], actor: Actor, show: str, now: datetime) -> QuerySet[Case]:
    """One of the lists that counters count."""
    today = rules.local(now)
    waits = found.filter(state__in=OPEN)
    running = found.filter(state__in=UNANSWERED, paused_at__isnull=True)
    ways = {
        "mine": waits.filter(handler_id=actor.id).exclude(state=State.DECIDING),
        "new": waits.filter(handler__isnull=True),
        "deciding": waits.filter(state=State.DECIDING),
        "soon": running.filter(due_on__gte=today, due_on__lte=today + SOON),
        "late": found.filter(over("due_on", today)),
        "paused": waits.filter(paused_at__isnull=False),
        "watching": waits.filter(state=State.WATCHING),
        "undeleted": found.filter(id__in=_undeleted(today).values("case")),
        "closed": found.filter(state__in=CLOSED),
    }
    return ways.get(show, waits)


def awaiting(actor: Actor) -> QuerySet[Case]:
    """What this person could approve now (待我审批): not what they proposed, nor what is about their department."""
    found = visible_to(actor).filter(state=State.DECIDING).order_by("due_on", "id")
    if not actor.may(Permission.RIGHTS_CASE_DECIDE):
        return found.none()
    found = found.exclude(proposed_by_id=actor.id).exclude(accused_id__in=_own_line(actor))
    return found if Role.OFFICER in actor.roles else found.exclude(_among_themselves(actor))


def _among_themselves(actor: Actor) -> Q:
    """Complaints that somebody of one department said are about no department, and answered: not for that department
    to approve as well. What the officer answered is; the whole organisation has nobody outside of it."""
    officers = Staff.objects.filter(roles__contains=[Role.OFFICER.value])
    alone = Q(kind=Kind.COMPLAINT, accused__isnull=True, answered_in__parent__isnull=False)
    return alone & Q(answered_in_id=actor.department_id) & ~Q(proposed_by__in=officers)


def is_among_themselves(actor: Actor, case: Case) -> bool:
    """Whether the complaint was answered within this person's own department, as about nobody."""
    mine = Case.objects.filter(_among_themselves(actor), id=case.id)
    return Role.OFFICER not in actor.roles and mine.exists()


def to_take(actor: Actor) -> QuerySet[Case]:
    """What nobody took yet and this person could."""
    found = visible_to(actor).filter(state__in=OPEN, handler__isnull=True).order_by("due_on", "id")
    if not actor.may(Permission.RIGHTS_CASE_HANDLE):
        return found.none()
    return found.exclude(accused_id__in=_own_line(actor))


def mine(actor: Actor) -> QuerySet[Case]:
    """What this person has in hand."""
    found = visible_to(actor).filter(state__in=OPEN, handler_id=actor.id)
    return found.exclude(state__in=[State.DECIDING, State.WATCHING]).order_by("due_on", "id")


def late(actor: Actor, now: datetime) -> QuerySet[Case]:
    """What is over its day, for those who answer for it, and for the supervisors what is theirs to look at."""
    if not actor.may(Permission.RIGHTS_CASE_DECIDE) and Role.SUPERVISOR not in actor.roles:
        return Case.objects.none()
    return narrowed(visible_to(actor), actor, "late", now).order_by("due_on", "id")


def last_days(now: datetime) -> Q:
    """What is unanswered and has its last day within two days, or behind it."""
    return over("stop_on", rules.local(now) + NEAR + timedelta(days=1))


def paused_long(now: datetime) -> QuerySet[Case]:
    """Whose clock stands for longer than the chosen number of days."""
    since = now - timedelta(days=value(rules.PAUSED))
    return Case.objects.filter(state__in=UNANSWERED, paused_at__lt=since).order_by("paused_at", "id")


def handed_in() -> QuerySet[Case]:
    """Taken on, with a copy of a proof `came` that the person sent since and nobody judged: no check was noted after
    it, nor was the clock stopped again."""
    by_them, by_staff = Q(proofs__by__isnull=True), Q(checks__by__isnull=False)
    found = Case.objects.filter(state=State.IDENTITY, handler__isnull=False).annotate(
        came=Max("proofs__at", filter=by_them), checked=Max("checks__at", filter=by_staff)
    )
    found = found.filter(came__gt=F("taken_at")).filter(Q(checked=None) | Q(came__gt=F("checked")))
    return found.filter(Q(paused_at=None) | Q(came__gt=F("paused_at"))).order_by("id")


def promised(cases: Collection[UUID]) -> dict[UUID, date]:
    """By which day what waits to be deleted is to be gone, as the person was told; what an inquiry holds has none."""
    rows = Deed.objects.filter(_WAITS, case__in=cases, until__isnull=False).values("case")
    return dict(rows.annotate(first=Min("until")).values_list("case", "first"))


def undeleted(actor: Actor, now: datetime) -> list[tuple[Case, date]]:
    """Answered, and something is not deleted by its promised day; each with that day, for those who answer for it."""
    if not actor.may(Permission.RIGHTS_CASE_DECIDE):
        return []
    rows = list(narrowed(visible_to(actor), actor, "undeleted", now).order_by("id"))
    days = promised([row.id for row in rows])
    return [(row, days[row.id]) for row in rows if row.id in days]


def any_undeleted(now: datetime) -> bool:
    return _undeleted(rules.local(now)).exists()


def _undeleted(today: date) -> QuerySet[Deed]:
    return Deed.objects.filter(_WAITS, until__lt=today, case__state=State.WATCHING)


def kept_until(actor: Actor, now: datetime) -> list[tuple[Case, date]]:
    """Requests of which something is kept for a statutory period that is over, or soon is; each with its day."""
    if not actor.may(Permission.RIGHTS_CASE_DECIDE):
        return []
    ending = Deed.objects.filter(KEPT, until__lte=rules.local(now) + KEPT_SOON)
    days = dict(ending.values("case").annotate(first=Min("until")).values_list("case", "first"))
    return [(row, days[row.id]) for row in visible_to(actor).filter(id__in=list(days)).order_by("id")]


def is_accused(actor: Actor, case: Case) -> bool:
    """Whether the complaint is about the department this person works in, or about one above it."""
    return case.accused_id is not None and case.accused_id in _own_line(actor)


def is_involved(actor: Actor, case: Case) -> bool:
    """Whether the answer is this person's own work, or about their department: the score of it is taken down by
    somebody else."""
    worked = (case.handler_id, case.proposed_by_id, case.decided_by_id)
    if any(one is not None and people.same_person(actor.id, one) for one in worked):
        return True
    return is_accused(actor, case)


def _own_line(actor: Actor) -> list[UUID]:
    return line_of(actor.department_id)


def line_of(department: UUID | None) -> list[UUID]:
    """A department and all above it."""
    if department is None:
        return []
    parents = once(("parents",), lambda: dict(Department.objects.values_list("id", "parent_id")))
    found: list[UUID] = []
    place: UUID | None = department
    while place is not None and place not in found:
        found.append(place)
        place = parents.get(place)
    return found


def alike(
    kind: str, customer: UUID | None, recogniser: bytes | None, *, fields: Sequence[str] = ()
) -> Case | None:
    """The open case that says the same, if there is one; of single fields, the same ones.

    Of several relatives each is heard; the same contact asking for the same again is recognised.
    """
    if kind in EACH_ITS_OWN and kind != Kind.DECEASED:
        return None
    same = Q(pk__in=[])
    if customer is not None and kind != Kind.DECEASED:
        same |= Q(customer_id__in=merging.everybody(customer))
    if recogniser is not None:
        same |= Q(recogniser=recogniser)
    found = Case.objects.filter(same, kind=kind, state__in=OPEN, fields=list(fields))
    return found.order_by("filed_at", "id").first()


def others_of(case: Case) -> QuerySet[Case]:
    """What else the same person asked for, the newest first."""
    if case.customer_id is None:
        return Case.objects.none()
    found = Case.objects.filter(customer_id__in=merging.everybody(case.customer_id)).exclude(id=case.id)
    return found.order_by("-filed_at", "-id")


def digest_of(case: UUID, code: str) -> bytes:
    """By which a look-up code is recognised; the code itself is kept nowhere."""
    return sha256(case.bytes + code.replace("-", "").strip().upper().encode()).digest()


def by_code(number: str, code: str) -> Case | None:
    """The case of this number when the code is its own; a wrong number takes as long as a wrong code."""
    row = Case.objects.filter(number=number.strip().upper()).first()
    known = bytes(row.code_digest) if row else bytes(32)
    said = digest_of(row.id if row else UUID(int=0), code)
    return row if hmac.compare_digest(known, said) and row else None


def grade_of(kind: str, customer: UUID | None, fields: Collection[str]) -> int:
    """The highest grade of what is asked for; what is sensitive counts as high, and so does what nobody knows yet."""
    book = rulebooks["rulebook"].fields()
    if kind in {Kind.CORRECT, Kind.SUPPLEMENT, Kind.DELETE} and fields:
        return max((_grade(book[key]) for key in fields if key in book), default=0)
    if kind not in rules.HANDS_OUT | rules.CHANGES:
        return 0
    if customer is None:
        return rules.HIGH_GRADE
    groups = held_groups(customer)
    return max((_grade(rule) for rule in book.values() if rule.storage_group in groups), default=0)


def _grade(rule: FieldRule) -> int:
    return max(rule.level, rules.HIGH_GRADE if rule.sensitive else 0)


def held_groups(customer: UUID) -> dict[str, GroupState]:
    """What is kept of a customer, by storage group; destroyed ones are not."""
    found: dict[str, GroupState] = {}
    for groups in vault.states(sorted(merging.everybody(customer))).values():
        found |= {group: state for group, state in groups.items() if state is not GroupState.DESTROYED}
    return found


def methods_of(case: Case) -> Sequence[str]:
    """How it was checked who asks."""
    return list(case.checks.order_by("at").values_list("method", flat=True))
