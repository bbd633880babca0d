"""Thresholds the organisation chose for itself (限额与期限): asked by one person, confirmed by another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids


class ThresholdChange(models.Model):
    """One wanted value of one threshold; the one in force is its value, and none is the product's default."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待确认")
        IN_FORCE = "in_force", _("生效中")
        REFUSED = "refused", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")
        REPLACED = "replaced", _("已被替换")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    key = models.CharField(max_length=40)
    value = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_threshold"
        ordering = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="waiting"), name="threshold_one_waiting"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="in_force"), name="threshold_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="withdrawn") | ~Q(decided_by=F("asked_by")),
                name="threshold_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in_force", "refused", "replaced"]) | Q(decided_by__isnull=False),
                name="threshold_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value}"
