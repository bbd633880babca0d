"""Every version of the two published lists, as everybody read it. Nobody's information stands here."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids


class PublishedList(models.Model):
    """One version, in both languages; never changed (trigger). It holds until the next of its kind begins."""

    class Kind(models.TextChoices):
        COLLECTED = "collected", _("已收集个人信息清单")
        SHARED = "shared", _("与第三方共享个人信息清单")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    number = models.PositiveIntegerField()
    rows_zh = models.JSONField()
    rows_en = models.JSONField()
    sha256_zh = models.CharField(max_length=64)
    sha256_en = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "portal_published"
        ordering = ["kind", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number"], name="portal_published_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
