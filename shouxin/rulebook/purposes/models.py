"""Purposes as records of processing activities (个人信息处理活动记录, PIPL 54–55) and the notices they rest on."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Department
from shouxin.rulebook.catalogue.models import Field, FromPack, LegalArticle, LegalBasis, Named, RetentionRule
from shouxin.rulebook.purposes.rules import counted_by_default
from shouxin.rulebook.recipients.models import Recipient


class Notice(FromPack):
    """A notice to individuals (告知); its text stands in versions."""

    key = models.CharField(primary_key=True, max_length=50)
    title_zh = models.CharField(_("中文标题"), max_length=200)
    title_en = models.CharField(_("英文标题"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("告知")
        verbose_name_plural = _("告知")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en or self.title_zh if (get_language() or "").startswith("en") else self.title_zh


class NoticeVersion(models.Model):
    """One text in one language; once approved it never changes (trigger)."""

    class Language(models.TextChoices):
        ZH = "zh-Hans", _("中文")
        EN = "en", _("英文")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    language = models.CharField(_("语言"), max_length=10, choices=Language.choices)
    template = models.TextField(_("正文模板"), default="")  # with places that the rulebook fills
    contact = models.CharField(_("联系方式"), max_length=200, default="")
    text = models.TextField(_("正文"), blank=True)  # as filled in; what people are shown
    covers = models.JSONField(default=dict)  # purpose: digest of what is told of it
    sha256 = models.CharField(_("正文哈希（SHA-256）"), max_length=64)
    effective_on = models.DateField(_("生效日期"))
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "number", "language"], name="notice_version_once"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="notice_needs_two",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="notice_approval_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | ~Q(text=""), name="notice_has_a_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.number} {self.language}"


class Purpose(Named, FromPack):
    """Why, on which basis, by whom and with which fields personal information is handled.

    A draft may be edited; from submission on its content is frozen, and the order of states is kept by the database.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待审批")
        APPROVED = "approved", _("已批准")
        ACTIVE = "active", _("已启用")
        RETIRED = "retired", _("已停用")

    key = models.CharField(_("目的编码"), primary_key=True, max_length=50)
    description_zh = models.TextField(_("处理活动说明"))
    description_en = models.TextField(_("处理活动说明（英文）"), blank=True)
    basis = models.ForeignKey(
        LegalBasis, verbose_name=_("合法性基础"), null=True, blank=True, on_delete=models.PROTECT
    )
    article = models.ForeignKey(
        LegalArticle,
        verbose_name=_("法律条文"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    handler = models.CharField(_("个人信息处理者"), max_length=200, blank=True)
    subjects_zh = models.CharField(_("个人类别"), max_length=200)
    subjects_en = models.CharField(_("个人类别（英文）"), max_length=200, blank=True)
    roles = ArrayField(models.CharField(max_length=32), verbose_name=_("可用角色"), default=list, blank=True)
    services = ArrayField(
        models.CharField(max_length=40), verbose_name=_("可用服务程序"), default=list, blank=True
    )
    departments = models.ManyToManyField(
        Department,
        verbose_name=_("可用部门"),
        blank=True,
        related_name="+",
        db_table="rulebook_purpose_department",
    )
    use = models.CharField(_("用途类别"), max_length=20, choices=Field.UseClass.choices, blank=True)
    retention_rule = models.ForeignKey(RetentionRule, verbose_name=_("保存期限"), on_delete=models.PROTECT)
    recipients_zh = models.CharField(_("接收方"), max_length=400, blank=True)
    recipients_en = models.CharField(_("接收方（英文）"), max_length=400, blank=True)
    named = models.ManyToManyField(
        Recipient,
        verbose_name=_("列明的接收方"),
        blank=True,
        related_name="purposes",
        db_table="rulebook_purpose_recipient",
    )
    # What is published of people, and where (PIPL 25); empty where nothing is.
    publishes_zh = models.CharField(_("公开的信息和去处"), max_length=400, blank=True)
    publishes_en = models.CharField(_("公开的信息和去处（英文）"), max_length=400, blank=True)
    # How long what people agree to holds; null where until they take it back.
    consent_months = models.PositiveSmallIntegerField(_("同意的有效期（月）"), null=True, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("责任部门"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    notice = models.ForeignKey(
        Notice, verbose_name=_("告知"), null=True, blank=True, on_delete=models.PROTECT
    )
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    submitted_by = models.UUIDField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.UUIDField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    content_sha256 = models.CharField(_("批准内容哈希"), max_length=64, blank=True)
    activated_by = models.UUIDField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.UUIDField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    status_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("处理目的")
        verbose_name_plural = _("处理目的")
        ordering = ["key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="purpose_key_is_a_code"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "active"])
                | Q(approved_by__isnull=False, submitted_by__isnull=False),
                name="purpose_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("submitted_by")) & ~Q(approved_by=F("drafted_by"))),
                name="purpose_needs_two",
            ),
            models.CheckConstraint(
                condition=~Q(status="active")
                | Q(
                    basis__isnull=False,
                    article__isnull=False,
                    notice__isnull=False,
                    activated_by__isnull=False,
                ),
                name="purpose_active_has_basis_and_notice",
            ),
            models.CheckConstraint(
                condition=Q(consent_months__isnull=True) | Q(consent_months__gte=1, consent_months__lte=120),
                name="purpose_consent_ends",
            ),
        ]

    @property
    def description(self) -> str:
        return self._in_language(self.description_zh, self.description_en)

    @property
    def subjects(self) -> str:
        return self._in_language(self.subjects_zh, self.subjects_en)

    @property
    def recipients(self) -> str:
        return self._in_language(self.recipients_zh, self.recipients_en)

    @property
    def publishes(self) -> str:
        return self._in_language(self.publishes_zh, self.publishes_en)

    @staticmethod
    def _in_language(zh: str, en: str) -> str:
        return en or zh if (get_language() or "").startswith("en") else zh


class PurposeField(models.Model):
    """One row of a purpose's field × necessity table (最小必要)."""

    class Needed(models.TextChoices):
        REQUIRED = "required", _("必需")
        OPTIONAL = "optional", _("可选")
        NOT_NEEDED = "not_needed", _("不需要")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="needs")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="+")
    necessity = models.CharField(_("必要性"), max_length=12, choices=Needed.choices)
    reason_zh = models.CharField(_("理由"), max_length=400)
    reason_en = models.CharField(_("理由（英文）"), max_length=400, blank=True)
    sensitive_reason_zh = models.CharField(_("敏感信息的必要性"), max_length=400, blank=True)
    sensitive_reason_en = models.CharField(_("敏感信息的必要性（英文）"), max_length=400, blank=True)
    # What makes a customer's information good enough for the purpose. Null: as the product proposes.
    counted = models.BooleanField(_("计入完整性"), null=True, blank=True)
    max_age_months = models.PositiveSmallIntegerField(_("最长有效期（月）"), null=True, blank=True)

    class Meta:
        ordering = ["field__record", "field__key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(max_age_months__isnull=True) | Q(max_age_months__gte=1, max_age_months__lte=120),
                name="purpose_field_age_is_a_period",
            ),
            models.UniqueConstraint(fields=["purpose", "field"], name="purpose_field_once"),
            models.CheckConstraint(condition=~Q(reason_zh=""), name="purpose_field_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id}: {self.field_id}"

    @property
    def counts(self) -> bool:
        """Whether a customer without it is incomplete for the purpose: as chosen, else the product's default."""
        if self.counted is not None:
            return self.counted
        return counted_by_default(self.field_id, self.necessity)

    @property
    def longest(self) -> int:
        """Months after which a value is too old for the purpose; 0 where nothing grows old."""
        return min(self.max_age_months or self.field.review, self.field.review) if self.field.review else 0

    @property
    def reason(self) -> str:
        return self.reason_en or self.reason_zh if (get_language() or "").startswith("en") else self.reason_zh

    @property
    def sensitive_reason(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.sensitive_reason_en or self.sensitive_reason_zh if english else self.sensitive_reason_zh
