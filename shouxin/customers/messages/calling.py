"""A call list is asked about anew at the moment a number is dialled: permission, consent, wishes, hours."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shouxin.customers.dialling.checks import Check, checks
from shouxin.customers.leads import queries as leads
from shouxin.customers.messages import presenting, rules
from shouxin.customers.messages.judging import judge
from shouxin.customers.messages.models import Channel, Outcome, Recipient
from shouxin.customers.messages.rules import Word
from shouxin.customers.registry import hours
from shouxin.gate.facts import rules as rulebooks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def obstacle(customer: UUID, purpose: str, now: datetime) -> str:
    """Why somebody is not called for `purpose` now; a legal duty waits for no hour."""
    rule = rulebooks["rulebook"].purpose(purpose)
    if rule is not None and rule.basis == rules.STATUTORY_BASIS:
        return ""
    if code := leads.obstacles([customer], purpose, now).get(customer, ""):
        return code
    if code := hours.closed(customer, now):
        return code
    return _of_list(customer, purpose, now)


def _of_list(customer: UUID, purpose: str, now: datetime) -> str:
    """What the newest running call list with this customer says of them now."""
    listed = Recipient.objects.filter(
        customer_id=customer,
        outcome=Outcome.SENT,
        message__channel=Channel.CALL,
        message__purpose=purpose,
        message__until__gt=now,
    )
    row = listed.select_related("message").order_by("-id").first()
    if row is None:
        return ""
    verdict = judge(row.message, [customer], now, dialled=True)[customer].verdict
    return "" if verdict.word is Word.SEND else verdict.code


def words(code: str) -> "StrOrPromise":
    return presenting.reason(code)


checks.register("messages", Check(obstacle, words))
