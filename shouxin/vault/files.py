"""Keys of files that rooms keep outside the database: each under the data key of a customer's storage group.

The key stands sealed as a blob of its group at revision 0, which no record ever has; its plaintext is suite(1) ‖ key.
Destroying the group destroys every file of it, wherever its bytes lie. A room that keeps files signs up (`places`).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.chunks import FileKey
from shouxin.core.crypto.errors import Broken, SealBroken, UnknownSuite
from shouxin.core.crypto.suites import Mac, suite_of
from shouxin.core.policy import Action, Actor, Form, Permission, Permit
from shouxin.core.text import Text
from shouxin.kit.registry import Registry
from shouxin.vault import control, database
from shouxin.vault.errors import GroupClosed, NotPermitted, TamperFound, Tampering, VaultError
from shouxin.vault.groups import Pair, load, readable, unlock
from shouxin.vault.rekeying import rekey
from shouxin.vault.tickets import SealedWrite, WriteTicket

RECOGNISER = UUID(int=0)  # the group's own row: by its key equal files of the group are recognised
REVISION = 0

_ADD = """
INSERT INTO vault_file_key (customer_id, storage_group, file_id, kept_in, suite, sealed)
VALUES (%b, %b::text, %b, %b::text, %b::int2, %b)
"""
_FIND = """
SELECT sealed FROM vault_file_key WHERE customer_id = %b AND storage_group = %b::text AND file_id = %b
"""
_ALL = """
SELECT customer_id, storage_group, file_id, sealed FROM vault_file_key
WHERE kept_in = %b::text AND file_id <> %b ORDER BY customer_id, storage_group, file_id
"""
_AGED = """
SELECT customer_id, storage_group, file_id, kept_in FROM vault_file_key
WHERE suite = ANY(%b::int2[]) ORDER BY customer_id, storage_group, file_id
"""
_AGAIN = """
UPDATE vault_file_key SET suite = %b::int2, sealed = %b
WHERE customer_id = %b AND storage_group = %b::text AND file_id = %b
"""
_HOLD = """
SELECT 1 FROM vault_group WHERE customer_id = %b AND storage_group = %b::text FOR UPDATE
"""
_FORGET = """
WITH gone AS (DELETE FROM vault_file_key
    WHERE customer_id = %b AND storage_group = %b::text AND file_id = ANY(%b::uuid[]))
DELETE FROM vault_sealed_history
    WHERE customer_id = %b AND storage_group = %b::text AND record_id = ANY(%b::uuid[])
"""


class FileGone(VaultError):
    """There is no key of this file: it was destroyed, or never stood here."""


@dataclass(frozen=True, slots=True)
class Place:
    """A room that keeps files.

    `reseal` seals one file's bytes again under another key within the caller's transaction; False while it cannot.
    `forget_digests` is told that equal files of a group are recognised by another key from now on.
    """

    key: str
    name: Text
    reseal: Callable[[FileKey, FileKey], bool]
    forget_digests: Callable[[UUID, str], None]


places: Registry[Place] = Registry("places of files")


def new_key(*, ticket: WriteTicket, customer: UUID, field: str, file: UUID, kept_in: str) -> FileKey:
    """The key of a new file, kept from now on. The caller sealed a value of this group in the same transaction.

    Raises:
        NotPermitted: the ticket does not write this field of this customer.
        TamperFound: the group is not what was stored.
    """
    group, key = _written(ticket, customer, field)
    made = _fresh(customer, file)
    database.execute(_ADD, [customer, group, file, kept_in, made.suite.id, _sealed(made, key)])
    return made


def recogniser(*, ticket: WriteTicket, customer: UUID, field: str, kept_in: str) -> Mac:
    """The keyed digest by which equal files of this customer's group are recognised; it dies with the group.

    Raises:
        NotPermitted, TamperFound: as `new_key`.
    """
    group, key = _written(ticket, customer, field)
    found = database.execute(_FIND, [customer, group, RECOGNISER])
    if found:
        known = _opened(key, customer, group, RECOGNISER, found[0][0])
    else:
        known = _fresh(customer, RECOGNISER)
        database.execute(_ADD, [customer, group, RECOGNISER, kept_in, known.suite.id, _sealed(known, key)])
    return known.suite.mac(known.key)


def _written(ticket: WriteTicket, customer: UUID, field: str) -> tuple[str, DataKey]:
    rule = ticket.permit.fields.get(field)
    group = rule.storage_group if rule else ""
    ticket.check([SealedWrite(customer, group, customer, {field: None})])
    return group, unlock(_standing((customer, group)))


def _standing(pair: Pair) -> Any:
    found = load([pair], []).get(pair)
    if found is None:
        raise NotPermitted("nothing of this group is stored yet")
    return found


def open_key(*, permit: Permit, customer: UUID, field: str, file: UUID) -> FileKey:
    """The key of a file whose field the permit shows clear.

    Raises:
        NotPermitted: the permit does not show it clear.
        GroupClosed: it is locked or destroyed.
        FileGone: there is no such file.
        TamperFound: the key is not what was stored.
    """
    if permit.action not in {Action.REVEAL, Action.READ, Action.MAINTAIN}:
        raise NotPermitted(f"a permit to {permit.action} opens no file")
    if permit.form(customer, field) is not Form.CLEAR:
        raise NotPermitted(f"the permit does not show {field} clear")
    pair = customer, permit.fields[field].storage_group
    group = _standing(pair)
    if not readable(group, maintenance=permit.action is Action.MAINTAIN):
        raise GroupClosed(*pair, group.state)
    found = database.execute(_FIND, [*pair, file])
    if not found:
        raise FileGone(f"file {file}")
    return _opened(unlock(group), *pair, file, found[0][0])


def forget(
    *, ticket: WriteTicket, customer: UUID, field: str, files: Collection[UUID], records: Collection[UUID]
) -> None:
    """Destroy the keys of `files` and what was kept of `records` for ever.

    The rest of the group comes under a new data key, so that a copy of the database with the old rows opens none of
    them once the old data key is gone. Within the caller's transaction.

    Raises:
        NotPermitted, TamperFound: as `new_key`.
    """
    group, _key = _written(ticket, customer, field)
    control.share_epoch()
    database.execute(_HOLD, [customer, group])
    database.execute(_FORGET, [customer, group, list(files), customer, group, list(records)])
    rekey([(customer, group)], control.read())


def each(*, actor: Actor, kept_in: str) -> Iterator[tuple[UUID, UUID, FileKey | None]]:
    """Customer, file and key of every file a room keeps, for whoever looks for alterations; no byte is handed out.

    The key is None where it is not what was stored.

    Raises:
        NotAllowed: the actor may not look after keys.
        KeyServiceUnavailable: nothing can be opened.
    """
    actor.require(Permission.VAULT_KEY_READ)
    rows = database.execute(_ALL, [kept_in, RECOGNISER])
    for pair, of_group in groupby(rows, key=lambda row: (row[0], row[1])):
        key = _key_of(pair)
        for customer, group, file, sealed in of_group:
            try:
                yield customer, file, _opened(key, customer, group, file, sealed) if key else None
            except TamperFound:
                yield customer, file, None


def _key_of(pair: Pair) -> DataKey | None:
    try:
        return unlock(_standing(pair))
    except (TamperFound, NotPermitted):
        return None


def aged(outdated: Collection[int]) -> list[tuple[UUID, str, UUID, str]]:
    """Files whose own key is of an outdated suite: customer, group, file, and who keeps it."""
    return database.execute(_AGED, [list(outdated)]) if outdated else []


@transaction.atomic
def reseal(customer: UUID, group: str, file: UUID, kept_in: str) -> bool:
    """Give one file a key of the chosen suite and have its bytes sealed again; False while that cannot be.

    Raises:
        SealBroken: key or bytes are not what was stored.
    """
    database.execute(_HOLD, [customer, group])
    found = database.execute(_FIND, [customer, group, file])
    if not found:
        return True  # destroyed meanwhile
    try:
        key = unlock(_standing((customer, group)))
        old = _opened(key, customer, group, file, found[0][0])
    except TamperFound as alarm:
        raise SealBroken(Broken.NOT_AUTHENTIC, f"file {file}: {alarm.what}") from None
    new, place = _fresh(customer, file), places[kept_in]
    if file == RECOGNISER:
        place.forget_digests(customer, group)
    elif not place.reseal(old, new):
        return False
    database.execute(_AGAIN, [new.suite.id, _sealed(new, key), customer, group, file])
    return True


def _fresh(customer: UUID, file: UUID) -> FileKey:
    suite = control.read().suite
    return FileKey(customer, file, suite, suite.new_key())


def _sealed(made: FileKey, key: DataKey) -> bytes:
    return key.seal(bytes([made.suite.id]) + made.key, record=made.file, revision=REVISION)


def _opened(key: DataKey, customer: UUID, group: str, file: UUID, sealed: bytes) -> FileKey:
    try:
        plain = key.open(sealed, record=file, revision=REVISION)
        return FileKey(customer, file, suite_of(plain[0]), plain[1:])
    except (SealBroken, UnknownSuite):
        raise TamperFound(customer, group, file, Tampering.KEY_ALTERED) from None
