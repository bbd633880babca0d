"""Pure rules of the customers' door: what a code looks like, how long things last, which contact opens by itself."""

import hmac
import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256

from shouxin.core import identifiers
from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
TRIES = 5
DETAILS = 10  # wrong details in 30 days, however many codes were asked for: four digits are soon guessed
PER_IDENTIFIER, WITHIN = 3, timedelta(hours=1)
PER_DAY, DAY = (
    10,
    timedelta(days=1),
)  # nobody is flooded with text messages through our door, nor is it run up a bill
MOST_CUSTOMERS = 20  # who may share a contact before it opens nothing at all
SEEN_STEP = timedelta(minutes=1)  # the row of a session is rewritten no more often
KEPT = timedelta(days=30)  # rows of what is over
LONGEST_TYPED = 120
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else on paper
INVITATION_LENGTH, GROUP = 16, 4
LAST = 4
IDLE = declare(
    Threshold(
        "portal-idle",
        Text("客户门户无操作多久后退出", "Customers' portal ends when unused for"),
        Text("到期须重新登录。", "One has to sign in again."),
        "minutes",
        default=15,
        least=5,
        most=60,
    )
)
LONGEST = declare(
    Threshold(
        "portal-hours",
        Text("客户门户一次登录最长多久", "Longest sign-in at the customers' portal"),
        Text("无论是否在用，到时都须重新登录。", "Whether in use or not, one has to sign in again."),
        "hours",
        default=2,
        least=1,
        most=12,
    )
)
STALE = declare(
    Threshold(
        "portal-stale",
        Text(
            "联系方式多久未核实就不能单独登录门户",
            "A contact unverified for this long opens nothing by itself",
        ),
        Text(
            "手机号会被重新放号，邮箱会换人；超过此期限还要核对证件号后四位或会员号。",
            "Numbers are given to others and mailboxes change hands: after this, the last four of the ID number or "
            "the member number is asked for as well.",
        ),
        "months",
        default=12,
        least=1,
        most=24,
    )
)
INVITATION_DAYS = declare(
    Threshold(
        "portal-invitation",
        Text("门户邀请码的有效期", "An invitation to the portal is valid for"),
        Text("过期的邀请码打不开任何内容。", "An expired one opens nothing."),
        "days",
        default=30,
        least=1,
        most=90,
    )
)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_invitation() -> str:
    """Sixteen characters, 78 bits, in groups of four."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(INVITATION_LENGTH))
    return "-".join(drawn[at : at + GROUP] for at in range(0, INVITATION_LENGTH, GROUP))


def digest_of(secret: str) -> bytes:
    """Of what is too long to be guessed: tokens and invitations."""
    return sha256(secret.encode()).digest()


def bare(invitation: str) -> str:
    """An invitation as it was drawn, however it was typed."""
    return "".join(one for one in invitation.upper() if one in ALPHABET)


def keyed(key: bytes, use: str, *parts: str) -> bytes:
    """Of what could be guessed: nobody without the key finds it by trying."""
    return hmac.new(key, "\0".join((use, *parts)).encode(), sha256).digest()


def tidied(text: str) -> str:
    """Without spaces and letter case."""
    return "".join(text.split()).lower()


def recognised(typed: str) -> str:
    """One form for all ways of typing one address or number: by it whoever has it is found, and limits count."""
    return identifiers.normalise("EMAIL" if "@" in typed else "MOBILE", typed)


def is_stale(last: date, months: int, today: date) -> bool:
    """Whether nobody has confirmed the contact for so long."""
    whole = (today.year - last.year) * 12 + today.month - last.month
    return whole > months or (whole == months and today.day >= last.day)


def is_over(*, started: datetime, seen: datetime, now: datetime, idle: timedelta, longest: timedelta) -> bool:
    return now - seen >= idle or now - started >= longest
