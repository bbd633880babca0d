"""Searches for duplicates, the pairs they suspect, and merges; ids, scores and codes alone, never a value."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Staff


class RunState(models.TextChoices):
    QUEUED = "queued", _("等待执行")
    RUNNING = "running", _("执行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


class DuplicateRun(models.Model):
    """One search through the register; cut off, it begins again and finds the same."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    state = models.CharField(max_length=16, choices=RunState, default=RunState.QUEUED)
    thorough = models.BooleanField()  # whether probabilities were asked for, besides equal numbers
    asked_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )  # null: by the calendar
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    customers = models.PositiveIntegerField(default=0)
    compared = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)  # pairs that nobody had decided on
    problem = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "duplicates_run"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="duplicates_run_state_known"),
            # A constant: of the open ones there is at most one.
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=["queued", "running"]), name="duplicates_run_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class PairState(models.TextChoices):
    OPEN = "open", _("待判断")
    LATER = "later", _("稍后再看")
    HANDED = "handed", _("待上级判断")
    DIFFERENT = "different", _("不是同一人")
    MERGED = "merged", _("已合并")


UNDECIDED = (PairState.OPEN.value, PairState.LATER.value, PairState.HANDED.value)


class SuspectedPair(models.Model):
    """Two customers that may be one. The smaller id comes first, so that a pair is there once."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer_id = models.UUIDField()
    other_id = models.UUIDField(db_index=True)
    score = models.FloatField()
    reasons = ArrayField(models.CharField(max_length=24))  # what agrees, as codes: number:same, name:sound
    state = models.CharField(max_length=16, choices=PairState, default=PairState.OPEN)
    run_id = models.UUIDField()
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duplicates_pair"
        indexes: ClassVar = [
            models.Index(fields=["state", "-score", "-id"], name="duplicates_pair_listed"),
            models.Index(fields=["-score", "-id"], name="duplicates_pair_surest"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "other_id"], name="duplicates_pair_once"),
            models.CheckConstraint(
                condition=Q(customer_id__lt=F("other_id")), name="duplicates_pair_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PairState.values), name="duplicates_pair_state_known"
            ),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="duplicates_pair_score"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False), name="duplicates_pair_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.other_id} {self.state}"


class Merge(models.Model):
    """One customer merged into another: by whom, and what undoing needs (codes, ids and revisions)."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer_id = models.UUIDField(db_index=True)  # who stands for both
    absorbed_id = models.UUIDField()
    fields = ArrayField(models.CharField(max_length=64))  # of the profile, taken from the absorbed one
    kept = models.JSONField(default=dict)
    merged_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duplicates_merge"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["absorbed_id"], condition=Q(undone_at__isnull=True), name="duplicates_merged_once"
            ),
            models.CheckConstraint(
                condition=~Q(customer_id=F("absorbed_id")), name="duplicates_merge_of_two"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="duplicates_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.customer_id}"
