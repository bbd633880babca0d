"""The gate's fact "client": what an API client in force may read, see clear and write for a purpose."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shouxin.core.policy import Actor, ActorKind, Grant
from shouxin.core.text import Text
from shouxin.gate.facts import ActorFact, actor_facts

IN_FORCE = """
    SELECT jsonb_build_array(c.id, %(purpose)s::text, c.readable, c.clear, c.writable, c.ends_at)
    FROM access_api_client c
    WHERE c.id = %(actor)s AND c.state = 'approved' AND %(purpose)s = ANY(c.purposes)
      AND c.starts_at <= %(now)s AND c.ends_at > %(now)s
"""
# Customers are counted at the door, before the gate is asked (services.take_rows): there no number ends a grant.
UNCOUNTED = 2**31


def read(value: list[Any], _actor: Actor) -> list[Grant]:
    client, purpose, readable, clear, writable, until = value
    return [
        Grant(
            id=UUID(client),
            kind="client",
            purpose=purpose,
            fields=frozenset(clear),
            until=datetime.fromisoformat(until),
            daily_limit=UNCOUNTED,
            used_today=0,
            own_customers_only=False,
            covers_sensitive=True,  # each such field was named in the proposal and approved by the officer
            covers_bulk=True,
            readable=frozenset(readable),
            writable=frozenset(writable),
        )
    ]


actor_facts.register(
    "client",
    ActorFact(
        name="client",
        meaning=Text("接口客户端在用的用数授权", "The grant of an API client in force"),
        sql=IN_FORCE,
        read=read,
        of_showing=True,
        only=ActorKind.CLIENT,
    ),
)
