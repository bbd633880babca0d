"""Forms that anybody fills on a page or the organisation's own web site (公开表单): which, until when, how many.

What is sent lies in the register like every other filled form; here stands by which publication it came, and its
receipt.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.collection.models import CollectionPlan
from shouxin.customers.collection_forms.models import CollectionForm
from shouxin.customers.public_forms import rules
from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.people.models import Department


class PublicState(models.TextChoices):
    PROPOSED = "proposed", _("待审批")
    REFUSED = "refused", _("未批准")
    OPEN = "open", _("开放中")
    PAUSED = "paused", _("已暂停")
    CLOSED = "closed", _("已关闭")


class Becomes(models.TextChoices):
    """What whoever sends the form becomes."""

    CUSTOMER = "customer", _("客户")
    LEAD = "lead", _("线索（到期不转为客户即销毁）")


class PublicForm(models.Model):
    """One publication of a form to everybody. What it says never changes; another one is asked for instead."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    form = models.ForeignKey(CollectionForm, on_delete=models.PROTECT, related_name="publications")
    plan = models.ForeignKey(
        CollectionPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="publications"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    becomes = models.CharField(_("填写的人成为"), max_length=8, choices=Becomes, default=Becomes.CUSTOMER)
    code = models.CharField(max_length=16, unique=True, default=rules.new_code)  # of its page
    key = models.CharField(max_length=40, unique=True, default=rules.new_key)  # for web sites; no secret
    origins = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    ends_on = models.DateField(_("开放到"))
    maximum = models.PositiveIntegerField(_("最多接受"))
    taken = models.PositiveIntegerField(default=0)  # moved only while the row is locked
    state = models.CharField(max_length=10, choices=PublicState, default=PublicState.PROPOSED)
    reason = models.CharField(max_length=300, blank=True)
    proposed_by = models.UUIDField()  # pseudonyms
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_public_form"
        indexes: ClassVar = [models.Index(fields=["form", "-id"], name="public_form_of")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PublicState.values), name="public_form_state_known"),
            models.CheckConstraint(condition=Q(becomes__in=Becomes.values), name="public_form_becomes_known"),
            models.CheckConstraint(condition=Q(maximum__gte=1), name="public_form_has_a_maximum"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("maximum")), name="public_form_keeps_its_maximum"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="public_form_needs_two",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="public_form_opens_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PublicSubmission(models.Model):
    """What came by a publication: the receipt that the sender was given."""

    # The id of the filled form.
    id = models.UUIDField(primary_key=True, editable=False)
    publication = models.ForeignKey(PublicForm, on_delete=models.PROTECT, related_name="received")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "customers_public_submission"
        indexes: ClassVar = [models.Index(fields=["publication", "-at"], name="public_submission_of")]

    def __str__(self) -> str:
        return self.number
