"""Leads (线索): people who may become customers: whence, what they permitted, when they are destroyed."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids


class LeadSource(models.TextChoices):
    PUBLIC_FORM = "public_form", _("公开表单")
    VISIT = "visit", _("到店、来访")
    EVENT = "event", _("展会、活动")
    PHONE = "phone", _("来电咨询")
    REFERRAL = "referral", _("他人介绍")
    OTHER = "other", _("其他")


class Permitted(models.TextChoices):
    """What the person permitted; none keeps them off every call list."""

    CONSENT = "consent", _("已同意联系（有同意记录）")
    INQUIRY = "inquiry", _("本人要求联系")
    NONE = "none", _("没有许可")


class LeadState(models.TextChoices):
    OPEN = "open", _("线索")
    TURNED = "turned", _("已转为客户")
    DESTROYED = "destroyed", _("已销毁")


class Lead(models.Model):
    """One lead. What is known of the person lies in the vault like a customer's; this row outlives it as evidence."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="lead")
    source = models.CharField(_("来源"), max_length=16, choices=LeadSource)
    permission = models.CharField(_("许可"), max_length=8, choices=Permitted)
    purpose = models.CharField(max_length=64)  # for which the permission was given
    state = models.CharField(max_length=10, choices=LeadState, default=LeadState.OPEN)
    made_by = models.UUIDField()  # pseudonym
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("到期销毁"))
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_lead"
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="lead_due"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=LeadState.values), name="lead_state_known"),
            models.CheckConstraint(
                condition=Q(permission__in=Permitted.values), name="lead_permission_known"
            ),
            models.CheckConstraint(condition=Q(source__in=LeadSource.values), name="lead_source_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="lead_ends_later"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="lead_end_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.state}"
