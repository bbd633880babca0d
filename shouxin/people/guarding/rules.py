"""Pure rules of detection (非法访问的发现与阻止): what counts, how much is too much, how long a source is kept out."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shouxin.kit.sources import source_of

# Guesses from one address: from the tenth in a quarter of an hour each further one has to wait, longer every time;
# whoever goes on regardless is blocked at the thirtieth. All within one table, so that they are read side by side.
SLOWEST = timedelta(minutes=1)
LONGEST_BLOCK = timedelta(hours=24)
# An id nobody has, asked for by somebody who is let in, weighs as much as this many rows of a list.
UNKNOWN_WEIGHT = 20
# A wrong code at the customers' door weighs as much as this many that are only asked for: whole offices and mobile
# networks share an address.
WRONG_CODE_WEIGHT = 3
MOST_ACCOUNTS = 20
PLACE_KEPT = timedelta(days=180)
QUIET_KEPT = timedelta(days=92)
# Over all addresses: every source at its own low number is still an attack when there are enough of them.
EVERYWHERE = "*"


class Kind(StrEnum):
    """What a source is watched for."""

    SIGN_IN = "sign_in"  # wrong names and passwords
    TOKEN = "token"  # noqa: S105 - tokens that open nothing
    LISTS = "lists"  # masked lists read to collect them, ids tried out
    PORTAL = "portal"  # codes asked for and guessed at the customers' door


class Level(StrEnum):
    CALM = "calm"
    SLOWED = "slowed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Limit:
    """Within `window`: slowed from `slow`, blocked from `block`, for `lasts` the first time and doubling."""

    window: timedelta
    slow: int
    block: int
    lasts: timedelta


MINUTES = timedelta(minutes=1)
OF_ADDRESS = Limit(15 * MINUTES, 10, 30, 15 * MINUTES)
OF_LISTS = Limit(10 * MINUTES, 1500, 3000, 30 * MINUTES)
OF_PORTAL = Limit(15 * MINUTES, 40, 90, 15 * MINUTES)
# One account guessed at from many addresses: its known places stay open, every other is shut out for an hour.
OF_ACCOUNT = Limit(60 * MINUTES, 10, 20, 60 * MINUTES)
# Everything together: nobody is shut out, the security administrators are told.
OF_ALL = Limit(60 * MINUTES, 100, 100, timedelta(0))


def limit_of(kind: Kind, source: str) -> Limit:
    """Which limit a source is under, by what it is."""
    if source == EVERYWHERE:
        return OF_ALL
    if kind is Kind.LISTS:
        return OF_LISTS
    if kind is Kind.PORTAL:
        return OF_PORTAL
    return OF_ADDRESS if is_address(source) else OF_ACCOUNT


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a source at one moment."""

    count: int = 0
    window_at: datetime | None = None
    until: datetime | None = None
    blocks: int = 0  # how often it was blocked before


def weigh(before: Standing, limit: Limit, weight: int, now: datetime) -> tuple[Standing, Level]:
    """The standing after `weight` more. Whoever is blocked already is not counted further."""
    if before.until and before.until > now and before.count == 0:
        return before, Level.BLOCKED
    fresh = before.window_at is None or now - before.window_at > limit.window
    count = weight if fresh else before.count + weight
    window_at = now if fresh else before.window_at
    if count >= limit.block:
        lasts = min(limit.lasts * 2 ** min(before.blocks, 10), LONGEST_BLOCK)
        return Standing(0, now, now + lasts, before.blocks + 1), Level.BLOCKED
    if count >= limit.slow:
        steps = (count - limit.slow) * 20 // max(limit.block - limit.slow, 1)
        wait = min(timedelta(seconds=2 ** min(steps, 6)), SLOWEST)
        return Standing(count, window_at, now + wait, before.blocks), Level.SLOWED
    return Standing(count, window_at, None, before.blocks), Level.CALM


def is_address(source: str) -> bool:
    """Whether a source is a network address, and not an account."""
    try:
        ipaddress.ip_network(source)
    except ValueError:
        return False
    return True


def place_of(address: str) -> str | None:
    """The neighbourhood by which an account knows where it is used from; None when the address cannot be read."""
    source = source_of(address)
    if source == "?":
        return None
    wide = 24 if "." in source else 48
    return str(ipaddress.ip_network(source).supernet(new_prefix=wide))
