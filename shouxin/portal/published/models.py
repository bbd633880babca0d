"""Every version of the two published lists, as everybody read it, and when the public figures were switched off and on.
Nobody's information stands here."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Staff


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


class FiguresSwitch(models.Model):
    """Somebody took the page of figures away, saying why, or put it there again; the newest holds, none means on."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    on = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "portal_figures_switch"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(on=True) | ~Q(reason=""), name="portal_figures_off_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.on}"
