"""Clean-up runs and what they list: ids, codes and dates, never a value."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Staff


class Group(models.TextChoices):
    DEAD = "dead", _("联系不上")
    INACTIVE = "inactive", _("长期无往来")
    DUPLICATE = "duplicate", _("疑似重复")


class Decision(models.TextChoices):
    NONE = "", _("待决定")
    KEEP = "keep", _("保留")
    REFRESH = "refresh", _("列入待更新")
    RESTRICT = "restrict", _("限制处理")
    SEAL = "seal", _("封存待销毁")


class CleanupRun(models.Model):
    """One pass through the register; the newest one that ended says as of when the lists stand."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    asked_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )  # null: the calendar
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    months = models.PositiveIntegerField(default=0)
    customers = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "cleanup_run"
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at__isnull=True), name="cleanup_run_one_open"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CleanupItem(models.Model):
    """A customer on one of the lists, why, and what its owner decided."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer_id = models.UUIDField()
    group = models.CharField(max_length=16, choices=Group)
    reasons = ArrayField(models.CharField(max_length=32))
    last_active_at = models.DateTimeField(null=True)
    pair_id = models.UUIDField(null=True)  # of a duplicate: the pair to compare
    run_id = models.UUIDField()
    decision = models.CharField(max_length=16, choices=Decision, blank=True, default=Decision.NONE)
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cleanup_item"
        indexes: ClassVar = [
            models.Index(fields=["group", "decision", "-id"], name="cleanup_item_listed"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "group"], name="cleanup_item_once"),
            models.CheckConstraint(condition=Q(group__in=Group.values), name="cleanup_item_group_known"),
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values), name="cleanup_item_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False)),
                name="cleanup_item_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.group}"
