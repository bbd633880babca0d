"""The field catalogue (字段目录) and the reference tables it rests on.

Texts of the register stand in both languages; `verification` is the register's mark of each row (VERIFIED,
PRODUCT DEFAULT, FROM KNOWLEDGE …) and is shown wherever the row is shown: a default is never shown as law.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.kit.database import append_only
from shouxin.rulebook.catalogue import rules

MARK_LENGTH = 300
CLEAR_FILTER_COLUMNS = [
    "segment"
]  # not public, yet in clear: a filter column that says only the kind of customer


class RuleRevision(models.Model):
    """One row whose random token changes with every change of the rulebook (by trigger): caches compare it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="rule_revision_is_one_row")]

    def __str__(self) -> str:
        return str(self.token)


class TableRevision(models.Model):
    """The same of each table by itself, so that a cache asks again for what changed alone."""

    name = models.CharField(primary_key=True, max_length=40)
    token = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.name} {self.token}"


class Named(models.Model):
    name_zh = models.CharField(_("中文名称"), max_length=200)
    name_en = models.CharField(_("英文名称"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class FromPack(models.Model):
    """A row that a rule pack delivered (`pack_row` as delivered) or the organisation added (`pack` empty)."""

    pack = models.ForeignKey(
        "rulebook.Pack", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    pack_row = models.JSONField(default=dict, blank=True)
    verification = models.CharField(_("核验标记"), max_length=MARK_LENGTH, blank=True)

    class Meta:
        abstract = True


class Pack(models.Model):
    """A rule pack that was loaded."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, unique=True)
    loaded_at = models.DateTimeField()
    loaded_by = models.UUIDField()  # pseudonym

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class MaskingRule(Named, FromPack):
    code = models.CharField(primary_key=True, max_length=30)
    profile = models.CharField(max_length=20)
    detect_regex = models.TextField(blank=True)
    algorithm = models.CharField(max_length=200)
    pattern = models.CharField(max_length=100, blank=True)
    example_in = models.CharField(max_length=200, blank=True)
    example_out = models.CharField(max_length=200, blank=True)
    residual_risk = models.CharField(max_length=400, blank=True)
    log_rule = models.CharField(max_length=100, blank=True)
    export_rule = models.CharField(max_length=100, blank=True)
    storage_rule = models.CharField(max_length=100, blank=True)
    search_rule = models.CharField(max_length=100, blank=True)
    basis = models.CharField(max_length=200, blank=True)


class RetentionRule(Named, FromPack):
    """保存期限: a period counted from a stated event; -1 means permanent."""

    code = models.CharField(primary_key=True, max_length=30)
    sector = models.CharField(max_length=60)
    clock_start = models.CharField(max_length=60)
    min_value = models.SmallIntegerField()
    min_unit = models.CharField(max_length=12)
    default_value = models.SmallIntegerField()
    default_unit = models.CharField(max_length=12)
    bound_type = models.CharField(max_length=100)
    legal_basis = models.CharField(max_length=200)
    article = models.CharField(max_length=60)
    action_at_expiry = models.CharField(max_length=60)
    state_between = models.CharField(max_length=60)
    note = models.TextField(blank=True)


def titled(instrument: str, translated: str) -> str:
    """A law's title in the reader's language."""
    if not (get_language() or "").startswith("en") or translated in {"", instrument}:
        return instrument
    return f"{translated} ({instrument})"


class LegalArticle(FromPack):
    """One duty of the legal register (法律登记册)."""

    code = models.CharField(primary_key=True, max_length=30)
    instrument = models.CharField(max_length=120)
    instrument_en = models.CharField(
        max_length=200, blank=True
    )  # a translation; the Chinese title is the law's own
    article = models.CharField(max_length=120)
    duty_zh = models.TextField()
    duty_en = models.TextField()
    trigger = models.TextField(blank=True)
    deadline = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    enforcement = models.TextField(blank=True)
    applies_to = models.TextField(blank=True)
    source = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.instrument} {self.article}"

    @property
    def title(self) -> str:
        """What the law is called; in English the translated title, with the law's own behind it."""
        return titled(self.instrument, self.instrument_en)

    @property
    def duty(self) -> str:
        return self.duty_en if (get_language() or "").startswith("en") else self.duty_zh


class LegalBasis(Named, FromPack):
    """A ground on which processing may rest; the CN pack has the seven of PIPL 13 and no other."""

    code = models.CharField(primary_key=True, max_length=30)
    jurisdiction = models.CharField(max_length=10)
    citation = models.CharField(max_length=120)
    article = models.ForeignKey(LegalArticle, on_delete=models.PROTECT)
    requires = models.CharField(max_length=30, blank=True)  # the fact a use rests on, e.g. consent


class ReferenceRow(FromPack):
    """A row of a reference table no room works on yet: identifier rules, jurisdictions, thresholds, and so on."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    table = models.CharField(max_length=40)
    code = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "code"], name="reference_row_once")]

    def __str__(self) -> str:
        return f"{self.table}/{self.code}"


class Field(Named, FromPack):
    """A kind of value that may be kept about a customer, with every attribute that decides how it is handled.

    A flag that is null is undecided; without both flags decided the field cannot be active (also in the database).
    `storage_group` is fixed by the first activation: what is sealed stays where it is when a grade is raised,
    and what stood in clear is sealed into it.
    """

    class Origin(models.TextChoices):
        REGISTER = "register", _("登记册")
        ADDITION = "addition", _("产品补充")
        ORGANISATION = "organisation", _("本单位新增")

    class Record(models.TextChoices):
        PROFILE = "profile", _("客户档案")
        CONTACT = "contact", _("单位联系人")
        ORDER = "order", _("订单")
        ORDER_LINE = "order_line", _("订单明细")
        CONTRACT = "contract", _("合同")
        INTERACTION = "interaction", _("联系记录")
        PROMISE = "promise", _("需求与承诺")
        ATTACHMENT = "attachment", _("附件")

    class Subject(models.TextChoices):
        NATURAL = "natural", _("自然人")
        LEGAL = "legal", _("单位")
        BOTH = "both", _("自然人或单位")
        THIRD = "third person", _("第三人")

    class ExposureClass(models.TextChoices):
        PUBLIC = "public", _("公开")
        SEMI_PUBLIC = "semi_public", _("半公开")
        PRIVATE = "private", _("私密")

    class Source(models.TextChoices):
        INTERNAL = "internal", _("内部")
        EXTERNAL = "external", _("外部")
        BOTH = "both", _("内部或外部")

    class StorageRule(models.TextChoices):
        CLEAR = "clear", _("明文存储")
        SEALED = "sealed", _("加密存储")
        INDEXED = "indexed", _("加密存储并建密文检索索引")
        FORBIDDEN = "forbidden", _("不得存储")

    class UseClass(models.TextChoices):
        BUSINESS = "business", _("业务")
        MARKETING = "marketing", _("营销")
        SERVICE = "service", _("客服")

    key = models.CharField(_("字段编码"), primary_key=True, max_length=50)
    subject_type = models.CharField(_("主体类型"), max_length=20, choices=Subject.choices)
    record = models.CharField(_("所属记录"), max_length=20, choices=Record.choices)
    classification = models.CharField(_("数据分类"), max_length=40)
    category = models.CharField(_("个人信息类别"), max_length=40)
    is_personal = models.BooleanField(_("个人信息"), null=True, blank=True)
    is_sensitive = models.BooleanField(_("敏感个人信息"), null=True, blank=True)
    is_trade_secret = models.BooleanField(_("商业秘密"), null=True, blank=True)
    sensitive_category = models.CharField(_("敏感个人信息类别"), max_length=60, blank=True)
    finance_class = models.CharField(_("金融信息类别"), max_length=10, blank=True)
    level = models.PositiveSmallIntegerField(_("级别"))
    exposure = models.CharField(_("公开程度"), max_length=20, choices=ExposureClass.choices)
    source_class = models.CharField(_("来源"), max_length=20, choices=Source.choices)
    identifier_role = models.CharField(_("标识作用"), max_length=20)
    uses = ArrayField(models.CharField(max_length=20, choices=UseClass.choices), verbose_name=_("用途类别"))
    masking_rule = models.ForeignKey(MaskingRule, verbose_name=_("脱敏规则"), on_delete=models.PROTECT)
    storage = models.CharField(_("存储方式"), max_length=20, choices=StorageRule.choices)
    indexes = ArrayField(
        models.CharField(max_length=20), verbose_name=_("密文检索索引"), default=list, blank=True
    )
    storage_group = models.CharField(_("存储组"), max_length=80, editable=False)
    retention_rule = models.ForeignKey(RetentionRule, verbose_name=_("保存期限"), on_delete=models.PROTECT)
    legal_basis_default = models.CharField(_("默认合法性基础"), max_length=60)
    consent_type = models.CharField(_("同意类型"), max_length=20)
    validator = models.CharField(_("校验规则"), max_length=40, blank=True)
    validator_note = models.CharField(_("校验说明"), max_length=200, blank=True)
    # Null: what the product proposes for this kind of field (`rules.default_review`).
    review_months = models.PositiveSmallIntegerField(_("复核周期（月）"), null=True, blank=True)
    sector = models.CharField(_("行业"), max_length=40)
    note_zh = models.TextField(_("说明"), blank=True)
    note_en = models.TextField(_("英文说明"), blank=True)
    active = models.BooleanField(_("启用"), default=False)
    activated_at = models.DateTimeField(_("首次启用时间"), null=True, blank=True, editable=False)
    origin = models.CharField(_("出处"), max_length=20, choices=Origin.choices, default=Origin.ORGANISATION)
    personal_decided_by = models.UUIDField(null=True, blank=True)
    personal_decided_at = models.DateTimeField(null=True, blank=True)
    trade_secret_decided_by = models.UUIDField(null=True, blank=True)
    trade_secret_decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("字段")
        verbose_name_plural = _("字段目录")
        ordering = ["record", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="field_level_1_to_5"),
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="field_key_is_a_code"),
            models.CheckConstraint(
                condition=Q(active=False)
                | Q(is_personal__isnull=False, is_trade_secret__isnull=False, uses__len__gt=0),
                name="field_active_only_when_decided",
            ),
            models.CheckConstraint(
                condition=Q(active=False) | Q(activated_at__isnull=False), name="field_activation_is_dated"
            ),
            models.CheckConstraint(
                condition=~Q(is_personal=False, is_sensitive=True), name="field_sensitive_is_personal"
            ),
            models.CheckConstraint(
                condition=~Q(active=True, storage="forbidden"), name="field_forbidden_is_never_active"
            ),
            models.CheckConstraint(
                condition=~Q(storage="clear") | Q(exposure="public") | Q(key__in=CLEAR_FILTER_COLUMNS),
                name="field_clear_only_when_public",
            ),
            models.CheckConstraint(
                condition=~Q(storage__in=["sealed", "forbidden"]) | Q(indexes__len=0),
                name="field_index_only_when_indexed",
            ),
            models.CheckConstraint(
                condition=Q(uses__contained_by=["business", "marketing", "service"]), name="field_uses_known"
            ),
            models.CheckConstraint(
                condition=Q(review_months__isnull=True)
                | Q(
                    review_months__gte=1,
                    review_months__lte=rules.LONGEST_REVIEW,
                    record__in=["profile", "contact"],
                ),
                name="field_review_is_a_period",
            ),
        ]

    @property
    def note(self) -> str:
        """What is said about the field; where it stands in one language alone, in that."""
        english = (get_language() or "").startswith("en")
        return (self.note_en or self.note_zh) if english else (self.note_zh or self.note_en)

    @property
    def review(self) -> int:
        """How often a value is to be verified, in months: as chosen here, else the product's default; 0 for never."""
        if self.review_months is not None:
            return self.review_months
        return rules.default_review(record=self.record, validator=self.validator, category=self.category)


class FieldChange(models.Model):
    """One change of a field: what stood before, what stands now, who, why. Never changed, never removed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    event = models.CharField(max_length=60)  # the journal event of the same act
    actor = models.UUIDField()  # pseudonym
    second_actor = models.UUIDField(null=True, blank=True)  # the other approver, where the act needs two
    third_actor = models.UUIDField(null=True, blank=True)  # who proposed it, where neither approver did
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes: ClassVar = [models.Index(fields=["field", "-id"], name="field_change_by_field")]

    def __str__(self) -> str:
        return f"{self.field_id} {self.event}"


class LevelLowering(models.Model):
    """A proposal to grade a field less strictly; two people besides the proposer approve it, one after the other."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="lowerings")
    from_level = models.PositiveSmallIntegerField()
    to_level = models.PositiveSmallIntegerField()
    from_exposure = models.CharField(max_length=20, blank=True)
    to_exposure = models.CharField(max_length=20, blank=True)
    reason = models.TextField()
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    # By others than the proposer. One sufficed once: what was lowered so stays on record as it was.
    approvals = models.PositiveSmallIntegerField(default=2)
    officer_took_part = models.BooleanField(default=False)
    first_by = models.UUIDField(null=True, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_level__lte=models.F("from_level"))
                & (
                    Q(to_exposure=models.F("from_exposure"))
                    | Q(from_exposure="private", to_exposure__in=["semi_public", "public"])
                    | Q(from_exposure="semi_public", to_exposure="public")
                )
                & (Q(to_level__lt=models.F("from_level")) | ~Q(to_exposure=models.F("from_exposure"))),
                name="lowering_lowers",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed=True) | ~Q(closed_by=models.F("proposed_by")),
                name="lowering_needs_two",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed=True, approvals=2)
                | Q(first_by__isnull=False)
                & ~Q(first_by=models.F("proposed_by"))
                & ~Q(first_by=models.F("closed_by")),
                name="lowering_two_approve",
            ),
            models.CheckConstraint(condition=Q(approvals__in=[1, 2]), name="lowering_approvals_known"),
            models.CheckConstraint(
                condition=~Q(confirmed=True, approvals=2) | Q(officer_took_part=True),
                name="lowering_with_officer",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="lowering_has_a_reason"),
            models.UniqueConstraint(
                fields=["field"], condition=Q(closed_at__isnull=True), name="lowering_one_open_per_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} {self.from_level}→{self.to_level}"

    @property
    def pending(self) -> bool:
        return self.closed_at is None


class FieldSealing(models.Model):
    """The values of a field come from the clear columns under lock, because its class was raised; how far it is.

    `left` is counted when it is finished: nothing may be left then, neither present nor past.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="sealings")
    began_at = models.DateTimeField()
    began_by = models.UUIDField()
    customers = models.PositiveIntegerField()  # that had something in clear when it began
    sealed = models.PositiveIntegerField(default=0)  # customers done
    removed = models.PositiveIntegerField(default=0)  # of them: taken away, their storage group being over
    left = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["field"], condition=Q(ended_at__isnull=True), name="sealing_one_open_per_field"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, left__isnull=True) | Q(ended_at__isnull=False, left=0),
                name="sealing_ends_with_nothing_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} {self.sealed}/{self.customers}"


class PackProof(models.Model):
    """That a rule pack loosened nothing: the settings before and after by digest, and every one that differs.

    `lines` hold [field, attribute, before, after, verdict]; none may say loosened.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="proofs")
    at = models.DateTimeField()
    by = models.UUIDField()  # pseudonym
    digest_before = models.CharField(max_length=64)
    digest_after = models.CharField(max_length=64)
    compared = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    lines = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.pack)


append_only.register("rulebook.packproof", PackProof)
append_only.register("rulebook.fieldchange", FieldChange)


ATTRIBUTES = (
    "name_zh", "name_en", "subject_type", "record", "classification", "category", "is_personal", "is_sensitive",
    "is_trade_secret", "sensitive_category", "finance_class", "level", "exposure", "source_class", "identifier_role",
    "uses", "masking_rule_id", "storage", "indexes", "retention_rule_id", "legal_basis_default", "consent_type",
    "validator", "validator_note", "sector", "note_zh", "note_en", "active", "verification", "review_months",
)  # fmt: skip
