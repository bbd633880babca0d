"""Sealed blobs: the bytes that hold one record's fields of one storage group.

    blob            = version(1) ‖ suite(1) ‖ key version(4) ‖ nonce(12) ‖ ciphertext ‖ tag(16)
    associated data = version ‖ suite ‖ key version ‖ customer(16) ‖ record(16) ‖ revision(8) ‖ group(UTF-8)

Integers are big-endian and unsigned; identifiers are the 16 bytes of a UUID. Only the last part of the
associated data varies in length, so no two places share an encoding. See docs/formats/sealed-blob.md.
"""

import os
import struct
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from shouxin.core.crypto.errors import Broken, SealBroken
from shouxin.core.crypto.suites import NONCE_BYTES, TAG_BYTES, Suite, suite_of

VERSION: Final = 1
HEADER: Final = struct.Struct(">BBI")
MINIMUM: Final = HEADER.size + NONCE_BYTES + TAG_BYTES
_BODY: Final = HEADER.size + NONCE_BYTES

HEAD_VERSION: Final = 1
HEAD_MARK: Final = bytes([HEAD_VERSION])
_HEAD_LABEL: Final = b"shouxin-head"
ID_BYTES: Final = 16
_HEAD_START: Final = struct.Struct(">BBI")
_HEAD_MIDDLE: Final = struct.Struct(">QH")


class DataKey:
    """The key of one (customer, storage group): seals and opens its blobs and signs its head.

    Bound at making to its customer and group, so a caller cannot open under the wrong ones.
    """

    __slots__ = ("_customer", "_decrypt", "_encrypt", "_group", "_header", "_name", "version")

    def __init__(self, suite: Suite, key: bytes, *, version: int, customer: UUID, group: str) -> None:
        aead = suite.aead(key)
        self._encrypt = aead.encrypt
        self._decrypt = aead.decrypt
        self._header = HEADER.pack(VERSION, suite.id, version)
        self._customer = customer.bytes
        self._group = group.encode()
        self._name = (customer, group)
        self.version = version

    def seal(self, plaintext: bytes, *, record: UUID, revision: int) -> bytes:
        """The blob of `plaintext` for this record at this revision (1 is the first)."""
        header = self._header
        nonce = os.urandom(NONCE_BYTES)
        aad = header + self._customer + record.bytes + revision.to_bytes(8, "big") + self._group
        return header + nonce + self._encrypt(nonce, plaintext, aad)

    def open(self, blob: bytes, *, record: UUID, revision: int) -> bytes:
        """The plaintext that was sealed for exactly this place.

        Raises:
            SealBroken: the blob was altered, cut, moved here from elsewhere, or belongs to another revision.
        """
        header = self._header
        if blob[:6] != header or len(blob) < MINIMUM:
            raise SealBroken(self._header_damage(blob), self._place(record, revision))
        aad = header + self._customer + record.bytes + revision.to_bytes(8, "big") + self._group
        try:
            return self._decrypt(blob[6:18], blob[18:], aad)
        except InvalidTag:
            raise SealBroken(Broken.NOT_AUTHENTIC, self._place(record, revision)) from None

    def sign_head(self, records: list[tuple[UUID, int]], *, changes: int) -> bytes:
        """The head of the group: a MAC over every (record, current revision) and the count of changes.

        Layout: version(1) ‖ nonce(12) ‖ tag(16), the GCM tag of an empty message (SP 800-38D: GMAC).
        """
        nonce = os.urandom(NONCE_BYTES)
        return HEAD_MARK + nonce + self._encrypt(nonce, b"", self._head_data(records, changes))

    def check_head(self, head: bytes, records: list[tuple[UUID, int]], *, changes: int) -> None:
        """Make sure that `records` are all records of the group, each at its newest revision.

        Raises:
            SealBroken: a record was removed, added or rolled back, or the head is not of this group.
        """
        place = f"customer {self._name[0]} group {self._name[1]} head {changes}"
        if len(head) != 1 + NONCE_BYTES + TAG_BYTES:
            raise SealBroken(Broken.TRUNCATED, place)
        if head[0] != HEAD_VERSION:
            raise SealBroken(Broken.FORMAT, place)
        try:
            self._decrypt(head[1:13], head[13:], self._head_data(records, changes))
        except InvalidTag:
            raise SealBroken(Broken.NOT_AUTHENTIC, place) from None

    def _head_data(self, records: list[tuple[UUID, int]], changes: int) -> bytes:
        _, suite, version = HEADER.unpack(self._header)
        stated = [record.bytes + revision.to_bytes(8, "big") for record, revision in records]
        return head_data(suite, version, self._customer, self._group, changes, stated)

    def _header_damage(self, blob: bytes) -> Broken:
        if len(blob) < MINIMUM:
            return Broken.TRUNCATED
        version, suite, _ = HEADER.unpack_from(blob)
        if version != VERSION:
            return Broken.FORMAT
        return Broken.SUITE if suite != self._header[1] else Broken.KEY_VERSION

    def _place(self, record: UUID, revision: int) -> str:
        return f"customer {self._name[0]} group {self._name[1]} record {record} revision {revision}"


def head_data(
    suite: int, version: int, customer: bytes, group: bytes, changes: int, records: list[bytes]
) -> bytes:
    """What the head of a group authenticates; `records` are (id ‖ revision), put in order here."""
    stated = b"".join(sorted(records)) if len(records) > 1 else records[0] if records else b""
    return head_start(suite, version) + customer + head_middle(changes, group) + stated


def head_start(suite: int, version: int) -> bytes:
    """What stands before the customer in what a head authenticates."""
    return _HEAD_LABEL + _HEAD_START.pack(HEAD_VERSION, suite, version)


def head_middle(changes: int, group: bytes) -> bytes:
    """What stands between the customer and the records."""
    return _HEAD_MIDDLE.pack(changes, len(group)) + group


def suite_in(blob: bytes) -> Suite:
    """The suite that a blob names, without opening it.

    Raises:
        SealBroken: too short, or of an unknown format.
        UnknownSuite: no such suite.
    """
    if len(blob) < MINIMUM:
        raise SealBroken(Broken.TRUNCATED, "blob header")
    if blob[0] != VERSION:
        raise SealBroken(Broken.FORMAT, "blob header")
    return suite_of(blob[1])
