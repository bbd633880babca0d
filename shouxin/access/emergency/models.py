"""Emergency access (应急访问): clear values of one customer for some minutes, in force at once, reviewed afterwards."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.access.emergency.rules import LONGEST
from shouxin.kit import ids
from shouxin.people.models import Staff


class Finding(models.TextChoices):
    JUSTIFIED = "justified", _("属实，必要")
    UNJUSTIFIED = "unjustified", _("不必要")


class EmergencyAccess(models.Model):
    """One customer, one purpose, named fields, minutes; looked at by somebody else on the next working day."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="emergency_accesses")
    # Not a foreign key: customers' tables may be distributed.
    customer_id = models.UUIDField()
    purpose = models.CharField(max_length=64)
    fields = ArrayField(models.CharField(max_length=64))
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    review_due = models.DateField()
    reviewed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=12, choices=Finding, blank=True)
    review_note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "access_emergency"
        ordering: ClassVar = ["-opened_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["staff", "purpose", "until"], name="emergency_in_force"),
            models.Index(
                fields=["review_due"], name="emergency_unreviewed", condition=Q(reviewed_at__isnull=True)
            ),
            models.Index(fields=["-opened_at", "-id"], name="emergency_newest"),
            models.Index(fields=["staff", "-opened_at", "-id"], name="emergency_of_staff"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")) & Q(until__lte=F("opened_at") + LONGEST),
                name="emergency_lasts_minutes",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(fields=[]), name="emergency_says_what_and_why"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("staff")),
                name="emergency_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True, finding="", review_note="")
                | (
                    Q(reviewed_by__isnull=False, reviewed_at__isnull=False, finding__in=Finding.values)
                    & ~Q(review_note="")
                ),
                name="emergency_review_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class EmergencySuspension(models.Model):
    """After a finding against them a person opens no emergency access, with any log-in, until the officer lifts it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    access = models.OneToOneField(EmergencyAccess, on_delete=models.PROTECT, related_name="suspension")
    person = models.UUIDField()
    since = models.DateTimeField()
    lifted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lift_note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "access_emergency_suspension"
        ordering: ClassVar = ["-since", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["person"], name="emergency_suspended", condition=Q(lifted_at__isnull=True))
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True, lift_note="")
                | (Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(lift_note="")),
                name="emergency_lifting_is_whole",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
