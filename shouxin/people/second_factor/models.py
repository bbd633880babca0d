"""Who must have a second factor, whose is to be reset, and how often somebody failed with one.

The factors themselves are rows of allauth's `mfa_authenticator`; their secrets are sealed (adapter.py).
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids


class FactorDemand(models.Model):
    """Whether a role needs a second factor, where the organisation may choose; the mandatory roles have no row."""

    role = models.CharField(max_length=32, primary_key=True)
    required = models.BooleanField()
    changed_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    # Who asked that the role be released, and while that waits to be confirmed, since when.
    release_asked_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    release_asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_factor_demand"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(required=True)
                | Q(release_asked_by__isnull=True)
                | ~Q(release_asked_by=F("changed_by")),
                name="factor_demand_released_by_another",
            ),
            models.CheckConstraint(
                condition=Q(release_asked_at__isnull=True) | Q(required=True, release_asked_by__isnull=False),
                name="factor_demand_release_is_of_a_demand",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["officer", "system_admin", "security_admin", "audit_admin"]),
                name="factor_demand_not_of_mandatory_roles",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.required}"


class FactorReset(models.Model):
    """A lost second factor: a system administrator, or whoever sits at the server, asks; somebody else confirms."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待确认")
        DONE = "done", _("已重置")
        REFUSED = "refused", _("已拒绝")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.CharField(max_length=200)
    # Empty when asked for at the server's command line.
    asked_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_factor_reset"
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(state="waiting"), name="factor_reset_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | ~Q(asked_by=F("staff")),
                name="factor_reset_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("staff")) & (Q(asked_by__isnull=True) | ~Q(decided_by=F("asked_by")))),
                name="factor_reset_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True)
                | (~Q(state="waiting") & Q(decided_by__isnull=False)),
                name="factor_reset_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class FactorFailure(models.Model):
    """One wrong code; what the locks count. Rows of the account go when it passes, all after a day."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.CASCADE, related_name="+")
    address = models.GenericIPAddressField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "people_factor_failure"
        indexes: ClassVar = [
            models.Index(fields=["staff", "at"], name="factor_failure_of_account"),
            models.Index(fields=["address", "at"], name="factor_failure_of_address"),
        ]

    def __str__(self) -> str:
        return str(self.id)
