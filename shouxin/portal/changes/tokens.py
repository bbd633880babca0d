"""The link of a notice: random, signed so that what we never made is told without looking, kept as a digest alone."""

import base64
import binascii
import hmac
import secrets
from hashlib import sha256

from django.conf import settings

_RANDOM, _MAC = 24, 12


def _mac(raw: bytes) -> bytes:
    key = sha256(b"shouxin-not-me" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, raw, sha256).digest()[:_MAC]


def new() -> str:
    raw = secrets.token_bytes(_RANDOM)
    return base64.urlsafe_b64encode(raw + _mac(raw)).decode()


def digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def is_ours(token: str) -> bool:
    """Whether we signed it; nothing is looked up for what we did not."""
    try:
        raw = base64.urlsafe_b64decode(token)
    except (ValueError, binascii.Error):
        return False
    return len(raw) == _RANDOM + _MAC and hmac.compare_digest(raw[_RANDOM:], _mac(raw[:_RANDOM]))
