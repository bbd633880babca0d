"""Equal numbers, telephones, addresses of mail and names: found without opening everybody, and without the extra.

Search tokens that are equal give candidates in one statement per field; only those are opened and told from
coincidences. Fields kept in clear are compared by the database.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import combinations
from uuid import UUID

from shouxin.core.policy import Storage
from shouxin.customers.duplicates import reading
from shouxin.customers.duplicates.features import ORGANISATION, Features
from shouxin.customers.duplicates.rules import Suspicion
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.statements import execute
from shouxin.vault import queries as vault

MOST = 20  # customers of one value; more of them are a switchboard or a placeholder, not duplicates
AT_ONCE = 500
SEALED = ("id_number", "passport_no", "mobile", "email", "landline")
CLEAR = ("uscc", "company_name")
_SHARED = """
SELECT array_agg(id) FROM customers_customer
WHERE absorbed_by IS NULL AND visibility = 'open' AND public_values ->> %b::text <> ''
GROUP BY kind, public_values ->> %b::text HAVING count(*) BETWEEN 2 AND %b
"""


def candidates() -> set[tuple[UUID, UUID]]:
    """Pairs that share a token or a clear value; nothing is opened."""
    fields = rulebooks["rulebook"].fields()
    found: set[tuple[UUID, UUID]] = set()
    for key in SEALED:
        if key in fields and fields[key].storage is not Storage.CLEAR:
            for group in vault.shared_tokens(rule=fields[key], kind="exact", most=MOST):
                found.update(combinations(sorted(group), 2))
    for key in CLEAR:
        if key in fields and fields[key].storage is Storage.CLEAR:
            for (group,) in execute(_SHARED, [key, key, MOST]):
                found.update(combinations(sorted(group), 2))
    return found


def judged(one: Features, other: Features) -> Suspicion | None:
    """What two candidates really have in common; None when it was a coincidence, or is too little."""
    if one.kind != other.kind:
        return None
    shared = [
        key
        for key in ("number", "email", "phone")
        if (value := getattr(one, key)) and value == getattr(other, key)
    ]
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
    waiting = sorted(candidates())
    for start in range(0, len(waiting), AT_ONCE):
        if stop():
            return
        some = waiting[start : start + AT_ONCE]
        known = reading.features(sorted({one for pair in some for one in pair}), now)
        yield _told(some, known)


def _told(
    some: Sequence[tuple[UUID, UUID]], known: dict[UUID, Features]
) -> list[tuple[UUID, UUID, Suspicion]]:
    found = []
    for one, other in some:
        if one in known and other in known and (suspicion := judged(known[one], known[other])):
            found.append((one, other, suspicion))
    return found
