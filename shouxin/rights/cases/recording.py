"""How an act on a case is journalled."""

from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.journal import services as journal
from shouxin.rights.cases.models import Case

PURPOSE = "individual_rights"


def record(actor: Actor, verb: str, row: Case, **more: str | int) -> UUID:
    """Journal one act on a case."""
    return journal.append(
        actor=actor,
        event=f"rights.{verb}",
        customer=row.customer_id,
        purpose=PURPOSE,
        data={"case": str(row.id), **{key: value for key, value in more.items() if value != ""}},
    )
