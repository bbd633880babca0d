"""The mark of a demonstration database: what it was made from and how far its making has come."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class DemonstrationMark(models.Model):
    """One row, written in the transaction that loads the organisation; a database with real data never has it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    customer_seed = models.BigIntegerField()
    # Drawn anew for every installation, so that no two demonstrations share their passwords.
    staff_seed = models.BigIntegerField()
    customers = models.PositiveIntegerField()
    until = models.DateField()
    scenes_played = models.PositiveSmallIntegerField(default=0)
    loaded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_demonstration"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="demonstration_only_one")]

    def __str__(self) -> str:
        return f"demonstration {self.customer_seed}"
