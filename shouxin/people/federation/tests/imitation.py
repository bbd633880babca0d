"""A provider that says what a test wants: right by default, wrong in one point."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client

from shouxin.kit import clock
from shouxin.people.connections.models import Connection
from tests.peers.https import Asked, Peer

CLIENT_ID = "shouxin"


@dataclass
class Imitation:
    """`claims` go over the right ones (None: left out); `token` replaces the whole ID token."""

    peer: Peer
    claims: dict[str, Any] = field(default_factory=dict)
    token: Any = None
    algorithm: str = "RS256"
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    signing: Any = None  # another key than the published one
    nonce: str = ""

    def __post_init__(self) -> None:
        self.peer.answers |= {
            "/.well-known/openid-configuration": self.description,
            "/keys": self.keys,
            "/token": self.answer,
        }

    def description(self, _: Asked) -> Any:
        base = self.peer.base
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self, _: Asked) -> Any:
        published = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**published, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def answer(self, _: Asked) -> Any:
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.peer.base,
            "aud": CLIENT_ID,
            "sub": "fang",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            **self.claims,
        }
        given = {key: value for key, value in claims.items() if value is not None}
        signing = self.signing if self.signing is not None else self.key
        if self.algorithm == "none":
            signing = None
        token = jwt.encode(given, signing, algorithm=self.algorithm, headers={"kid": "one"})
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token or token}

    def round(self, client: Client, connection: Connection, *, begin: str = "") -> HttpResponse:
        """Off and back with a right answer to our question, or what the settings above make of it."""
        away: Any = client.post(begin or f"/sign-in/by/{connection.id}/")
        asked = dict(parse_qsl(urlsplit(away.context["where"]).query))
        self.nonce = asked["nonce"]
        back = f"/sign-in/by/{connection.id}/back/"
        return client.get(back, {"code": "one", "state": asked["state"]})  # type: ignore[return-value]
