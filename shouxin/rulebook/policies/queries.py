"""Reading the policies: what is in force, who has acknowledged it, who has not."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery

from shouxin.core.policy import Actor, Permission
from shouxin.kit import clock
from shouxin.people import queries as people
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue.queries import log_ins_of
from shouxin.rulebook.policies.models import Acknowledgement, PolicyVersion
from shouxin.rulebook.policies.rules import Coverage

ZONE = ZoneInfo("Asia/Shanghai")  # the day on which a version begins
DECIDED = Q(approved_at__isnull=False) | Q(pack__isnull=False)


def in_force(now: datetime | None = None) -> list[PolicyVersion]:
    """Of each policy the latest version that was approved and has begun, or the delivered default: that one is there
    from the beginning (as facts.MISSING says in SQL)."""
    today = (now or clock.now()).astimezone(ZONE).date()
    found: dict[str, PolicyVersion] = {}
    begun = Q(pack__isnull=False) | Q(approved_at__isnull=False, effective_on__lte=today)
    for version in PolicyVersion.objects.filter(begun).order_by("key", "effective_on", "number"):
        found[version.key] = version
    return list(found.values())


def this_stay(staff_id: UUID) -> QuerySet[Acknowledgement]:
    """What a log-in has acknowledged since its person joined, or came back."""
    return Acknowledgement.objects.filter(staff_id=staff_id, stay=F("staff__stay"))


def awaiting_me(actor: Actor) -> list[PolicyVersion]:
    """What this log-in has to acknowledge, for the workbench."""
    return to_acknowledge(actor.id)


def to_acknowledge(staff_id: UUID) -> list[PolicyVersion]:
    """The versions in force that this log-in has not acknowledged."""
    versions = in_force()
    done = set(this_stay(staff_id).filter(version__in=versions).values_list("version_id", flat=True))
    return [version for version in versions if version.id not in done]


def at_work() -> QuerySet[Staff]:
    """Everybody who can sign in: a log-in without a role cannot, and is asked to acknowledge once it has one."""
    found = Staff.objects.filter(is_active=True, suspended_at__isnull=True).exclude(roles=[])
    return found.order_by("id")


def unacknowledged(now: datetime) -> list[tuple[Staff, PolicyVersion]]:
    """Who has not acknowledged which version in force; three statements, whatever the number of people."""
    versions_now = in_force(now)
    done = set(
        Acknowledgement.objects.filter(version__in=versions_now, stay=F("staff__stay")).values_list(
            "staff_id", "version_id"
        )
    )
    return [
        (staff, version)
        for staff in at_work()
        for version in versions_now
        if (staff.id, version.id) not in done
    ]


def coming(now: datetime) -> QuerySet[PolicyVersion]:
    """What was approved and takes effect on a later day."""
    today = now.astimezone(ZONE).date()
    return PolicyVersion.objects.filter(approved_at__isnull=False, effective_on__gt=today).defer(
        "text_zh", "text_en"
    )


def versions(actor: Actor) -> QuerySet[PolicyVersion]:
    """Every version without its texts, the latest first; drafts only for those who draft or approve."""
    found = PolicyVersion.objects.defer("text_zh", "text_en").order_by("key", "-number")
    return found if _sees_drafts(actor) else found.filter(DECIDED)


def version_for(actor: Actor, version_id: UUID) -> PolicyVersion | None:
    """One version that `actor` may read, or None."""
    found = PolicyVersion.objects.filter(id=version_id)
    return (found if _sees_drafts(actor) else found.filter(DECIDED)).first()


def _sees_drafts(actor: Actor) -> bool:
    return actor.may(Permission.RULEBOOK_POLICY_DRAFT) or actor.may(Permission.RULEBOOK_POLICY_APPROVE)


def awaiting(actor: Actor) -> QuerySet[PolicyVersion]:
    """The drafts that `actor` may approve now: by other people."""
    if not actor.may(Permission.RULEBOOK_POLICY_APPROVE):
        return PolicyVersion.objects.none()
    waiting = PolicyVersion.objects.filter(approved_at__isnull=True, pack__isnull=True)
    return waiting.exclude(drafted_by__in=log_ins_of(actor))


def acknowledged_at(actor: Actor, version_id: UUID) -> datetime | None:
    """When this very log-in acknowledged a version."""
    found = this_stay(actor.id).filter(version_id=version_id)
    return found.values_list("at", flat=True).first()


def accounts(actor: Actor, *, missing: bool = False) -> QuerySet[Staff]:
    """The log-ins with a role that `actor` may see, with `acknowledged`: when the last version in force was.

    None there means that something in force is not acknowledged yet.
    """
    wanted = [version.id for version in in_force()]
    found = people.staff_list(actor=actor).filter(is_active=True).exclude(roles=[])
    for number, version in enumerate(wanted):
        mine = Acknowledgement.objects.filter(version_id=version, staff=OuterRef("pk"), stay=OuterRef("stay"))
        found = found.annotate(**{f"has_{number}": Exists(mine)})
    everything = Q(**{f"has_{number}": True for number in range(len(wanted))})
    latest = Acknowledgement.objects.filter(
        version_id__in=wanted, staff=OuterRef("pk"), stay=OuterRef("stay")
    ).order_by("-at")
    found = found.annotate(acknowledged=Subquery(latest.values("at")[:1], output_field=DateTimeField()))
    return found.exclude(everything) if missing else found


def coverage(actor: Actor) -> Coverage:
    """How far acknowledgement has come among the log-ins that `actor` may see."""
    every = accounts(actor).count()
    return Coverage(every, every - accounts(actor, missing=True).count())
