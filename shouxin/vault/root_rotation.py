"""Rotation of the root key: whatever it wraps is wrapped again under a new one, while users go on working.

The order of what becomes durable: the new key's number is taken; its key is made, is on disk, and opens what it
wrapped; only then does the database name it as the one in use, and from then on nothing comes under the old one. A
process killed anywhere leaves both keys in their files, and every wrapped key naming the one it needs. At the end the
keys left under the old one are counted, and each is opened with the new one alone, while nobody can store another; from
that moment the database refuses to store any. The old key stays until somebody destroys it (`root_destruction`).
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from shouxin.core.crypto.errors import KeyMissing, KeyServiceUnavailable, SealBroken
from shouxin.core.crypto.providers import FileKeyProvider, PassphraseKeyProvider
from shouxin.core.crypto.suites import suite_of
from shouxin.core.crypto.wrapping import FIRST_ROOT
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.vault import database, places, roots
from shouxin.vault.errors import KeysDamaged, VaultError, VaultNotReady
from shouxin.vault.events import mark_of
from shouxin.vault.keyring import keyring, passphrase, root_key_path
from shouxin.vault.models import RootKey, RootState, Settings
from shouxin.vault.places import Wrapped

FILE, PASSPHRASE = "file", "passphrase"
BATCH = 200
_TRIAL = b"trial of a new root key"


class RotationElsewhere(VaultError):
    """Another process is rotating the root key just now."""


class SamePassphrase(VaultError):
    """The passphrase for the new root key is that of the old one, so whoever knows it would know the new key too."""


@dataclass(frozen=True, slots=True)
class RootProgress:
    """How far a rotation is. When it is finished, `opened` keys were opened with the new root key alone."""

    old: int
    new: int
    rewrapped: int
    remaining: int
    opened: int
    finished: bool


def rotate(
    *, actor: Actor, kind: str | None = None, suite: int | None = None, batch: int = BATCH
) -> Iterator[RootProgress]:
    """Rotate the root key, or go on with a rotation that was interrupted; yields after every batch.

    `kind` and `suite` of the new key are those of the old one, and of the organisation's choice, unless named.

    Raises:
        NotAllowed: the actor may not rotate keys.
        KeyServiceUnavailable, VaultNotReady: no keys to work with, or no passphrase; what was done stays done.
        SamePassphrase, RotationElsewhere
        KeysDamaged: some keys do not open; all others are done, and it goes on once those were dealt with.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    with _the_only_one():
        if not RootKey.objects.filter(state=RootState.RETIRING).exists():
            _make(_prepare(kind, suite))
            _take_into_use(actor)
        yield from _finished(actor, batch)


def _finished(actor: Actor, batch: int) -> Iterator[RootProgress]:
    old = RootKey.objects.get(state=RootState.RETIRING).number
    new = RootKey.objects.get(state=RootState.CURRENT).number
    while True:
        damaged: list[tuple[str, str]] = []
        for place in places.under_root():
            for moved in _moved(actor, place, (old, new), batch, damaged):
                yield RootProgress(old, new, moved, -1, 0, finished=False)
        if damaged:
            raise KeysDamaged(damaged)
        done = _prove(actor, old, new)
        yield done
        if done.finished:
            return


@contextmanager
def _the_only_one() -> Iterator[None]:
    """Of two processes the second does not even begin."""
    if not database.execute("SELECT pg_try_advisory_lock(%b)", [database.ROTATION_LOCK])[0][0]:
        raise RotationElsewhere("the root key is being rotated already")
    try:
        yield
    finally:
        database.execute("SELECT pg_advisory_unlock(%b)", [database.ROTATION_LOCK])


@transaction.atomic
def _prepare(kind: str | None, suite: int | None) -> RootKey:
    """Take the next number; one that was taken before the process was cut off is used."""
    roots.hold_alone()
    if not Settings.objects.exists():
        raise VaultNotReady("the vault has no keys yet")
    taken = RootKey.objects.filter(state=RootState.PREPARED).first()
    if taken is not None and root_key_path(taken.number).exists():
        return taken  # its key was made already
    now = keyring.provider(roots.current()).describe()
    wanted = {
        "kind": kind or now.kind,
        "suite": suite or Settings.objects.get().suite,
        "state": RootState.PREPARED,
        "since": clock.now(),
    }
    number = taken.number if taken is not None else _next_number()
    return RootKey.objects.update_or_create(number=number, defaults=wanted)[0]


def _next_number() -> int:
    """A number that neither the database nor a file knows: after a restore a later key may still lie there."""
    number: int = max([FIRST_ROOT, *RootKey.objects.values_list("number", flat=True)]) + 1
    while root_key_path(number).exists():
        number += 1
    return number


def _make(prepared: RootKey) -> None:
    """The key of this number, on disk, unless it was made before the process was cut off."""
    path, suite = root_key_path(prepared.number), suite_of(prepared.suite)
    if path.exists():
        return
    if prepared.kind == FILE:
        FileKeyProvider.create(path, suite, prepared.number)
        return
    secret = passphrase(prepared.number)
    if not secret or hmac.compare_digest(secret, _passphrase_in_use()):
        raise SamePassphrase("the new root key needs a passphrase of its own")
    PassphraseKeyProvider.create(path, suite, lambda: secret, number=prepared.number)


def _passphrase_in_use() -> bytes:
    number = roots.current()
    return passphrase(number) if keyring.provider(number).describe().kind == PASSPHRASE else b""


@transaction.atomic
def _take_into_use(actor: Actor) -> None:
    """From here on whatever is wrapped comes under the new key, which has shown that it opens what it wraps."""
    roots.hold_alone()
    prepared = RootKey.objects.get(state=RootState.PREPARED)
    keyring.drop()  # what is in memory must not answer for what is on disk
    provider, old = keyring.provider(prepared.number), keyring.provider(roots.current()).describe()
    found = provider.describe()
    if found.number != prepared.number or provider.unwrap(provider.wrap(_TRIAL, _TRIAL), _TRIAL) != _TRIAL:
        raise KeyServiceUnavailable(f"root key {prepared.number} is not what was made")
    RootKey.objects.update_or_create(
        number=old.number,
        defaults={
            "kind": old.kind,
            "suite": old.suite,
            "fingerprint": old.fingerprint,
            "state": RootState.RETIRING,
            "since": clock.now(),
        },
    )
    RootKey.objects.filter(number=prepared.number).update(
        kind=found.kind,
        suite=found.suite,
        fingerprint=found.fingerprint,
        state=RootState.CURRENT,
        since=clock.now(),
    )
    journal.append(
        actor=actor,
        event="root_key.rotation_started",
        data={
            "old_root": old.number,
            "root": found.number,
            "old_root_mark": mark_of(old.fingerprint),
            "root_mark": mark_of(found.fingerprint),
        },
    )


def _moved(
    actor: Actor, place: places.Place, keys: tuple[int, int], batch: int, damaged: list[tuple[str, str]]
) -> Iterator[int]:
    """Wrap the keys of one place again, some at a time; how many each time."""
    waiting: list[Wrapped] = []
    for one in place.each():
        if one.root == keys[1]:
            continue
        waiting.append(one)
        if len(waiting) == batch:
            yield _move(actor, place.key, keys, waiting, damaged)
            waiting = []
    if waiting:
        yield _move(actor, place.key, keys, waiting, damaged)


@transaction.atomic
def _move(
    actor: Actor, place: str, keys: tuple[int, int], waiting: list[Wrapped], damaged: list[tuple[str, str]]
) -> int:
    roots.share()
    new, moved = keyring.provider(keys[1]), 0
    for one in waiting:
        key = _opened(one, keys)
        if key is None or one.context is None:
            damaged.append((one.place, one.told))
        else:
            moved += one.put(new.wrap(key, one.context))
    if moved:
        journal.append(
            actor=actor,
            event="root_key.rotation_continued",
            data={"root": keys[1], "kept_in": place, "keys": moved},
        )
    return moved


def _opened(one: Wrapped, keys: tuple[int, int]) -> bytes | None:
    """The key itself, by the root key it names; None when it is not what was stored.

    Raises:
        KeyServiceUnavailable: the old root key is away.
    """
    if one.context is None or one.root is None:
        return None
    try:
        return keyring.under_root(one.wrapped, one.context)
    except (SealBroken, KeyMissing):
        return None
    except KeyServiceUnavailable:
        if one.root in keys:
            raise
        return None


@transaction.atomic
def _prove(actor: Actor, old: int, new: int) -> RootProgress:
    """Count what is left, and open everything with the new key alone, while nobody can store anything."""
    roots.hold_alone()
    opened, remaining = proof(new)
    if remaining:
        return RootProgress(old, new, 0, remaining, opened, finished=False)
    RootKey.objects.filter(number=old).update(state=RootState.RETIRED, since=clock.now())
    journal.append(
        actor=actor,
        event="root_key.rotation_finished",
        data={"old_root": old, "root": new, "opened": opened, "remaining": remaining},
    )
    return RootProgress(old, new, 0, remaining, opened, finished=True)


def proof(root: int) -> tuple[int, int]:
    """How many keys open with this root key, and how many are under another. The caller holds the root key alone.

    Raises:
        KeysDamaged: a key that says it is under this one does not open with it.
    """
    provider, opened, remaining = keyring.provider(root), 0, 0
    damaged = []
    for place in places.under_root():
        for one in place.each():
            if one.root != root or one.context is None:
                remaining += 1
                continue
            try:
                provider.unwrap(one.wrapped, one.context)
                opened += 1
            except (SealBroken, KeyMissing):
                damaged.append((one.place, one.told))
    if damaged:
        raise KeysDamaged(damaged)
    return opened, remaining
