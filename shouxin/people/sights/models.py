"""A person's own view of customers (可见范围), narrower or wider than the roles': set by one, confirmed by another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shouxin.core.policy import Sight
from shouxin.kit import ids

SIGHTS = sorted(sight.value for sight in Sight)


class SightSetting(models.Model):
    """One setting; the latest confirmed one counts and stands on the log-in itself. Empty: as the roles have it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="sights")
    sight = models.CharField(max_length=16, blank=True)
    set_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_sight"
        ordering = ["-set_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sight__in=["", *SIGHTS]), name="sight_known"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("staff")) & ~Q(confirmed_by=F("set_by"))),
                name="sight_confirmed_by_another",
            ),
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(confirmed_at__isnull=True, ended_at__isnull=True),
                name="sight_one_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.sight}"
