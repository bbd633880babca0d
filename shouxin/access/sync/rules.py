"""Pure rules of connected systems: what a token looks like, how many changes one message tells of, when one is late."""

import base64
import secrets
from datetime import timedelta

MARK = "cst"  # recognisable where it should not stand
PATTERN = r"^cst_[a-z2-7]{26}$"
IN_ONE_MESSAGE = 100
LATE = timedelta(hours=24)
KEPT = timedelta(days=92)


def new_token() -> str:
    """128 random bits, in letters that survive being read aloud."""
    return f"{MARK}_{base64.b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()}"
