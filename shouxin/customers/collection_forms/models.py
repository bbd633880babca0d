"""Collection forms (收集表单): what may be asked, for which purpose, and why each field is needed.

A form has numbered versions. A draft is edited, submitted, and published by another person; from submission on its
content never changes (trigger), and what was published is recognised by its digest.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.customers.intake.models import Existing
from shouxin.kit import ids
from shouxin.rulebook.catalogue.models import Field


class FormKind(models.TextChoices):
    """The four ways of collecting that have forms; each is the channel of what its forms bring."""

    REGISTRATION = "registration", _("注册登记")
    SURVEY = "survey", _("调研")
    SALES = "sales", _("销售")
    FEEDBACK = "feedback", _("反馈")


class Subjects(models.TextChoices):
    """Whom the form asks."""

    PERSON = "person", _("个人")
    ORGANISATION = "organisation", _("单位")
    EITHER = "either", _("个人或单位")


class FormState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审批")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已停用")


class Needed(models.TextChoices):
    REQUIRED = "required", _("必需")
    OPTIONAL = "optional", _("可选")


class CollectionForm(models.Model):
    """One form through all its versions."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(_("类型"), max_length=16, choices=FormKind)
    created_by = models.UUIDField()  # pseudonym
    created_at = models.DateTimeField()

    class Meta:
        db_table = "collection_form"
        verbose_name = _("收集表单")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=FormKind.values), name="form_kind_known")
        ]

    def __str__(self) -> str:
        return str(self.id)


class FormVersion(models.Model):
    """One version: its words, its purpose, its fields, and who drafted and published it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    form = models.ForeignKey(CollectionForm, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=12, choices=FormState, default=FormState.DRAFT)
    title_zh = models.CharField(_("名称"), max_length=80)
    title_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    purpose = models.CharField(_("处理目的"), max_length=64)
    subjects = models.CharField(_("填写对象"), max_length=16, choices=Subjects, default=Subjects.PERSON)
    known_only = models.BooleanField(_("只用于已建档的客户"), default=False)
    # Purposes resting on consent that are offered beside the form's own, each with boxes of its own; none blocks.
    offers = ArrayField(
        models.CharField(max_length=50), default=list, blank=True, verbose_name=_("另征求同意")
    )
    existing = models.CharField(_("已有的客户"), max_length=16, choices=Existing, default=Existing.FILL)
    notice_version = models.UUIDField(
        null=True
    )  # in force at publication; each answer names the one it was shown
    content_sha256 = models.CharField(_("内容哈希（SHA-256）"), max_length=64, blank=True)
    drafted_by = models.UUIDField()  # pseudonyms
    drafted_at = models.DateTimeField()
    submitted_by = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)  # of the last return or withdrawal

    class Meta:
        db_table = "collection_form_version"
        verbose_name = _("收集表单版本")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_once"),
            models.UniqueConstraint(
                fields=["form"], condition=Q(state="published"), name="form_one_version_published"
            ),
            models.UniqueConstraint(
                fields=["form"],
                condition=Q(state__in=["draft", "submitted"]),
                name="form_one_version_in_work",
            ),
            models.CheckConstraint(condition=Q(state__in=FormState.values), name="form_state_known"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | (~Q(published_by=F("drafted_by")) & ~Q(published_by=F("submitted_by"))),
                name="form_needs_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(
                    published_by__isnull=False,
                    published_at__isnull=False,
                    notice_version__isnull=False,
                    content_sha256__regex=r"^[0-9a-f]{64}$",
                ),
                name="form_published_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.title_en or self.title_zh if english else self.title_zh


class FormField(models.Model):
    """One field of a version: in which place, under which words, why it is needed, and whether it must be filled."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="asked")
    position = models.PositiveSmallIntegerField()
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="+")
    label_zh = models.CharField(_("表单上的名称"), max_length=80, blank=True)
    label_en = models.CharField(_("表单上的英文名称"), max_length=80, blank=True)
    help_zh = models.CharField(_("填写说明"), max_length=200, blank=True)
    help_en = models.CharField(_("填写说明（英文）"), max_length=200, blank=True)
    necessity = models.CharField(_("对目的的必要性"), max_length=12, choices=Needed)
    reason_zh = models.CharField(_("必要性理由"), max_length=400, blank=True)
    reason_en = models.CharField(_("必要性理由（英文）"), max_length=400, blank=True)
    mandatory = models.BooleanField(_("必填"), default=False)

    class Meta:
        db_table = "collection_form_field"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "field"], name="form_field_once"),
            models.CheckConstraint(condition=Q(necessity__in=Needed.values), name="form_necessity_known"),
            models.CheckConstraint(
                condition=Q(mandatory=False) | Q(necessity="required"),
                name="form_only_necessary_is_mandatory",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.field_id}"

    def label(self, language: str) -> str:
        """What the field is called on the form."""
        if language.startswith("en"):
            return self.label_en or self.field.name_en
        return self.label_zh or self.field.name_zh
