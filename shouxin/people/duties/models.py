"""Duties (职责): who answers for which step of handling customer information in which department."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shouxin.core.text import Text
from shouxin.kit import ids
from shouxin.people.duties.rules import STEPS

STEP_LENGTH = 16


class Duty(models.Model):
    """One step of one department, held by one person with or without a deputy; the latest open one counts."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="duties")
    step = models.CharField(max_length=STEP_LENGTH)
    holder = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="duties")
    deputy = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    appointed_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    # Its holder moved and nobody took over: a finding until somebody does.
    vacated = models.BooleanField(default=False)

    class Meta:
        db_table = "people_duty"
        ordering = ["-since", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(step__in=sorted(STEPS)), name="duty_step_known"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("holder")), name="duty_deputy_is_another"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="duty_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(vacated=False) | Q(ended_at__isnull=False), name="duty_vacated_is_over"
            ),
            models.UniqueConstraint(
                fields=["department", "step"], condition=Q(ended_at__isnull=True), name="duty_one_holder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.step}"

    @property
    def name(self) -> Text:
        return STEPS[self.step].name

    @property
    def written(self) -> Text:
        return STEPS[self.step].duty
