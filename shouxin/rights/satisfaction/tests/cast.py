"""A contact that is over, and what the customer said of it."""

from datetime import datetime, timedelta
from uuid import UUID

from shouxin.core.policy import customer_actor
from shouxin.gate.models import Contact
from shouxin.kit import ids
from shouxin.rights.cases.tests.cast import SAID
from shouxin.rights.satisfaction import services
from shouxin.rights.satisfaction.models import ContactScore
from tests.register import SALES, Register


def contact(register: Register, now: datetime, about: UUID, *, who: str = "clerk", days: int = 2) -> UUID:
    """Somebody called, so many days ago."""
    at = now - timedelta(days=days)
    row = Contact.objects.create(
        id=ids.new(),
        staff=register.world.people[who],
        customer_id=about,
        purpose=SALES,
        reason_class="customer_called",
        opened_at=at,
        ends_at=at + timedelta(minutes=30),
    )
    return row.id


def serve(register: Register, now: datetime, about: UUID | None = None, score: int = 4) -> ContactScore:
    who = about or register["li"]
    called = contact(register, now, who)
    return services.score(actor=customer_actor(who), contact=called, score=score, remark=SAID, now=now)
