"""What every writing transaction reads first: current epoch, chosen suite, search indexes, outdated suites."""

from dataclasses import dataclass

from shouxin.core.crypto.errors import KeyServiceUnavailable
from shouxin.core.crypto.indexes import SearchIndex
from shouxin.core.crypto.providers import ProviderState
from shouxin.core.crypto.suites import Suite, suite_of
from shouxin.core.crypto.wrapping import WrappingKey
from shouxin.vault import database
from shouxin.vault.errors import VaultNotReady
from shouxin.vault.keyring import keyring

_READ = """
SELECT e.epoch, e.suite, e.wrapped, s.suite, i.version, i.suite, i.bits, i.wrapped,
       ARRAY(SELECT suite FROM vault_algorithm WHERE status = 'outdated')
FROM vault_settings s, vault_epoch_key e, vault_search_index i
WHERE e.state = 'current' AND i.state <> 'retired' ORDER BY i.state = 'current' DESC, i.version
"""


@dataclass(frozen=True, slots=True)
class Control:
    """`indexes[0]` is the one that is searched; others are being built."""

    wrapping: WrappingKey
    suite: Suite
    indexes: tuple[SearchIndex, ...]
    outdated: frozenset[int]


def share_epoch() -> None:
    """Hold the current epoch as it is until this transaction ends; data keys may be made after this alone."""
    database.execute("SELECT pg_advisory_xact_lock_shared(%b)", [database.EPOCH_LOCK])


def hold_epoch_alone() -> None:
    """Wait until no transaction makes data keys, and keep all others from it until this one ends."""
    database.execute("SELECT pg_advisory_xact_lock(%b)", [database.EPOCH_LOCK])


def read() -> Control:
    """The vault's present choices.

    Raises:
        VaultNotReady: `set_up` has not run.
        KeyServiceUnavailable: the key provider does not answer.
    """
    rows = database.execute(_READ)
    if not rows:
        raise VaultNotReady("the vault has no keys yet")
    epoch, suite, wrapped, chosen = rows[0][:4]
    return Control(
        wrapping=keyring.wrapping(epoch, suite, wrapped),
        suite=suite_of(chosen),
        indexes=tuple(keyring.index(*row[4:8]) for row in rows),
        outdated=frozenset(rows[0][8]),
    )


def searched_index() -> SearchIndex:
    """The search index that answers now.

    Raises:
        VaultNotReady, KeyServiceUnavailable: as `read`.
    """
    rows = database.execute(
        "SELECT version, suite, bits, wrapped FROM vault_search_index WHERE state = 'current'"
    )
    if not rows:
        raise VaultNotReady("the vault has no search index yet")
    return keyring.index(*rows[0])


def provider_state() -> ProviderState | None:
    """What the key provider says about itself; None when it does not answer."""
    try:
        return keyring.provider().describe()
    except KeyServiceUnavailable:
        keyring.drop()
        return None
