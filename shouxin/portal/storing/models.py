"""Where what customers are told about is stored (存放地点): stated by staff for the configuration they looked at.

A statement holds for the configuration whose digest it names. Whoever moves the database or the files to another place
changes the digest, and the statement is over until somebody states it anew.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Staff


class Part(models.TextChoices):
    DATABASE = "database", _("客户资料（数据库）")
    FILES = "files", _("附件（文件）")


class StoredIn(models.Model):
    """One statement; the newest of a part holds, the others are its history."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    part = models.CharField(max_length=10, choices=Part)
    country = models.CharField(max_length=2)
    province = models.CharField(max_length=40, blank=True)
    configuration = models.CharField(max_length=64)  # digest
    stated_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        db_table = "portal_stored_in"
        indexes: ClassVar = [models.Index(fields=["part", "-stated_at"], name="portal_stored_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(part__in=Part.values), name="portal_stored_part_known"),
            models.CheckConstraint(condition=~Q(country=""), name="portal_stored_names_a_country"),
            models.CheckConstraint(
                condition=Q(province="") | Q(country="CN"), name="portal_stored_province_of_china"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.country}"
