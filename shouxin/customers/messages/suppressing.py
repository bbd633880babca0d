"""The list of numbers and addresses that want nothing more: keyed digests, and one key that lies sealed.

The key is this list's own. While it cannot be opened, nothing is sent; once it is destroyed, nobody can test a guess.
"""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from shouxin.core import identifiers
from shouxin.customers.messages.models import Suppression, SuppressionKey
from shouxin.kit import ids, sealing

USE = "key of the suppression list"
_LABEL = b"shouxin-suppression"
KEY_BYTES = 32


def _key() -> bytes:
    """The key, made when it is first asked for; of two that make it at once, one wins and both use it.

    Raises:
        kit.sealing.Unavailable: there are no keys to seal or open it with.
    """
    row = SuppressionKey.objects.first()
    if row is None:
        made = ids.new()
        sealed = sealing.seal(USE, made, secrets.token_bytes(KEY_BYTES))
        SuppressionKey.objects.bulk_create([SuppressionKey(id=made, sealed=sealed)], ignore_conflicts=True)
        row = SuppressionKey.objects.get()
    return sealing.unseal(USE, row.id, bytes(row.sealed))


def digests(validator: str, addresses: list[str]) -> list[bytes]:
    """The digest of each address in its normal form, so that 138 1234 5678 and +86 13812345678 are one."""
    key = _key()
    return [
        hmac.new(
            key, _LABEL + validator.encode() + b"\0" + identifiers.normalise(validator, one).encode(), sha256
        ).digest()
        for one in addresses
    ]


def suppressed(found: list[bytes], purpose: str) -> set[bytes]:
    """Those of the digests that want nothing for `purpose`."""
    rows = Suppression.objects.filter(digest__in=found, purpose=purpose)
    return {bytes(one) for one in rows.values_list("digest", flat=True)}


def add(digest: bytes, purpose: str, now: datetime) -> bool:
    """Nothing for `purpose` goes to this address any more; False when that held already."""
    _row, made = Suppression.objects.get_or_create(digest=digest, purpose=purpose, defaults={"since": now})
    return made
