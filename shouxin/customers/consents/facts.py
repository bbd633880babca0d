"""What the gate asks about consent: live, in its one statement, for every customer of a batch."""

from collections.abc import Sequence

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.gate.facts import CustomerFact, Known, customer_facts, every


def read_fields(value: Sequence[tuple[str, Sequence[str], str]], _actor: Actor) -> Known:
    """Of each consent in force its kind, its fields and the version of the notice it was given under. Nothing stands
    without the purpose itself."""
    consented = frozenset(field for _kind, fields, _notice in value for field in fields)
    if not consented or all(kind != "general" for kind, _fields, _notice in value):
        return {}
    under = {notice for _kind, fields, notice in value if fields}
    return {"consented": consented, "agreed_under": tuple(sorted(under))}


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
        sql=every("""
            SELECT jsonb_build_array(n.kind, n.fields, (
                SELECT s.notice_version_id FROM customers_consent_decision d
                JOIN customers_consent_shown s ON s.sha256 = d.shown_id WHERE d.id = n.decision_id
            ))
            FROM customers_consent n
            WHERE n.customer_id = q.customer_id AND n.purpose = %(purpose)s AND n.state = 'given'
              AND (n.until IS NULL OR n.until > %(now)s)
        """),
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
