"""Reading who has which second factor, who needs one, and what waits for whom."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission, Role
from shouxin.people.models import FactorDemand, FactorFailure, FactorReset, Staff
from shouxin.people.second_factor import adapter, rules


def is_required(staff: Staff) -> bool:
    """Whether this log-in may not go on without a second factor."""
    if rules.is_mandatory(staff.roles):
        return True
    return FactorDemand.objects.filter(role__in=staff.roles, required=True).exists()


def must_set_up(staff: Staff) -> bool:
    """Whether a second factor has to be set up before anything else opens."""
    return staff.second_factor_at is None and is_required(staff)


def demands() -> dict[Role, FactorDemand | None]:
    """The roles for which the organisation may choose, with its choice."""
    rows = {row.role: row for row in FactorDemand.objects.select_related("changed_by", "release_asked_by")}
    return {role: rows.get(role.value) for role in rules.CHOOSABLE}


def may_release(*, actor: Actor, demand: FactorDemand) -> bool:
    """Whether `actor` may agree that a role needs no second factor: another person than who asked."""
    asker = demand.release_asked_by
    if demand.release_asked_at is None or asker is None or not actor.may(Permission.PEOPLE_FACTOR_CONFIRM):
        return False
    person = Staff.objects.values_list("person", flat=True).filter(id=actor.id).first()
    return person is not None and person != asker.person


def releases_awaiting(actor: Actor) -> QuerySet[FactorDemand]:
    """What `actor` could agree to now."""
    if not actor.may(Permission.PEOPLE_FACTOR_CONFIRM):
        return FactorDemand.objects.none()
    waiting = FactorDemand.objects.filter(release_asked_at__isnull=False, release_asked_by__isnull=False)
    mine = Staff.objects.filter(id=actor.id).values("person")
    return waiting.exclude(release_asked_by__person__in=mine).select_related("release_asked_by")


@dataclass(frozen=True, slots=True)
class Factor:
    """One second factor of somebody, as its owner sees it."""

    id: int
    kind: str  # totp | passkey
    name: str
    added_at: datetime
    used_at: datetime | None


_KINDS = {Authenticator.Type.TOTP: "totp", Authenticator.Type.WEBAUTHN: "passkey"}


def factors_of(staff_id: UUID) -> list[Factor]:
    """What `staff_id` can show at the second step, recovery codes apart."""
    rows = Authenticator.objects.filter(user_id=staff_id, type__in=_KINDS).order_by("created_at", "id")
    return [
        Factor(row.id, _KINDS[row.type], row.data.get("name", ""), row.created_at, row.last_used_at)
        for row in rows
    ]


def has_passkey(staff_id: UUID) -> bool:
    return bool(Authenticator.objects.filter(user_id=staff_id, type=Authenticator.Type.WEBAUTHN).exists())


def has_totp(staff_id: UUID) -> bool:
    return bool(Authenticator.objects.filter(user_id=staff_id, type=Authenticator.Type.TOTP).exists())


def recovery_codes_left(staff_id: UUID) -> int:
    """How many recovery codes have not been used; no code is opened for counting them."""
    row = Authenticator.objects.filter(user_id=staff_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return 0 if row is None else rules.RECOVERY_CODES - int(row.data["used_mask"]).bit_count()


def recovery_codes(staff_id: UUID) -> list[str]:
    """The codes that are still good, to be shown once; opened with the vault's keys."""
    row = Authenticator.objects.get(user_id=staff_id, type=Authenticator.Type.RECOVERY_CODES)
    with adapter.of(staff_id):
        return [str(code) for code in RecoveryCodes(row).get_unused_codes()]


def is_locked(*, staff_id: UUID, address: str, now: datetime) -> bool:
    """Whether this log-in, or this network address, has no guess left for now."""
    recent = FactorFailure.objects.filter(at__gt=now - rules.LOCK_LASTS)
    return rules.is_locked(
        of_account=recent.filter(staff_id=staff_id).count(), of_address=recent.filter(address=address).count()
    )


def resets(*, actor: Actor) -> QuerySet[FactorReset]:
    """Every reset, for those who ask for them and those who confirm them."""
    if not actor.permissions & {Permission.PEOPLE_FACTOR_RESET, Permission.PEOPLE_FACTOR_CONFIRM}:
        return FactorReset.objects.none()
    return FactorReset.objects.select_related("staff", "staff__department", "asked_by", "decided_by")


def may_decide(*, actor: Actor, reset: FactorReset) -> bool:
    """Whether `actor` may confirm this reset: another person than whose it is and than who asked."""
    if not actor.may(Permission.PEOPLE_FACTOR_CONFIRM) or reset.state != FactorReset.State.WAITING:
        return False
    person = Staff.objects.values_list("person", flat=True).filter(id=actor.id).first()
    concerned = {reset.staff.person, reset.asked_by.person if reset.asked_by else None}
    return person is not None and person not in concerned


def awaiting(actor: Actor) -> QuerySet[FactorReset]:
    """The resets that `actor` could confirm now."""
    if not actor.may(Permission.PEOPLE_FACTOR_CONFIRM):
        return FactorReset.objects.none()
    waiting = resets(actor=actor).filter(state=FactorReset.State.WAITING)
    mine = Staff.objects.filter(id=actor.id).values("person")
    return waiting.exclude(staff__person__in=mine).exclude(asked_by__person__in=mine)
