"""What customers want to hear about, when they were asked last, and which wishes many of them share.

How they want to be reached lies sealed in the vault (customers/preferences); topics are codes of a short list of ours.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids


class Wish(models.Model):
    """One customer: the topics they chose, when they answered and when they were asked last."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="+")
    topics = ArrayField(models.CharField(max_length=20), default=list)
    answered_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()  # answered, or put off

    class Meta:
        db_table = "portal_wish"
        indexes: ClassVar = [
            models.Index(fields=["id"], name="portal_wish_answered", condition=Q(answered_at__isnull=False))
        ]

    def __str__(self) -> str:
        return str(self.customer_id)


class Shared(models.Model):
    """A wish that so many people share that it tells of nobody; counted anew each day."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=20)
    people = models.PositiveIntegerField()
    of = models.PositiveIntegerField()  # how many answered
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "portal_shared_wish"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "code"], name="portal_shared_wish_once"),
            models.CheckConstraint(condition=Q(people__lte=models.F("of")), name="portal_shared_wish_of_all"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.people}"
