"""Equal numbers, telephones, addresses of mail and names: found without opening everybody, and without the extra.

Search tokens that are equal give candidates in one statement per field; only those are opened and told from
coincidences. Fields kept in clear are compared by the database.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import combinations
from uuid import UUID

from shouxin.core.policy import Storage
from shouxin.customers.duplicates import reading
from shouxin.customers.duplicates.features import ORGANISATION, Features
from shouxin.customers.duplicates.rules import Suspicion
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.statements import execute
from shouxin.vault import index_queries as vault

MOST = 20  # customers of one value; more of them are a switchboard or a placeholder, not duplicates
AT_ONCE = 500
SEALED = ("id_number", "passport_no", "mobile", "email", "landline")
SAME = ("number", "email", "phone")
CLEAR = ("uscc", "company_name")
_SHARED = """
SELECT array_agg(id) FROM customers_customer
WHERE absorbed_by IS NULL AND visibility = 'open' AND public_values ->> %b::text <> ''
GROUP BY kind, public_values ->> %b::text HAVING count(*) BETWEEN 2 AND %b
"""


def candidates() -> Iterator[list[UUID]]:
    """Groups that share a token, some by coincidence, or a clear value; nothing is opened."""
    fields = rulebooks["rulebook"].fields()
    for key in SEALED:
        if key in fields and fields[key].storage is not Storage.CLEAR:
            yield from vault.shared_tokens(rule=fields[key], kind="exact", most=MOST)
    for key in CLEAR:
        if key in fields and fields[key].storage is Storage.CLEAR:
            yield from (group for (group,) in execute(_SHARED, [key, key, MOST]))


def judged(one: Features, other: Features) -> Suspicion | None:
    """What two candidates really have in common; None when it was a coincidence, or is too little."""
    if one.kind != other.kind:
        return None
    shared = [key for key in SAME if (value := getattr(one, key)) and value == getattr(other, key)]
    named = "name:same" if one.name == other.name else "name:sound" if one.sound == other.sound else ""
    reasons = tuple([f"{key}:same" for key in shared] + ([named] if named and one.name.strip() else []))
    if "number" in shared:
        return Suspicion(1.0 if named else 0.99, reasons)
    if named and shared:
        return Suspicion(0.98 if len(shared) == 1 else 0.995, reasons)
    if named == "name:same" and one.kind == ORGANISATION:
        return Suspicion(0.9, reasons)
    return None


def pairs(now: datetime, stop: Callable[[], bool]) -> Iterator[list[tuple[UUID, UUID, Suspicion]]]:
    """The exact duplicates, batch by batch; each batch of opening is journalled."""
    for some in _batches(candidates()):
        if stop():
            return
        known = reading.features(sorted({one for group in some for one in group}), now)
        found = {
            (one, other): suspicion
            for group in some
            for one, other in _alike(group, known)
            if (suspicion := judged(known[one], known[other]))
        }
        yield [(*pair, suspicion) for pair, suspicion in found.items()]


def _batches(groups: Iterable[list[UUID]]) -> Iterator[list[list[UUID]]]:
    """Groups together until they have `AT_ONCE` customers."""
    some, size = list[list[UUID]](), 0
    for group in groups:
        some.append(group)
        size += len(group)
        if size >= AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _alike(group: Iterable[UUID], known: Mapping[UUID, Features]) -> set[tuple[UUID, UUID]]:
    """Pairs of a group that really hold the same; what more than `MOST` hold tells nobody from others."""
    holders: dict[tuple[str, str, str], list[UUID]] = {}
    for one in sorted(group):
        its = known.get(one)
        if its is None:
            continue
        for key in (*SAME, "name") if its.kind == ORGANISATION else SAME:
            if value := getattr(its, key):
                holders.setdefault((its.kind, key, value), []).append(one)
    return {pair for some in holders.values() if len(some) <= MOST for pair in combinations(some, 2)}
