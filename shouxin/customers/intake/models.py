"""Import batches. Everything that comes out of the file itself (its name, headings, mended cells, refused rows) lies
sealed under the batch's own key; in clear stand only codes, counts, and what the importer declared."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Channel, Scope, Source
from shouxin.kit import ids
from shouxin.people.models import Department, Staff


class BatchState(models.TextChoices):
    DRAFT = "draft", _("准备中")
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("已检查")
    RUNNING = "running", _("导入中")
    PAUSED = "paused", _("已暂停")
    DONE = "done", _("已导入")
    FAILED = "failed", _("已中止")
    CANCELLED = "cancelled", _("已取消")


class Standing(models.TextChoices):
    """Where the customers of a finished batch stand with those who must agree."""

    NONE = "none", _("尚未导入")
    QUARANTINED = "quarantined", _("来源待核")
    UNCONFIRMED = "unconfirmed", _("待部门确认")
    CONFIRMED = "confirmed", _("已确认")
    REJECTED = "rejected", _("已驳回并销毁")


class Existing(models.TextChoices):
    """What happens to customers that are in the register already."""

    FILL = "fill", _("只补充空缺的内容")
    REPLACE = "replace", _("以本文件为准，覆盖不同的内容")
    SKIP = "skip", _("不改动，跳过这些行")


class ImportBatch(models.Model):
    """One file on its way into the register, and afterwards the record of what became of it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    state = models.CharField(max_length=16, choices=BatchState, default=BatchState.DRAFT)
    standing = models.CharField(max_length=16, choices=Standing, default=Standing.NONE)
    operator = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    operator_pseudonym = models.UUIDField()
    # What the importer declared
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=16, choices=Scope, blank=True)
    purpose = models.CharField(max_length=64, blank=True)
    basis = models.CharField(max_length=64, blank=True)
    notice_version = models.UUIDField(null=True)
    channel = models.CharField(max_length=16, choices=Channel, blank=True)
    source = models.CharField(max_length=16, choices=Source, blank=True)
    supplier = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=1000, blank=True)  # what shows that the supplier may hand it over
    existing = models.CharField(max_length=16, choices=Existing, default=Existing.FILL)
    # The file: sealed, recognised again by a keyed fingerprint
    fingerprint = models.BinaryField()
    size = models.BigIntegerField()
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField(null=True)  # forgotten: draft and refused rows are destroyed
    draft = models.BinaryField(null=True)
    draft_revision = models.PositiveIntegerField(default=1)
    upload_destroyed_at = models.DateTimeField(null=True)
    # What a check found and what a run did; counts and codes alone
    findings = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_checked = models.PositiveIntegerField(default=0)  # how far a dry run has come
    rows_done = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    merged_count = models.PositiveIntegerField(default=0)
    waiting_count = models.PositiveIntegerField(default=0)  # from outside, to be reviewed
    refused_count = models.PositiveIntegerField(default=0)
    dropped_count = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=64, blank=True)  # code of why it stopped
    uploaded_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "intake_batch"
        verbose_name = _("导入批次")
        indexes: ClassVar = [
            models.Index(fields=["operator", "-id"], name="batch_of_operator"),
            models.Index(fields=["department", "-id"], name="batch_of_department"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_known"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="batch_standing_known"),
            models.CheckConstraint(
                # Every row read has exactly one outcome, at any moment of a run.
                condition=Q(
                    rows_done=models.F("created_count")
                    + models.F("updated_count")
                    + models.F("merged_count")
                    + models.F("waiting_count")
                    + models.F("refused_count")
                    + models.F("dropped_count")
                ),
                name="batch_counts_reconcile",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "checking", "checked", "cancelled"])
                | (
                    ~Q(purpose="")
                    & ~Q(basis="")
                    & ~Q(channel="")
                    & ~Q(source="")
                    & Q(department__isnull=False)
                ),
                name="batch_declared_before_run",
            ),
            models.CheckConstraint(
                condition=~Q(source="external") | ~Q(supplier=""), name="batch_external_names_supplier"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("operator")),
                name="batch_not_decided_by_operator",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RefusedRows(models.Model):
    """Rows of a batch that were turned away, with their reasons, sealed under the batch's key."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="refused_rows")
    position = models.PositiveIntegerField()  # rows_done of the batch before them
    count = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "intake_refused_rows"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="refused_rows_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.position}"


class RememberedMapping(models.Model):
    """The mapping a department last used for a heading; the heading is known by its keyed digest alone."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    heading = models.BinaryField()
    columns = models.JSONField()  # by position: field key, "" for dropped
    used_count = models.PositiveIntegerField(default=1)
    used_at = models.DateTimeField()

    class Meta:
        db_table = "intake_remembered_mapping"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "heading"], name="mapping_once_per_heading")
        ]

    def __str__(self) -> str:
        return str(self.id)
