"""Addresses of staff outside the console are kept sealed; opened only to send there, or to show a person their own."""

from shouxin.core.text import Text
from shouxin.kit import sealing
from shouxin.people.notices.models import Address

USE = "notice address"

sealing.keep_in(
    "people_notice_address",
    "sealed",
    key="people.notices",
    name=Text("通知地址", "Addresses that notices go to"),
    use=USE,
    model=Address,
)


def seal(address: Address, plain: str) -> bytes:
    """`plain`, bound to its row.

    Raises:
        shouxin.kit.sealing.Unavailable: there are no keys now.
    """
    return sealing.seal(USE, address.id, plain.encode())


def unseal(address: Address) -> str:
    """Where it goes.

    Raises:
        shouxin.kit.sealing.Unavailable, NotSealedHere: no keys, or altered.
    """
    return sealing.unseal(USE, address.id, bytes(address.sealed)).decode()


def masked(channel: str, plain: str) -> str:
    """What a person sees of their own address again: enough to know it by."""
    if channel == "mail":
        name, _, domain = plain.rpartition("@")
        return f"{name[:1]}***@{domain}"
    return f"{plain.split('/', 3)[2]} …{plain[-4:]}"
