"""The register of names (商业秘密名录): which role of which department may see trade secrets of many at once."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.gate.limits import LIST_ROWS, SECRET_ROWS
from shouxin.kit import ids
from shouxin.people.models import ROLE_LENGTH, Department, Staff


class EntryState(models.TextChoices):
    PENDING = "pending", _("待审批")
    ACTIVE = "active", _("生效")
    REFUSED = "refused", _("已拒绝")
    ENDED = "ended", _("已终止")


class SecretReader(models.Model):
    """One role of one department until a day, asked for by one person and approved by another."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    role = models.CharField(max_length=ROLE_LENGTH)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    daily_rows = models.PositiveIntegerField(default=SECRET_ROWS)
    until = models.DateTimeField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=16, choices=EntryState, default=EntryState.PENDING)
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_secret_reader"
        ordering = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=EntryState.values), name="secret_reader_state"),
            models.CheckConstraint(
                condition=Q(daily_rows__gte=1) & Q(daily_rows__lte=LIST_ROWS), name="secret_reader_rows"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("asked_at")), name="secret_reader_ends_later"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="secret_reader_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "refused"]) | Q(decided_by__isnull=False),
                name="secret_reader_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.role}"
