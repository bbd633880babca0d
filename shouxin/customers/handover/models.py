"""Customers whose responsible person leaves or moves, on their way to a successor (客户交接)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.people.models import Staff


class HandoverState(models.TextChoices):
    WAITING = "waiting", _("待交接")
    PROPOSED = "proposed", _("待接收")
    ACCEPTED = "accepted", _("已交接")


OPEN = (HandoverState.WAITING, HandoverState.PROPOSED)


class Handover(models.Model):
    """One customer to be handed over: proposed to a successor by the head, accepted by the successor."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    # A customer whose import is rejected is destroyed, and its line here with it; the journal keeps what happened.
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="handovers")
    leaver = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=HandoverState, default=HandoverState.WAITING)
    began_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)  # why it was sent back

    class Meta:
        db_table = "customers_handover"
        indexes: ClassVar = [
            models.Index(fields=["leaver", "state"], name="handover_of_leaver"),
            models.Index(fields=["successor", "state"], name="handover_to_successor"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state__in=["waiting", "proposed"]),
                name="handover_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(state__in=HandoverState.values), name="handover_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", successor__isnull=True)
                | (~Q(state="waiting") & Q(successor__isnull=False, proposed_by__isnull=False)),
                name="handover_names_a_successor",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True)
                | (~Q(successor=F("proposed_by")) & ~Q(successor=F("leaver"))),
                name="handover_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.state}"
