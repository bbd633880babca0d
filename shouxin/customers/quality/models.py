"""How good the information about a customer is: where each value stands, who verified it, what waits from outside.

Values stand nowhere here. What each column reveals is written in docs/formats/clear-columns.md.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer, SupplyContract
from shouxin.kit import ids
from shouxin.kit.database import append_only
from shouxin.people.models import Staff


class Later(models.TextChoices):
    """Why a verification is put off."""

    UNREACHABLE = "unreachable", _("暂时联系不上")
    ASKED = "asked", _("客户要求改日")
    VISIT = "visit", _("已约定上门")
    WAITING = "waiting", _("等待客户提供材料")


class Standing(models.Model):
    """Which fields of one profile or contact have a value, when each was collected and verified, and what is due.

    `values` is field → [day collected, from outside (0/1), mark] and, once verified, day and method as well; days
    count from 1970-01-01. Kept up by the registry's writers in their own transaction; department and responsible
    person follow the customer's row by a trigger, whoever changes that.
    """

    id = models.UUIDField(
        primary_key=True, editable=False
    )  # the record's, the customer's own for the profile
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16)
    department_id = models.UUIDField()
    responsible_id = models.UUIDField(null=True)
    values = models.JSONField(default=dict)
    due_on = models.DateField(null=True)
    later_until = models.DateField(null=True)
    later_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        db_table = "customers_standing"
        indexes: ClassVar = [
            models.Index(
                fields=["responsible_id", "due_on", "id"],
                name="standing_of_responsible",
                condition=Q(due_on__isnull=False),
            ),
            models.Index(
                fields=["department_id", "due_on", "id"],
                name="standing_of_department",
                condition=Q(due_on__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["profile", "contact"]), name="standing_kind_known"),
            models.CheckConstraint(
                condition=Q(later_until__isnull=True, later_reason="")
                | (Q(later_until__isnull=False) & Q(later_reason__in=Later.values)),
                name="standing_later_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Verified(models.Model):
    """Somebody verified a value: which field, when, how, by whom. Never changed, never removed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer_id = models.UUIDField()
    record_id = models.UUIDField()
    field = models.CharField(max_length=50)
    at = models.DateTimeField()
    by = models.UUIDField()  # pseudonym
    method = models.CharField(max_length=16)

    class Meta:
        db_table = "customers_verified"
        indexes: ClassVar = [models.Index(fields=["customer_id", "-id"], name="verified_of_customer")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}"


append_only.register("customers_verified", Verified)


class Pace(models.Model):
    """One row: by which intervals the due days were worked out, and how far a new working-out has come."""

    id = models.SmallIntegerField(primary_key=True)
    digest = models.CharField(max_length=64, blank=True)
    wanted = models.CharField(max_length=64, blank=True)
    after = models.UUIDField(null=True)  # the last customer that is done with
    filled_at = models.DateTimeField(null=True)  # everything that stood before this room did is in it

    class Meta:
        db_table = "customers_quality_pace"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="quality_pace_one")]

    def __str__(self) -> str:
        return self.digest


class MailCode(models.Model):
    """A one-time code that was sent to the address on file; kept as a keyed digest, used once or never."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    record_id = models.UUIDField()
    field = models.CharField(max_length=50)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    # Of code and address together: an address that was changed meanwhile is not confirmed by it.
    digest = models.BinaryField(null=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_mail_code"
        indexes: ClassVar = [
            models.Index(fields=["customer", "-sent_at"], name="mail_code_of_customer"),
            models.Index(fields=["staff", "-sent_at"], name="mail_code_of_staff"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record_id", "field"], condition=Q(digest__isnull=False), name="mail_code_one_open"
            ),
            models.CheckConstraint(condition=Q(tries__lte=5), name="mail_code_few_tries"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(digest__isnull=True), name="mail_code_used_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class OfferState(models.TextChoices):
    WAITING = "waiting", _("待审核")
    KEPT = "kept", _("保留我方的值")
    TAKEN = "taken", _("采用外部的值")
    NEITHER = "neither", _("都不对，待更新")
    DROPPED = "dropped", _("来源被驳回")


class OutsideValue(models.Model):
    """A value from outside that waits beside one of ours, and what was decided. Its text lies sealed under `id`."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    record_id = models.UUIDField()
    field = models.CharField(max_length=50)
    mark = models.SmallIntegerField()
    public = models.TextField(blank=True)  # only of a field graded public
    purpose = models.CharField(max_length=64)
    supplier = models.CharField(max_length=200)
    provenance = models.UUIDField()
    batch_id = models.UUIDField(null=True)
    offered_by = models.UUIDField()  # pseudonym
    offered_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=OfferState, default=OfferState.WAITING)
    reason = models.CharField(max_length=16, blank=True)  # code
    decided_by = models.UUIDField(null=True)  # pseudonym
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_outside_value"
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="outside_of_customer"),
            models.Index(fields=["-id"], name="outside_waiting", condition=Q(state="waiting")),
            models.Index(fields=["batch_id"], name="outside_of_batch", condition=Q(batch_id__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=OfferState.values), name="outside_state_known"),
            models.CheckConstraint(condition=~Q(supplier=""), name="outside_names_its_supplier"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="outside_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | ~Q(decided_by=F("offered_by")), name="outside_taken_by_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Figure(models.Model):
    """Counts of one department at one moment, worked out in the background: for a purpose, or (empty) for all.

    Of a purpose: values asked for, missing, there, and too old. For all: values, verified ones, reads of the last
    thirty days, and those that were neither masked nor granted. Without a department: what programs read.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    department = models.ForeignKey("people.Department", null=True, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=64, blank=True)
    asked = models.BigIntegerField(default=0)
    missing = models.BigIntegerField(default=0)
    present = models.BigIntegerField(default=0)
    old = models.BigIntegerField(default=0)
    verified = models.BigIntegerField(default=0)
    reads = models.BigIntegerField(default=0)
    open_reads = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "customers_quality_figure"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "purpose"], nulls_distinct=False, name="quality_figure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.purpose}"


class Supplied(models.Model):
    """A present value that came under a supply contract; once it is taken out or replaced, since when."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    contract = models.ForeignKey(SupplyContract, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    record_id = models.UUIDField()
    field = models.CharField(max_length=50)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_supplied"
        indexes: ClassVar = [
            models.Index(fields=["contract", "customer", "id"], name="supplied_of_contract"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record_id", "field"], condition=Q(removed_at__isnull=True), name="supplied_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}"
