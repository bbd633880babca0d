"""What the gate asks about consent: live, in its one statement, for every customer of a batch."""

from collections.abc import Mapping

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.gate.facts import CustomerFact, Known, customer_facts


def read_fields(value: Mapping[str, list[str]], _actor: Actor) -> Known:
    return {"consented": frozenset(value["fields"]), "agreed_under": tuple(value["notices"])}


def read_refused(value: bool, _actor: Actor) -> Known:  # noqa: FBT001 - as every fact is read
    return {"refused_purpose": value}


# By the name that a basis resting on consent asks for (rulebook: legal bases, `requires`).
customer_facts.register(
    "consent",
    CustomerFact(
        name="consent",
        meaning=Text(
            "本人现在同意为此目的处理哪些字段，依哪个告知版本",
            "Which fields the person agrees to now for the purpose, by which notice",
        ),
        sql="""
            SELECT jsonb_build_object(
                'fields', jsonb_agg(DISTINCT f) FILTER (WHERE f IS NOT NULL),
                'notices', jsonb_agg(DISTINCT s.notice_version_id) FILTER (WHERE f IS NOT NULL)
            )
            FROM customers_consent n
            JOIN customers_consent_decision d ON d.id = n.decision_id
            JOIN customers_consent_shown s ON s.sha256 = d.shown_id
            LEFT JOIN unnest(n.fields) f ON true
            WHERE n.customer_id = q.customer_id AND n.purpose = %(purpose)s AND n.state = 'given'
              AND (n.until IS NULL OR n.until > %(now)s)
            HAVING count(f) > 0 AND bool_or(n.kind = 'general')  -- nothing stands without the purpose itself
        """,
        read=read_fields,
        whom="SELECT n.customer_id FROM customers_consent n WHERE n.purpose = %(purpose)s AND n.state = 'given'",
    ),
)

customer_facts.register(
    "refused_purpose",
    CustomerFact(
        name="refused_purpose",
        meaning=Text("本人是否拒绝或限制了此目的", "Whether the person refused or restricted the purpose"),
        sql="""
            SELECT to_jsonb(true) FROM customers_refused_purpose r
            WHERE r.customer_id = q.customer_id AND r.purpose = %(purpose)s AND r.lifted_at IS NULL
        """,
        read=read_refused,
        whom="""
            SELECT r.customer_id FROM customers_refused_purpose r
            WHERE r.purpose = %(purpose)s AND r.lifted_at IS NULL
        """,
    ),
)
