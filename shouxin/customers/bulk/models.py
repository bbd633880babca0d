"""Operations over many customers, and what became of each customer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Staff


class State(models.TextChoices):
    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("进行中")
    STOPPED = "stopped", _("已中断")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已取消")


OPEN = (State.WAITING, State.RUNNING, State.STOPPED)


class BulkOperation(models.Model):
    """One verb over the customers that somebody had chosen; which they were stands still from then on."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=32)
    parameters = models.JSONField(default=dict)  # codes and ids
    purpose = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=40, blank=True)  # why it stopped
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bulk_operation"
        indexes: ClassVar = [models.Index(fields=["staff", "-id"], name="bulk_operation_of")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="bulk_operation_state_known"),
            models.CheckConstraint(
                condition=Q(done__gte=0, failed__gte=0) & Q(total__gte=models.F("done") + models.F("failed")),
                name="bulk_operation_counts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "cancelled"], ended_at__isnull=False)
                | Q(state__in=["waiting", "running", "stopped"], ended_at__isnull=True),
                name="bulk_operation_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.state}"


class BulkItem(models.Model):
    """One customer of an operation."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("待处理")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未完成")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    operation = models.ForeignKey(BulkOperation, on_delete=models.PROTECT, related_name="items")
    customer_id = models.UUIDField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    problem = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "bulk_item"
        indexes: ClassVar = [models.Index(fields=["operation", "outcome", "id"], name="bulk_item_next")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operation", "customer_id"], name="bulk_item_once"),
            models.CheckConstraint(
                condition=Q(outcome="failed", problem__gt="") | (~Q(outcome="failed") & Q(problem="")),
                name="bulk_item_failure_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.outcome}"
