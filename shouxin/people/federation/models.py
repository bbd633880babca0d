"""Who somebody is at the organisation's own sign-in. Nothing but such a row lets anybody in by it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shouxin.kit import ids
from shouxin.people.connections.models import Connection
from shouxin.people.models import Staff


class ExternalIdentity(models.Model):
    """A log-in here and a subject there. It works once confirmed: by its owner, signed in, or by two administrators."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="identities")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="identities")
    subject = models.CharField(max_length=255)
    linked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["linked_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "subject"],
                condition=Q(ended_at__isnull=True),
                name="identity_subject_once",
            ),
            models.UniqueConstraint(
                fields=["connection", "staff"],
                condition=Q(ended_at__isnull=True),
                name="identity_staff_once",
            ),
            models.CheckConstraint(condition=~Q(subject=""), name="identity_has_a_subject"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | Q(linked_by=F("staff"), confirmed_by=F("staff"))
                | (~Q(confirmed_by=F("linked_by")) & ~Q(confirmed_by=F("staff"))),
                name="identity_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} at {self.connection_id}"
