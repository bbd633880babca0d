"""A first working day: grants asked for and decided, customers received, values revealed, some of it refused.

Every scene goes through the services that the screens use, so the journal tells what really happened here and when.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib import import_module

from django.db import transaction

from shouxin.access.grants import rules as grant_rules
from shouxin.access.grants import services as grants
from shouxin.access.grants.models import StandingGrant
from shouxin.core.policy import Action, Actor, Role
from shouxin.customers.attachments import services as attachments
from shouxin.customers.attachments.models import Attachment
from shouxin.customers.attachments.models import Kind as AttachmentKind
from shouxin.customers.attachments.services import NewFile
from shouxin.customers.registry import listing, search, services
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method
from shouxin.customers.registry.rules import WELL_FORMED, Kept
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.models import Contact
from shouxin.kit import clock
from shouxin.operations.demo import (
    agreeing,
    closing,
    inviting,
    later,
    papers,
    partners,
    requesting,
    telling,
    working,
)
from shouxin.operations.demo.collecting import collect
from shouxin.operations.demo.founding import SECURITY_ADMIN, SYSTEM_ADMIN, Organisation
from shouxin.operations.demo.models import DemonstrationMark
from shouxin.people import services as people
from shouxin.people.models import Staff

SALES, SERVICE, LEASING = "sales_contract", "service", "leasing"
HEAD_OF = {SALES: "songtao", SERVICE: "xieyun", LEASING: "hanbing"}
WANTED = (
    "person_name",
    "mobile",
    "contact_name",
    "contact_mobile",
    "landline",
    "delivery_address",
    "contract_file",
    "picture_file",
)
GRANT_LASTS = timedelta(days=150)
NEWCOMER = ("linshu", "林舒")
Scene = Callable[[Organisation], None]


@dataclass(frozen=True, slots=True)
class Reception:
    """One customer contact: who, which of their customers (newest first), why, and what they looked at."""

    who: str
    purpose: str
    turn: int
    reason: str
    fields: Sequence[str]
    note: str = ""
    kind: str = "person"


RECEPTIONS = (
    Reception("yuanfei", SALES, 0, "customer_called", ["mobile"], "询问升降桌货期"),
    Reception("yuanfei", SALES, 1, "delivery", ["person_name", "mobile"], "确认送货时间"),
    Reception("yuanfei", SALES, 0, "order", ["landline"], "增补合同附件", kind="organisation"),
    Reception("yuanfei", SALES, 4, "follow_up", ["mobile"]),
    Reception("panli", SALES, 0, "order", ["mobile"]),
    Reception("panli", SALES, 2, "payment", ["person_name", "mobile"], "核对尾款"),
    Reception("duanrui", LEASING, 0, "customer_called", ["mobile"], "续租意向"),
    Reception("duanrui", LEASING, 1, "payment", ["mobile"]),
    # Refused: no grant, a sensitive field beyond a standing grant, and no grant for a colleague's customers.
    Reception("jianghao", SALES, 0, "order", ["mobile"]),
    Reception("duanrui", LEASING, 2, "order", ["id_number"]),
    Reception("caiyan", SERVICE, 0, "after_sales", ["mobile"], "扶手松动报修"),
)


def play(organisation: Organisation, mark: DemonstrationMark) -> int:
    """Play the scenes that are still to come, counting each; how many were played now."""
    todo = scenes()[mark.scenes_played :]
    for number, scene in enumerate(todo, start=mark.scenes_played + 1):
        scene(organisation)
        DemonstrationMark.objects.filter(id=mark.id).update(scenes_played=number)
    return len(todo)


def scenes() -> list[Scene]:
    """Everything that happens, in order. A scene cut off in its middle finds what it did and goes on from there."""
    return [
        _decide_grants,
        _hire_newcomer,
        _look_at_lists,
        *(partial(_receive, reception) for reception in RECEPTIONS),
        _correct_a_customer,
        _ask_for_the_wrong_purpose,
        collect,
        _attach_papers,
        working.promise,
        working.relate,
        working.offer,
        working.ask,
        working.tidy,
        agreeing.agree,
        requesting.request,
        inviting.invite,
        inviting.find_leads,
        telling.change_notice,
        telling.give_receipts,
        telling.pick_offers,
        partners.choose,
        telling.end_purpose,
        closing.hand_out,
        closing.complain,
        closing.answer_opinion,
        closing.score,
        *(scene for name in later.modules.values() for scene in import_module(name).SCENES),
    ]


@transaction.atomic
def _decide_grants(organisation: Organisation) -> None:
    """Four grants in force, one refused, one waiting for the head of sales."""
    for who, purpose, answer in (
        ("yuanfei", SALES, "approve"),
        ("panli", SALES, "approve"),
        ("caiyan", SERVICE, "approve"),
        ("duanrui", LEASING, "approve"),
        ("weinan", LEASING, "refuse"),
        ("jianghao", SALES, ""),
    ):
        actor, head = organisation.actor(who), organisation.actor(HEAD_OF[purpose])
        if StandingGrant.objects.filter(staff_id=actor.id).exists():
            continue
        asked = _propose(actor, purpose)
        if answer == "approve":
            grants.approve(actor=head, grant=asked.id, now=clock.now())
        elif answer == "refuse":
            note = "目前只负责合同归档，不需要联系客户；岗位调整后请再申请。"
            grants.refuse(actor=head, grant=asked.id, note=note, now=clock.now())


def _propose(actor: Actor, purpose: str) -> StandingGrant:
    book, now = rulebooks["rulebook"], clock.now()
    rule = book.purpose(purpose)
    allowed = [field.key for field in grant_rules.grantable(book.fields(), rule)] if rule else []
    return grants.propose(
        actor=actor,
        purpose=purpose,
        fields=[key for key in WANTED if key in allowed],
        daily_limit=20,
        until=now + GRANT_LASTS,
        reason="日常接待本人负责的客户，需要称呼并联系客户",
        now=now,
    )


@transaction.atomic
def _attach_papers(organisation: Organisation) -> None:
    """Two customers of a clerk have papers: a contract and a photograph of a delivery."""
    actor = organisation.actor("yuanfei")
    footing = Footing(SALES, Channel.SALES, Method.HAND)
    mine = Customer.objects.filter(responsible_id=actor.id).order_by("-id")[:2]
    files = (
        NewFile(AttachmentKind.CONTRACT, "买卖合同（样例）.pdf", papers.contract()),
        NewFile(AttachmentKind.PICTURE, "送货现场.jpg", papers.delivery()),
    )
    for customer in mine:
        if not Attachment.objects.filter(customer=customer).exists():
            for file in files:
                attachments.attach(
                    actor=actor, footing=footing, customer=customer.id, file=file, now=clock.now()
                )


@transaction.atomic
def _hire_newcomer(organisation: Organisation) -> None:
    """Somebody new in sales, whose role waits for the head to confirm it."""
    user_name, name = NEWCOMER
    if Staff.objects.filter(user_name=user_name).exists():
        return
    made = people.create_staff(
        actor=organisation.actor(SYSTEM_ADMIN),
        user_name=user_name,
        display_name=name,
        department=organisation.departments["sales"],
        password=people.first_password(),
    )
    people.grant_role(actor=organisation.actor(SECURITY_ADMIN), staff_id=made.id, role=Role.CLERK)


def _look_at_lists(organisation: Organisation) -> None:
    for who, purpose in (("songtao", SALES), ("yuanfei", SALES), ("caiyan", SERVICE)):
        listing.page(
            actor=organisation.actor(who),
            purpose=purpose,
            filters=registry.Filters(),
            now=clock.now(),
        )
    search.search(actor=organisation.actor("caiyan"), purpose=SERVICE, term="SX-000010", now=clock.now())


def _receive(reception: Reception, organisation: Organisation) -> None:
    actor = organisation.actor(reception.who)
    customer = _customer(actor, reception)
    if customer is None or Contact.objects.filter(staff_id=actor.id, customer_id=customer.id).exists():
        return
    contact = gate.open_contact(
        actor=actor,
        customer=customer.id,
        purpose=reception.purpose,
        reason_class=reception.reason,
        note=reception.note,
        now=clock.now(),
    )
    _reveal(actor, reception, customer)
    gate.close_contact(actor=actor, contact=contact.id, now=clock.now())


def _customer(actor: Actor, reception: Reception) -> Customer | None:
    """The customer this reception is about; service staff have none of their own and take what they can see."""
    found = registry.visible(actor).filter(kind=reception.kind).order_by("-id")
    own = list(found.filter(responsible_id=actor.id)[: reception.turn + 1]) or list(found[:1])
    return own[-1] if own else None


def _reveal(actor: Actor, reception: Reception, customer: Customer) -> None:
    try:
        registry.profile(
            actor=actor,
            purpose=reception.purpose,
            row=customer,
            fields=list(reception.fields),
            action=Action.REVEAL,
            reason=reception.reason,
            now=clock.now(),
            records=[],
        )
    except gate.Refused:
        return  # part of the story: the refusal stands in the journal


def _correct_a_customer(organisation: Organisation) -> None:
    """A customer called with a new address; the old one stays sealed in the history."""
    actor = organisation.actor("yuanfei")
    row = registry.visible(actor).filter(responsible_id=actor.id, kind="person").order_by("-id").first()
    if row is None or row.revision > 1:
        return
    services.edit(
        actor=actor,
        footing=Footing(SALES, Channel.FEEDBACK, Method.HAND),
        customer=row.id,
        revision=row.revision,
        values={"home_address": Kept("浙江省杭州市西湖区文三路示范小区8幢2单元602室", WELL_FORMED)},
        now=clock.now(),
    )


def _ask_for_the_wrong_purpose(organisation: Organisation) -> None:
    """A sales clerk tries a page under the leasing purpose, which is not theirs."""
    actor = organisation.actor("panli")
    reception = Reception("panli", LEASING, 0, "order", ["mobile"])
    row = _customer(actor, reception)
    if row is not None:
        _reveal(actor, reception, row)
