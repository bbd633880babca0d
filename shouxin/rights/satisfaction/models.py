"""How satisfied somebody was with being served (一次接待), said once; cases keep their own score."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shouxin.kit import ids
from shouxin.people.models import Department
from shouxin.rights.cases.models import Case


class ContactScore(models.Model):
    """The score of one contact; the remark is sealed under a key of its own. A bad one leads to a complaint."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    contact_id = models.UUIDField(unique=True)
    customer_id = models.UUIDField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField()
    remark = models.BinaryField(null=True)

    class Meta:
        db_table = "rights_contact_score"
        indexes: ClassVar = [
            models.Index(fields=["department", "at"], name="rights_contact_score_of"),
            models.Index(fields=["customer_id", "-at"], name="rights_contact_score_by"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="rights_contact_score_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.score}"
