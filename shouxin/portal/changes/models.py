"""Changes that staff made to what identifies a person or reaches them, the notices of them, and what was frozen.

Values stand nowhere here: a notice is written from the vault at the moment it leaves.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.people.models import Staff
from shouxin.rights.cases.models import Case


class Outcome(models.TextChoices):
    CLAIMED = "claimed", _("正在交出")
    SENT = "sent", _("已通知")
    LEFT_OUT = "left_out", _("未通知")
    FAILED = "failed", _("通知失败")
    UNCLEAR = "unclear", _("已交出，结果不明")


class Notice(models.Model):
    """One message about all changes of a customer since the last; which contact it went to, never what that says."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=5, blank=True)
    field = models.CharField(max_length=64, blank=True)  # of the contact it went to
    earlier = models.BooleanField(default=False)  # the contact that stood there before it was changed itself
    address = models.BinaryField(null=True)  # keyed digest
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=100, blank=True)
    token_digest = models.BinaryField(null=True)  # of the link that freezes; gone when it was used or is over
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_change_notice"
        indexes: ClassVar = [models.Index(fields=["customer", "-claimed_at"], name="change_notice_of")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="change_notice_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome="sent") | Q(sent_at__isnull=False), name="change_notice_sent_when"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["left_out", "failed", "unclear"]) | ~Q(reason=""),
                name="change_notice_why_not",
            ),
            models.UniqueConstraint(
                fields=["token_digest"], condition=Q(token_digest__isnull=False), name="change_notice_token"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.outcome}"


class Change(models.Model):
    """One field that somebody else than the person changed; waits for its notice."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=64)
    by = models.UUIDField()  # pseudonym
    at = models.DateTimeField()
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="changes")

    class Meta:
        db_table = "portal_change"
        indexes: ClassVar = [
            models.Index(fields=["at", "customer"], name="change_waiting", condition=Q(notice__isnull=True)),
            models.Index(fields=["customer", "field", "at"], name="change_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.field}"


class Freeze(models.Model):
    """“This was not me”: what a person denied, what was locked for it, and how staff settled it, once."""

    class What(models.TextChoices):
        CHANGE = "change", _("变更")
        SIGN_IN = "sign_in", _("登录")
        ACCOUNT = "account", _("停用全部资料")

    class Way(models.TextChoices):
        LINK = "link", _("通知中的链接")
        PORTAL = "portal", _("客户门户")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    way = models.CharField(max_length=8, choices=Way)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    record_id = models.UUIDField(null=True)  # whose fields; the customer's own id for the profile
    fields = ArrayField(models.CharField(max_length=64), default=list)
    since = models.DateTimeField(null=True)  # what stood there before this moment can be put back
    groups = ArrayField(models.CharField(max_length=120), default=list)  # locked by this
    customers = ArrayField(models.UUIDField(), default=list)  # restricted by this
    entry = models.UUIDField(null=True)  # the journal's entry of the change
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        Staff, null=True, on_delete=models.PROTECT, related_name="+"
    )  # none: the person
    kept = models.BooleanField(null=True)  # the change stands; False: what stood before was put back

    class Meta:
        db_table = "portal_freeze"
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at"], name="freeze_of_customer"),
            models.Index(fields=["case"], name="freeze_of_case", condition=Q(case__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(what__in=["change", "sign_in", "account"]), name="freeze_what"
            ),
            models.CheckConstraint(
                condition=~Q(what="change")
                | Q(case__isnull=False, since__isnull=False, record_id__isnull=False),
                name="freeze_of_change_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(kept__isnull=True)
                | Q(settled_at__isnull=False) & (Q(kept=True) | Q(settled_by__isnull=False)),
                name="freeze_settled_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(what="account", settled_at__isnull=True),
                name="freeze_of_account_once",
            ),
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(entry__isnull=False, settled_at__isnull=True),
                name="freeze_of_entry_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.what}"
