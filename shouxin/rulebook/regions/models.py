"""Region profiles (地区规则): what holds in addition for customers of one jurisdiction."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.rulebook.catalogue.models import MARK_LENGTH, Field


class RegionVersion(models.Model):
    """One version of a jurisdiction's profile, drafted by one person or delivered, approved by another; then fixed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    jurisdiction = models.CharField(_("法域"), max_length=8)
    number = models.PositiveSmallIntegerField(_("版本"))
    timezone = models.CharField(_("当地时区"), max_length=40)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("可联系的星期"))  # 1 Monday … 7
    from_hour = models.TimeField(_("最早"))
    until_hour = models.TimeField(_("最晚"))
    holidays = ArrayField(models.DateField(), verbose_name=_("当地节假日"), default=list, blank=True)
    note = models.CharField(_("说明"), max_length=300)
    verification = models.CharField(_("核验标记"), max_length=MARK_LENGTH, blank=True)
    pack = models.ForeignKey("rulebook.Pack", null=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["jurisdiction", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "number"], name="region_version_once"),
            models.UniqueConstraint(
                fields=["jurisdiction"], condition=Q(approved_at__isnull=True), name="region_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(jurisdiction__regex=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"), name="region_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("drafted_by")),
                name="region_needs_two",
            ),
            models.CheckConstraint(
                condition=Q(from_hour__lt=F("until_hour"))
                & Q(weekdays__len__gt=0)
                & Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                name="region_hours_exist",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.number}"


class RegionField(models.Model):
    """A field that counts more in that region: a higher level, or as sensitive. There is no way to say less."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    version = models.ForeignKey(RegionVersion, on_delete=models.CASCADE, related_name="raises")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("至少"), null=True)
    sensitive = models.BooleanField(_("按敏感处理"), default=False)
    reason = models.CharField(_("理由"), max_length=200)
    verification = models.CharField(_("核验标记"), max_length=MARK_LENGTH, blank=True)

    class Meta:
        ordering = ["field_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "field"], name="region_field_once"),
            models.CheckConstraint(
                condition=Q(level__gte=2, level__lte=5) | Q(level__isnull=True, sensitive=True),
                name="region_field_only_raises",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.field_id}"
