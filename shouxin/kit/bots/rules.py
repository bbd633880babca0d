"""Pure rules: the token of a form, the work a browser does for it, the question for those without scripts."""

import base64
import binascii
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from shouxin.core.text import Text

VERSION = "1"
FORM = re.compile(r"[a-z0-9:_-]{1,64}")
NONCE = 16
LONGEST = 400  # characters of anything that is sent for the check
# Faster than this nobody reads a form; older than this a page was kept to be sent later.
LEAST, MOST = timedelta(seconds=3), timedelta(hours=2)
WINDOW = timedelta(minutes=10)
# Zero bits the digest begins with. Fourteen are sixteen thousand tries, a moment on any phone;
# each further bit doubles that.
EASIEST, HARDEST = 14, 19
CALM = 20  # so many in two windows leave the work at its easiest; each doubling makes it one bit harder
DIGITS = (
    ("一", "one"),
    ("二", "two"),
    ("三", "three"),
    ("四", "four"),
    ("五", "five"),
    ("六", "six"),
    ("七", "seven"),
    ("八", "eight"),
    ("九", "nine"),
    ("十", "ten"),
    ("十一", "eleven"),
    ("十二", "twelve"),
    ("十三", "thirteen"),
    ("十四", "fourteen"),
    ("十五", "fifteen"),
    ("十六", "sixteen"),
    ("十七", "seventeen"),
    ("十八", "eighteen"),
)
LARGEST = 9


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one form is taken within ten minutes: of one source, of everybody, and by answers to the question."""

    of_source: int = 10
    of_form: int = 600
    answered_of_source: int = 4
    answered_of_form: int = 60


@dataclass(frozen=True, slots=True)
class Token:
    """What a form carries, signed: which form, when it was shown, how much work it asks for, what it was asked."""

    form: str
    at: datetime
    bits: int
    nonce: bytes
    answer: bytes


class BadToken(Exception):
    """Not one of ours, or altered."""


def new_nonce() -> bytes:
    return secrets.token_bytes(NONCE)


def key_of(secret: str) -> bytes:
    """A key of its own out of the installation's secret."""
    return hmac.new(secret.encode(), b"shouxin bots 1", sha256).digest()


def written(token: Token, key: bytes) -> str:
    """The token as it stands in the form."""
    stamp = int(token.at.timestamp() * 1000)
    body = ".".join(
        (VERSION, token.form, str(stamp), str(token.bits), plain(token.nonce), plain(token.answer))
    )
    return f"{body}.{plain(_signed(body, key))}"


def read(text: str, key: bytes) -> Token:
    """The token that `written` wrote.

    Raises:
        BadToken: not one of ours, or altered.
    """
    body, _, signature = text.rpartition(".")
    if len(text) > LONGEST or not text.isascii():
        raise BadToken
    if not hmac.compare_digest(plain(_signed(body, key)), signature):
        raise BadToken
    version, form, stamp, bits, nonce, answer = body.split(".")
    if version != VERSION:
        raise BadToken
    at = datetime.fromtimestamp(int(stamp) / 1000, UTC)
    return Token(form, at, int(bits), _bytes(nonce), _bytes(answer))


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise BadToken from None


def _signed(body: str, key: bytes) -> bytes:
    return hmac.new(key, b"form\0" + body.encode("utf-8", "replace"), sha256).digest()


def bits_for(recent: int) -> int:
    """How hard the work is when so many forms were sent lately."""
    return min(EASIEST + (recent // CALM).bit_length(), HARDEST)


def is_work(nonce: bytes, bits: int, solution: str) -> bool:
    """Whether the digest of nonce and solution begins with so many zero bits."""
    if not solution or len(solution) > NONCE or not (solution.isascii() and solution.isdigit()):
        return False
    digest = sha256(f"{plain(nonce)}:{solution}".encode()).digest()
    return int.from_bytes(digest) >> (8 * len(digest) - bits) == 0


def work(nonce: bytes, bits: int) -> str:
    """The work, done: what the script of a page does, for programs in Python."""
    tried = 0
    while not is_work(nonce, bits, str(tried)):
        tried += 1
    return str(tried)


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum in words, for people whose browser runs no scripts."""

    first: int
    second: int

    @property
    def text(self) -> Text:
        (zh, en), (zh_second, en_second) = DIGITS[self.first - 1], DIGITS[self.second - 1]
        return Text(f"{zh}加{zh_second}等于几？", f"What is {en} plus {en_second}?")

    @property
    def answer(self) -> str:
        return str(self.first + self.second)


def new_sum() -> Sum:
    return Sum(1 + secrets.randbelow(LARGEST), 1 + secrets.randbelow(LARGEST))


def answer_digest(nonce: bytes, answer: str, key: bytes) -> bytes:
    """The answer stands in the token only so that whoever has no key cannot read it out."""
    return hmac.new(key, b"answer\0" + nonce + answer.encode("utf-8", "replace"), sha256).digest()[:NONCE]


def tidied(answer: str) -> str:
    """An answer in figures, however it was typed: 8, ８, 八, eight."""
    bare = unicodedata.normalize("NFKC", answer[:NONCE]).strip().strip("。.").lower()
    words = {word: str(number) for number, pair in enumerate(DIGITS, 1) for word in pair}
    return words.get(bare, bare.lstrip("0"))


def window_of(now: datetime) -> datetime:
    """When the window began that `now` falls into."""
    length = int(WINDOW.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // length * length, UTC)


def weighed(current: int, before: int, now: datetime) -> int:
    """About how many came within one window up to now: what the window before still counts fades out."""
    passed = (now - window_of(now)) / WINDOW
    return current + int(before * (1 - passed))


def digest_of_source(source: str, day: str, key: bytes) -> bytes:
    """A source as it is counted: nobody without the key finds it by trying, and every day it is another."""
    return hmac.new(key, f"source\0{day}\0{source}".encode(), sha256).digest()[:NONCE]
