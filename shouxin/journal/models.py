"""The ledger's tables. Never updated, never deleted: the application role may only read and append."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CheckConstraint, F, Func, Index, Q, TextField, Value
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from shouxin.kit import ids
from shouxin.kit.database import append_only


class TransactionId(models.TextField):  # type: ignore[type-arg]  # cannot be subscripted when run
    """PostgreSQL's xid8: 64 bits, never reused. Filled by the database; tells the sealer what is settled."""

    description = "transaction id"

    def db_type(self, connection: object) -> str:  # noqa: ARG002 - Django's signature
        return "xid8"


class Body(models.BinaryField):  # type: ignore[type-arg]  # cannot be subscripted when run
    """Bytes of a length that an entry may have. PostgreSQL reads the rule of a type once a connection, that of a table
    at every statement."""

    description = "an entry's canonical bytes"

    def db_type(self, connection: object) -> str:  # noqa: ARG002 - Django's signature
        return "journal_body"  # migration 0004: between 2 bytes and core.ledger's LONGEST


# What shows many customers at once is one entry, whose data names them all: `"customers":["…","…"]`.
LISTS = ("list.searched", "list.viewed")


def named() -> Func:
    """The customers that an entry's data names, read off its canonical bytes; bytes of any other shape name nobody."""
    text = Func(F("body"), Value("escape"), function="encode", output_field=TextField())
    for words, part in (('"customers":["', 2), ('"]', 1)):
        text = Func(text, Value(words), Value(part), function="split_part", output_field=TextField())
    return Func(text, Value('","'), function="string_to_array", output_field=ArrayField(TextField()))


class Entry(models.Model):
    """One thing that happened. `body` is what counts (docs/formats/journal-entry.md); the columns repeat its
    heads for searching, and verification compares the two."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    at = models.DateTimeField()
    event = models.CharField(max_length=80)
    actor = models.UUIDField()
    customer = models.UUIDField(null=True)
    purpose = models.CharField(max_length=200, null=True)  # noqa: DJ001 - none is not the empty purpose
    body = Body()
    xid = TransactionId(db_default=Func(function="pg_current_xact_id"), editable=False)

    class Meta:
        db_table = "journal_entry"
        indexes = [
            Index(fields=["xid", "id"], name="journal_entry_xid"),
            Index(
                fields=["customer", "id"], name="journal_entry_customer", condition=Q(customer__isnull=False)
            ),
            Index(fields=["actor", "id"], name="journal_entry_actor"),
            Index(fields=["event", "id"], name="journal_entry_event"),
            Index(fields=["purpose", "id"], name="journal_entry_purpose", condition=Q(purpose__isnull=False)),
            # Taken in by small portions: nobody's list waits for those of thousands.
            GinIndex(
                named(),
                name="journal_entry_named",
                condition=Q(event__in=LISTS),
                fastupdate=True,
                gin_pending_list_limit=256,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"


class Leaf(models.Model):
    """The place of an entry in the tree, given by the sealer in order of sealing."""

    index = models.BigIntegerField(primary_key=True)
    # Not a foreign key: the sealer must go on when an entry was taken away, and verification names it.
    entry_id = models.UUIDField(unique=True)
    leaf_hash = models.BinaryField()

    class Meta:
        db_table = "journal_leaf"
        constraints = [
            CheckConstraint(condition=Q(index__gte=0), name="journal_leaf_index"),
            CheckConstraint(condition=Exact(Length("leaf_hash"), 32), name="journal_leaf_hash_length"),
        ]

    def __str__(self) -> str:
        return f"{self.index}"


class Tile(models.Model):
    """256 hashes side by side at one level of the tree, complete and therefore final (C2SP tlog-tiles)."""

    path = models.CharField(primary_key=True, max_length=60)  # as on disk: tile/0/x001/234
    hashes = models.BinaryField()

    class Meta:
        db_table = "journal_tile"
        constraints = [
            CheckConstraint(condition=Exact(Length("hashes"), 256 * 32), name="journal_tile_width")
        ]

    def __str__(self) -> str:
        return self.path


class Checkpoint(models.Model):
    """The signed statement that the first `size` entries have the root `root` (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_checkpoint"
        constraints = [
            CheckConstraint(condition=Q(size__gte=0), name="journal_checkpoint_size"),
            CheckConstraint(condition=Exact(Length("root"), 32), name="journal_checkpoint_root_length"),
        ]

    def __str__(self) -> str:
        return f"{self.size}"


class CheckState(models.TextChoices):
    """How far a check of the whole ledger has come."""

    WAITING = "waiting"
    RUNNING = "running"
    SOUND = "sound"
    UNSOUND = "unsound"
    FAILED = "failed"  # it could not be carried through; nothing is said about the ledger


class LedgerCheck(models.Model):
    """A check of the whole ledger that somebody asked for: how far it is, and what it found. Kept for good."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    asked_by = models.UUIDField()  # pseudonym
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CheckState, default=CheckState.WAITING)
    done = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)  # entries to go over; in the end, entries proved
    root = models.BinaryField(default=bytes)
    checkpoints = models.IntegerField(default=0)
    waiting = models.BigIntegerField(default=0)
    findings = models.JSONField(default=list)  # places, ids and names of files
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "journal_check"
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(state__in=["waiting", "running"]),
                name="journal_check_one_at_a_time",
            ),
            CheckConstraint(
                condition=Q(finished_at__isnull=True, state__in=["waiting", "running"])
                | Q(finished_at__isnull=False, state__in=["sound", "unsound", "failed"]),
                name="journal_check_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at} {self.state}"


for _model in (Entry, Leaf, Tile, Checkpoint):
    append_only.register(_model._meta.db_table, _model)  # noqa: SLF001 - Django's public Meta
