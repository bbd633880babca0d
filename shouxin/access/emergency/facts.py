"""The gate's fact "emergency": the actor's emergency access in force, for its one customer alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shouxin.core.policy import Actor, ActorKind, Grant
from shouxin.core.policy.decision import EMERGENCY
from shouxin.core.text import Text
from shouxin.gate.facts import ActorFact, actor_facts, every

IN_FORCE = every("""
    SELECT jsonb_build_array(e.id, e.purpose, e.fields, e.until, e.customer_id)
    FROM access_emergency e
    WHERE e.staff_id = %(actor)s AND e.purpose = %(purpose)s AND e.ended_at IS NULL AND e.until > %(now)s
""")
UNCOUNTED = 1_000_000  # minutes limit it, not numbers


def read(value: list[list[Any]], _actor: Actor) -> list[Grant]:
    return [
        Grant(
            id=UUID(row[0]),
            kind=EMERGENCY,
            purpose=row[1],
            fields=frozenset(row[2]),
            until=datetime.fromisoformat(row[3]),
            daily_limit=UNCOUNTED,
            used_today=0,
            own_customers_only=False,
            covers_sensitive=True,
            customers=frozenset({UUID(row[4])}),
        )
        for row in value
    ]


actor_facts.register(
    "emergency",
    ActorFact(
        name="emergency",
        meaning=Text("本人在用的应急访问", "The actor's emergency access in force"),
        sql=IN_FORCE,
        read=read,
        of_showing=True,
        only=ActorKind.STAFF,
    ),
)
