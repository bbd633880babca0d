"""For which purposes values of which fields were ever kept, so that a purpose that falls away is seen at once.

One row per purpose and field, whoever they are about; values and customers stand nowhere here.
"""

from typing import ClassVar

from django.db import models

from shouxin.kit import ids


class Ground(models.Model):
    """Values of `field` were written for `purpose`. `customers`: how many still have one, as counted last."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    purpose = models.CharField(max_length=64)
    field = models.CharField(max_length=64)
    customers = models.PositiveIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_ground"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "field"], name="portal_ground_once"),
            models.CheckConstraint(
                condition=models.Q(customers__isnull=True, counted_at__isnull=True)
                | models.Q(customers__isnull=False, counted_at__isnull=False),
                name="portal_ground_counted_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.field}"
