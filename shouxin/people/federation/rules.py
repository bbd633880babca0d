"""Pure checks of what the other side says about somebody."""

import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt

ROUND_LASTS = timedelta(minutes=10)
LEEWAY = timedelta(seconds=30)
# Signatures anybody can check and only the provider can make; never "none", never a shared key.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class Refused(Exception):
    """The answer does not hold; `code` says what is the matter with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """Who it is at the other side, and how they proved it there: values of `amr` and `acr`."""

    subject: str
    proofs: frozenset[str] = frozenset()


def challenge(verifier: str) -> str:
    """The PKCE challenge of a verifier (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def check_description(found: Mapping[str, Any], configured: str) -> None:
    """A provider describes itself as the issuer that was configured, with HTTPS addresses.

    Raises:
        Refused: it is another, or something is missing.
    """
    if str(found.get("issuer", "")).rstrip("/") != configured.rstrip("/"):
        raise Refused("issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not str(found.get(name, "")).startswith("https://"):
            raise Refused("description")


def checked(id_token: str, *, keys: Mapping[str, Any], issuer: str, audience: str, nonce: str) -> Answer:
    """The subject of an ID token that holds (OpenID Connect Core, 3.1.3.7).

    Raises:
        Refused: not signed by one of `keys`, not from `issuer`, not for `audience`, not now, or not for our question.
    """
    try:
        header = jwt.get_unverified_header(id_token)
        claims = jwt.decode(
            id_token,
            key=_key(header, keys),
            algorithms=[header["alg"]],
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.InvalidAudienceError:
        raise Refused("audience") from None
    except jwt.ExpiredSignatureError:
        raise Refused("expired") from None
    except jwt.InvalidIssuerError:
        raise Refused("issuer") from None
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise Refused("signature") from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != audience:
        raise Refused("audience")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Refused("nonce")
    amr = claims.get("amr")
    proofs = [str(one) for one in amr] if isinstance(amr, list) else []
    return Answer(str(claims["sub"]), frozenset([*proofs, str(claims.get("acr") or "")]) - {""})


def _key(header: Mapping[str, Any], keys: Mapping[str, Any]) -> Any:
    if header.get("alg") not in ALGORITHMS:
        raise Refused("signature")
    listed = [one for one in keys.get("keys", ()) if isinstance(one, dict) and one.get("use", "sig") == "sig"]
    named = [one for one in listed if one.get("kid") == header.get("kid")]
    if len(named) != 1:
        raise Refused("signature")
    if named[0].get("alg", header["alg"]) != header["alg"]:
        raise Refused("signature")
    return jwt.PyJWK.from_json(json.dumps(named[0]), algorithm=header["alg"]).key


def second_factor_given(proofs: Collection[str], wanted: Collection[str]) -> bool:
    """Whether the provider says that it asked for a second factor, in words that were agreed on."""
    return bool(set(proofs) & set(wanted))
