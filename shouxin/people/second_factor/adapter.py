"""How allauth keeps secrets of second factors here: sealed, each for the one log-in it belongs to.

allauth calls `encrypt` and `decrypt` without saying whose secret it is; the caller says so with `of(staff)`, so that
a sealed secret copied into another log-in's row does not open.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser

from shouxin.kit import sealing

USE = "second factor"
ISSUER = "守信 Shouxin"
_owner: ContextVar[UUID | None] = ContextVar("whose second factor", default=None)


@contextmanager
def of(owner: UUID) -> Iterator[None]:
    """Within: secrets are those of the log-in `owner`."""
    token = _owner.set(owner)
    try:
        yield
    finally:
        _owner.reset(token)


def _whose() -> UUID:
    owner = _owner.get()
    if owner is None:
        raise RuntimeError("a secret of a second factor is used outside adapter.of(…)")
    return owner


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed by the vault (`kit.sealing`)."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(sealing.seal(USE, _whose(), text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(USE, _whose(), base64.b64decode(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        return ISSUER

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())

    def _get_site_name(self) -> str:
        return ISSUER
