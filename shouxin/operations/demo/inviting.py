"""Whoever comes without being asked: a form before the public that two people sent, one that waits, and leads."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms import services as drafting
from shouxin.customers.collection_forms.models import FormKind
from shouxin.customers.leads import services as leads
from shouxin.customers.leads.models import Lead, LeadSource, Permitted
from shouxin.customers.leads.queries import DEALINGS
from shouxin.customers.public_forms import receiving, services
from shouxin.customers.public_forms.models import Becomes, PublicForm
from shouxin.customers.public_forms.receiving import Sent
from shouxin.customers.public_forms.services import Wanted
from shouxin.customers.registry.models import Customer, Kind, Record, Visibility
from shouxin.kit import clock, ids
from shouxin.operations.demo.collecting import HEAD, drafted
from shouxin.operations.demo.founding import OFFICER, Organisation

ASKED = (
    ("person_name", True, "回电时知道怎样称呼"),
    ("mobile", False, "只用来回复这次询问"),
    ("customer_needs", False, "先了解需求，回电时答得更准"),
)
VISITORS: tuple[Mapping[str, str], ...] = (
    {"person_name": "纪晓岚", "mobile": "15400001731", "customer_needs": "想换两张升降桌，预算五千元以内"},
    {"person_name": "沈若溪", "mobile": "15400002846", "customer_needs": "小型工作室整套家具，十二月搬家"},
)
NEARLY_OVER = timedelta(days=86)  # a lead lives for ninety


@transaction.atomic
def invite(organisation: Organisation) -> None:
    """The enquiry form is open and two people sent it; the registration in the showroom waits to be opened."""
    if PublicForm.objects.exists():
        return
    now = clock.now()
    open_one = _published(organisation, "线上咨询登记", "Enquiry online", Becomes.LEAD, now)
    services.approve(actor=organisation.actor(OFFICER), public_form=open_one.id, now=now)
    row = PublicForm.objects.get(id=open_one.id)
    asked = receiving.opened(row, now)
    for values in VISITORS:
        sent = Sent(id=ids.new(), kind=Kind.PERSON, values=values, notice_version=asked.notice)
        receiving.receive(row=row, sent=sent, name="demonstration", now=now)
    _published(organisation, "年末展销报名", "Registration for the year-end sale", Becomes.CUSTOMER, now)


def _published(organisation: Organisation, zh: str, en: str, becomes: Becomes, now: datetime) -> PublicForm:
    """A form drafted and published, then asked to be put before the public."""
    version = drafted(organisation, FormKind.REGISTRATION, zh, en, ASKED)
    officer = organisation.actor(OFFICER)
    drafting.publish(actor=officer, version=version.id, seen=forms.digest_of(version), now=now)
    wanted = Wanted(
        department=organisation.departments["sales"],
        ends_on=clock.today(now) + timedelta(days=60),
        maximum=500,
        becomes=becomes,
    )
    return services.propose(actor=organisation.actor(HEAD), form=version.form_id, wanted=wanted, now=now)


@transaction.atomic
def find_leads(organisation: Organisation) -> None:
    """Beside those who sent the form: met at a fair, and one nearly over whom nobody may call."""
    if Lead.objects.exclude(source=LeadSource.PUBLIC_FORM).exists():
        return
    clerk, now = organisation.actor("yuanfei"), clock.now()
    found = _without_dealings(clerk.id)
    for customer, permission, noted in zip(
        found, (Permitted.INQUIRY, Permitted.NONE), (now, now - NEARLY_OVER), strict=False
    ):
        leads.begin(
            actor=clerk,
            customer=customer,
            source=LeadSource.EVENT,
            permission=permission,
            purpose="sales_contract",
            now=noted,
        )


def _without_dealings(staff: UUID) -> list[UUID]:
    """People of this clerk who never ordered or signed anything, those from longest ago first."""
    dealing = Record.objects.filter(kind__in=DEALINGS).values("customer_id")
    found = Customer.objects.filter(responsible_id=staff, kind=Kind.PERSON, visibility=Visibility.OPEN)
    rest = found.exclude(id__in=dealing).filter(lead__isnull=True).order_by("id")
    return list(rest.values_list("id", flat=True)[:2])
