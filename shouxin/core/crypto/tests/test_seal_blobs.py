from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.crypto.blob import MINIMUM, DataKey, suite_in
from shouxin.core.crypto.errors import Broken, SealBroken, UnknownSuite
from shouxin.core.crypto.suites import SUITES, Suite, suite_of

C1, C2, R1, R2 = (UUID(int=n) for n in (1, 2, 3, 4))
suites = st.sampled_from(list(SUITES.values()))
groups = st.text(max_size=30)
revisions = st.integers(1, 2**63)


def made(suite: Suite, key: bytes | None = None, **place: Any) -> tuple[DataKey, bytes]:
    key = key or suite.new_key()
    named: dict[str, Any] = {"version": 1, "customer": C1, "group": "g"} | place
    return DataKey(suite, key, **named), key


@given(suites, st.binary(max_size=2000), groups, revisions, st.integers(0, 2**32 - 1), st.uuids(), st.uuids())
def test_what_was_sealed_opens_in_its_place(
    suite: Suite, plaintext: bytes, group: str, revision: int, version: int, customer: UUID, record: UUID
) -> None:
    key, _ = made(suite, customer=customer, group=group, version=version)
    blob = key.seal(plaintext, record=record, revision=revision)
    assert len(blob) == MINIMUM + len(plaintext)
    assert suite_in(blob) is suite
    assert key.open(blob, record=record, revision=revision) == plaintext


@given(suites, st.binary(max_size=60), st.data())
def test_any_flipped_bit_is_found(suite: Suite, plaintext: bytes, data: st.DataObject) -> None:
    key, _ = made(suite)
    blob = bytearray(key.seal(plaintext, record=R1, revision=1))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken) as caught:
        key.open(bytes(blob), record=R1, revision=1)
    expected = [Broken.FORMAT, Broken.SUITE, *[Broken.KEY_VERSION] * 4]
    place = bit // 8
    assert caught.value.what is (expected[place] if place < len(expected) else Broken.NOT_AUTHENTIC)


@given(suites, st.binary(max_size=60), st.data())
def test_any_cut_is_found(suite: Suite, plaintext: bytes, data: st.DataObject) -> None:
    key, _ = made(suite)
    blob = key.seal(plaintext, record=R1, revision=1)
    cut = blob[: data.draw(st.integers(0, len(blob) - 1))]
    with pytest.raises(SealBroken) as caught:
        key.open(cut, record=R1, revision=1)
    assert caught.value.what is (Broken.TRUNCATED if len(cut) < MINIMUM else Broken.NOT_AUTHENTIC)
    with pytest.raises(SealBroken):
        key.open(blob + b"\0", record=R1, revision=1)


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda s: s.name)
@pytest.mark.parametrize(
    ("place", "at"),
    [
        ({"customer": C2}, (R1, 5)),
        ({"group": "h"}, (R1, 5)),
        ({"group": "g "}, (R1, 5)),
        ({}, (R2, 5)),
        ({}, (R1, 4)),
        ({}, (R1, 6)),
    ],
)
def test_another_place_does_not_open_it_and_is_named(
    suite: Suite, place: dict[str, Any], at: tuple[UUID, int]
) -> None:
    key, raw = made(suite)
    blob = key.seal(b"x", record=R1, revision=5)
    elsewhere, _ = made(suite, raw, **place)
    record, revision = at
    with pytest.raises(SealBroken) as caught:
        elsewhere.open(blob, record=record, revision=revision)
    assert caught.value.what is Broken.NOT_AUTHENTIC
    for part in (place.get("customer", C1), place.get("group", "g"), record, revision):
        assert str(part) in caught.value.place


@given(suites, st.binary(max_size=60))
def test_two_seals_of_one_value_differ(suite: Suite, plaintext: bytes) -> None:
    key, _ = made(suite)
    assert key.seal(plaintext, record=R1, revision=1) != key.seal(plaintext, record=R1, revision=1)


records = st.dictionaries(st.uuids(), st.integers(1, 2**40), max_size=6)


@given(suites, records, st.integers(0, 2**60), st.randoms())
def test_a_head_holds_for_its_records_in_any_order(
    suite: Suite, held: dict[UUID, int], changes: int, random: Any
) -> None:
    key, _ = made(suite)
    head = key.sign_head(list(held.items()), changes=changes)
    shuffled = list(held.items())
    random.shuffle(shuffled)
    key.check_head(head, shuffled, changes=changes)


@given(suites, records.filter(bool), st.data())
def test_a_head_notices_any_change(suite: Suite, held: dict[UUID, int], data: st.DataObject) -> None:
    key, raw = made(suite)
    head = key.sign_head(list(held.items()), changes=3)
    victim = data.draw(st.sampled_from(sorted(held)))
    fewer = {k: v for k, v in held.items() if k != victim}
    wrong: list[tuple[DataKey, dict[UUID, int], int]] = [
        (key, fewer, 3),
        (key, held | {victim: held[victim] - 1}, 3),
        (key, held | {UUID(int=0): 1}, 3) if UUID(int=0) not in held else (key, fewer, 3),
        (key, held, 2),
        (made(suite, raw, group="h")[0], held, 3),
        (made(suite, raw, customer=C2)[0], held, 3),
        (made(suite, raw, version=2)[0], held, 3),
    ]
    for other, listed, changes in wrong:
        with pytest.raises(SealBroken):
            other.check_head(head, list(listed.items()), changes=changes)
    for damaged in (b"", head[:-1], b"\x02" + head[1:], head[:-1] + bytes([head[-1] ^ 1])):
        with pytest.raises(SealBroken):
            key.check_head(damaged, list(held.items()), changes=3)


def test_a_blob_does_not_pass_for_a_head_nor_a_head_for_a_blob() -> None:
    key, _ = made(suite_of(1))
    head = key.sign_head([(R1, 1)], changes=1)
    with pytest.raises(SealBroken):
        key.open(bytes([1, 1, 0, 0, 0, 1]) + head[1:], record=R1, revision=1)
    blob = key.seal(b"", record=R1, revision=1)
    with pytest.raises(SealBroken):
        key.check_head(b"\x01" + blob[6:], [(R1, 1)], changes=1)


like_blobs = st.builds(
    lambda suite, rest: bytes([1, suite]) + rest, st.integers(0, 5), st.binary(min_size=32)
)


@given(st.binary(max_size=80) | like_blobs)
def test_noise_is_refused_by_name(noise: bytes) -> None:
    key, _ = made(suite_of(1))
    with pytest.raises(SealBroken):
        key.open(noise, record=R1, revision=1)
    try:
        suite = suite_in(noise)
    except (SealBroken, UnknownSuite):
        return
    assert suite is SUITES[noise[1]]
