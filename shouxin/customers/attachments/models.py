"""Files attached to customers: what they are, and where their sealed bytes lie. Names are sealed in the vault.

What each clear column reveals is written in docs/formats/clear-columns.md.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.kit import ids


class Kind(models.TextChoices):
    """Each is a field of the catalogue, which decides its grade, its retention rule and who may see it."""

    CONTRACT = "contract_file", _("合同")
    ID_IMAGE = "id_image", _("证件影像")
    PICTURE = "picture_file", _("图片")
    OTHER = "other_file", _("其他")


class State(models.TextChoices):
    CURRENT = "current", _("使用中")
    REPLACED = "replaced", _("已被新版本替换")
    REMOVED = "removed", _("已移除，封存待销毁")
    DESTROYED = "destroyed", _("已销毁")


class Store(models.TextChoices):
    FOLDER = "folder", _("数据文件夹")
    S3 = "s3", _("对象存储")


class StoredFile(models.Model):
    """The sealed bytes of one content of one customer's storage group; equal contents of a group stand here once."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    storage_group = models.TextField()
    digest = models.BinaryField(max_length=32)  # keyed; its key dies with the group
    size = models.PositiveBigIntegerField()
    object_id = models.UUIDField(default=ids.new, unique=True)  # the name its bytes lie under
    store = models.CharField(max_length=8, choices=Store)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "customers_stored_file"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "storage_group", "digest"], name="stored_file_once"),
            models.CheckConstraint(condition=Q(store__in=Store.values), name="stored_file_store_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Attachment(models.Model):
    """One version of an attachment. Versions of one attachment share `series`; the newest is numbered highest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="attachments")
    series = models.UUIDField()
    number = models.PositiveIntegerField()
    kind = models.CharField(_("种类"), max_length=24, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.CURRENT)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.RESTRICT, related_name="attachments")
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField()  # 0: has none
    scanned = models.BooleanField()  # looked through for viruses before it was stored
    provenance = models.UUIDField()
    added_by = models.UUIDField()  # pseudonym
    added_at = models.DateTimeField()
    ended_by = models.UUIDField(null=True)  # pseudonym
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_attachment"
        indexes: ClassVar = [models.Index(fields=["customer", "-id"], name="attachment_of_customer")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "series", "number"], name="attachment_numbered_once"),
            models.UniqueConstraint(
                fields=["customer", "series"],
                condition=Q(state="current"),
                name="attachment_one_current",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="attachment_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="attachment_state_known"),
            models.CheckConstraint(
                condition=Q(state="destroyed", file__isnull=True)
                | (~Q(state="destroyed") & Q(file__isnull=False)),
                name="attachment_has_bytes_unless_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"
