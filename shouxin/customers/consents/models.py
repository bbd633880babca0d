"""Consents (同意): what was shown, what each person decided about it, and what holds now.

`Shown` is the page as people saw it, kept once however many saw it. `Decision` is the evidence: one row per person and
box, never changed (trigger). `Consent` is what holds now, the one row the gate reads. `Refusal` says for which purposes
a person refused or restricted the processing that rests on something else than consent.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose


class Kind(models.TextChoices):
    """What is agreed to. All but the first are separate consents (单独同意): each its own box, none bundled."""

    GENERAL = "general", _("同意")
    SENSITIVE = "sensitive", _("敏感个人信息的单独同意")  # PIPL 29; item: the field
    PROVISION = "provision", _("向他人提供的单独同意")  # PIPL 23; item: the recipient
    PUBLICATION = "publication", _("公开的单独同意")  # PIPL 25
    ABROAD = "abroad", _("向境外提供的单独同意")  # PIPL 39; item: the recipient abroad
    FACE = "face", _("人脸等身份识别信息的单独同意")  # PIPL 26, 29; item: the field


class State(models.TextChoices):
    GIVEN = "given", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class Channel(models.TextChoices):
    """Through which door the person decided."""

    PORTAL = "portal", _("客户门户")
    FORM = "form", _("公开表单")
    COUNTER = "counter", _("当面")
    PHONE = "phone", _("电话")
    PAPER = "paper", _("纸质")
    API = "api", _("接口")
    MESSAGE = "message", _("消息中的链接")


class Proof(models.TextChoices):
    """What was seen to verify that somebody is a guardian (PIPL 31)."""

    HOUSEHOLD = "household", _("户口簿")
    BIRTH = "birth", _("出生医学证明")
    ORDER = "order", _("法院、居（村）民委员会或民政部门指定监护的文件")
    NOTARY = "notary", _("公证书")


class Shown(models.Model):
    """A page of boxes with its notice, exactly as people saw it; the key is the SHA-256 of `content`."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, choices=NoticeVersion.Language.choices)
    content = models.TextField()  # canonical JSON
    first_at = models.DateTimeField()

    class Meta:
        db_table = "customers_consent_shown"

    def __str__(self) -> str:
        return self.sha256


class Decision(models.Model):
    """What one person decided about one box, or that they withdrew; evidence, never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="consent_decisions", db_index=False
    )
    purpose = models.CharField(max_length=50)
    kind = models.CharField(max_length=12, choices=Kind)
    item = models.CharField(max_length=100, blank=True)
    decided = models.CharField(max_length=10, choices=State)
    fields = ArrayField(models.CharField(max_length=64), default=list)
    shown = models.ForeignKey(Shown, on_delete=models.PROTECT, related_name="decisions")
    channel = models.CharField(max_length=8, choices=Channel)
    operator = (
        models.UUIDField()
    )  # pseudonym of whoever wrote it down; the customer's own id at their own door
    device = models.CharField(max_length=64, blank=True)  # keyed digest
    paper = models.UUIDField(null=True)  # attachment: the signed sheet
    guardian = models.UUIDField(null=True)  # customer: the guardian who decided in the person's place
    guardian_proof = models.CharField(max_length=10, blank=True, choices=Proof)
    own_wish = models.BooleanField(default=False)  # came by themselves, while nobody might ask them
    until = models.DateTimeField(null=True)
    entry = models.UUIDField()  # in the journal
    at = models.DateTimeField()

    class Meta:
        db_table = "customers_consent_decision"
        indexes: ClassVar = [models.Index(fields=["customer", "-at"], name="consent_decisions_of")]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.kind}/{self.item}: {self.decided}"


class Consent(models.Model):
    """What holds now between one person and one box."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=50)
    kind = models.CharField(max_length=12, choices=Kind)
    item = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State)
    fields = ArrayField(models.CharField(max_length=64), default=list)  # which the gate opens by it
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_consent"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "purpose", "kind", "item"], name="consent_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="consent_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(fields=[]) | Q(state="given", kind__in=["general", "sensitive", "face"]),
                name="consent_opens_only_when_given",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["purpose", "state", "customer"], name="consent_by_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.kind}/{self.item}: {self.state}"


class RefusalKind(models.TextChoices):
    RESTRICTED = "restricted", _("限制处理")
    OBJECTED = "objected", _("拒绝处理")


class Refusal(models.Model):
    """A person refused or restricted one purpose that does not rest on consent (PIPL 44)."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="refused_purposes")
    purpose = models.CharField(max_length=50)
    kind = models.CharField(max_length=10, choices=RefusalKind)
    since = models.DateTimeField()
    entry = models.UUIDField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_refused_purpose"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=Q(lifted_at__isnull=True),
                name="refused_purpose_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.kind}"
