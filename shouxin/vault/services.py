"""The vault's verbs. `seal` is the only way in, `reveal` the only way out."""

from django.db import transaction

from shouxin.core.crypto.indexes import bits_for
from shouxin.core.crypto.providers import FileKeyProvider, PassphraseKeyProvider
from shouxin.core.crypto.suites import AES_256_GCM_HMAC_SHA256, suite_of
from shouxin.core.crypto.wrapping import index_key_context
from shouxin.core.policy import Actor
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.vault import control, fields, roots
from shouxin.vault.checking import Checked, check
from shouxin.vault.forgetting import forget_fields, forget_records, forget_values
from shouxin.vault.groups import Fetched, Fetching
from shouxin.vault.keyring import keyring, passphrase, root_key_path
from shouxin.vault.lifecycle import destroy_group, destroy_groups, move_state
from shouxin.vault.models import IndexState, RootKey, SearchIndexVersion, Settings
from shouxin.vault.opening import Revealed, Shown, Version, reveal, reveal_at_once, reveal_history
from shouxin.vault.own_keys import give as give_own_key
from shouxin.vault.own_keys import give_up as give_up_own_key
from shouxin.vault.own_keys import settle as settle_own_keys
from shouxin.vault.rotation import make_epoch, rotate
from shouxin.vault.sealing import Sealed, seal
from shouxin.vault.searching import matching
from shouxin.vault.taking_in import Arrival, Past, TakenIn, take_in
from shouxin.vault.withdrawing import withdraw

__all__ = [
    "Arrival",
    "Checked",
    "Fetched",
    "Fetching",
    "Past",
    "Revealed",
    "Sealed",
    "Shown",
    "TakenIn",
    "Version",
    "check",
    "destroy_group",
    "destroy_groups",
    "forget_fields",
    "forget_records",
    "forget_values",
    "give_own_key",
    "give_up_own_key",
    "make_root_key",
    "matching",
    "move_state",
    "ready",
    "reveal",
    "reveal_at_once",
    "reveal_history",
    "rotate",
    "seal",
    "set_up",
    "settle_own_keys",
    "take_in",
    "withdraw",
]

PLANNED = 1_000_000  # records, when the organisation has not said


def ready() -> bool:
    """Whether what is read now will open: keys are held, and their provider answered a moment ago."""
    return keyring.ready()


def make_root_key(*, suite: int = AES_256_GCM_HMAC_SHA256.id, with_passphrase: bool = False) -> bool:
    """Make the root key of a new installation in its data folder; tells whether there was none.

    Raises:
        KeyServiceUnavailable: a passphrase is wanted and SHOUXIN_ROOT_KEY_PASSPHRASE_FILE names no file.
    """
    path = root_key_path()
    if path.exists() or RootKey.objects.exists():  # a first one that was rotated away is not made anew
        return False
    if with_passphrase:
        PassphraseKeyProvider.create(path, suite_of(suite), passphrase)
    else:
        FileKeyProvider.create(path, suite_of(suite))
    keyring.drop()
    return True


@transaction.atomic
def set_up(*, actor: Actor, suite: int = AES_256_GCM_HMAC_SHA256.id, planned: int = PLANNED) -> bool:
    """Make the first epoch key and search index and record the organisation's suite; tells whether it had to.

    `planned` is the number of records the register is expected to hold; it sets the length of search tokens.

    Raises:
        KeyServiceUnavailable: there is no root key yet (`make_root_key`).
        ValueError: planned for fewer than 64 records.
    """
    control.hold_epoch_alone()
    if Settings.objects.exists():
        return False
    chosen, bits, now = suite_of(suite), bits_for(planned), clock.now()
    Settings.objects.create(id=1, suite=chosen.id)
    make_epoch(1, chosen)
    wrapped = roots.wrap(chosen.new_key(), index_key_context(suite=chosen, version=1))
    SearchIndexVersion.objects.create(
        version=1,
        suite=suite,
        planned=planned,
        bits=bits,
        wrapped=wrapped,
        state=IndexState.CURRENT,
        since=now,
        fields=fields.settings() or None,  # nobody may have said yet which fields there are
    )
    journal.append(
        actor=actor, event="vault.set_up", data={"suite": chosen.name, "planned": planned, "bits": bits}
    )
    return True
