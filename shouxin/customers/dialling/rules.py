"""Pure rules of dialling unseen: the code, how many a day, and the address a phone understands."""

import re
import secrets
from hashlib import sha256

from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

# Read aloud and typed without mistakes: no I, L, O, U (Crockford's base 32); 10 of them are 50 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|,|#)\s*(\d{1,6})\s*$", re.IGNORECASE)
_SHORTEST, _LONGEST = 5, 15  # digits of a number that can be called (E.164: at most 15)

DAILY = declare(
    Threshold(
        "dials-a-day",
        Text("每人每天的拨号次数", "Numbers dialled unseen per person and day"),
        Text(
            "拨号不看号生成的拨号码，包括没有用掉的；超过即停，次日恢复。",
            "Codes made for dialling unseen, unused ones included; beyond it they stop until the next day.",
        ),
        "times",
        default=100,
        least=10,
        most=400,
    )
)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal(typed: str) -> str:
    """What was typed or scanned, as the code is written; empty for what cannot be one."""
    text = re.sub(r"[\s-]", "", typed).upper().translate(_LOOK_ALIKE)
    return text if len(text) == LENGTH and set(text) <= set(ALPHABET) else ""


def digest(code: str) -> bytes:
    return sha256(b"shouxin dial " + code.encode("ascii")).digest()


def spaced(code: str) -> str:
    return f"{code[:5]} {code[5:]}"


def address(number: str) -> str | None:
    """The `tel:` address of a number as it is kept (RFC 3966), or None when nobody could call it."""
    text = number.strip()
    found = _EXTENSION.search(text)
    extension = ""
    if found:
        text, extension = text[: found.start()], found[1]
    plus = "+" if text.lstrip().startswith(("+", "＋")) else ""
    digits = "".join(one for one in text if one in "0123456789")
    if not _SHORTEST <= len(digits) <= _LONGEST:
        return None
    return f"tel:{plus}{digits}" + (f",{extension}" if extension else "")
