"""A security key in software: makes one passkey and signs with it, with the counter a test wants."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

HOST = "localhost"
ORIGIN = f"http://{HOST}"
_PRESENT = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


@dataclass
class SecurityKey:
    """What the browser would hand the page, as JSON."""

    counter: int = 1
    id: bytes = field(default_factory=lambda: os.urandom(32))
    _key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False)

    def make(self, options: str) -> str:
        """The answer to the options of a new passkey."""
        public: Any = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        kept = AttestedCredentialData.create(bytes(16), self.id, public)
        data = AuthenticatorData.create(
            self._host(), _PRESENT | AuthenticatorData.FLAG.AT, self.counter, bytes(kept)
        )
        answer = {
            "clientDataJSON": websafe_encode(self._client_data("webauthn.create", options)),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        }
        return self._said(answer)

    def sign(self, options: str, counter: int) -> str:
        """The answer to the options of a proof."""
        data = AuthenticatorData.create(self._host(), _PRESENT, counter)
        client_data = self._client_data("webauthn.get", options)
        signed = bytes(data) + hashlib.sha256(client_data).digest()
        answer = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
        }
        return self._said(answer)

    def _said(self, response: dict[str, str]) -> str:
        known = websafe_encode(self.id)
        return json.dumps({"id": known, "rawId": known, "type": "public-key", "response": response})

    def _host(self) -> bytes:
        return hashlib.sha256(HOST.encode()).digest()

    def _client_data(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["publicKey"]["challenge"]
        return bytes(CollectedClientData.create(kind, challenge, ORIGIN))
