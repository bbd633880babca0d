"""A process holds so many keys and no more, however many it has used; what was forgotten is unwrapped again."""

from pathlib import Path

from shouxin.core.crypto.providers import FileKeyProvider
from shouxin.core.crypto.suites import AES_256_GCM_HMAC_SHA256 as SUITE
from shouxin.core.crypto.wrapping import index_key_context
from shouxin.vault.keyring import MOST, Keyring

HELD = 10


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
