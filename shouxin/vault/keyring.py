"""The keys this process holds in memory: epoch keys and search indexes, never data keys, never plaintext.

Each is unwrapped by the key provider once and then kept, but at most `interval` seconds pass without asking the
provider again; when it does not answer, everything is dropped and reading and writing stop (fail closed). Nothing is
kept for longer than `longest` seconds, so that a key which was retired leaves the memory of every process, nor beyond
the end of the process: the library overwrites what it held as soon as nobody holds it.
"""

import atexit
import glob
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.conf import settings

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.errors import CryptoError, KeyMissing, KeyServiceUnavailable, SealBroken
from shouxin.core.crypto.indexes import SearchIndex
from shouxin.core.crypto.providers import KeyProvider, open_provider
from shouxin.core.crypto.suites import suite_of
from shouxin.core.crypto.whole import Whole
from shouxin.core.crypto.wrapping import (
    FIRST_ROOT,
    WrappingKey,
    data_key_context,
    epoch_key_context,
    index_key_context,
    wrapping_key_id,
)
from shouxin.vault import database

INTERVAL = 1.0
LONGEST = 900.0  # seconds that a key is kept; what is still needed is unwrapped again
MOST = 2_000  # keys held at once: customers of high risk have one each, and a process serves many in its life

Shape = tuple[
    str, int, int, int
]  # of a group: its name, version and suite of its key, epoch it is wrapped under


@dataclass(slots=True)
class _Held:
    """What is in memory, to be forgotten at one stroke.

    Whoever unwraps a key puts it where it was missing when they began: if everything was forgotten meanwhile, so is
    that. Otherwise a key would stay of which no provider is ever asked again.
    """

    providers: dict[int, KeyProvider] = field(default_factory=dict)
    epochs: dict[int, tuple[bytes, WrappingKey]] = field(default_factory=dict)
    indexes: dict[bytes, SearchIndex] = field(default_factory=dict)
    wholes: dict[Shape, Whole] = field(default_factory=dict)
    contexts: dict[bytes, bytes] = field(default_factory=dict)  # of keys as they stood under a root key


class Keyring:
    """Unwrapped keys of one process; `obtain` gives the provider of a root key, by its number, when one is needed."""

    def __init__(
        self,
        obtain: Callable[[int], KeyProvider],
        *,
        interval: float = INTERVAL,
        longest: float = LONGEST,
        most: int = MOST,
    ) -> None:
        self._obtain = obtain
        self._interval, self._longest = interval, longest
        self._most = most
        self._lock = threading.Lock()
        self.drop()

    def drop(self) -> None:
        """Forget every key; the next use asks the provider again."""
        self._held = _Held()
        self._asked, self._since = float("-inf"), time.monotonic()

    def ready(self) -> bool:
        """Whether the provider answered a moment ago and keys are held, so that what is read now will open."""
        self._ask()
        return bool(self._held.epochs)

    def provider(self, number: int) -> KeyProvider:
        """The key provider of the root key with this number.

        Raises:
            KeyServiceUnavailable: there is none now.
        """
        providers = self._held.providers
        found = providers.get(number)
        if found is None:
            found = providers[number] = self._obtain(number)
        return found

    def under_root(self, wrapped: bytes, context: bytes) -> bytes:
        """The key inside `wrapped`, by the root key that it names.

        Raises:
            SealBroken: altered, cut, or made for another use.
            KeyServiceUnavailable: the provider of that root key does not answer.
        """
        return self.provider(wrapping_key_id(wrapped)).unwrap(wrapped, context)

    def wrapping(self, epoch: int, suite: int, wrapped: bytes) -> WrappingKey:
        """The epoch key whose row the caller has just read."""
        self._ask()
        known = self._held.epochs.get(epoch)
        if known is None or known[0] != wrapped:
            held = self._with_room()
            known = held.epochs[epoch] = (wrapped, self._unwrap_epoch(held, epoch, suite, wrapped))
            held.wholes = {}
        return known[1]

    def index(self, version: int, suite: int, bits: int, wrapped: bytes) -> SearchIndex:
        """The search index whose row the caller has just read."""
        self._ask()
        found = self._held.indexes.get(wrapped)
        if found is None:
            held, known = self._with_room(), suite_of(suite)
            key = self._unwrap(held, wrapped, index_key_context(suite=known, version=version))
            found = held.indexes[wrapped] = SearchIndex(known, key, version=version, bits=bits)
        return found

    def data_key(
        self, *, customer: UUID, group: str, version: int, suite: int, epoch: int, wrapped: bytes
    ) -> DataKey:
        """The data key of one (customer, storage group), unwrapped for this use alone.

        Raises:
            SealBroken, KeyMissing: the row is not what was stored for this group.
            KeyServiceUnavailable: the provider does not answer.
        """
        known = suite_of(suite)
        context = data_key_context(suite=known, version=version, customer=customer, group=group)
        self._ask()
        held = self._held.epochs.get(epoch)
        try:
            key = (held[1] if held else self._load(epoch)).unwrap(wrapped, context)
        except (SealBroken, KeyMissing):
            # Another database may stand behind the same epoch number since it was read (restore).
            if held is None or (fresh := self._load(epoch)) is held[1]:
                raise
            key = fresh.unwrap(wrapped, context)
        return DataKey(known, key, version=version, customer=customer, group=group)

    def fresh(self) -> Mapping[int, object]:
        """The epochs whose keys are held, by an answer that is no older than the interval; another object once all
        keys were dropped, so that whoever has one in hand knows to drop it as well."""
        self._ask()
        return self._held.epochs

    def whole(self, *, group: str, version: int, suite: int, epoch: int) -> Whole:
        """What opens many customers' groups of this name, for one piece of work that asks `fresh` between them.

        Raises:
            SealBroken, KeyMissing, UnknownSuite: the row names a key that is not there.
            KeyServiceUnavailable: the provider does not answer.
        """
        known = suite_of(suite)
        self._ask()
        held = self._held.epochs.get(epoch)
        return Whole(held[1] if held else self._load(epoch), known, version=version, group=group)

    def wholes(self) -> dict[Shape, Whole]:
        """What opened groups before, by the keys held now; like them by an answer no older than the interval."""
        self._ask()
        return self._held.wholes

    def keep_whole(self, shape: Shape) -> Whole:
        """As `whole`, kept as long as the keys are.

        Raises: as `whole`.
        """
        group, version, suite, epoch = shape
        self._ask()
        kept = self._held.wholes
        whole = self.whole(group=group, version=version, suite=suite, epoch=epoch)
        if len(kept) >= self._most:
            kept.clear()
        kept[shape] = whole
        return whole

    def _load(self, epoch: int) -> WrappingKey:
        found = database.execute("SELECT suite, wrapped FROM vault_epoch_key WHERE epoch = %b", [epoch])
        if not found or found[0][1] is None:
            raise KeyMissing(f"epoch key {epoch} is retired or was never made")
        suite, wrapped = found[0]
        return self.wrapping(epoch, suite, wrapped)

    def _unwrap_epoch(self, held: _Held, epoch: int, suite: int, wrapped: bytes) -> WrappingKey:
        known = suite_of(suite)
        key = self._unwrap(held, wrapped, epoch_key_context(suite=known, epoch=epoch))
        return WrappingKey(known, key, id=epoch)

    def _with_room(self) -> _Held:
        """Where another key may be put."""
        if len(self._held.contexts) >= self._most:
            self.drop()
        return self._held

    def _unwrap(self, held: _Held, wrapped: bytes, context: bytes) -> bytes:
        try:
            key = self.under_root(wrapped, context)
        except (SealBroken, KeyMissing):
            # Nobody can tell an altered row from another root key; either way this key cannot be used.
            raise KeyServiceUnavailable("a stored key does not open with this root key") from None
        held.contexts[wrapped] = context
        return key

    def _ask(self) -> None:
        """Make the providers answer again when their last answer is older than the interval.

        What does not open any more is forgotten with all the rest, and read anew by whoever needs it: its row may have
        been wrapped under another root key since. If it was not, nothing opens.
        """
        if time.monotonic() - self._asked < self._interval:
            return
        with self._lock:
            if time.monotonic() - self._since >= self._longest:
                self.drop()
            try:
                # Other threads go on adding to it, and may forget everything meanwhile.
                held = self._held.contexts.copy()
                for wrapped in {wrapping_key_id(wrapped): wrapped for wrapped in held}.values():
                    self.under_root(wrapped, held[wrapped])
            except CryptoError:
                self.drop()
            self._asked = time.monotonic()


def root_key_path(number: int = FIRST_ROOT) -> Path:
    """Where the file of a root key provider stands."""
    name = f"root-{number}.key" if number else "root.key"
    return Path(settings.DATA) / "keys" / name


def passphrase_path(number: int = FIRST_ROOT) -> Path:
    """The file with the passphrase of a root key: the one that is configured, with the number behind it."""
    named = os.environ.get("SHOUXIN_ROOT_KEY_PASSPHRASE_FILE", "")
    return Path(f"{named}.{number}" if named and number else named)


def passphrase_files() -> list[Path]:
    """The files with passphrases that are there: of the first root key, and of those that followed it."""
    first = passphrase_path()
    if not first.name:
        return []
    return [path for path in sorted(first.parent.glob(f"{glob.escape(first.name)}*")) if path.is_file()]


def passphrase(number: int = FIRST_ROOT) -> bytes:
    """The passphrase of a root key.

    Raises:
        KeyServiceUnavailable: no file is configured, or it cannot be read.
    """
    path = passphrase_path(number)
    try:
        return path.read_bytes().rstrip(b"\r\n")
    except OSError:
        missing = f"{path} cannot be read" if path.name else "no file is named"
        raise KeyServiceUnavailable(f"SHOUXIN_ROOT_KEY_PASSPHRASE_FILE: {missing}") from None


def _provider(number: int) -> KeyProvider:
    return open_provider(root_key_path(number), lambda: passphrase(number))


keyring = Keyring(_provider)
atexit.register(keyring.drop)
