"""Who is in: the live session behind a token."""

from datetime import datetime, timedelta

from shouxin.customers.registry.models import Customer, Visibility
from shouxin.people.thresholds.queries import values
from shouxin.portal.entering import rules
from shouxin.portal.entering.models import Challenge, Session


def live(token: str, now: datetime) -> Session | None:
    """The session that this token opens, with the customer who stands for whoever began it; None when it is over.

    Whoever was merged into another since is the other; whose information is no longer accepted is nobody.
    """
    if not token:
        return None
    row = Session.objects.filter(token_digest=rules.digest_of(token), ended_at=None).first()
    if row is None:
        return None
    idle, longest = values(rules.IDLE, rules.LONGEST)
    over = rules.is_over(
        started=row.started_at,
        seen=row.seen_at,
        now=now,
        idle=timedelta(minutes=idle),
        longest=timedelta(hours=longest),
    )
    customer = Customer.objects.filter(id=row.customer_id).values_list("absorbed_by", "visibility").first()
    if over or customer is None or customer[1] != Visibility.OPEN:
        Session.objects.filter(id=row.id, ended_at=None).update(ended_at=now)
        return None
    row.customer_id = customer[0] or row.customer_id
    if now - row.seen_at >= rules.SEEN_STEP:
        Session.objects.filter(id=row.id).update(seen_at=now)
    return row


def awaits_attribute(token: str, now: datetime) -> bool:
    """Whether the code of this browser was right and another detail is asked for."""
    found = Challenge.objects.filter(
        token_digest=rules.digest_of(token), proved_at__isnull=False, used_at=None, expires_at__gt=now
    )
    return bool(token) and found.exists()
