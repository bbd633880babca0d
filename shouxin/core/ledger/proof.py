"""The proof of one entry in a file to hand out (C2SP tlog-proof): the entry, its place, its path, a signed checkpoint.

Whoever has the file and the ledger's public key can prove the entry with nothing else (docs/formats).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

from shouxin.core.ledger.checkpoint import Checkpoint, VerifyingKey, open_note
from shouxin.core.ledger.errors import ProofError
from shouxin.core.ledger.tree import HASH_LENGTH, check_inclusion, leaf_hash

FIRST_LINE = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
LARGEST = 1 << 20  # characters of a file worth reading: an entry of 65,535 bytes, 63 hashes and a note
_HEAD = re.compile(
    re.escape(FIRST_LINE)
    + r"\nextra (?P<entry>[A-Za-z0-9+/=]+)\nindex (?P<index>0|[1-9][0-9]{0,18})(?P<path>(?:\n[A-Za-z0-9+/=]{44}){0,63})"
)


@dataclass(frozen=True, slots=True)
class EntryProof:
    """That `entry` stands at `index` of the log that `note` signed; `path` from the leaf's side."""

    entry: bytes
    index: int
    path: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        lines = [
            FIRST_LINE,
            f"extra {b64encode(self.entry).decode()}",
            f"index {self.index}",
            *(b64encode(step).decode() for step in self.path),
        ]
        return "\n".join(lines) + "\n\n" + self.note

    @classmethod
    def parse(cls, text: str) -> "EntryProof":
        """Raises:
        ProofError: not such a file."""
        head, _, note = text.partition("\n\n")
        found = _HEAD.fullmatch(head) if len(text) <= LARGEST else None
        if found is None:
            raise ProofError("not the proof of an entry")
        steps = tuple(_base64(step) for step in found["path"].split())
        if any(len(step) != HASH_LENGTH for step in steps):
            raise ProofError("not the proof of an entry")
        return cls(_base64(found["entry"]), int(found["index"]), steps, note)

    def check(self, key: VerifyingKey) -> Checkpoint:
        """The checkpoint under which the entry stands, if everything in the file holds.

        Raises:
            ProofError: the path does not lead from the entry to the root.
            CheckpointError: the checkpoint is not one that `key` signed for its log.
        """
        checkpoint = open_note(self.note, key)
        check_inclusion(
            leaf=leaf_hash(self.entry),
            index=self.index,
            size=checkpoint.size,
            proof=self.path,
            root=checkpoint.root,
        )
        return checkpoint


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise ProofError("not base64") from None
