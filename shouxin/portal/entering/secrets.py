"""What somebody typed to be found by is kept sealed until the code that they asked for is over."""

from shouxin.core.text import Text
from shouxin.kit import sealing
from shouxin.portal.entering.models import Challenge

USE = "portal identifier"

sealing.keep_in(
    "portal_challenge",
    "identifier",
    key="portal.entering",
    name=Text("门户登录时输入的手机号或邮箱", "What was typed at the customers' door"),
    use=USE,
    model=Challenge,
)


def unseal(challenge: Challenge) -> str:
    """What was typed.

    Raises:
        shouxin.kit.sealing.Unavailable, NotSealedHere: no keys, or altered.
    """
    return sealing.unseal(USE, challenge.id, bytes(challenge.identifier or b"")).decode()
