"""What the vault refuses and what it finds wrong. Messages name identifiers and codes, never a value."""

from enum import StrEnum
from uuid import UUID

from shouxin.core.crypto.errors import KeyServiceUnavailable

__all__ = ["DuplicateKey", "GroupClosed", "KeyServiceUnavailable", "NotPermitted", "RevisionConflict"]


class VaultError(Exception):
    """Anything the vault does not do."""


class VaultNotReady(VaultError):
    """No epoch key, index key or suite yet: `set_up` has not run in this database."""


class NotPermitted(VaultError):
    """The permit or the ticket does not cover what was asked; a mistake of the caller, not of a person."""


class UnknownProvenance(VaultError):
    """A value names a provenance that its ticket does not carry, so nothing says why it may be kept."""


class RevisionConflict(VaultError):
    """Somebody else changed the record since it was read; nothing was stored.

    Attributes:
        customer_id, group, record_id: which record.
        expected, found: the revision the caller had read and the one that stands now (0: no record).
    """

    def __init__(self, customer_id: UUID, group: str, record_id: UUID, *, expected: int, found: int) -> None:
        super().__init__(f"record {record_id} group {group}: revision {found}, expected {expected}")
        self.customer_id = customer_id
        self.group = group
        self.record_id = record_id
        self.expected = expected
        self.found = found


class DuplicateKey(VaultError):
    """Another record holds one of these business keys.

    Attributes:
        taken: (index of the write in its batch, field) of every key that is taken.
    """

    def __init__(self, taken: list[tuple[int, str]]) -> None:
        super().__init__(f"{len(taken)} business keys are taken")
        self.taken = taken


class GroupClosed(VaultError):
    """The storage group is locked (封存), destroyed, transferred or anonymised: nothing is stored in it."""

    def __init__(self, customer_id: UUID, group: str, state: str) -> None:
        super().__init__(f"customer {customer_id} group {group} is {state}")
        self.customer_id = customer_id
        self.group = group
        self.state = state


class ForbiddenTransition(VaultError):
    """The state machine of storage groups has no such step; the database refuses it too."""


class Tampering(StrEnum):
    """What was found wrong with something the vault keeps."""

    BLOB_TRUNCATED = "blob_truncated"
    BLOB_FORMAT = "blob_format"
    BLOB_SUITE = "blob_suite"
    BLOB_KEY_VERSION = "blob_key_version"  # sealed under an earlier data key of the group
    BLOB_ALTERED = "blob_altered"  # altered, or sealed for another customer
    BLOB_MOVED = "blob_moved"  # sealed for another record or group of this customer
    BLOB_ROLLED_BACK = "blob_rolled_back"  # an earlier revision in place of the newest
    RECORDS_CHANGED = (
        "records_changed"  # a record was removed, added or rolled back, or the head is not its own
    )
    HEAD_ROLLED_BACK = "head_rolled_back"  # the journal knows a later state of the group
    KEY_ALTERED = "key_altered"  # the wrapped data key is not this group's
    KEY_MISSING = "key_missing"  # there is no data key though the group is not destroyed


class TamperFound(VaultError):
    """Something the vault keeps is not what it stored. Refused, journalled, shown to nobody.

    Attributes:
        customer_id: the customer's random id; nothing else identifies the customer here.
        group: storage group.
        record_id: the record, or None when the whole group is affected.
        what: what was found.
    """

    def __init__(self, customer_id: UUID, group: str, record_id: UUID | None, what: Tampering) -> None:
        super().__init__(f"{what}: customer {customer_id} group {group} record {record_id}")
        self.customer_id = customer_id
        self.group = group
        self.record_id = record_id
        self.what = what


class KeysDamaged(VaultError):
    """Wrapped keys of these places are not what was stored; everything else was done.

    Attributes:
        found: (place, which one) of each.
    """

    def __init__(self, found: list[tuple[str, str]]) -> None:
        super().__init__(", ".join(f"{place} {told}" for place, told in found[:20]))
        self.found = found
