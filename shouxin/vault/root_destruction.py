"""Destruction of a root key that wraps nothing any more: decided by name, proven again, recorded before and after."""

import hmac

from django.db import transaction

from shouxin.core.crypto import providers
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.vault import root_rotation, roots
from shouxin.vault.errors import VaultError
from shouxin.vault.events import mark_of
from shouxin.vault.keyring import keyring, root_key_path
from shouxin.vault.models import RootKey, RootState


class NotRetired(VaultError):
    """No root key with this fingerprint is proven to wrap nothing."""


class StillNeeded(VaultError):
    """Something is under another root key than the one in use, so none is destroyed."""


def destroy(*, actor: Actor, fingerprint: str) -> int:
    """Destroy the retired root key with this fingerprint, its file with it; gives its number.

    The decision is recorded and durable before the key goes; cut off in between, doing it again completes it. Database
    backups from before the rotation open with the destroyed key alone, so they become unreadable.

    Raises:
        NotAllowed: the actor may not rotate keys.
        NotRetired: no such key, or its proof does not stand.
        StillNeeded, KeysDamaged: the proof fails when it is made again.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    number = _decide(actor, fingerprint)
    there = providers.erase(root_key_path(number))
    keyring.drop()
    _record(actor, number, there=there)
    return number


@transaction.atomic
def _decide(actor: Actor, fingerprint: str) -> int:
    roots.hold_alone()
    old = next((one for one in _doomed() if hmac.compare_digest(one.fingerprint, fingerprint)), None)
    if old is None:
        raise NotRetired(fingerprint)
    opened, remaining = root_rotation.proof(roots.current())
    if remaining:
        raise StillNeeded(f"{remaining} keys are not under the root key in use")
    if old.state == RootState.RETIRED:
        RootKey.objects.filter(number=old.number).update(state=RootState.DESTROYING, since=clock.now())
        journal.append(
            actor=actor,
            event="root_key.destruction_decided",
            data={
                "root": old.number,
                "root_mark": mark_of(old.fingerprint),
                "opened": opened,
                "remaining": remaining,
            },
        )
    return old.number


def _doomed() -> list[RootKey]:
    return list(RootKey.objects.filter(state__in=[RootState.RETIRED, RootState.DESTROYING]))


@transaction.atomic
def _record(actor: Actor, number: int, *, there: bool) -> None:
    changed = RootKey.objects.filter(number=number, state=RootState.DESTROYING).update(
        state=RootState.DESTROYED, since=clock.now()
    )
    if changed:
        journal.append(actor=actor, event="root_key.destroyed", data={"root": number, "file": there})
