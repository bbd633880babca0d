"""Values graded public stand in clear; when their field's class is raised they come under lock, in steps.

From the moment of raising nobody is shown what still stands here: reading asks the rule, and the rule says sealed.
Each step takes some customers, seals what they have of the field with all its versions, and empties the clear columns,
in one transaction: cut off anywhere, the rest is seen from the columns themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.indexes import code_of
from shouxin.core.policy import Actor, FieldRule, Permission, service_actor
from shouxin.core.text import Text, counted
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.kit.queueing import queue_once
from shouxin.kit.statements import execute
from shouxin.rulebook.catalogue import effects, sealings
from shouxin.rulebook.catalogue.effects import Regrading
from shouxin.vault import services as vault
from shouxin.vault.payload import Value

SEAL, QUEUE = "customers.registry.seal_up", "upkeep"
KEEPER = replace(service_actor("sealing-up"), permissions=frozenset({Permission.VAULT_KEY_ROTATE}))
BATCH = 200  # customers
FIRST = UUID(int=0)

_IN_CLEAR = """
SELECT id FROM customers_customer WHERE public_values ? %b::text
UNION SELECT customer_id FROM customers_clear_version WHERE "values" ? %b::text
"""
_COUNT = f"SELECT count(*) FROM ({_IN_CLEAR}) AS found"  # noqa: S608 - our own statement
_HOLD = """
SELECT c.id, c.public_values ->> %b::text FROM customers_customer c
WHERE c.id > %b AND (c.public_values ? %b::text OR EXISTS (
    SELECT 1 FROM customers_clear_version v WHERE v.customer_id = c.id AND v."values" ? %b::text))
ORDER BY c.id LIMIT %b FOR UPDATE OF c
"""
_VERSIONS = """
SELECT customer_id, "values" -> %b::text, provenance, at, by FROM customers_clear_version
WHERE customer_id = ANY(%b::uuid[]) AND "values" ? %b::text ORDER BY customer_id, revision, id FOR UPDATE
"""
_EMPTY_CUSTOMER = """
UPDATE customers_customer SET public_values = public_values - %b::text,
    search_parts = ARRAY(SELECT part FROM unnest(search_parts) AS part WHERE split_part(part, ':', 1) <> %b::text)
WHERE id = ANY(%b::uuid[])
"""
_EMPTY_VERSIONS = (
    'UPDATE customers_clear_version SET "values" = "values" - %b::text WHERE customer_id = ANY(%b::uuid[])'
)
_FORGET = "DELETE FROM customers_clear_version WHERE \"values\" = '{}' AND customer_id = ANY(%b::uuid[])"


@dataclass(frozen=True, slots=True)
class Step:
    """How many customers were done in this step, how many of them had no right to be kept, and the last of them."""

    sealed: int
    removed: int
    last: UUID


def in_clear(key: str) -> int:
    """How many customers have a value of this field, present or past, in a clear column; 0 is the proof."""
    return int(execute(_COUNT, [key, key])[0][0])


def begin(actor: Actor, change: Regrading, now: datetime) -> None:
    """A field left the class public: from now on its values are being sealed."""
    if change.seals and change.before.record == "profile":
        sealings.begin(actor, field=change.after.key, customers=in_clear(change.after.key), now=now)
        queue_once(SEAL, queue=QUEUE)


def foresee(change: Regrading) -> Sequence[Text]:
    """How many customers have a value, as far as it can be told without opening any."""
    if change.before.storage.value == "clear":
        count = in_clear(change.before.key)
        found = [
            counted(
                count, "{n} 名客户有此字段的值。", "{n} customer has a value.", "{n} customers have a value."
            )
        ]
        if change.seals and count:
            text = Text(
                f"这 {count} 名客户的明文值（含历史）立即停止显示，并在后台加密。",
                f"What these {count} customers have in clear, past versions included, is closed at once and sealed in "
                "the background.",
            )
            found.append(text)
        return found
    if change.before.indexes:
        count = _indexed(change.before)
        return [
            counted(
                count, "{n} 名客户有此字段的值。", "{n} customer has a value.", "{n} customers have a value."
            )
        ]
    count = _grouped(change.before)
    text = Text(
        f"至多 {count} 名客户有此字段的值（值已加密，未逐一打开）。",
        f"At most {count} customers have a value (they are sealed, and none was opened to count).",
    )
    return [text]


def _indexed(rule: FieldRule) -> int:
    found = execute(
        "SELECT count(DISTINCT customer_id) FROM (SELECT customer_id FROM vault_search_token WHERE field = %b::int4"
        " UNION ALL SELECT customer_id FROM vault_business_key WHERE field = %b::text) AS found",
        [code_of(rule.key), rule.key],
    )
    return int(found[0][0])


def _grouped(rule: FieldRule) -> int:
    found = execute(
        "SELECT count(*) FROM vault_group WHERE storage_group = %b::text"
        " AND state IN ('collected', 'in_use', 'locked')",
        [rule.storage_group],
    )
    return int(found[0][0])


def seal_up(*, stop: Callable[[], bool], batch: int = BATCH) -> bool:
    """Seal everything that waits for it, in steps; False when told to stop before the end.

    Raises:
        KeyServiceUnavailable, VaultNotReady, TamperFound: the steps before are done.
    """
    for sealing, rule in sealings.waiting():
        after = FIRST
        while True:
            if stop():
                return False
            with transaction.atomic():
                done = step(rule, after, batch)
                sealings.advance(sealing, sealed=done.sealed, removed=done.removed)
            if not done.sealed:
                break
            after = done.last
        sealings.finish(KEEPER, sealing=sealing, left=in_clear(rule.key), now=clock.now())
    return True


def step(rule: FieldRule, after: UUID, batch: int) -> Step:
    """Seal what the next customers have of this field, and empty their clear columns; in the caller's transaction."""
    held = execute(_HOLD, [rule.key, after, rule.key, rule.key, batch])
    if not held:
        return Step(0, 0, after)
    customers = [customer for customer, _text in held]
    versions = _versions(rule.key, customers)
    arrivals = [_arrival(customer, text, versions.get(customer, [])) for customer, text in held]
    taken = vault.take_in(actor=KEEPER, rule=rule, arrivals=[one for one in arrivals if one])
    execute(_EMPTY_CUSTOMER, [rule.key, rule.key, customers])
    execute(_EMPTY_VERSIONS, [rule.key, customers])
    execute(_FORGET, [customers])
    counted = {one.customer_id: len(one.versions) for one in arrivals if one}
    journal.append_many(
        actor=KEEPER,
        event="customer.sealed_up",
        rows=[
            (
                customer,
                {
                    "field": rule.key,
                    "versions": counted.get(customer, 0),
                    "kept": customer in taken.changes,
                    "sealed": {rule.storage_group: taken.changes[customer]}
                    if customer in taken.changes
                    else {},
                },
            )
            for customer in customers
        ],
    )
    return Step(len(customers), len(taken.over), customers[-1])


_Version = tuple[list[str | int | None] | None, UUID, datetime, UUID]


def _versions(key: str, customers: Sequence[UUID]) -> dict[UUID, list[_Version]]:
    found: dict[UUID, list[_Version]] = {}
    for customer, *version in execute(_VERSIONS, [key, customers, key]):
        found.setdefault(customer, []).append((version[0], version[1], version[2], version[3]))
    return found


def _arrival(customer: UUID, text: str | None, versions: Sequence[_Version]) -> vault.Arrival | None:
    """What comes of one customer; None when only that a value was taken away is known."""
    past = [
        vault.Past(_value(kept, provenance), at, by)
        for kept, provenance, at, by in versions
        if kept is not None
    ]
    standing = None
    if text is not None:
        # The newest version carries the footing of what stands. Without one the value is sealed all the same.
        footing = past[-1].value if past else Value("", FIRST)
        standing = Value(text, footing.provenance, footing.mark, footing.problem)
    return vault.Arrival(customer, standing, tuple(past)) if past or standing else None


def _value(kept: Sequence[str | int | None], provenance: UUID) -> Value:
    text, mark, problem = kept
    return Value(str(text), provenance, int(mark or 0), str(problem) if problem else None)


effects.foreseen.register("registry", foresee)
effects.tightened.register("registry", begin)
