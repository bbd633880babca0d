"""Standing grants (常设用数授权): the mildest leave to see clear values of one's own customers."""

from datetime import UTC
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.access.grants.rules import DAILY_MOST, digest
from shouxin.core.policy import HIGH_RISK_DAILY, HIGH_RISK_LONGEST
from shouxin.kit import ids
from shouxin.people.models import Staff


class State(models.TextChoices):
    PENDING = "pending", _("待审批")
    ACTIVE = "active", _("已通过")
    REFUSED = "refused", _("已拒绝")
    WITHDRAWN = "withdrawn", _("已撤回")
    ENDED = "ended", _("已终止")


class StandingGrant(models.Model):
    """Named non-sensitive fields, one purpose, own customers, a number a day, an end, approved by somebody else."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="standing_grants")
    purpose = models.CharField(max_length=64)
    fields = ArrayField(models.CharField(max_length=64))
    daily_limit = models.PositiveSmallIntegerField(default=DAILY_MOST)
    reason = models.CharField(max_length=300)
    strict = models.BooleanField(default=False)  # fit for what is of high risk
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    until = models.DateTimeField()
    seconded_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    seconded_at = models.DateTimeField(null=True)  # the first of the two approvals that a strict one needs
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_standing_grant"
        indexes: ClassVar = [
            models.Index(fields=["staff", "purpose"], name="grant_in_force", condition=Q(state="active")),
            models.Index(fields=["-proposed_at", "-id"], name="grant_newest"),
            models.Index(fields=["until", "id"], name="grant_by_end"),
            models.Index(fields=["-proposed_at", "-id"], name="grant_pending", condition=Q(state="pending")),
            models.Index(fields=["staff", "-proposed_at", "-id"], name="grant_of_staff"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="grant_state_known"),
            models.CheckConstraint(
                condition=Q(daily_limit__gte=1) & Q(daily_limit__lte=DAILY_MOST), name="grant_daily_limit"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("proposed_at")), name="grant_ends_later"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("staff"))),
                name="grant_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(strict=True)
                | (Q(daily_limit__lte=HIGH_RISK_DAILY) & Q(until__lte=F("proposed_at") + HIGH_RISK_LONGEST)),
                name="grant_strict_is_short",
            ),
            models.CheckConstraint(
                condition=~Q(strict=True, state__in=["active", "ended"]) | Q(seconded_by__isnull=False),
                name="grant_strict_has_two_names",
            ),
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True)
                | (
                    ~Q(seconded_by=F("proposed_by"))
                    & ~Q(seconded_by=F("staff"))
                    & (Q(decided_by__isnull=True) | ~Q(state="active") | ~Q(seconded_by=F("decided_by")))
                ),
                name="grant_seconded_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "refused"]) | Q(decided_by__isnull=False),
                name="grant_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def digest(self) -> str:
        """What an approval is given for; another content is another digest."""
        return digest(
            {
                "id": str(self.id),
                "staff": str(self.staff_id),
                "purpose": self.purpose,
                "fields": sorted(self.fields),
                "daily_limit": self.daily_limit,
                "strict": self.strict,
                "reason": self.reason,
                "proposed_at": self.proposed_at.astimezone(UTC).isoformat(),
                "until": self.until.astimezone(UTC).isoformat(),
            }
        )


class GrantUse(models.Model):
    """How often a grant was used on one day (Asia/Shanghai); the row is the lock two reveals at once meet at."""

    grant = models.ForeignKey(StandingGrant, on_delete=models.PROTECT, related_name="uses")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "access_grant_use"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grant", "day"], name="grant_use_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.day}"
