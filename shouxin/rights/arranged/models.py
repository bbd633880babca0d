"""What somebody arranged for after their death: which rights close relatives may exercise (PIPL 49).

Nothing on file means what the law says: for lawful interests of their own relatives may ask for all of it. One row an
arrangement; a new one ends the one before, and earlier ones stay.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.people.models import Staff


class Arrangement(models.Model):
    """`allowed` are codes of rights/cases Wish; an empty list is nobody at all."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    allowed = ArrayField(models.CharField(max_length=10), default=list)
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")  # None: the person
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rights_arrangement"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at__isnull=True), name="rights_arrangement_one"
            ),
            models.CheckConstraint(
                condition=Q(allowed__contained_by=["access", "copy", "correct", "delete"]),
                name="rights_arrangement_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.allowed}"
