"""A process holds so many keys and no more, however many it has used, none for long and none at its end; what was
forgotten is unwrapped again."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from shouxin.core.crypto.providers import FileKeyProvider
from shouxin.core.crypto.suites import AES_256_GCM_HMAC_SHA256 as SUITE
from shouxin.core.crypto.wrapping import index_key_context
from shouxin.vault.keyring import INTERVAL, LONGEST, MOST, Keyring

HELD = 10
ENDS = """
import atexit
atexit.register(lambda: print(len(keyring._held.epochs)))  # the last of what is done at the end
from shouxin.vault.keyring import keyring
keyring._held.epochs[1] = (b"", object())
print(len(keyring._held.epochs))
"""


class Counting(FileKeyProvider):
    """Counts what it unwraps."""

    unwrapped = 0

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        Counting.unwrapped += 1
        return super().unwrap(wrapped, context)


def test_no_more_keys_are_held_than_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    FileKeyProvider.create(path, SUITE)
    provider = Counting(path)
    ring = Keyring(lambda _number: provider, interval=3600.0, most=HELD)
    stored = {
        version: provider.wrap(SUITE.new_key(), index_key_context(suite=SUITE, version=version))
        for version in range(1, 5 * HELD)
    }
    found = {}
    for version, wrapped in stored.items():
        found[version] = ring.index(version, SUITE.id, 16, wrapped)
        assert len(ring._held.contexts) <= HELD
        assert len(ring._held.indexes) <= HELD
    assert 0 < MOST <= 10_000

    used = Counting.unwrapped
    ring.index(max(stored), SUITE.id, 16, stored[max(stored)])  # still held
    assert Counting.unwrapped == used
    again = ring.index(1, SUITE.id, 16, stored[1])  # forgotten long ago
    assert Counting.unwrapped > used
    assert again.unique("mobile", b"", "1") == found[1].unique("mobile", b"", "1")


def test_no_key_is_held_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is used: else a retired key would stay in memory as long as the process runs."""
    path, now = tmp_path / "root.key", [1000.0]
    FileKeyProvider.create(path, SUITE)
    provider = Counting(path)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    ring = Keyring(lambda _number: provider)
    wrapped = provider.wrap(SUITE.new_key(), index_key_context(suite=SUITE, version=1))
    ring.index(1, SUITE.id, 16, wrapped)
    first = ring._held.indexes[wrapped]
    now[0] += LONGEST - 1
    assert ring.index(1, SUITE.id, 16, wrapped) is first
    now[0] += 1 + INTERVAL
    assert ring.index(1, SUITE.id, 16, wrapped) is not first
    assert list(ring._held.indexes) == [wrapped]


def test_a_process_that_ends_forgets_its_keys() -> None:
    done = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "0"]
