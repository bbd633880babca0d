"""Completeness and freshness of customers for a purpose: one statement, whatever their number; nothing is opened."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import PurposeRule
from shouxin.customers.quality import rules
from shouxin.customers.quality.rules import Score
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock, statements

# Days counted from 1970: 0 is the day of collection, 3 that of the last verification (models.Standing).
JUDGED = """
customers_customer c
JOIN customers_standing s ON s.customer_id = c.id
JOIN unnest(%(keys)s::text[], %(records)s::text[], %(persons)s::bool[], %(organisations)s::bool[], %(days)s::int4[],
            %(needed)s::bool[]) AS a(key, record, person, organisation, days, needed)
    ON a.record = s.kind AND CASE c.kind WHEN 'person' THEN a.person ELSE a.organisation END
CROSS JOIN LATERAL (SELECT s."values" -> a.key AS v) x
CROSS JOIN LATERAL (
    SELECT x.v IS NOT NULL AND a.days > 0 AND
        (x.v ->> 4 = 'doubted' OR
         greatest((x.v ->> 0)::int4, coalesce((x.v ->> 3)::int4, 0)) + a.days <= %(today)s::int4) AS old
) y
"""
_SCORES = f"""
SELECT c.id, count(*) FILTER (WHERE a.needed),
    array_agg(a.key ORDER BY a.key) FILTER (WHERE a.needed AND x.v IS NULL),
    array_agg(a.key ORDER BY a.key) FILTER (WHERE y.old), count(x.v) FILTER (WHERE a.days > 0)
FROM {JUDGED} WHERE c.id = ANY(%(customers)s::uuid[]) GROUP BY c.id
"""  # noqa: S608 - our own text


def asked(purpose: PurposeRule, now: datetime) -> dict[str, object]:
    """The parameters of `JUDGED` for a purpose."""
    found = rules.asked_of(purpose, rulebooks["rulebook"].fields())
    return {
        "keys": [one.key for one in found],
        "records": [one.record for one in found],
        "persons": [one.person for one in found],
        "organisations": [one.organisation for one in found],
        "days": [one.days for one in found],
        "needed": [one.needed for one in found],
        "today": rules.day(clock.today(now)),
    }


def scores(*, purpose: PurposeRule, customers: Collection[UUID], now: datetime) -> dict[UUID, Score]:
    """How complete and how fresh each of these customers is for `purpose`; whoever may see them asks."""
    rows = statements.execute(_SCORES, asked(purpose, now) | {"customers": list(customers)})
    found = {
        customer: Score(count, tuple(missing or ()), tuple(old or ()), present)
        for customer, count, missing, old, present in rows
    }
    return {customer: found.get(customer, Score(0)) for customer in customers}
