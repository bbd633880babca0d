"""Announced departures (预告离职): from that moment lists are cut, on the last day everything ends."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids


class Departure(models.Model):
    """One log-in of somebody who is going to leave; all log-ins of a person are announced together."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="departures")
    last_day = models.DateField(_("最后工作日"))
    announced_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-announced_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(withdrawn_at__isnull=True, ended_at__isnull=True),
                name="departure_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(ended_at__isnull=True),
                name="departure_withdrawn_or_ended",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_by__isnull=False),
                name="departure_withdrawn_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.last_day}"
