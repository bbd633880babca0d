"""The facts known on this floor and below: the actor's open contact, and the state of each storage group."""

from shouxin.core.text import Text
from shouxin.gate.facts import CustomerFact, customer_facts, read_contact, read_states

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
    ),
)

# Only what is not open: most customers have nothing to report, and NULL costs nothing.
customer_facts.register(
    "state",
    CustomerFact(
        name="state",
        meaning=Text("各存储组的状态（封存、删除）", "The state of each storage group (locked, destroyed)"),
        sql="""
            SELECT jsonb_object_agg(g.storage_group, g.state) FROM vault_group g
            WHERE g.customer_id = q.customer_id AND g.state NOT IN ('collected', 'in_use')
        """,
        read=read_states,
    ),
)
