"""A number that somebody has put on their own phone's dialler without seeing it (拨号不看号)."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.people.models import Staff

LASTS = timedelta(seconds=60)


class Outcome(models.TextChoices):
    WAITING = "waiting"
    DIALLED = "dialled"
    REFUSED = "refused"


class Dial(models.Model):
    """One code: for one number of one customer, in one contact of one member of staff, for sixty seconds, once.

    Neither the number nor the code stands here: the code by its digest alone.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    record_id = models.UUIDField()  # the customer's own id for the profile
    field = models.CharField(max_length=64)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    contact_id = models.UUIDField()
    purpose = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32, unique=True)
    proved_at = models.DateTimeField(
        null=True
    )  # when the second factor was last proved before the code was made
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)

    class Meta:
        db_table = "customers_dial"
        indexes: ClassVar = [models.Index(fields=["staff", "-made_at"], name="dial_of_staff")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("made_at")) & Q(ends_at__lte=F("made_at") + LASTS),
                name="dial_is_short",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, outcome="waiting")
                | Q(used_at__gte=F("made_at"), used_at__lt=F("ends_at")),
                name="dial_used_in_time",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="dial_outcome_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)
