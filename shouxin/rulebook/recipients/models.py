"""Those to whom information is given, by name (接收方, PIPL 20, 21, 23): who they are, what they get, and how."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.kit import countries, ids
from shouxin.rulebook.catalogue.categories import CATEGORIES
from shouxin.rulebook.catalogue.jurisdictions import HOME


class Recipient(models.Model):
    """One company. Nothing here opens any value: purposes name recipients, people are told of them.

    While a purpose that was submitted, approved or taken into use names it, only how to reach it changes (trigger).
    """

    class Part(models.TextChoices):
        ENTRUSTED = "entrusted", _("受托人")
        JOINT = "joint", _("共同处理者")
        OTHER = "other", _("其他个人信息处理者")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name_zh = models.CharField(_("名称"), max_length=200)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    part = models.CharField(_("身份"), max_length=12, choices=Part.choices)
    contact = models.CharField(_("联系方式"), max_length=200)
    way_zh = models.CharField(_("提供方式"), max_length=200)
    way_en = models.CharField(_("提供方式（英文）"), max_length=200, blank=True)
    country = models.CharField(_("所在国家或地区"), max_length=2, default=HOME)
    # How people use their rights towards a company abroad (PIPL 39); whoever is at home needs no such thing.
    redress_zh = models.CharField(_("向它行使权利的方式和程序"), max_length=400, blank=True)
    redress_en = models.CharField(_("向它行使权利的方式和程序（英文）"), max_length=400, blank=True)
    kinds = ArrayField(models.CharField(max_length=40), verbose_name=_("信息种类"))
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()
    retired_by = models.UUIDField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "rulebook_recipient"
        verbose_name = _("接收方")
        verbose_name_plural = _("接收方")
        ordering = ["name_zh"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name_zh"], condition=Q(retired_at__isnull=True), name="rulebook_recipient_once"
            ),
            models.CheckConstraint(
                condition=~Q(name_zh="") & ~Q(contact="") & ~Q(way_zh="") & Q(kinds__len__gt=0),
                name="rulebook_recipient_whole",
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$") & (Q(country=HOME) | ~Q(redress_zh="")),
                name="rulebook_recipient_abroad",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="rulebook_recipient_retirement",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return _in_language(self.name_zh, self.name_en)

    @property
    def way(self) -> str:
        return _in_language(self.way_zh, self.way_en)

    @property
    def redress(self) -> str:
        return _in_language(self.redress_zh, self.redress_en)

    @property
    def abroad(self) -> bool:
        """Whether giving it something is a transfer abroad (PIPL 38, 39)."""
        return self.country != HOME

    @property
    def where(self) -> str:
        """The country in the reader's language."""
        return countries.name_of(self.country)

    @property
    def kind_names(self) -> list[str]:
        """What it gets at most, in the order in which people are shown it."""
        return [
            text.in_(get_language() or "zh-hans") for code, text in CATEGORIES.items() if code in self.kinds
        ]


def _in_language(zh: str, en: str) -> str:
    return en or zh if (get_language() or "").startswith("en") else zh
