"""What the gate may ask: whether a customer is marked as of high risk, and which fields are for everybody."""

from shouxin.access.highrisk import queries, services
from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.gate.facts import CustomerFact, Known, alarms, customer_facts, every, withheld

# Both kinds of mark stand in short partial indexes; a mark of the customer names no field. Without any it is NULL.
SQL = every("""
    SELECT m.field FROM access_risk_mark m
    WHERE m.state IN ('active', 'ending') AND (m.customer_id = q.customer_id OR m.field <> '')
""")
# A field that is marked is marked for everybody.
WHOM = """
    SELECT m.customer_id FROM access_risk_mark m WHERE m.state IN ('active', 'ending') AND m.customer_id IS NOT NULL
    UNION ALL SELECT unnest(%(customers)s::uuid[]) WHERE EXISTS (
        SELECT 1 FROM access_risk_mark m WHERE m.state IN ('active', 'ending') AND m.field <> ''
    )
"""


def read(value: list[str], _actor: Actor) -> Known:
    return {"high_risk": "" in value, "high_risk_fields": frozenset(value) - {""}}


customer_facts.register(
    "high_risk",
    CustomerFact(
        name="high_risk",
        meaning=Text("客户或字段是否标为高风险", "Whether the customer or a field is marked as of high risk"),
        sql=SQL,
        read=read,
        of_showing=True,
        whom=WHOM,
    ),
)
alarms.register("high_risk", services.raise_alarm)
withheld.register("high_risk", queries.fields)
