"""How two customers stand to each other (客户关系): every relationship lies twice, once with each of them.

Each row carries its own customer and names the other by value, so that tables can be distributed by customer.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids


class Kind(models.TextChoices):
    PARENT = "parent", _("母公司与子公司")
    EMPLOYER = "employer", _("单位与员工")
    CONTACT = "contact", _("单位与联系人")
    GUARANTOR = "guarantor", _("担保人与被担保人")
    GUARDIAN = "guardian", _("监护人与被监护人")
    SPOUSE = "spouse", _("配偶")
    RELATIVE = "relative", _("亲属")
    REFERRER = "referrer", _("介绍人与被介绍人")
    PARTNER = "partner", _("合作方")


class Side(models.TextChoices):
    FIRST = "first"  # the parent, the employer, the organisation, the guarantor, the guardian, who referred
    SECOND = "second"


SYMMETRIC = (Kind.SPOUSE, Kind.RELATIVE, Kind.PARTNER)
# Nobody is above and below the same customer, at whatever distance.
HIERARCHIES = (Kind.PARENT,)
ONE_WAY = (*SYMMETRIC, *HIERARCHIES, Kind.EMPLOYER, Kind.CONTACT, Kind.GUARDIAN, Kind.REFERRER)


class Relationship(models.Model):
    """One customer's half of a relationship; the other half has the same `pair`, the customers and sides exchanged."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    pair = models.UUIDField(db_index=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relationships")
    other = models.UUIDField(db_index=True)  # by value: another customer's row may lie elsewhere
    kind = models.CharField(max_length=16, choices=Kind)
    side = models.CharField(max_length=8, choices=Side)
    contract = models.UUIDField(null=True)  # a contract of this very customer that is guaranteed
    since = models.DateField()
    until = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()  # pseudonym

    class Meta:
        db_table = "customers_relationship"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(customer=F("other")), name="relationship_with_another"),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values) & Q(side__in=Side.values), name="relationship_known"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="relationship_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(contract__isnull=True) | Q(kind="guarantor", side="second"),
                name="relationship_contract_of_the_guaranteed",
            ),
            models.UniqueConstraint(
                fields=["customer", "other", "kind", "side"],
                condition=Q(until__isnull=True),
                name="relationship_once",
            ),
            models.UniqueConstraint(
                Least("customer", "other"),
                Greatest("customer", "other"),
                "kind",
                condition=Q(until__isnull=True, side="first", kind__in=[kind.value for kind in ONE_WAY]),
                name="relationship_one_way",
            ),
            models.UniqueConstraint(fields=["pair", "customer"], name="relationship_has_two_halves"),
        ]

    def __str__(self) -> str:
        return str(self.id)
