"""The facts known on this floor and below: the actor's open contact, and the state of each storage group."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shouxin.core.policy import ActorKind
from shouxin.core.text import Text
from shouxin.gate.facts import (
    CustomerFact,
    Readiness,
    customer_facts,
    read_contact,
    read_states,
    readiness,
)

customer_facts.register(
    "contact",
    CustomerFact(
        name="contact",
        meaning=Text("本人为该客户开始的接待", "The actor's open contact with this customer"),
        sql="""
            SELECT jsonb_build_array(k.purpose, k.ends_at) FROM gate_contact k
            WHERE k.staff_id = %(actor)s AND k.customer_id = q.customer_id AND k.purpose = %(purpose)s
              AND k.ends_at > %(now)s
            ORDER BY k.ends_at DESC LIMIT 1
        """,
        read=read_contact,
        of_showing=True,
        only=ActorKind.STAFF,
    ),
)

# Only what is not open: most customers have nothing to report, and NULL costs nothing. An index holds these alone.
CLOSED = "g.state NOT IN ('collected', 'in_use')"
customer_facts.register(
    "state",
    CustomerFact(
        name="state",
        meaning=Text("各存储组的状态（封存、删除）", "The state of each storage group (locked, destroyed)"),
        sql=f"""
            SELECT jsonb_object_agg(g.storage_group, g.state) FROM vault_group g
            WHERE g.customer_id = q.customer_id AND {CLOSED}
        """,  # noqa: S608 - our own condition
        read=read_states,
        whom=f"SELECT g.customer_id FROM vault_group g WHERE {CLOSED}",  # noqa: S608 - as above
    ),
)


def read_pause(value: list[str]) -> Text:
    """Until when somebody is paused who looked at too many customers."""
    at = datetime.fromisoformat(value[0]).astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")
    return Text(f"等到 {at}（短时间内查阅的客户过多）", f"to wait until {at} (too many customers looked at)")


# Asked before anything about a customer is: whoever is paused is told the same about everybody, existing or not.
readiness.register(
    "guard",
    Readiness(
        name="guard",
        meaning=Text("没有因大量查阅被暂停", "Is not paused for looking at too many customers"),
        sql="""
            SELECT jsonb_build_array(g.until) FROM people_guarded_source g
            WHERE g.kind = 'lists' AND g.source = (%(actor)s::uuid)::text AND g.until > %(now)s
        """,
        read=read_pause,
        programs=True,
    ),
)
