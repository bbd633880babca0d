"""What the demonstration's customers agreed to: a third to marketing, of whom some withdrew; some refused a purpose."""

from uuid import UUID

from django.db import transaction

from shouxin.core.policy import customer_actor
from shouxin.customers.consents import pages, rules
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel, Consent, Refusal, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.customers.registry.models import Customer, Kind, Visibility
from shouxin.kit import clock
from shouxin.operations.demo.founding import Organisation
from shouxin.people import queries as people

MARKETING, ANALYSIS = "marketing", "customer_analysis"
THIRD, WITHDREW, REFUSED = (
    3,
    11,
    40,
)  # every third agreed, every eleventh of them withdrew, every fortieth refused
DOORS = (Channel.COUNTER, Channel.PHONE, Channel.FORM)


@transaction.atomic
def agree(_organisation: Organisation) -> None:
    """Asked by whoever answers for them, at the counter, by telephone or with a form."""
    if Consent.objects.exists() or Refusal.objects.exists():
        return
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    known = Customer.objects.filter(
        kind=Kind.PERSON, visibility=Visibility.OPEN, absorbed_by__isnull=True, responsible__isnull=False
    )
    everybody = list(known.order_by("id").values_list("id", "responsible_id"))
    asked: dict[tuple[int, bool], dict[UUID, list[UUID]]] = {}
    chosen = everybody[::THIRD]
    for number, (customer, responsible) in enumerate(chosen):
        yes = number % REFUSED != 1
        door = asked.setdefault((number % len(DOORS), yes), {})
        if responsible:
            door.setdefault(responsible, []).append(customer)
    for (door_number, yes), by in asked.items():
        said = consents.agreement(
            shown=page.sha256,
            ticked=frozenset({rules.GENERAL} if yes else ()),
            how=How(DOORS[door_number]),
            now=now,
        )
        for responsible, customers in by.items():
            said.record(actor=people.actor_by_id(responsible), customers=customers, now=now)
    for number, (customer, _responsible) in enumerate(chosen):
        herself = customer_actor(customer)
        if number % WITHDREW == WITHDREW - 1 and number % REFUSED != 1:
            how = How(Channel.PORTAL)
            consents.withdraw(actor=herself, customer=customer, purpose=MARKETING, how=how, now=now)
        if number % REFUSED == 0:
            consents.refuse_purpose(
                actor=herself, customer=customer, purpose=ANALYSIS, kind=RefusalKind.OBJECTED, now=now
            )
