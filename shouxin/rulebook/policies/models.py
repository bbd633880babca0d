"""The rules that everybody with a log-in acknowledges before the first customer page, and who has."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.kit.database import append_only
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue.models import MARK_LENGTH


class PolicyVersion(models.Model):
    """One text in both languages: delivered by a rule pack as the product's default, or drafted and approved here.

    Once in force it never changes (trigger).
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    key = models.CharField(max_length=50)
    number = models.PositiveSmallIntegerField(_("版本"))
    title_zh = models.CharField(_("中文标题"), max_length=200)
    title_en = models.CharField(_("英文标题"), max_length=200)
    text_zh = models.TextField(_("中文正文"))
    text_en = models.TextField(_("英文正文"))
    sha256 = models.CharField(_("正文哈希（SHA-256）"), max_length=64)
    effective_on = models.DateField(_("生效日期"))
    pack = models.ForeignKey("rulebook.Pack", null=True, on_delete=models.PROTECT, related_name="+")
    verification = models.CharField(_("核验标记"), max_length=MARK_LENGTH, blank=True)
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["key", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "number"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="policy_needs_two",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="policy_approval_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(text_zh="") & ~Q(text_en="") & ~Q(title_zh="") & ~Q(title_en=""),
                name="policy_has_its_texts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"

    @property
    def decided(self) -> bool:
        """Whether it may come into force: approved here, or delivered."""
        return self.pack_id is not None or self.approved_at is not None

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_zh

    @property
    def text(self) -> str:
        return self.text_en if (get_language() or "").startswith("en") else self.text_zh


class Acknowledgement(models.Model):
    """That somebody read a version and promised to keep it; one per log-in, with the human being behind it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    stay = models.PositiveSmallIntegerField(default=1)  # as in Staff: who comes back acknowledges anew
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "staff", "stay"], name="acknowledgement_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


append_only.register("rulebook_acknowledgement", Acknowledgement)
