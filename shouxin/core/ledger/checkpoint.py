"""Checkpoints: what the log was at a size, signed (C2SP tlog-checkpoint, signed-note; Ed25519).

A checkpoint says: the first `size` entries of the log `origin` have the Merkle root `root`. Whoever keeps one
can later show whether history was rewritten.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shouxin.core.ledger.errors import CheckpointError
from shouxin.core.ledger.tree import HASH_LENGTH

ED25519 = b"\x01"  # the signature type of the signed-note format
KEY_ID_LENGTH = 4
LINES = 3  # origin, size, root; more may follow
SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
NAME = re.compile(r"[^\s+]+")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin` names the log, `size` counts its entries, `root` is the tree hash over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed text: three lines, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public key of a log, with its name; written `<name>+<key id>+<base64>`."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID_LENGTH]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifyingKey":
        """Raises:
        CheckpointError: not a public key of a log, or its id does not fit."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _base64(encoded)
        if not NAME.fullmatch(name) or raw[:1] != ED25519 or len(raw) != 1 + HASH_LENGTH:
            raise CheckpointError("not the public key of a ledger")
        key = cls(name, raw[1:])
        if key.id.hex() != key_id:
            raise CheckpointError("the id of the public key does not belong to it")
        return key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key of a log; written `PRIVATE+KEY+<name>+<key id>+<base64>`, never shown by repr."""

    name: str
    _key: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"<SigningKey {self.name}>"

    @classmethod
    def generate(cls, name: str) -> "SigningKey":
        if not NAME.fullmatch(name):
            raise CheckpointError("the name of a ledger has neither spaces nor a plus sign")
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """Raises:
        CheckpointError: not a private key of a log. The message holds nothing of it."""
        _, marked, rest = text.strip().partition("PRIVATE+KEY+")
        name, _, rest = rest.partition("+")
        raw = _base64(rest.partition("+")[2]) if marked else b""
        if raw[:1] != ED25519 or len(raw) != 1 + HASH_LENGTH:
            raise CheckpointError("not the private key of a ledger")
        return cls(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))

    def text(self) -> str:
        seed = b64encode(ED25519 + self._key.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.public.id.hex()}+{seed}"

    @property
    def public(self) -> VerifyingKey:
        return VerifyingKey(self.name, self._key.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> str:
        """The signed note: the text, an empty line, and one signature line."""
        text = checkpoint.text()
        signature = b64encode(self.public.id + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"


def open_note(note: str, key: VerifyingKey) -> Checkpoint:
    """The checkpoint of a note that `key` has signed for its own log.

    Raises:
        CheckpointError: malformed, of another log, not signed by `key`, or the signature is wrong.
    """
    checkpoint, text, signatures = _parse(note)
    if checkpoint.origin != key.name:
        raise CheckpointError("a checkpoint of another ledger")
    for name, raw in signatures:
        if name == key.name and raw[:KEY_ID_LENGTH] == key.id:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(raw[KEY_ID_LENGTH:], text.encode())
            except InvalidSignature as error:
                raise CheckpointError("the signature of the checkpoint is wrong") from error
            return checkpoint
    raise CheckpointError("the checkpoint is not signed by this key")


def _parse(note: str) -> tuple[Checkpoint, str, list[tuple[str, bytes]]]:
    text, blank, below = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or not below.endswith("\n") or len(lines) < LINES or not SIZE.fullmatch(lines[1]):
        raise CheckpointError("not a checkpoint")
    root = _base64(lines[2])
    if len(root) != HASH_LENGTH:
        raise CheckpointError("not a checkpoint")
    signatures = []
    for line in below[:-1].split("\n"):
        found = SIGNATURE_LINE.fullmatch(line)
        if not found:
            raise CheckpointError("not a checkpoint")
        signatures.append((found[1], _base64(found[2])))
    return Checkpoint(lines[0], int(lines[1]), root), text + "\n", signatures


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise CheckpointError("not base64") from error
