"""Roles that whoever created a log-in proposes for it; they are granted and confirmed by others, or declined."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shouxin.kit import ids


class RoleProposal(models.Model):
    """One role proposed with a new log-in. It gives nothing: the security administrator decides, a head confirms."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="proposals")
    role = models.CharField(max_length=32)
    proposed_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff", "role"],
                condition=Q(decided_at__isnull=True),
                name="role_proposal_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, granted__isnull=True)
                | Q(decided_at__isnull=False, granted__isnull=False),
                name="role_proposal_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role}"
