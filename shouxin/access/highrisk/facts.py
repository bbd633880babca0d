"""What the gate may ask: whether a customer is marked as of high risk, and which fields are for everybody."""

from typing import Any

from shouxin.access.highrisk import queries, services
from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.gate.facts import CustomerFact, Known, alarms, customer_facts, withheld

# Both parts read short partial indexes; without any marking the answer is NULL and costs nothing further.
SQL = """
    SELECT NULLIF(jsonb_build_array(
        EXISTS (SELECT 1 FROM access_risk_mark m
                WHERE m.customer_id = q.customer_id AND m.state IN ('active', 'ending')),
        COALESCE((SELECT jsonb_agg(m.field) FROM access_risk_mark m
                  WHERE m.field <> '' AND m.state IN ('active', 'ending')), '[]'::jsonb)
    ), '[false, []]'::jsonb)
"""


def read(value: list[Any], _actor: Actor) -> Known:
    return {"high_risk": value[0], "high_risk_fields": frozenset(value[1])}


customer_facts.register(
    "high_risk",
    CustomerFact(
        name="high_risk",
        meaning=Text("客户或字段是否标为高风险", "Whether the customer or a field is marked as of high risk"),
        sql=SQL,
        read=read,
        of_showing=True,
    ),
)
alarms.register("high_risk", services.raise_alarm)
withheld.register("high_risk", queries.fields)
