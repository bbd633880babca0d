"""While one thread asks the providers whether they still answer, another may forget every key."""

from collections.abc import Callable
from typing import Any

import pytest

from shouxin.core.crypto.providers import ProviderState
from shouxin.core.crypto.suites import suite_of
from shouxin.core.crypto.whole import Whole
from shouxin.core.crypto.wrapping import WrappingKey, epoch_key_context, index_key_context
from shouxin.vault.keyring import Keyring

SUITE = suite_of(1)
CONTEXT = index_key_context(suite=SUITE, version=1)


class Provider:
    """A root key, and what happens while it is being asked."""

    def __init__(self, number: int, meanwhile: list[Callable[[], None]]) -> None:
        self._key, self._meanwhile = WrappingKey(SUITE, bytes([number]) * 32, id=number), meanwhile

    def wrap(self, key: bytes, context: bytes) -> bytes:
        return self._key.wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        for deed in self._meanwhile:
            deed()
        return self._key.unwrap(wrapped, context)

    def describe(self) -> ProviderState:
        return ProviderState("trial", "", SUITE.id, {}, self._key.id)


def test_what_is_forgotten_while_the_providers_are_asked_is_read_anew() -> None:
    meanwhile: list[Callable[[], None]] = []
    providers = [Provider(number, meanwhile) for number in range(2)]
    ring = Keyring(providers.__getitem__, interval=0.0)
    wrapped = [provider.wrap(bytes(32), CONTEXT) for provider in providers]
    for one in wrapped:
        ring.index(1, SUITE.id, 16, one)
    meanwhile.append(ring.drop)  # as whoever switches to another root key does
    assert ring.index(1, SUITE.id, 16, wrapped[0]).version == 1


def test_what_opens_groups_goes_with_the_keys() -> None:
    """It holds an epoch key, so it is kept no longer, and no more of it than there may be."""
    provider = Provider(0, [])
    ring = Keyring({0: provider}.__getitem__, most=2)

    def take_in(suffix: bytes) -> None:
        ring.wrapping(7, SUITE.id, provider.wrap(suffix * 32, epoch_key_context(suite=SUITE, epoch=7)))

    take_in(b"a")
    before = ring.keep_whole(("profile.1", 1, SUITE.id, 7))
    assert ring.wholes() == {("profile.1", 1, SUITE.id, 7): before}
    take_in(b"b")  # the same epoch as another database has it
    assert ring.wholes() == {}
    for number in range(1, 6):
        ring.keep_whole((f"profile.{number}", 1, SUITE.id, 7))
        assert len(ring.wholes()) <= 2
    ring.drop()
    assert ring.wholes() == {}


def test_what_is_unwrapped_while_everything_is_forgotten_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would ask a provider about it again: it would open what it opens long after the provider is gone."""
    meanwhile: list[Callable[[], None]] = []
    provider = Provider(0, meanwhile)
    ring = Keyring({0: provider}.__getitem__, interval=0.0)
    epoch = provider.wrap(b"e" * 32, epoch_key_context(suite=SUITE, epoch=7))

    def forget_once() -> None:
        meanwhile.clear()
        ring.drop()  # as a thread does whose question is not answered

    meanwhile.append(forget_once)
    ring.wrapping(7, SUITE.id, epoch)
    assert not ring.fresh()
    ring.wrapping(7, SUITE.id, epoch)
    kept, whole = ring.fresh(), ring.whole

    def forgotten_behind(**about: Any) -> Whole:
        found = whole(**about)
        ring.drop()
        return found

    monkeypatch.setattr(ring, "whole", forgotten_behind)
    assert kept
    ring.keep_whole(("profile.1", 1, SUITE.id, 7))
    assert ring.wholes() == {}
