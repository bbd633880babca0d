"""The gate's fact "grant": standing grants in force for the actor, and how often they were used today."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from shouxin.access.grants.rules import day_of
from shouxin.core.policy import Actor, ActorKind, Grant, refuse
from shouxin.core.policy.refusals import Refusal
from shouxin.core.text import Text
from shouxin.gate.facts import ActorFact, actor_facts, every

IN_FORCE = every("""
    SELECT jsonb_build_array(g.id, g.purpose, g.fields, g.until, g.daily_limit, COALESCE((
                                 SELECT u.count FROM access_grant_use u
                                 WHERE u.grant_id = g.id AND u.day = (%(now)s AT TIME ZONE 'Asia/Shanghai')::date
                             ), 0),
                             1 + (g.seconded_by_id IS NOT NULL)::int, EXTRACT(EPOCH FROM g.until - g.proposed_at))
    FROM access_standing_grant g
    WHERE g.staff_id = %(actor)s AND g.purpose = %(purpose)s AND g.state = 'active' AND g.until > %(now)s
""")

# The row is made or locked here, so that of two reveals at once only one can be the thirtieth.
CONSUME = """
    INSERT INTO access_grant_use AS u (grant_id, day, count)
    SELECT g.id, %(day)s, %(uses)s FROM access_standing_grant g
    WHERE g.id = %(grant)s AND g.state = 'active' AND g.until > %(now)s AND %(uses)s <= g.daily_limit
    ON CONFLICT (grant_id, day) DO UPDATE SET count = u.count + %(uses)s
    WHERE u.count + %(uses)s <= (SELECT daily_limit FROM access_standing_grant WHERE id = %(grant)s)
    RETURNING count
"""


def read(value: list[list[Any]], _actor: Actor) -> list[Grant]:
    return [
        Grant(
            id=UUID(row[0]),
            kind="standing",
            purpose=row[1],
            fields=frozenset(row[2]),
            until=datetime.fromisoformat(row[3]),
            daily_limit=row[4],
            used_today=row[5],
            approvals=row[6],
            lasts=timedelta(seconds=row[7]),
        )
        for row in value
    ]


def consume(_actor: Actor, grant: UUID, uses: int, now: datetime) -> Refusal | None:
    """Count `uses` of the grant today; a refusal when the number is used up or the grant has just ended."""
    with connection.cursor() as cursor:
        cursor.execute(CONSUME, {"grant": grant, "day": day_of(now), "uses": uses, "now": now})
        if cursor.fetchone():
            return None
        cursor.execute("SELECT daily_limit FROM access_standing_grant WHERE id = %s", [grant])
        (limit,) = cursor.fetchone() or (0,)
    return refuse("grant.daily-limit", "view_masked", "tomorrow", "ask_owner", limit=limit)


actor_facts.register(
    "grant",
    ActorFact(
        name="grant",
        meaning=Text("本人在用的常设用数授权", "The actor's standing grants in force"),
        sql=IN_FORCE,
        read=read,
        consume=consume,
        of_showing=True,
        only=ActorKind.STAFF,
    ),
)
