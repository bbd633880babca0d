"""Forms that somebody began and has not sent: sealed before they are written, theirs alone, gone after a week."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shouxin.drafts.rules import MOST_ADDRESS
from shouxin.kit import ids
from shouxin.people.models import Staff


class Draft(models.Model):
    """What was typed into one form so far; `revision` tells two windows apart."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=40)
    owner = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    customer_id = models.UUIDField(null=True)
    address = models.CharField(max_length=MOST_ADDRESS)  # the page's path, whose query is sealed
    revision = models.PositiveIntegerField()
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "drafts_draft"
        indexes: ClassVar = [
            models.Index(fields=["owner", "-saved_at"], name="drafts_of_owner"),
            models.Index(fields=["expires_at"], name="drafts_expiry"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(revision__gte=1), name="draft_revision_counts"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("saved_at")), name="draft_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
