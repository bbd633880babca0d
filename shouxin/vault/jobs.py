"""What runs without anybody asking: a new installation has its keys before the first request."""

import os

from shouxin.core.crypto.suites import AES_256_GCM_HMAC_SHA256, SM4_GCM_HMAC_SM3
from shouxin.core.policy import service_actor
from shouxin.kit import startup
from shouxin.vault import services
from shouxin.vault.errors import VaultError
from shouxin.vault.models import Settings

SETUP = service_actor("setup")
SUITES = {"aes": AES_256_GCM_HMAC_SHA256.id, "sm4": SM4_GCM_HMAC_SM3.id}
PASSPHRASE = "SHOUXIN_ROOT_KEY_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable


class UnknownSuite(VaultError):
    """SHOUXIN_SUITE names no suite; the first start decides for good, so it is not guessed."""


def make_first_keys() -> None:
    """Make root key, epoch key and search index of an installation that has none.

    A database that was sealed under a root key now missing gets no new one: nothing would open with it.
    """
    if Settings.objects.exists():
        return
    name = os.environ.get("SHOUXIN_SUITE", "aes").lower()
    if name not in SUITES:
        raise UnknownSuite(f"SHOUXIN_SUITE: {', '.join(SUITES)}")
    services.make_root_key(suite=SUITES[name], with_passphrase=bool(os.environ.get(PASSPHRASE)))
    services.set_up(actor=SETUP, suite=SUITES[name])


def register() -> None:
    startup.steps.register("vault.keys", make_first_keys)
