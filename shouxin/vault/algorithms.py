"""The register of suites: marking one outdated forbids it for new values at once and re-encrypts the old ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from shouxin.core.crypto.suites import suite_of
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.vault import control, database, rebuilding, roots, rotation
from shouxin.vault.errors import VaultError
from shouxin.vault.models import Algorithm, AlgorithmStatus, ChangeState, Settings, SuiteChange
from shouxin.vault.queries import (
    outdated_epochs,
    outdated_groups,
    outdated_indexes,
    outdated_secrets,
    outdated_suites,
)
from shouxin.vault.rekeying import rekey
from shouxin.vault.resealing import reseal

BATCH = 200

# Groups under an outdated suite that nobody is writing into just now; the lock is the one `seal` takes.
_NEXT = """
SELECT g.customer_id, g.storage_group FROM vault_group g JOIN vault_data_key k USING (customer_id, storage_group)
WHERE k.suite = ANY(%b::int2[]) ORDER BY g.customer_id, g.storage_group LIMIT %b FOR UPDATE OF g SKIP LOCKED
"""
_STILL = """
SELECT customer_id, storage_group FROM vault_data_key
JOIN unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group) USING (customer_id, storage_group)
WHERE suite = ANY(%b::int2[])
"""


class NoSuccessor(VaultError):
    """The suite to be used instead is unknown, outdated or the very same."""


@dataclass(frozen=True, slots=True)
class Reencrypted:
    """Storage groups, and small secrets and owners of parcels, sealed again in this step; and what still depends on
    an outdated suite of all these."""

    groups: int
    remaining: int
    secrets: int = 0


@transaction.atomic
def mark_outdated(*, actor: Actor, suite: int, successor: int) -> int:
    """Forbid `suite` for new values from now on and make `successor` the organisation's choice.

    Returns how many storage groups, small secrets and owners of parcels wait for re-encryption. Backups made before
    keep depending on the old suite.

    Raises:
        NotAllowed: the actor may not change keys.
        NoSuccessor: `successor` cannot take over.
    """
    if not actor.may(Permission.VAULT_SUITE_CONFIRM):
        actor.require(Permission.VAULT_KEY_ROTATE)
    control.hold_epoch_alone()
    fit = Algorithm.objects.filter(suite=successor, status=AlgorithmStatus.ALLOWED).exists()
    if suite == successor or not fit:
        raise NoSuccessor(f"suite {successor} cannot take over from {suite}")
    Algorithm.objects.filter(suite=suite).update(status=AlgorithmStatus.OUTDATED, since=clock.now())
    Settings.objects.update(suite=successor)
    remaining = outdated_groups() + outdated_secrets()
    journal.append(
        actor=actor,
        event="algorithm.outdated",
        data={"suite": suite_of(suite).name, "successor": suite_of(successor).name, "remaining": remaining},
    )
    return remaining


def reencrypt(*, actor: Actor, batch: int = BATCH) -> Iterator[Reencrypted]:
    """Seal everything of an outdated suite again: storage groups with their history, small secrets, parcels; and rotate
    away epoch keys of such a suite, and build the search index anew. Yields after every batch, each on its own.

    Interrupted anywhere it goes on with what is left. Ends when a round finds nothing that is free to change.

    Raises:
        NotAllowed: the actor may not change keys.
        TamperFound: a group is not what was stored; the groups before it are done.
        KeysDamaged: some small secrets or parcels are not; everything else is done.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    for _rotated in rotation.leave(actor=actor, suites=outdated_suites()):
        pass
    secrets = outdated_secrets()
    while True:
        done = _reencrypt_step(actor, batch, secrets)
        yield done
        if not done.groups:
            break
    for resealed in reseal(actor, batch):
        secrets -= resealed
        yield Reencrypted(0, outdated_groups() + secrets, resealed)
    if outdated_indexes():
        rebuilding.begin(actor=actor, reason="suite")
        for _indexed in rebuilding.work(actor=actor):
            yield Reencrypted(0, secrets)
    if _finish(actor):
        return
    yield Reencrypted(0, outdated_groups() + outdated_secrets())


@transaction.atomic
def _finish(actor: Actor) -> bool:
    """Record once, for each change of suite that was confirmed, that nothing is left under the old one: counted while
    nobody can store a data key, nor a key under the root key."""
    control.hold_epoch_alone()
    roots.hold_alone()
    if outdated_groups() or outdated_secrets() or outdated_epochs() or outdated_indexes():
        return False
    for change in SuiteChange.objects.select_for_update().filter(
        state=ChangeState.CONFIRMED, finished_at__isnull=True
    ):
        change.finished_at = clock.now()
        change.save(update_fields=["finished_at"])
        names = {"suite": suite_of(change.suite).name, "successor": suite_of(change.successor).name}
        journal.append(actor=actor, event="reencryption.finished", data={**names, "remaining": 0})
    return True


@transaction.atomic
def _reencrypt_step(actor: Actor, batch: int, secrets: int) -> Reencrypted:
    control.share_epoch()
    chosen = control.read()
    outdated = sorted(chosen.outdated)
    pairs = database.execute(_NEXT, [outdated, batch])
    # The row may have been re-keyed while its lock was being obtained: look again, now that it is held.
    aged = [(c, g) for c, g in database.execute(_STILL, [*database.arrays(pairs, 2), outdated])]
    if aged:
        rekey(aged, chosen)
    remaining = outdated_groups() + secrets
    if aged:
        journal.append(
            actor=actor,
            event="reencryption.continued",
            data={"groups": len(aged), "suite": chosen.suite.name, "remaining": remaining},
        )
    return Reencrypted(len(aged), remaining)
