"""A checkpoint opens only under the key and the name that signed it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.ledger.checkpoint import Checkpoint, SigningKey, VerifyingKey, open_note
from shouxin.core.ledger.errors import CheckpointError
from shouxin.core.ledger.tests.logs import KEY


@given(size=st.integers(0, 10**15), root=st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_opens_again(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(KEY.name, size, root)
    assert open_note(KEY.sign(checkpoint), KEY.public) == checkpoint


@given(at=st.integers(0, 10_000), replacement=st.characters(codec="utf-8"))
def test_a_changed_note_never_says_anything_else(at: int, replacement: str) -> None:
    checkpoint = Checkpoint(KEY.name, 12345, b"r" * 32)
    note = KEY.sign(checkpoint)
    at %= len(note)
    try:
        opened = open_note(note[:at] + replacement + note[at + 1 :], KEY.public)
    except CheckpointError:
        return
    assert opened == checkpoint


def test_another_key_of_the_same_name_is_refused() -> None:
    note = SigningKey.generate(KEY.name).sign(Checkpoint(KEY.name, 1, b"r" * 32))
    with pytest.raises(CheckpointError, match="not signed by this key"):
        open_note(note, KEY.public)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(CheckpointError, match="another ledger"):
        open_note(KEY.sign(Checkpoint("elsewhere", 1, b"r" * 32)), KEY.public)


def test_further_signatures_do_not_disturb() -> None:
    """A witness may sign below (C2SP tlog-witness)."""
    note = KEY.sign(Checkpoint(KEY.name, 1, b"r" * 32))
    assert open_note(f"{note}— witness.example/w AAAAAAAA\n", KEY.public).size == 1


@pytest.mark.parametrize("note", ["", "a\n\n", "a\n1\n\n— x y\n", "a\n01\nAAAA\n\n— x AAAA\n", "a\n1\n" * 9])
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(CheckpointError):
        open_note(note, KEY.public)


def test_keys_are_written_and_read() -> None:
    key = SigningKey.generate("example.org/log")
    assert SigningKey.parse(key.text()).public == key.public
    assert VerifyingKey.parse(str(key.public)) == key.public


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY+a+b", "a+b+AAAA", "PRIVATE+KEY+a+b+!!"])
def test_broken_keys_are_refused_without_repeating_them(text: str) -> None:
    for parse in (SigningKey.parse, VerifyingKey.parse):
        with pytest.raises(CheckpointError) as raised:
            parse(text)
        assert "AAAA" not in str(raised.value)


def test_a_public_key_under_another_name_is_refused() -> None:
    with pytest.raises(CheckpointError):
        VerifyingKey.parse(str(KEY.public).replace("example.org", "example.net"))


def test_names_with_spaces_or_plus_are_refused() -> None:
    with pytest.raises(CheckpointError):
        SigningKey.generate("a b")
    with pytest.raises(CheckpointError):
        SigningKey.generate("a+b")


def test_the_private_key_is_not_shown() -> None:
    assert repr(KEY) == "<SigningKey example.org/ledger>"
    assert KEY.text().split("+")[-1] not in repr([KEY])
