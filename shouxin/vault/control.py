"""What every writing transaction reads first: current epoch, chosen suite, search indexes, outdated suites."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from shouxin.core.crypto.errors import KeyServiceUnavailable
from shouxin.core.crypto.indexes import SearchIndex
from shouxin.core.crypto.providers import ProviderState
from shouxin.core.crypto.suites import Suite, suite_of
from shouxin.core.crypto.wrapping import WrappingKey
from shouxin.vault import database, roots
from shouxin.vault.errors import VaultNotReady
from shouxin.vault.keyring import keyring

_READ = """
SELECT e.epoch, e.suite, e.wrapped, s.suite, i.version, i.suite, i.bits, i.wrapped,
       ARRAY(SELECT suite FROM vault_algorithm WHERE status = 'outdated'),
       EXISTS (SELECT 1 FROM vault_epoch_key WHERE state = 'own'), i.fields IS NULL
FROM vault_settings s, vault_epoch_key e, vault_search_index i
WHERE e.state = 'current' AND i.state <> 'retired' ORDER BY i.state = 'current' DESC, i.version
"""
# The customer's own key goes before that of the storage group.
_OWN = """
SELECT DISTINCT ON (w.c, w.g) w.c, w.g, e.epoch, e.suite, e.wrapped
FROM unnest(%b::uuid[], %b::text[]) AS w(c, g)
JOIN vault_epoch_key e ON e.state = 'own' AND (e.customer_id = w.c OR e.storage_group = w.g)
ORDER BY w.c, w.g, e.customer_id NULLS LAST
"""

Pair = tuple[UUID, str]  # (customer, storage group)
Searched = tuple[int, int, int, bytes]  # version, suite, bits, key as it stands wrapped
_presumed: list[Searched] = []  # what was read last, once anything was


@dataclass(frozen=True, slots=True)
class Control:
    """`indexes[0]` is the one that is searched; others are being built."""

    wrapping: WrappingKey
    suite: Suite
    indexes: tuple[SearchIndex, ...]
    outdated: frozenset[int]
    some_own: bool = False  # whether any customer or storage group has a wrapping key of its own
    new: bool = False  # whether nobody has written down yet which fields the searched index was begun with

    def wrappings(self, pairs: Collection[Pair]) -> Mapping[Pair, WrappingKey]:
        """The key that wraps data keys of these groups, for those that have one of their own; else `wrapping`."""
        if not self.some_own or not pairs:
            return {}
        rows = database.execute(_OWN, database.arrays(pairs, 2))
        return {(c, g): keyring.wrapping(*key) for c, g, *key in rows}


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
        some_own=rows[0][9],
        new=rows[0][10],
    )


def searched_index() -> SearchIndex:
    """The search index that answers now.

    Raises:
        VaultNotReady, KeyServiceUnavailable: as `read`.
    """
    return presumed_index(anew=True)[0]


def presumed_index(*, anew: bool = False) -> tuple[SearchIndex, Searched]:
    """The search index that answered last, as far as this process knows, with its state, by which the statement that
    searches tells whether it still does (`searching.CHANGED`); `anew`: the one that answers now.

    Raises:
        VaultNotReady, KeyServiceUnavailable: as `read`.
    """
    if _presumed and not anew:
        state = _presumed[-1]
        try:
            return keyring.index(*state), state
        except KeyServiceUnavailable:
            _presumed.clear()  # its row may have been wrapped under another root key since
    rows = database.execute(
        "SELECT version, suite, bits, wrapped FROM vault_search_index WHERE state = 'current'"
    )
    if not rows:
        raise VaultNotReady("the vault has no search index yet")
    _presumed[:] = rows
    return keyring.index(*rows[0]), rows[0]


def provider_state() -> ProviderState | None:
    """What the key provider says about itself; None when it does not answer."""
    try:
        return keyring.provider(roots.current()).describe()
    except KeyServiceUnavailable:
        keyring.drop()
        return None
