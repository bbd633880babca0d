"""Which root key is in use. Each has a number, which every key wrapped under it names, and a file of its own.

The database says which number is in use, the data folder holds the keys: after a restore, and after a process that
was killed anywhere, each wrapped key still leads to the root key it needs.
"""

from shouxin.core.crypto.wrapping import FIRST_ROOT
from shouxin.vault import database
from shouxin.vault.keyring import keyring


def current() -> int:
    """The number of the root key in use; an installation whose root key was never rotated has no row for it."""
    found = database.execute("SELECT number FROM vault_root_key WHERE state = 'current'")
    return int(found[0][0]) if found else FIRST_ROOT


def wrap(key: bytes, context: bytes) -> bytes:
    """`key` wrapped under the root key in use, which stays in use until the caller's transaction ends.

    Raises:
        KeyServiceUnavailable: the key provider does not answer.
    """
    share()
    return keyring.provider(current()).wrap(key, context)


def share() -> None:
    """Hold the root key as it is until this transaction ends."""
    database.execute("SELECT pg_advisory_xact_lock_shared(%b)", [database.ROOT_LOCK])


def hold_alone() -> None:
    """Wait until no transaction stores a key wrapped under a root key, and keep all others from it until this ends."""
    database.execute("SELECT pg_advisory_xact_lock(%b)", [database.ROOT_LOCK])
