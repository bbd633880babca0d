"""Pure rules of API clients: tokens, addresses, limits, and what a proposal must say."""

import hmac
import ipaddress
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shouxin.core.policy import FieldRule, PurposeRule, Storage

LONGEST = timedelta(days=366)
RIGHTS = "individual_rights"  # bound to it, a program hands in what people ask for about themselves
PER_MINUTE, MOST_PER_MINUTE = 120, 60_000
DAILY_ROWS, MOST_DAILY_ROWS = 10_000, 10_000_000
RECEIPTS_KEPT = timedelta(days=30)
TURNED_AWAY_KEPT = timedelta(days=92)
NEVER_CLEAR = frozenset({"M-SECRET", "M-BIO"})
DAY_ZONE = ZoneInfo("Asia/Shanghai")
OVERLAP_DAYS, MOST_OVERLAP_DAYS = 7, 30
MARK = "sxk"  # recognisable to scanners that look for leaked tokens


@dataclass(frozen=True, slots=True)
class Token:
    """A new token: the whole of it is shown once; `prefix` finds its row, `digest` is what is kept."""

    text: str
    prefix: str
    digest: bytes

    @property
    def last_four(self) -> str:
        """What tells two tokens apart on a screen; 24 of its 256 bits."""
        return self.text[-4:]


def new_token(key: bytes) -> Token:
    """256 random bits behind a short public prefix."""
    prefix = secrets.token_hex(6)
    text = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    return Token(text, prefix, digest(key, text))


def digest(key: bytes, token: str) -> bytes:
    """Keyed, so that neither a stolen database nor a stolen key alone lets a guess be tried."""
    return hmac.digest(key, token.encode("utf-8", "surrogatepass"), "sha256")


def prefix_of(token: str) -> str | None:
    """The public part of a token, or None when the text is no token at all."""
    parts = token.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == MARK and token.isascii() else None  # noqa: PLR2004 - its parts


def network(text: str) -> str | None:
    """An address or range in its canonical form; None when it is none, or when it means everywhere."""
    try:
        found = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    return str(found) if found.prefixlen else None


@lru_cache(maxsize=1024)
def address_of(text: str) -> str | None:
    """A caller's address in its canonical form (an IPv4 address never as IPv6); None when it cannot be read."""
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return str(mapped or ip).partition("%")[0]


def comes_from(address: str, networks: Iterable[str]) -> bool:
    """Whether `address` (canonical) lies in one of the ranges."""
    return any(_lies_in(address, one) for one in networks)


@lru_cache(maxsize=4096)
def _lies_in(address: str, network: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network)


def day_of(now: datetime) -> date:
    """The calendar day a row counts for."""
    return now.astimezone(DAY_ZONE).date()


def until_midnight(now: datetime) -> int:
    """Seconds until the daily number starts anew."""
    local = now.astimezone(DAY_ZONE)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((midnight - local).total_seconds()))


def minute_of(now: datetime) -> int:
    """The minute a request counts for."""
    return int(now.timestamp()) // 60


def offered(fields: Mapping[str, FieldRule], purposes: Iterable[PurposeRule]) -> dict[str, FieldRule]:
    """The fields a client for these purposes may be given, in the catalogue's order."""
    wanted = {
        key
        for purpose in purposes
        if purpose.key != RIGHTS  # it hands requests in and sees nothing
        for key in purpose.fields
        if key in fields and (purpose.use is None or purpose.use in fields[key].uses)
    }
    return {
        key: rule
        for key, rule in fields.items()
        if key in wanted and rule.active and rule.storage is not Storage.FORBIDDEN
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a proposal asks for."""

    name: str
    purposes: Collection[str]
    readable: Collection[str]
    clear: Collection[str]
    writable: Collection[str]
    addresses: Collection[str]
    per_minute: int
    daily_rows: int
    starts_at: datetime
    ends_at: datetime
    reason: str


def problems(wanted: Wanted, offered_fields: Mapping[str, FieldRule], now: datetime) -> list[str]:
    """What is wrong with a proposal, as codes; empty when it may be submitted."""
    named = {*wanted.readable, *wanted.clear, *wanted.writable}
    tests = {
        "name.missing": not wanted.name.strip(),
        "purposes.none": not wanted.purposes,
        "purposes.rights-alone": RIGHTS in wanted.purposes and len(set(wanted.purposes)) > 1,
        "fields.none": not named and RIGHTS not in wanted.purposes,  # handing in requests needs none
        "fields.not-offered": bool(named - set(offered_fields)),
        "fields.clear-unread": bool(set(wanted.clear) - set(wanted.readable)),
        "fields.never-clear": any(
            offered_fields[key].masking_rule in NEVER_CLEAR for key in wanted.clear if key in offered_fields
        ),
        "addresses.none": not wanted.addresses,
        "addresses.wrong": any(network(one) is None for one in wanted.addresses),
        "limit.range": not (
            1 <= wanted.per_minute <= MOST_PER_MINUTE and 1 <= wanted.daily_rows <= MOST_DAILY_ROWS
        ),
        "dates.range": not (
            wanted.starts_at < wanted.ends_at <= wanted.starts_at + LONGEST and wanted.ends_at > now
        ),
        "reason.missing": not wanted.reason.strip(),
    }
    return [code for code, wrong in tests.items() if wrong]


def change_problems(
    *, addresses: Collection[str] | None, overlap_days: int, standing: Collection[str], reason: str
) -> list[str]:
    """What is wrong with asking for a new token (no addresses) or for another list of addresses, as codes."""
    listed = None if addresses is None else {network(one) for one in addresses}
    tests = {
        "addresses.none": listed is not None and not listed,
        "addresses.wrong": listed is not None and None in listed,
        "addresses.same": listed is not None and listed == set(standing),
        "overlap.range": not 0 <= overlap_days <= MOST_OVERLAP_DAYS,
        "reason.missing": not reason.strip(),
    }
    return [code for code, wrong in tests.items() if wrong]
