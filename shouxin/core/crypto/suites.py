"""The cipher suites an organisation may choose from; every sealed byte string names its suite.

1  aes-256-gcm+hmac-sha256: AES-256 (FIPS 197) in GCM (SP 800-38D); HMAC-SHA256 (RFC 2104, FIPS 180)
2  sm4-gcm+hmac-sm3: SM4 (GB/T 32907) in GCM (RFC 8998 section 2); HMAC-SM3 (GB/T 32905)

Nonces are 96 random bits. One key seals at most 2**32 messages (SP 800-38D section 8.3); data keys stay far
below, wrapping keys are rotated before.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as library_hmac
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from shouxin.core.crypto.errors import UnknownSuite

NONCE_BYTES = 12
TAG_BYTES = 16


class Aead(Protocol):
    """Authenticated encryption under one fixed key; safe to share between threads."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Ciphertext followed by the 16-byte tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """The plaintext; raises `cryptography.exceptions.InvalidTag` when anything differs."""


class Sm4Gcm:
    """SM4-GCM with the interface of the library's own AEAD classes."""

    __slots__ = ("_algorithm",)

    def __init__(self, key: bytes) -> None:
        self._algorithm = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        context = Cipher(self._algorithm, GCM(nonce)).encryptor()
        context.authenticate_additional_data(associated_data)
        sealed = context.update(data) if data else b""  # a head is a tag alone
        context.finalize()  # of this mode nothing is left to come
        return sealed + context.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        if len(data) < TAG_BYTES:
            raise InvalidTag
        context = Cipher(self._algorithm, GCM(nonce, data[-TAG_BYTES:])).decryptor()
        context.authenticate_additional_data(associated_data)
        return context.update(data[:-TAG_BYTES]) + context.finalize()


Mac = Callable[[bytes], bytes]


def hmac_sha256(key: bytes) -> Mac:
    """HMAC-SHA256 under `key`: keyed once, copied per message."""
    return _keyed(library_hmac.HMAC(key, hashes.SHA256()))


def hmac_sm3(key: bytes) -> Mac:
    """HMAC-SM3 under `key`: keyed once, copied per message."""
    return _keyed(library_hmac.HMAC(key, hashes.SM3()))


def _keyed(begun: library_hmac.HMAC) -> Mac:
    copy = begun.copy

    def digest(message: bytes) -> bytes:
        state = copy()
        state.update(message)
        return state.finalize()

    return digest


@dataclass(frozen=True, slots=True)
class Suite:
    """One suite: its number in sealed bytes, its name, its key length in bytes, its two primitives."""

    id: int
    name: str
    key_bytes: int
    aead: Callable[[bytes], Aead]
    mac: Callable[[bytes], Mac]

    def new_key(self) -> bytes:
        """A fresh random key of the right length."""
        return os.urandom(self.key_bytes)


AES_256_GCM_HMAC_SHA256 = Suite(1, "aes-256-gcm+hmac-sha256", 32, AESGCM, hmac_sha256)
SM4_GCM_HMAC_SM3 = Suite(2, "sm4-gcm+hmac-sm3", 16, Sm4Gcm, hmac_sm3)

SUITES = {suite.id: suite for suite in (AES_256_GCM_HMAC_SHA256, SM4_GCM_HMAC_SM3)}


def suite_of(number: int) -> Suite:
    """The suite with this number.

    Raises:
        UnknownSuite: this release has no such suite.
    """
    try:
        return SUITES[number]
    except KeyError:
        raise UnknownSuite(f"suite {number} is unknown") from None
