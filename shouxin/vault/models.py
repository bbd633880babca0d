"""Keys and sealed blobs. Nothing here is readable without the key provider; see docs/formats.

Primary keys are composite and begin with the customer, so the tables can be distributed by customer as they
stand. Tables refer to each other by value: keys pointing at epoch rows would make every insert lock one row.
"""

from django.db import models
from django.db.models import CheckConstraint, CompositePrimaryKey, F, Index, Q, UniqueConstraint

from shouxin.core.policy import GroupState
from shouxin.kit import ids
from shouxin.people.models import Staff


class AlgorithmStatus(models.TextChoices):
    """What a suite may be used for."""

    ALLOWED = "allowed"
    OUTDATED = "outdated"  # opens old values, is refused for new ones, and is re-encrypted away


class Algorithm(models.Model):
    """Register of suites and their status (clause D10.2)."""

    suite = models.SmallIntegerField(primary_key=True)
    name = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=AlgorithmStatus.choices)
    since = models.DateTimeField()

    class Meta:
        db_table = "vault_algorithm"

    def __str__(self) -> str:
        return f"{self.name} {self.status}"


class ChangeState(models.TextChoices):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class SuiteChange(models.Model):
    """A proposal to outdate a suite, who confirmed it, and how the re-encryption that followed went."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    suite = models.SmallIntegerField()
    successor = models.SmallIntegerField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=ChangeState.choices, default=ChangeState.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    groups = models.BigIntegerField(default=0)  # that awaited re-encryption when it was confirmed
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_suite_change"
        constraints = [
            UniqueConstraint(
                fields=["state"], condition=Q(state="proposed"), name="vault_suite_change_one_waits"
            ),
            CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="vault_suite_change_by_another",
            ),
            CheckConstraint(
                condition=~Q(state="confirmed") | Q(decided_by__isnull=False),
                name="vault_suite_change_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suite} {self.successor} {self.state}"


class Settings(models.Model):
    """The organisation's choice: one row."""

    id = models.SmallIntegerField(primary_key=True)
    suite = models.SmallIntegerField()

    class Meta:
        db_table = "vault_settings"
        constraints = [CheckConstraint(condition=Q(id=1), name="vault_settings_one")]

    def __str__(self) -> str:
        return f"suite {self.suite}"


class RootState(models.TextChoices):
    PREPARED = "prepared"  # its number is taken; nothing is wrapped under it yet
    CURRENT = "current"  # wraps whatever is wrapped from now on
    RETIRING = "retiring"  # being rotated away
    RETIRED = "retired"  # wraps nothing any more, as was proven; kept until somebody has it destroyed
    DESTROYING = "destroying"  # its destruction was decided
    DESTROYED = "destroyed"


class RootKey(models.Model):
    """A root key by number: what it is and what it is for. The key itself is with its provider, never here.

    An installation whose root key was never rotated has no row.
    """

    number = models.IntegerField(primary_key=True)
    kind = models.CharField(max_length=16)
    suite = models.SmallIntegerField()
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10, choices=RootState.choices)
    since = models.DateTimeField()

    class Meta:
        db_table = "vault_root_key"
        constraints = [
            UniqueConstraint(
                fields=["state"],
                condition=Q(state__in=["prepared", "current", "retiring"]),
                name="vault_root_one_of_each",
            ),
            CheckConstraint(
                condition=Q(state="prepared") | ~Q(fingerprint=""), name="vault_root_has_a_fingerprint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class EpochState(models.TextChoices):
    CURRENT = "current"  # wraps new data keys
    OWN = "own"  # wraps the data keys of one customer or storage group of high risk, and no others
    RETIRING = "retiring"  # being rotated away
    RETIRED = "retired"  # wraps nothing any more; its key is gone


class EpochKey(models.Model):
    """A key that wraps data keys, itself wrapped by the root key: everybody's, or one owner's alone."""

    epoch = models.IntegerField(primary_key=True)
    suite = models.SmallIntegerField()
    wrapped = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=EpochState.choices)
    since = models.DateTimeField()
    customer_id = models.UUIDField(null=True)
    storage_group = models.TextField(blank=True, default="")

    class Meta:
        db_table = "vault_epoch_key"
        constraints = [
            UniqueConstraint(fields=["state"], condition=Q(state="current"), name="vault_epoch_one_current"),
            UniqueConstraint(
                fields=["customer_id"], condition=Q(state="own"), name="vault_epoch_one_of_a_customer"
            ),
            UniqueConstraint(
                fields=["storage_group"],
                condition=Q(state="own") & ~Q(storage_group=""),
                name="vault_epoch_one_of_a_group",
            ),
            CheckConstraint(
                condition=Q(customer_id__isnull=True) | Q(storage_group=""),
                name="vault_epoch_one_owner",
            ),
            CheckConstraint(
                condition=~Q(state="own") | Q(customer_id__isnull=False) | ~Q(storage_group=""),
                name="vault_epoch_own_has_an_owner",
            ),
            CheckConstraint(
                condition=~Q(state="current") | Q(customer_id__isnull=True, storage_group=""),
                name="vault_epoch_current_is_shared",
            ),
            CheckConstraint(
                condition=Q(state="retired", wrapped__isnull=True)
                | (~Q(state="retired") & Q(wrapped__isnull=False)),
                name="vault_epoch_retired_has_no_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.epoch} {self.state}"


class IndexState(models.TextChoices):
    BUILDING = "building"  # written, not searched
    CURRENT = "current"  # written and searched
    RETIRED = "retired"


class SearchIndexVersion(models.Model):
    """A generation of search tokens: its key, the register size its token length was chosen for, and how far its
    building is. `fields` says which field is searched how, as it stood when the building began."""

    version = models.SmallIntegerField(primary_key=True)
    suite = models.SmallIntegerField()
    planned = models.BigIntegerField()
    bits = models.SmallIntegerField()
    wrapped = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=IndexState.choices)
    since = models.DateTimeField()
    fields = models.JSONField(null=True)
    reason = models.CharField(max_length=20, blank=True, default="")
    # While building: customers up to this one are done, of those up to the target; while clearing likewise.
    upto = models.UUIDField(null=True)
    target = models.UUIDField(
        null=True
    )  # the last customer when it began; later ones are indexed as they come
    total = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)  # storage groups
    left_out = models.BigIntegerField(default=0)  # storage groups that were not what was stored
    emptied_at = models.DateTimeField(null=True)  # when the last token of a retired version was gone

    class Meta:
        db_table = "vault_search_index"
        constraints = [
            UniqueConstraint(fields=["state"], condition=Q(state="current"), name="vault_index_one_current"),
            UniqueConstraint(
                fields=["state"], condition=Q(state="building"), name="vault_index_one_building"
            ),
            CheckConstraint(
                condition=Q(emptied_at__isnull=True, wrapped__isnull=False)
                | Q(emptied_at__isnull=False, wrapped__isnull=True, state="retired"),
                name="vault_index_emptied_has_no_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.state}"


class Group(models.Model):
    """State and head of one (customer, storage group). Outlives the data: a destroyed group stays on record."""

    pk = CompositePrimaryKey("customer_id", "storage_group")
    customer_id = models.UUIDField()
    storage_group = models.TextField()
    state = models.TextField()
    since = models.DateTimeField()
    changes = models.BigIntegerField()
    head = models.BinaryField(null=True)

    class Meta:
        db_table = "vault_group"
        constraints = [
            CheckConstraint(condition=Q(state__in=[s.value for s in GroupState]), name="vault_group_state"),
            CheckConstraint(
                condition=Q(state="destroyed") | Q(head__isnull=False), name="vault_group_has_head"
            ),
        ]
        # What stands between a customer and a decision (gate: fact "state"); most groups are open, and not in it.
        indexes = [
            Index(
                fields=["customer_id"],
                name="vault_group_closed",
                condition=~Q(state__in=["collected", "in_use"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.storage_group} {self.state}"


class DataKey(models.Model):
    """The wrapped key of one (customer, storage group). Deleting the row destroys the group everywhere."""

    pk = CompositePrimaryKey("customer_id", "storage_group")
    customer_id = models.UUIDField()
    storage_group = models.TextField()
    version = models.IntegerField()
    suite = models.SmallIntegerField()
    epoch = models.IntegerField()
    wrapped = models.BinaryField()

    class Meta:
        db_table = "vault_data_key"
        indexes = [Index(fields=["epoch"], name="vault_data_key_epoch")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.storage_group} {self.version}"


class FileKey(models.Model):
    """The key of a file that a room keeps outside the database, sealed under its group's data key."""

    pk = CompositePrimaryKey("customer_id", "storage_group", "file_id")
    customer_id = models.UUIDField()
    storage_group = models.TextField()
    file_id = models.UUIDField()
    kept_in = models.TextField()  # the room
    suite = models.SmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "vault_file_key"

    def __str__(self) -> str:
        return f"{self.file_id} {self.storage_group}"


class SealedRecord(models.Model):
    """The newest version of a record's fields of one storage group; suite and key version stand in the blob."""

    pk = CompositePrimaryKey("customer_id", "storage_group", "record_id")
    customer_id = models.UUIDField()
    storage_group = models.TextField()
    record_id = models.UUIDField()
    revision = models.IntegerField()
    sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        db_table = "vault_sealed_record"
        constraints = [CheckConstraint(condition=Q(revision__gte=1), name="vault_sealed_revision")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.storage_group} {self.revision}"


class SealedHistory(models.Model):
    """Earlier versions, sealed as they were; `at` and `by` tell when and by whom (pseudonym) each was made."""

    pk = CompositePrimaryKey("customer_id", "storage_group", "record_id", "revision")
    customer_id = models.UUIDField()
    storage_group = models.TextField()
    record_id = models.UUIDField()
    revision = models.IntegerField()
    sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        db_table = "vault_sealed_history"

    def __str__(self) -> str:
        return f"{self.record_id} {self.storage_group} {self.revision}"


class SearchToken(models.Model):
    """A truncated keyed token: finds candidates, which are opened and compared before anybody sees them.

    There are many, so names stand as codes (core.crypto.indexes.code_of, and the numbers of kinds) and the table has
    no key of its own: one index serves searching, another finds what is a customer's.
    """

    pk = CompositePrimaryKey("customer_id", "record_id", "field", "kind", "version", "token")
    customer_id = models.UUIDField()
    record_id = models.UUIDField()
    place = models.IntegerField()  # code of the storage group
    field = models.IntegerField()  # code of the field
    token = models.IntegerField()
    kind = models.SmallIntegerField()
    version = models.SmallIntegerField()

    class Meta:
        db_table = "vault_search_token"
        indexes = [
            # The customer at the end: who was stored last is found first, without sorting a crowd.
            Index(fields=["field", "kind", "version", "token", "customer_id"], name="vault_token_find"),
            Index(fields=["customer_id"], name="vault_token_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field} {self.kind}"


class BusinessKey(models.Model):
    """A whole keyed token that keeps a customer number, say, unique; its namespace is inside the token."""

    pk = CompositePrimaryKey("field", "token")
    field = models.TextField()
    token = models.BinaryField()
    customer_id = models.UUIDField()
    storage_group = models.TextField()
    record_id = models.UUIDField()
    version = models.SmallIntegerField(db_default=1)  # of the search index whose key made the token

    class Meta:
        db_table = "vault_business_key"
        indexes = [
            Index(fields=["customer_id", "storage_group", "record_id"], name="vault_business_key_owner")
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}"
