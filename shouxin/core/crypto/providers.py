"""Key providers: who holds the root key. The root key itself never leaves its provider.

The interface is what an HSM or a KMS offers (wrap, unwrap, say who you are); the two providers here keep the
root key in a 0600 file, in clear or derived from a passphrase with Argon2id (RFC 9106). Both look at their
file on every use, so that taking the file away stops the service. See docs/formats/keys.md.
"""

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from shouxin.core.crypto.errors import CryptoError, KeyServiceUnavailable, UnsafeKeyFile, WrongPassphrase
from shouxin.core.crypto.suites import Suite, suite_of
from shouxin.core.crypto.wrapping import FIRST_ROOT, WrappingKey

FORMAT: Final = "shouxin-root-key/1"
NUMBERED: Final = "shouxin-root-key/2"  # of a root key that followed another; names its number
_FINGERPRINT_LABEL: Final = b"shouxin-root-key fingerprint"
_FINGERPRINT_BYTES: Final = 8
SALT_BYTES: Final = 16
_NUMBERS: Final = 2**31  # as PostgreSQL's integer


@dataclass(frozen=True, slots=True)
class Argon2Parameters:
    """Cost of Argon2id: passes, lanes, memory in KiB (defaults: RFC 9106 section 4, second choice)."""

    passes: int = 3
    lanes: int = 4
    memory_kib: int = 65536


@dataclass(frozen=True, slots=True)
class ProviderState:
    """What a provider says about itself; nothing secret."""

    kind: str
    fingerprint: str
    suite: int
    parameters: Mapping[str, int | str]
    number: int = FIRST_ROOT


class KeyProvider(Protocol):
    """Holds the root key. Every method raises KeyServiceUnavailable when the key cannot be used now."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """`key` wrapped under the root key for the use that `context` names."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key inside `wrapped`; SealBroken when it was altered or made for another use."""

    def describe(self) -> ProviderState:
        """Kind, number and fingerprint of the root key, suite and recorded parameters."""


class FileKeyProvider:
    """The root key in a file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def create(cls, path: Path, suite: Suite, number: int = FIRST_ROOT) -> "FileKeyProvider":
        """Make a new root key at `path`, 0600, whole or not at all, and on disk before this returns.

        Raises:
            FileExistsError: there is a file already; a root key is never overwritten.
        """
        key = suite.new_key()
        _write_new(
            path,
            {"kind": "file", "suite": suite.id, "key": _text(key), "fingerprint": _fingerprint(suite, key)},
            number,
        )
        return cls(path)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        return self._root().wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        return self._root().unwrap(wrapped, context)

    def describe(self) -> ProviderState:
        content = _read(self._path, "file")
        return ProviderState("file", content["fingerprint"], content["suite"], {}, content["number"])

    def _root(self) -> WrappingKey:
        content = _read(self._path, "file")
        suite = suite_of(content["suite"])
        return _root_key(suite, _bytes(content["key"]), content)


class PassphraseKeyProvider:
    """The root key derived from a passphrase; the file keeps salt, cost and fingerprint, never the key.

    The derived key stays in the memory of the process: deriving it costs tens of milliseconds by design.
    """

    def __init__(self, path: Path, passphrase: Callable[[], bytes]) -> None:
        self._path = path
        self._passphrase = passphrase
        self._derived: tuple[str, WrappingKey] | None = None

    @classmethod
    def create(
        cls,
        path: Path,
        suite: Suite,
        passphrase: Callable[[], bytes],
        parameters: Argon2Parameters = Argon2Parameters(),
        number: int = FIRST_ROOT,
    ) -> "PassphraseKeyProvider":
        """Record a new salt and cost at `path` for the root key that `passphrase` gives.

        Raises:
            FileExistsError: there is a file already.
        """
        salt = os.urandom(SALT_BYTES)
        key = _derive(passphrase(), salt, parameters, suite)
        _write_new(
            path,
            {
                "kind": "passphrase",
                "suite": suite.id,
                "salt": _text(salt),
                "passes": parameters.passes,
                "lanes": parameters.lanes,
                "memory_kib": parameters.memory_kib,
                "fingerprint": _fingerprint(suite, key),
            },
            number,
        )
        return cls(path, passphrase)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        return self._root().wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        return self._root().unwrap(wrapped, context)

    def describe(self) -> ProviderState:
        content = _read(self._path, "passphrase")
        costs = {name: content[name] for name in ("passes", "lanes", "memory_kib")}
        return ProviderState(
            "passphrase",
            content["fingerprint"],
            content["suite"],
            {"kdf": "argon2id", **costs},
            content["number"],
        )

    def _root(self) -> WrappingKey:
        content = _read(self._path, "passphrase")
        if self._derived is None or self._derived[0] != content["fingerprint"]:
            suite = suite_of(content["suite"])
            costs = Argon2Parameters(content["passes"], content["lanes"], content["memory_kib"])
            key = _derive(self._passphrase(), _bytes(content["salt"]), costs, suite)
            self._derived = (content["fingerprint"], _root_key(suite, key, content))
        return self._derived[1]


def open_provider(path: Path, passphrase: Callable[[], bytes]) -> KeyProvider:
    """The provider whose file stands at `path`; `passphrase` is asked only when that provider needs one.

    Raises:
        KeyServiceUnavailable: no such file, or it is not a key file that only its owner may read.
    """
    kind = _read(path, None)["kind"]
    return FileKeyProvider(path) if kind == "file" else PassphraseKeyProvider(path, passphrase)


def _derive(passphrase: bytes, salt: bytes, costs: Argon2Parameters, suite: Suite) -> bytes:
    return Argon2id(
        salt=salt,
        length=suite.key_bytes,
        iterations=costs.passes,
        lanes=costs.lanes,
        memory_cost=costs.memory_kib,
    ).derive(passphrase)


def _fingerprint(suite: Suite, key: bytes) -> str:
    return suite.mac(key)(_FINGERPRINT_LABEL)[:_FINGERPRINT_BYTES].hex()


def _root_key(suite: Suite, key: bytes, content: Mapping[str, Any]) -> WrappingKey:
    recorded = content["fingerprint"]
    if len(key) != suite.key_bytes or not secrets.compare_digest(_fingerprint(suite, key), recorded):
        raise WrongPassphrase("the key does not fit the recorded fingerprint")
    return WrappingKey(suite, key, id=content["number"])


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def erase(path: Path) -> bool:
    """Destroy a root key file: overwritten, taken away, and gone from disk; tells whether there was one.

    Copies of it in backups, and what a copy-on-write disk still holds, are their keeper's to destroy.
    """
    try:
        handle = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _sync_folder(path.parent)
    return True


def _write_new(path: Path, content: Mapping[str, Any], number: int) -> None:
    """Write a 0600 file that appears under its name whole, on disk, and never over another.

    It belongs to the folder's owner, who runs the server, also when an administrator's command made it.
    """
    named = {"format": NUMBERED, "number": number} if number else {"format": FORMAT}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passing = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            owner = path.parent.stat()
            if os.geteuid() == 0 and owner.st_uid != 0:
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            json.dump({**named, **content}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.link(passing, path)
    finally:
        passing.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_FIELDS: Final[Mapping[str, Mapping[str, type]]] = {
    "file": {"suite": int, "key": str, "fingerprint": str},
    "passphrase": {
        "suite": int,
        "salt": str,
        "passes": int,
        "lanes": int,
        "memory_kib": int,
        "fingerprint": str,
    },
}


def _read(path: Path, kind: str | None) -> dict[str, Any]:
    """The content of a key file of this kind (or of any), after looking at who may read it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise KeyServiceUnavailable(f"no root key file at {path}: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise UnsafeKeyFile(f"{path} may be read by others than its owner; set its mode to 0600")
        raw = file.read()
    try:
        return _checked(json.loads(raw), kind)
    except (ValueError, KeyError, TypeError, binascii.Error, CryptoError):
        raise UnsafeKeyFile(f"{path} is not a root key file of this release") from None


def _checked(content: dict[str, Any], kind: str | None) -> dict[str, Any]:
    """`content` if it has the fields of its kind, of their types; raises ValueError otherwise."""
    numbered = {FORMAT: False, NUMBERED: True}[content["format"]]
    if kind not in {None, content["kind"]} or ("number" in content) != numbered:
        raise ValueError("another format")
    number = content.setdefault("number", FIRST_ROOT)
    if type(number) is not int or not 0 <= number < _NUMBERS or (number != FIRST_ROOT) != numbered:
        raise ValueError("no number of a root key")
    for name, wanted in _FIELDS[content["kind"]].items():
        if not isinstance(content[name], wanted):
            raise TypeError(name)
    suite_of(content["suite"])
    _bytes(content.get("key", ""))
    _bytes(content.get("salt", ""))
    return content
