"""Reading messages and their log, as far as the actor may: one's own, one's department's, or all of them."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shouxin.core.policy import Actor, Permission, PurposeRule, PurposeStatus, Role
from shouxin.customers.messages import rules
from shouxin.customers.messages.models import Message, Outcome, Recipient, State
from shouxin.customers.messages.rules import Content, Lack
from shouxin.customers.segments.rules import PERSONAL
from shouxin.gate.facts import rules as rulebooks
from shouxin.people import queries as people

SERVICE = "messages"
SHOWS: Mapping[str, Q] = {
    "waiting": Q(state=State.SUBMITTED),
    "open": Q(state__in=[State.SENDING, State.PAUSED]),
    "over": Q(state__in=[State.DONE, State.STOPPED, State.REFUSED]),
    "draft": Q(state=State.DRAFT),
}


def visible(actor: Actor, show: str = "") -> QuerySet[Message]:
    """Messages the actor may see; drafts are seen by whoever writes them alone."""
    actor.require(Permission.CUSTOMERS_MESSAGE_READ)
    found = Message.objects.select_related("staff__department", "decided_by").filter(SHOWS.get(show, Q()))
    mine = Q(staff_id=actor.id)
    if Role.OFFICER in actor.roles:
        return found.filter(mine | ~Q(state=State.DRAFT))
    if Role.HEAD in actor.roles:
        return found.filter(
            mine | (~Q(state=State.DRAFT) & Q(staff__department__in=list(actor.department_ids)))
        )
    return found.filter(mine)


def find(actor: Actor, message: UUID) -> Message | None:
    return visible(actor).filter(id=message).first()


def awaiting(actor: Actor) -> QuerySet[Message]:
    """What the actor could approve now; nothing for whoever approves nothing."""
    if not actor.may(Permission.CUSTOMERS_MESSAGE_APPROVE):
        return Message.objects.none()
    found = visible(actor, "waiting").exclude(staff__person__in=people.person_of(actor))
    own = [rule.key for rule in rulebooks["rulebook"].purposes_of(actor)]
    return found.exclude(kind=rules.COMMERCIAL, purpose__in=own).order_by("id")


def works_for_it(actor: Actor, message: Message) -> bool:
    """Whether a commercial message would be approved from within: by somebody who works for its purpose."""
    if message.kind != rules.COMMERCIAL:
        return False
    rule = rulebooks["rulebook"].purpose(message.purpose)
    return rule is None or rule.admits(actor)


def purposes(actor: Actor) -> list[PurposeRule]:
    """The purposes for which the actor may have messages sent."""
    return [rule for rule in rulebooks["rulebook"].purposes_of(actor) if SERVICE in rule.services]


def content_of(message: Message) -> Content:
    return Content(
        kind=message.kind,
        channel=message.channel,
        purpose=message.purpose,
        sender=message.sender,
        subject=message.subject,
        body=message.body,
        terms=message.terms,
        proof=message.proof_sha256,
        personal=message.personal,
        personal_stage=message.personal_stage,
        enclosed=message.enclosed,
    )


def lacks(message: Message) -> list[Lack]:
    """What has to be mended before it can be handed in."""
    rule = rulebooks["rulebook"].purpose(message.purpose)
    if rule is None:
        return [Lack("purpose.unsuited")]
    found = rules.lacks(content_of(message), consent_based=rule.consent_based, basis=rule.basis)
    personal = rulebooks["rulebook"].purpose(PERSONAL)
    if message.personal and (personal is None or personal.status is not PurposeStatus.ACTIVE):
        found.append(Lack("personal.no-purpose"))
    return found


def outcomes(message: Message) -> dict[str, int]:
    """How many recipients there are of each outcome."""
    rows = message.recipients.values_list("outcome").annotate(count=Count("id")).order_by()
    return {outcome.value: 0 for outcome in Outcome} | dict(rows)


def reasons(message: Message) -> dict[str, int]:
    """Why some were not sent to, with how many of each, the most frequent first."""
    rows = (
        message.recipients.exclude(reason="")
        .values_list("reason")
        .annotate(count=Count("id"))
        .order_by("-count", "reason")
    )
    return dict(rows)


def log(message: Message, outcome: str = "") -> QuerySet[Recipient]:
    found = Recipient.objects.filter(message_id=message.id)
    return found.filter(outcome=outcome) if outcome in Outcome.values else found


def of_customer(customer: UUID) -> QuerySet[Recipient]:
    """What was sent to a customer, or kept from them, the latest first."""
    return Recipient.objects.filter(customer_id=customer).select_related("message").order_by("-id")
