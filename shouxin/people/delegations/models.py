"""Delegations (委托代理): a head names another head to confirm and approve in their stead for some days."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shouxin.kit import ids


class Delegation(models.Model):
    """What one head answers for is answered by another from one moment to another; it gives no customer to see."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    giver = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "people_delegation"
        ordering = ["-given_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["deputy", "until"], name="delegation_of_deputy", condition=Q(ended_at=None))
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(deputy=F("giver")), name="delegation_to_another"),
            models.CheckConstraint(condition=Q(until__gt=F("starts_at")), name="delegation_ends_later"),
            models.UniqueConstraint(
                fields=["giver"], condition=Q(ended_at=None), name="delegation_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.deputy_id}"
