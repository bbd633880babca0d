"""What can be told of the search index: its versions, its size, whether it should be rebuilt and why."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shouxin.core.crypto.indexes import KINDS, code_of
from shouxin.core.policy import Actor, FieldRule, Permission
from shouxin.vault import control, database, fields
from shouxin.vault.models import IndexState, SearchIndexVersion, Settings
from shouxin.vault.queries import outdated_suites
from shouxin.vault.tokens import KEYS

EXACT = 200_000  # rows that are counted one by one; more are estimated from the database's own statistics
SAMPLED = 2_000_000  # tokens of which only a part is looked at
PERCENT = 5
RARELY = 6  # standard deviations above what is expected: once in many millions of tokens

_SHARED = """
SELECT array_agg(DISTINCT customer_id) FROM vault_search_token
WHERE field = %b::int4 AND kind = %b::int2 AND version = %b::int2
GROUP BY token HAVING count(DISTINCT customer_id) BETWEEN 2 AND %b
"""
_ROWS = "SELECT GREATEST(reltuples, 0)::int8 FROM pg_class WHERE oid = %b::text::regclass"
_COUNTED = """
SELECT COALESCE(max(n), 0)::int8, COALESCE(sum(n), 0)::int8
FROM (SELECT count(*) AS n FROM vault_group WHERE state <> 'destroyed' GROUP BY storage_group) AS g
"""
_ESTIMATED = """
SELECT most_common_freqs[1]::float8 FROM pg_stats WHERE tablename = 'vault_group' AND attname = 'storage_group'
"""
_SIZES = "SELECT version, field, kind, count(*) FROM vault_search_token{} GROUP BY version, field, kind"


@dataclass(frozen=True, slots=True)
class Size:
    """Of the register: customers, by the storage group that most of them have, and all storage groups."""

    customers: int
    groups: int


def size() -> Size:
    """How large the register is; counted when it is small, estimated when it is large."""
    rows = database.execute(_ROWS, ["vault_group"])[0][0]
    if rows > EXACT:
        found = database.execute(_ESTIMATED)
        if found and found[0][0]:
            return Size(int(rows * found[0][0]), rows)
    return Size(*database.execute(_COUNTED)[0])


def shared_tokens(*, rule: FieldRule, kind: str, most: int) -> list[list[UUID]]:
    """Customers whose search tokens in this field are the same, in groups; some are there by coincidence.

    A group is left out when by all odds more than `most` of it hold one value. Nothing is opened: the database compares
    tokens with tokens.
    """
    if kind not in rule.indexes or kind in KEYS:
        return []
    index = control.searched_index()
    chance = size().customers / 2**index.bits  # who has a token by coincidence; more of them the less often
    most += math.ceil(chance + RARELY * math.sqrt(chance))
    given = [code_of(rule.key), KINDS[kind].number, index.version, most]
    return [found for (found,) in database.execute(_SHARED, given)]


def outgrown(planned: int, records: Size) -> bool:
    """Whether tokens have become so short for the register that searching opens many for nothing."""
    return records.customers > 2 * planned


@dataclass(frozen=True, slots=True)
class Version:
    version: int
    state: str
    suite: int
    planned: int
    bits: int
    since: datetime
    reason: str
    done: int
    total: int
    left_out: int
    emptied_at: datetime | None
    tokens: int

    @property
    def percent(self) -> int:
        return min(99, self.done * 100 // max(1, self.total))


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """Everything about the search index that may be told: settings, counts, states; no token and no value.

    `needed` holds codes of what makes a rebuild advisable: suite, outgrown, fields. `per_kind`: kind → field → tokens
    of the version that is searched. `coincidences` is C, the other customers that share a token by chance.
    """

    versions: tuple[Version, ...]
    size: Size
    coincidences: float
    needed: tuple[str, ...]
    changed: tuple[str, ...]
    per_kind: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    estimated: bool = False

    @property
    def building(self) -> Version | None:
        return next((one for one in self.versions if one.state == IndexState.BUILDING), None)

    @property
    def current(self) -> Version | None:
        return next((one for one in self.versions if one.state == IndexState.CURRENT), None)


def status(*, actor: Actor) -> IndexStatus:
    """The search index as it stands.

    Raises:
        NotAllowed: the actor may not read about keys.
    """
    actor.require(Permission.VAULT_KEY_READ)
    rows, records = list(SearchIndexVersion.objects.order_by("-version")), size()
    counted, estimated = _sizes()
    current = next((row for row in rows if row.state == IndexState.CURRENT), None)
    totals: dict[int, int] = {}
    for (version, _, _), count in counted.items():
        totals[version] = totals.get(version, 0) + count
    changed = _changed(current)
    return IndexStatus(
        versions=tuple(_version(row, totals.get(row.version, 0)) for row in rows),
        size=records,
        coincidences=records.customers / 2**current.bits if current else 0.0,
        needed=tuple(_needed(current, records, changed)) if current else (),
        changed=changed,
        per_kind=_named(counted, current.version) if current else {},
        estimated=estimated,
    )


def needed() -> tuple[str, ...]:
    """Why the search index should be rebuilt now; nothing when it need not."""
    current = SearchIndexVersion.objects.filter(state=IndexState.CURRENT).first()
    return tuple(_needed(current, size(), _changed(current))) if current else ()


def unfinished() -> bool:
    """Whether a version is being built, or the tokens of a retired one are still there."""
    return SearchIndexVersion.objects.exclude(state=IndexState.CURRENT).filter(emptied_at=None).exists()


def _needed(current: SearchIndexVersion, records: Size, changed: tuple[str, ...]) -> list[str]:
    aged = current.suite in outdated_suites() or current.suite != Settings.objects.get().suite
    reasons = {"suite": aged, "outgrown": outgrown(current.planned, records), "fields": bool(changed)}
    return [reason for reason, holds in reasons.items() if holds]


def _changed(current: SearchIndexVersion | None) -> tuple[str, ...]:
    """Fields that are searched otherwise now than when the version that is searched was begun."""
    if current is None or current.fields is None:
        return ()
    now = fields.settings()
    return tuple(sorted(key for key, then in current.fields.items() if key in now and now[key] != then))


def _sizes() -> tuple[dict[tuple[int, int, int], int], bool]:
    rows = database.execute(_ROWS, ["vault_search_token"])[0][0]
    if rows <= SAMPLED:
        return {(v, f, k): n for v, f, k, n in database.execute(_SIZES.format(""))}, False
    sampled = database.execute(_SIZES.format(f" TABLESAMPLE SYSTEM ({PERCENT})"))
    return {(v, f, k): n * 100 // PERCENT for v, f, k, n in sampled}, True


def _named(counted: Mapping[tuple[int, int, int], int], version: int) -> dict[str, dict[str, int]]:
    kinds = {kind.number: name for name, kind in KINDS.items()}
    keys = {code_of(key): key for key in fields.rules()}
    found: dict[str, dict[str, int]] = {name: {} for name in KINDS}
    for (of, key, kind), count in counted.items():
        if of == version and kind in kinds:
            found[kinds[kind]][keys.get(key, "?")] = count
    return found


def _version(row: SearchIndexVersion, tokens: int) -> Version:
    return Version(
        row.version, row.state, row.suite, row.planned, row.bits, row.since, row.reason,
        row.done, row.total, row.left_out, row.emptied_at, tokens,
    )  # fmt: skip
