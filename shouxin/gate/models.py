"""Customer contacts (一次接待), and how much each of the staff has seen: rows of lists, reads by day and purpose."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.gate.rules import NOTE_LONGEST
from shouxin.kit import ids
from shouxin.people.models import Staff

CONTACT_LASTS = timedelta(minutes=30)


class Contact(models.Model):
    """One open conversation of one member of staff with one customer."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    # Not a foreign key: customers live on a higher floor and their tables may be distributed.
    customer_id = models.UUIDField()
    purpose = models.CharField(max_length=64)
    reason_class = models.CharField(max_length=32)
    note = models.CharField(max_length=NOTE_LONGEST, blank=True)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "gate_contact"
        indexes: ClassVar = [
            models.Index(fields=["staff", "customer_id", "-ends_at"], name="gate_contact_live"),
            models.Index(fields=["staff", "-opened_at"], name="gate_contact_newest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("opened_at")), name="gate_contact_ends_later"),
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(reason_class=""), name="gate_contact_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RowUse(models.Model):
    """How many rows of lists one person has seen on one day (Asia/Shanghai); the row is where two pages meet."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    rows = models.PositiveIntegerField(default=0)
    secret_rows = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "gate_row_use"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff", "day"], name="gate_row_use_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.day}"


class ReadDay(models.Model):
    """How often one reader did one kind of reading for one purpose on one day (Asia/Shanghai), from the journal.

    Worked out in the background, for pictures that are looked at every morning. The row of the kind COUNTED stands
    for nobody: its `at` tells when everything was counted last.
    """

    class Kind(models.TextChoices):
        CLEAR = "clear", _("查看明文")
        PROGRAM = "program", _("接口读取")
        REFUSED = "refused", _("没有放行")
        COUNTED = "counted", _("统计时间")

    day = models.DateField()
    reader = models.UUIDField()  # the pseudonym of staff or program
    kind = models.CharField(max_length=8, choices=Kind)
    purpose = models.CharField(max_length=200, blank=True)
    count = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "gate_read_day"
        indexes: ClassVar = [models.Index(fields=["reader", "day"], name="gate_read_day_of_reader")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "reader", "kind", "purpose"], name="gate_read_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
