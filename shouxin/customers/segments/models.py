"""Coarse classes of a customer's dealings (客户分群), and how often they were counted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids


class Recency(models.TextChoices):
    RECENT = "recent", _("90 天内")
    YEAR = "year", _("一年内")
    OLDER = "older", _("一年以前")
    NEVER = "never", _("没有往来")


class Frequency(models.TextChoices):
    OFTEN = "often", _("5 单及以上")
    SEVERAL = "several", _("2–4 单")
    ONCE = "once", _("1 单")
    NONE = "none", _("没有订单")


class Value(models.TextChoices):
    HIGH = "high", _("10 万元及以上")
    MIDDLE = "middle", _("1 万至 10 万元")
    LOW = "low", _("1 万元以下")
    NONE = "none", _("没有销售额")


class Stage(models.TextChoices):
    PROSPECT = "prospect", _("尚未成交")
    NEW = "new", _("新客户")
    ACTIVE = "active", _("活跃")
    SLEEPING = "sleeping", _("沉睡")
    LOST = "lost", _("流失")


class Segment(models.Model):
    """The four classes of one customer; no date, no number and no amount stands here."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="classes")
    recency = models.CharField(max_length=8, choices=Recency)
    frequency = models.CharField(max_length=8, choices=Frequency)
    value = models.CharField(max_length=8, choices=Value)
    stage = models.CharField(max_length=8, choices=Stage)
    run = models.UUIDField()  # in which run it was counted

    class Meta:
        db_table = "customers_segment"
        indexes: ClassVar = [
            models.Index(fields=["stage", "value", "customer"], name="segment_classes"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recency__in=Recency.values)
                & Q(frequency__in=Frequency.values)
                & Q(value__in=Value.values)
                & Q(stage__in=Stage.values),
                name="segment_classes_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.stage}"


class Run(models.Model):
    """One counting of all customers: how many were counted, and how many were left out and why."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    formula = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    counted = models.PositiveIntegerField(default=0)
    objected = models.PositiveIntegerField(default=0)
    restricted = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "customers_segment_run"
        indexes: ClassVar = [models.Index(fields=["-began_at"], name="segment_run_newest")]

    def __str__(self) -> str:
        return str(self.id)
