"""The other half of `check`: small secrets, parcels and the keys of both, epoch keys and index keys."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from shouxin.core.crypto.errors import KeyMissing, KeyServiceUnavailable, SealBroken
from shouxin.core.crypto.suites import suite_of
from shouxin.core.policy import Actor
from shouxin.journal import services as journal
from shouxin.vault import places, roots
from shouxin.vault.errors import Tampering
from shouxin.vault.keyring import keyring
from shouxin.vault.parcels import ParcelKey
from shouxin.vault.places import Place, Wrapped


@dataclass(frozen=True, slots=True)
class Altered:
    """Something that is not what was stored: at which place, which one, and which part of what it seals."""

    place: str
    told: str
    part: str
    what: Tampering


@dataclass(slots=True)
class Looked:
    """What was opened at one place: keys, and parcels under them."""

    keys: int
    parcels: int
    found: list[Altered]


def check_places(actor: Actor) -> Iterator[Looked]:
    """Open everything at each place; what is found is journalled as an alarm.

    Raises:
        KeyServiceUnavailable: the provider of the root key in use does not answer.
    """
    keyring.provider(roots.current()).describe()
    for place in places.under_root():
        looked = _look(place)
        if looked.found:
            # Somebody may have replaced or ended it in between: an alarm is what is still wrong at a second look.
            again = set(_look(place).found)
            looked.found = [one for one in looked.found if one in again]
        _tell(actor, looked)
        yield looked


@transaction.atomic
def _look(place: Place) -> Looked:
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:  # keys and what they seal as they stood at one moment
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    looked = Looked(0, 0, [])
    for one in place.each():
        looked.keys += 1
        try:
            key = _opened(one)
        except KeyServiceUnavailable:  # of an earlier root key: that of the one in use answered
            looked.found.append(Altered(one.place, one.told, "", Tampering.KEY_MISSING))
            continue
        if key is None:
            looked.found.append(Altered(one.place, one.told, "", Tampering.KEY_ALTERED))
        elif one.owner is not None:
            _look_under(one, ParcelKey(one.owner, suite_of(one.suite), one.wrapped, key), looked)
    return looked


def _opened(one: Wrapped) -> bytes | None:
    if one.context is None or one.root is None:
        return None
    try:
        return keyring.under_root(one.wrapped, one.context)
    except (SealBroken, KeyMissing):
        return None


def _look_under(one: Wrapped, key: ParcelKey, looked: Looked) -> None:
    for name, parcel in one.pieces():
        looked.parcels += 1
        try:
            key.open(name, parcel)
        except SealBroken:
            looked.found.append(Altered(one.place, one.told, name, Tampering.BLOB_ALTERED))
    if one.beyond is not None:
        for name in one.beyond(key):
            looked.found.append(Altered(one.place, one.told, name, Tampering.BLOB_ALTERED))


@transaction.atomic
def _tell(actor: Actor, looked: Looked) -> None:
    for one in looked.found:
        journal.append(
            actor=actor,
            event="secret.altered",
            data={"kept_in": one.place, "item": one.told or None, "what": one.what.value},
        )
