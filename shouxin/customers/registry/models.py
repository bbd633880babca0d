"""Customers and their records. Values lie sealed in the vault; here stand only the columns lists filter by.

What each clear column reveals is written in docs/formats/clear-columns.md.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids
from shouxin.kit.database import append_only
from shouxin.people.models import Department, Staff


class Kind(models.TextChoices):
    PERSON = "person", _("个人")
    ORGANISATION = "organisation", _("单位")


class Scope(models.TextChoices):
    """Who besides the responsible person may see the masked record."""

    OWN = "own", _("仅负责人")
    DEPARTMENT = "department", _("本部门")
    ORGANISATION = "organisation", _("全单位（脱敏）")


class Visibility(models.TextChoices):
    OPEN = "open", _("已确认")
    UNCONFIRMED = "unconfirmed", _("待部门确认")  # importer and owner alone, masked
    QUARANTINED = "quarantined", _("来源待核")  # outside batch, not accepted: nobody finds it


class RecordKind(models.TextChoices):
    CONTACT = "contact", _("联系人")
    ORDER = "order", _("订单")
    CONTRACT = "contract", _("合同")
    INTERACTION = "interaction", _("往来记录")
    PROMISE = "promise", _("需求与承诺")  # kept by a room of its own, with owner and due date


# What is typed in, imported and sent over the API as records of their own.
TYPED = (RecordKind.CONTACT, RecordKind.ORDER, RecordKind.CONTRACT, RecordKind.INTERACTION)


class Source(models.TextChoices):
    INTERNAL = "internal", _("客户本人或本单位产生")
    EXTERNAL = "external", _("外部提供")


class Channel(models.TextChoices):
    REGISTRATION = "registration", _("注册登记")
    SURVEY = "survey", _("调研")
    SALES = "sales", _("销售")
    FEEDBACK = "feedback", _("反馈")
    SERVICE = "service", _("服务")
    MIGRATION = "migration", _("既有系统迁移")
    API = "api", _("接口")


class Method(models.TextChoices):
    HAND = "hand", _("人工录入")
    IMPORT = "import", _("文件导入")
    API = "api", _("接口写入")
    PAPER = "paper", _("纸质补录")
    WEB = "web", _("公开表单")


class Provenance(models.Model):
    """Where a value came from and on what footing. Written once; every stored value names one (PIPL 6, 13, 17, 19)."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    purpose = models.CharField(max_length=64)
    basis = models.CharField(max_length=64)
    notice_version = models.UUIDField()
    source = models.CharField(max_length=16, choices=Source)
    supplier = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=16, choices=Channel)
    method = models.CharField(max_length=16, choices=Method)
    batch_id = models.UUIDField(null=True)
    operator = models.UUIDField()  # pseudonym
    collected_at = models.DateTimeField()
    contract = models.UUIDField(null=True)  # the supply contract under which it came from outside
    form_version = models.UUIDField(null=True)  # of the collection form it was asked on
    plan = models.UUIDField(null=True)  # the collection plan it was gathered for
    paper_on = models.DateField(null=True)  # the date on the paper it was copied from
    customers = models.PositiveIntegerField(null=True)  # how many customers this act was about
    # What the value goes on being kept for, where the person wrote it by right in the place of what stood there.
    kept_for = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        db_table = "customers_provenance"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(basis="") & ~Q(channel="") & ~Q(source="") & ~Q(method=""),
                name="provenance_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(source="external") | ~Q(supplier=""), name="provenance_external_names_supplier"
            ),
            models.CheckConstraint(
                condition=Q(method="paper", paper_on__isnull=False)
                | (~Q(method="paper") & Q(paper_on__isnull=True)),
                name="provenance_paper_has_its_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def held_for(self) -> str:
        """The purpose its values are kept for."""
        return self.kept_for or self.purpose


append_only.register("customers_provenance", Provenance)


class SupplyContract(models.Model):
    """A contract under which a supplier hands us information; when it is over, what came under it is taken out."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(_("合同名称"), max_length=200)
    number = models.CharField(_("合同编号"), max_length=60, unique=True)
    supplier = models.CharField(_("供应方"), max_length=200)
    purpose = models.CharField(_("处理目的"), max_length=64)
    begins_on = models.DateField(_("生效日期"))
    ends_on = models.DateField(_("到期日期"))
    declared = models.CharField(
        _("来源声明"), max_length=1000
    )  # what shows that the supplier may hand it over
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    removal_at = models.DateTimeField(null=True)  # when taking its values out was decided

    class Meta:
        db_table = "customers_supply_contract"
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supplier", "purpose"],
                condition=Q(ended_at__isnull=True),
                name="supply_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")), name="supply_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(supplier="") & ~Q(number="") & ~Q(purpose="") & ~Q(declared=""),
                name="supply_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="supply_end_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.number


def _listed() -> list[models.Index]:
    """The indexes that lists are walked along (listing.py; a test looks at the plan of each): first what an
    alternative or a filter is about, then the order of the list."""
    opened, waiting = Q(visibility="open"), Q(visibility="unconfirmed")
    shared = opened & Q(scope="organisation")
    found = [
        ("open", ["visibility"], opened),
        ("kind", ["kind"], opened),
        ("segment", ["segment"], opened),
        ("province", ["province"], opened),
        ("department", ["owner_department"], opened),
        ("department_kind", ["owner_department", "kind"], opened),
        ("department_segment", ["owner_department", "segment"], opened),
        ("department_province", ["owner_department", "province"], opened),
        ("responsible", ["responsible"], opened),
        ("scope", ["scope"], shared),
        ("waiting_in", ["owner_department"], waiting),
        ("waiting_of", ["responsible"], waiting),
        ("waiting_by", ["created_by"], waiting),
    ]
    by_change = (
        "open",
        "department",
        "responsible",
        "scope",
        *(name for name, _columns, one in found if one is waiting),
    )
    return [
        *(
            models.Index(fields=[*columns, "id"], name=f"customer_{name}", condition=condition)
            for name, columns, condition in found
        ),
        *(
            models.Index(
                fields=[*columns, "updated_at", "id"], name=f"customer_{name}_changed", condition=condition
            )
            for name, columns, condition in found
            if name in by_change
        ),
    ]


class Customer(models.Model):
    """A person or organisation whose information is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(_("类型"), max_length=16, choices=Kind)
    segment = models.CharField(_("细分"), max_length=40, blank=True)
    jurisdiction = models.CharField(_("法域"), max_length=8, default="CN")
    # Other jurisdictions that its signs point to: the strictest of all their demands applies.
    also_under = ArrayField(models.TextField(), default=list, blank=True, db_default=[])
    jurisdiction_signs = models.JSONField(default=dict, blank=True)  # field -> country its value points to
    province = models.CharField(_("省份"), max_length=40, blank=True)
    owner_department = models.ForeignKey(
        Department, verbose_name=_("归口部门"), on_delete=models.PROTECT, related_name="+"
    )
    responsible = models.ForeignKey(
        Staff, verbose_name=_("负责人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    scope = models.CharField(_("可见范围"), max_length=16, choices=Scope)
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.OPEN)
    batch_id = models.UUIDField(null=True, db_index=True)
    created_by = models.UUIDField()  # staff or client id, for "importer sees own batch"
    restricted = models.BooleanField(default=False)
    # The customer this one was merged into; by value, since rows of different customers do not refer to each other.
    absorbed_by = models.UUIDField(null=True)
    # Fields graded public only; the catalogue decides, the registry's services fill it.
    public_values = models.JSONField(default=dict)
    # What the public values are found by: parts as the search index of sealed values has them, in clear as they are.
    search_parts = ArrayField(models.TextField(), default=list, db_default=[])
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("建档时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        db_table = "customers_customer"
        verbose_name = _("客户")
        indexes: ClassVar = [
            models.Index(
                fields=["absorbed_by"], name="customer_absorbed", condition=Q(absorbed_by__isnull=False)
            ),
            *_listed(),
            GinIndex(
                fields=["search_parts"],
                name="customer_parts",
                condition=~Q(search_parts=[]),
                gin_pending_list_limit=256,  # kB, read by every search until they are merged
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="customer_kind_known"),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="customer_scope_known"),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="customer_visibility_known"
            ),
            models.CheckConstraint(
                condition=Q(absorbed_by__isnull=True) | ~Q(absorbed_by=F("id")),
                name="customer_absorbed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ClearVersion(models.Model):
    """What was written to a customer's public values at one revision, on what footing and by whom; never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    revision = models.PositiveIntegerField()
    values = models.JSONField()  # key -> [text, mark, problem], null where the value was taken away
    provenance = models.UUIDField()
    at = models.DateTimeField()
    by = models.UUIDField()  # pseudonym

    class Meta:
        db_table = "customers_clear_version"
        indexes: ClassVar = [models.Index(fields=["customer", "-revision"], name="clear_version_of_customer")]

    def __str__(self) -> str:
        return str(self.id)


class Selection(models.Model):
    """Customers somebody chose in the list, for hours: these, or all that a filter leaves but these."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    token = models.BinaryField(unique=True)  # SHA-256 of what the reader's page holds
    reader = models.UUIDField()  # log-in
    everything = models.BooleanField(default=False)  # all that the filter leaves
    query = models.JSONField(default=dict)  # that filter
    customers = ArrayField(models.UUIDField(), default=list)  # chosen one by one
    but = ArrayField(models.UUIDField(), default=list)  # left out one by one
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "customers_selection"

    def __str__(self) -> str:
        return str(self.id)


class Record(models.Model):
    """A contact person, order, contract or interaction of a customer; its values lie in the vault under its id."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="records", db_index=False)
    kind = models.CharField(max_length=16, choices=RecordKind)
    batch_id = models.UUIDField(null=True, db_index=True)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_record"
        indexes: ClassVar = [models.Index(fields=["customer", "kind", "-id"], name="record_of_customer")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=RecordKind.values), name="record_kind_known")
        ]

    def __str__(self) -> str:
        return str(self.id)
