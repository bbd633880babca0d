"""What a connected system keeps instead of values, and what it was told of and has acknowledged."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from shouxin.access.clients.models import ApiClient
from shouxin.access.sync import rules
from shouxin.access.webhooks.models import Delivery
from shouxin.kit import ids


class CustomerToken(models.Model):
    """A pseudonym of one customer, or of one of its fields, for one client alone.

    Random, not computed: nobody learns from two clients' tokens that they mean the same person. `record_id` is the
    customer's own id for the profile; `field` is empty for the customer as a whole.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="customer_tokens")
    customer_id = models.UUIDField()
    record_id = models.UUIDField()
    field = models.CharField(max_length=64, blank=True)
    token = models.CharField(max_length=40, unique=True, default=rules.new_token)
    at = models.DateTimeField()

    class Meta:
        db_table = "access_customer_token"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "client", "record_id", "field"], name="customer_token_once"
            )
        ]

    def __str__(self) -> str:
        return self.token


class CustomerChange(models.Model):
    """A change of a customer that a client holds a token of; open until the client acknowledges it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="customer_changes")
    customer_id = models.UUIDField(db_index=True)
    token = models.CharField(max_length=40)
    fields = ArrayField(models.CharField(max_length=64))
    merged_into = models.CharField(
        max_length=40, blank=True
    )  # the token of the customer that stands for this one
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="+")
    listed_at = models.DateTimeField(null=True)  # when the client first asked for it by itself
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_customer_change"
        indexes: ClassVar = [
            models.Index(fields=["client", "-id"], name="customer_change_newest"),
            models.Index(
                fields=["client", "id"],
                condition=models.Q(acknowledged_at__isnull=True),
                name="customer_change_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.token} {self.revision}"
