"""Markings of customers and fields as of high risk (高风险), and the alerts of what was read of them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.people.models import Department, Staff


class State(models.TextChoices):
    PROPOSED = "proposed", _("待批准")
    ACTIVE = "active", _("生效中")
    ENDING = "ending", _("解除待批准")
    ENDED = "ended", _("已解除")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


IN_FORCE = (State.ACTIVE.value, State.ENDING.value)
OPEN = (State.PROPOSED.value, *IN_FORCE)


class RiskMark(models.Model):
    """One customer, or one field of everybody's: proposed by one person, approved by another, ended the same way."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer_id = models.UUIDField(null=True)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=64, blank=True)
    storage_group = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.PROPOSED)
    reason = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    end_proposed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    end_proposed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_risk_mark"
        indexes: ClassVar = [
            models.Index(fields=["-proposed_at"], name="risk_mark_newest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="risk_mark_state_known"),
            models.CheckConstraint(
                condition=Q(customer_id__isnull=False, field="")
                | (Q(customer_id__isnull=True) & ~Q(field="")),
                name="risk_mark_one_subject",
            ),
            models.UniqueConstraint(
                fields=["customer_id"], condition=Q(state__in=OPEN), name="risk_mark_one_of_a_customer"
            ),
            models.UniqueConstraint(
                fields=["field"], condition=Q(state__in=OPEN) & ~Q(field=""), name="risk_mark_one_of_a_field"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="risk_mark_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | ~Q(ended_by=F("end_proposed_by")),
                name="risk_mark_ended_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*IN_FORCE, "ended", "refused"]) | Q(decided_by__isnull=False),
                name="risk_mark_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RiskAlert(models.Model):
    """Somebody saw something of high risk in clear; the officer and the department's head each note it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer_id = models.UUIDField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=64)
    fields = ArrayField(models.CharField(max_length=64))
    at = models.DateTimeField()
    officer = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    officer_at = models.DateTimeField(null=True)
    head = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    head_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_risk_alert"
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="risk_alert_newest"),
            models.Index(fields=["department", "-at", "-id"], name="risk_alert_of_department"),
            models.Index(fields=["department"], name="risk_alert_of_head", condition=Q(head__isnull=True)),
            models.Index(fields=["-at"], name="risk_alert_of_officer", condition=Q(officer__isnull=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(officer__isnull=True) | ~Q(officer=F("reader")))
                & (Q(head__isnull=True) | ~Q(head=F("reader"))),
                name="risk_alert_seen_by_another",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
