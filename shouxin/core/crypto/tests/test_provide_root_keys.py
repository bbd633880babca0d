import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from shouxin.core.crypto.errors import (
    KeyMissing,
    KeyServiceUnavailable,
    SealBroken,
    UnsafeKeyFile,
    WrongPassphrase,
)
from shouxin.core.crypto.providers import (
    Argon2Parameters,
    FileKeyProvider,
    KeyProvider,
    PassphraseKeyProvider,
    erase,
    open_provider,
)
from shouxin.core.crypto.suites import SUITES, Suite, suite_of
from shouxin.core.crypto.wrapping import wrapping_key_id

CHEAP = Argon2Parameters(passes=1, lanes=1, memory_kib=64)
each_suite = pytest.mark.parametrize("suite", SUITES.values(), ids=lambda s: s.name)


def secret() -> bytes:
    return "守信".encode()


def unasked() -> bytes:
    raise AssertionError("no passphrase is needed here")


@pytest.fixture(params=["file", "passphrase"])
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> KeyProvider:
    if request.param == "file":
        return FileKeyProvider.create(tmp_path / "keys" / "root.key", suite_of(1))
    return PassphraseKeyProvider.create(tmp_path / "keys" / "root.key", suite_of(1), secret, CHEAP)


@pytest.fixture
def path(provider: KeyProvider, tmp_path: Path) -> Path:
    return tmp_path / "keys" / "root.key"


@each_suite
def test_both_kinds_wrap_and_unwrap_again_after_a_restart(suite: Suite, tmp_path: Path) -> None:
    first: list[KeyProvider] = [
        FileKeyProvider.create(tmp_path / "a", suite),
        PassphraseKeyProvider.create(tmp_path / "b", suite, secret, CHEAP),
    ]
    for kind, made, name in zip(("file", "passphrase"), first, ("a", "b"), strict=True):
        wrapped = made.wrap(b"k" * 16, b"use")
        again = open_provider(tmp_path / name, secret)
        assert again.unwrap(wrapped, b"use") == b"k" * 16
        assert again.describe() == made.describe()
        assert (again.describe().kind, again.describe().suite) == (kind, suite.id)


def test_the_file_is_its_owners_alone_and_never_overwritten(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        FileKeyProvider.create(path, suite_of(1))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_file_open_to_others_is_refused(provider: KeyProvider, path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(UnsafeKeyFile, match="0600"):
        provider.wrap(b"k", b"")


def test_a_file_taken_away_stops_the_service(provider: KeyProvider, path: Path) -> None:
    wrapped = provider.wrap(b"k", b"")
    path.unlink()
    for use in (
        lambda: provider.unwrap(wrapped, b""),
        provider.describe,
        lambda: open_provider(path, unasked),
    ):
        with pytest.raises(KeyServiceUnavailable):
            use()


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{}", b'{"format": "shouxin-root-key/1"}', b"\xff\xfe"]
)
def test_a_file_of_another_kind_is_refused(provider: KeyProvider, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(UnsafeKeyFile):
        provider.describe()


def test_a_damaged_key_is_noticed_by_its_fingerprint(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    provider = FileKeyProvider.create(path, suite_of(1))
    content = json.loads(path.read_text())
    content["key"] = "A" * 43 + "="
    path.write_text(json.dumps(content))
    with pytest.raises(WrongPassphrase):
        provider.wrap(b"k", b"")


def test_a_wrong_passphrase_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    PassphraseKeyProvider.create(path, suite_of(1), secret, CHEAP)
    with pytest.raises(WrongPassphrase):
        PassphraseKeyProvider(path, lambda: b"another").wrap(b"k", b"")


def test_costs_of_argon2_are_recorded_and_no_key_is(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    provider = PassphraseKeyProvider.create(path, suite_of(1), secret, Argon2Parameters(2, 1, 128))
    assert provider.describe().parameters == {"kdf": "argon2id", "passes": 2, "lanes": 1, "memory_kib": 128}
    assert "key" not in json.loads(path.read_text())


def test_another_use_does_not_open(provider: KeyProvider) -> None:
    with pytest.raises(SealBroken):
        provider.unwrap(provider.wrap(b"k", b"one"), b"two")


@pytest.mark.parametrize("kind", ["file", "passphrase"])
def test_a_root_key_that_follows_another_names_its_number_in_what_it_wraps(tmp_path: Path, kind: str) -> None:
    path, suite = tmp_path / "root-7.key", suite_of(1)
    if kind == "file":
        FileKeyProvider.create(path, suite, 7)
    else:
        PassphraseKeyProvider.create(path, suite, secret, CHEAP, 7)
    made = open_provider(path, secret)
    assert made.describe().number == 7
    wrapped = made.wrap(bytes(32), b"use")
    assert wrapping_key_id(wrapped) == 7
    first = FileKeyProvider.create(tmp_path / "root.key", suite)
    assert wrapping_key_id(first.wrap(bytes(32), b"use")) == first.describe().number == 0
    with pytest.raises(KeyMissing):
        first.unwrap(wrapped, b"use")


@pytest.mark.parametrize(
    "change", [{"number": 0}, {"number": -1}, {"number": True}, {"number": 2**31}, {"number": None}]
)
def test_a_number_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "root-1.key"
    FileKeyProvider.create(path, suite_of(1), 1)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(UnsafeKeyFile):
        FileKeyProvider(path).describe()


def test_an_erased_key_file_is_gone_and_its_bytes_too(tmp_path: Path) -> None:
    path, other = tmp_path / "root.key", tmp_path / "same-bytes"
    FileKeyProvider.create(path, suite_of(1))
    before = path.read_bytes()
    os.link(path, other)  # to see what became of the bytes
    assert erase(path)
    assert not path.exists()
    assert len(other.read_bytes()) == len(before)
    assert other.read_bytes() != before
    assert not erase(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only an administrator can make files for another")
def test_a_key_made_by_the_administrator_belongs_to_who_runs_the_server(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    os.chown(folder, 4711, 4712)
    FileKeyProvider.create(folder / "root-1.key", suite_of(1), 1)
    made = (folder / "root-1.key").stat()
    assert (made.st_uid, made.st_gid, stat.S_IMODE(made.st_mode)) == (4711, 4712, 0o600)
