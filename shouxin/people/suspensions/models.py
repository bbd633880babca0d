"""Suspensions (暂停): all rights of a person rest at once and can be given back; the log-in itself stays."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids


class Suspension(models.Model):
    """One log-in from its suspension until it is given back."""

    class Cause(models.TextChoices):
        CONCERN = "concern", _("疑似违规或账号被盗")
        ABSENCE = "absence", _("长期离岗")
        CHANGE = "change", _("岗位调整中")
        LEAVING = "leaving", _("离职交接未完成")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="suspensions")
    cause = models.CharField(max_length=16, choices=Cause)
    suspended_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField()
    resumed_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_suspension"
        ordering = ["-suspended_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cause__gt=""), name="suspension_has_a_cause"),
            models.UniqueConstraint(
                fields=["staff"], condition=Q(resumed_at__isnull=True), name="suspension_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.cause}"
