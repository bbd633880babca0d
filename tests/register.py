"""The cast's customers: stored through the services, so that every test stands on what the product itself wrote.

li 李小明, person, 王芳's own · zhang 张伟, person, 王芳's department, nobody in particular responsible
huaxin 华信家具有限公司, organisation with the contact 陈静 and one order of two lines, 王芳's own
secret 赵云, person, seen by the responsible person alone (陈刚) · service 孙悦, person, of 客服部
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from shouxin.access.grants import services as grants
from shouxin.core.crypto.suites import AES_256_GCM_HMAC_SHA256
from shouxin.core.policy import Action, service_actor
from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry
from shouxin.customers.registry.models import Channel, Kind, Method, RecordKind, Scope
from shouxin.customers.registry.rules import Kept
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue.services import load_pack
from shouxin.rulebook.policies.models import Acknowledgement
from shouxin.rulebook.policies.queries import in_force
from shouxin.rulebook.policies.services import load_policies
from shouxin.rulebook.purposes import noticing
from shouxin.rulebook.purposes.defaults import adopt_defaults
from shouxin.rulebook.purposes.models import NoticeVersion
from shouxin.vault import services as vault
from tests.world import ORGANISATION, World

SALES = "sales_contract"
FOOTING = Footing(SALES, Channel.SALES, Method.HAND)

PHONE = "13812345678"
ID_NUMBER = "11010519491231002X"

PEOPLE: Mapping[str, Mapping[str, str]] = {
    "li": {
        "person_name": "李小明",
        "mobile": PHONE,
        "customer_no": "李小明-10001",
        "id_number": ID_NUMBER,
        "home_address": "北京市海淀区中关村大街1号院2号楼301",
        "segment": "消费者",
    },
    "zhang": {"person_name": "张伟", "mobile": "13987654321", "customer_no": "张伟-10002"},
    "secret": {"person_name": "赵云", "mobile": "13700001111", "customer_no": "赵云-10003"},
    "service": {"person_name": "孙悦", "mobile": "13611112222", "customer_no": "孙悦-10004"},
}


@dataclass
class Register:
    """The organisation with its rules in force and its customers stored."""

    world: World
    ids: dict[str, UUID] = field(default_factory=dict)
    records: dict[str, UUID] = field(default_factory=dict)

    def __getitem__(self, name: str) -> UUID:
        return self.ids[name]


def kept(values: Mapping[str, str]) -> dict[str, Kept]:
    return {key: Kept(text, 1) for key, text in values.items()}


def rules_in_force(world: World, *, planned: int = 1000, suite: int = AES_256_GCM_HMAC_SHA256.id) -> None:
    """The rule pack, the default purposes and the vault, as set-up leaves them."""
    load_pack(world.actor("officer"))
    load_policies(world.actor("officer"), now=clock.now())
    acknowledge(*(staff for staff in world.people.values() if staff.is_active))
    adopt_defaults(
        world.actor("sales_head"),
        world.actor("officer"),
        organisation=ORGANISATION,
        contact="周正 010-12345678",
    )
    vault.make_root_key(suite=suite)
    vault.set_up(actor=service_actor("setup"), planned=planned, suite=suite)


def told_of_anew(world: World) -> None:
    """The notice to customers in its next version, which tells of what the purposes say now."""
    standing = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number")
    version = noticing.draft_notice(
        world.actor("sales_head"),
        key="customers",
        language=standing.language,
        template=standing.template,
        contact=standing.contact,
        effective_on=clock.today(),
    )
    noticing.approve_notice(world.actor("officer"), version_id=version.id)


def acknowledge(*people: Staff) -> None:
    """These log-ins have acknowledged the rules in force: directly, as the cast itself comes into the database."""
    Acknowledgement.objects.bulk_create(
        Acknowledgement(version=version, staff=staff, person=staff.person, stay=staff.stay, at=clock.now())
        for version in in_force()
        for staff in people
    )


def build(world: World) -> Register:
    """Store the cast's customers."""
    rules_in_force(world)
    register, clerk, now = Register(world), world.actor("clerk"), clock.now()
    sales, service = world.departments["sales"].id, world.departments["service"].id
    places = {
        "li": (sales, Scope.DEPARTMENT, clerk.id),
        "zhang": (sales, Scope.DEPARTMENT, None),
        "secret": (sales, Scope.OWN, world.people["sales_head"].id),
        "service": (service, Scope.DEPARTMENT, world.people["agent"].id),
    }
    entries = [CustomerEntry(Kind.PERSON, kept(values), *places[name]) for name, values in PEOPLE.items()]
    entries.append(_huaxin(sales, clerk.id))
    stored = services.store(actor=clerk, footing=FOOTING, entries=entries, now=now)
    register.ids = dict(zip([*PEOPLE, "huaxin"], [done.customer for done in stored], strict=True))
    register.records = dict(zip(["chen", "order"], stored[-1].records, strict=True))
    return register


def _huaxin(department: UUID, responsible: UUID) -> CustomerEntry:
    lines = {
        "line_no": ["1", "2"],
        "product_name": ["办公椅", "会议桌"],
        "line_quantity": ["10", "1"],
        "line_sales": ["2999.00", "15800.00"],
        "line_discount": ["0.1", "0"],
    }
    order = {"order_no": "CN-2026-0001", "order_date": "2026-10-01"}
    return CustomerEntry(
        Kind.ORGANISATION,
        kept({"company_name": "华信家具有限公司", "uscc": "91350100M000100Y43"}),
        department,
        Scope.DEPARTMENT,
        responsible,
        records=[
            RecordEntry(RecordKind.CONTACT, kept({"contact_name": "陈静", "contact_mobile": "13511112222"})),
            RecordEntry(
                RecordKind.ORDER,
                kept(order | {key: json.dumps(column, ensure_ascii=False) for key, column in lines.items()}),
            ),
        ],
    )


def grant(register: Register, *, who: str = "clerk", approver: str = "sales_head", limit: int = 30) -> UUID:
    """A standing grant for `who` over names and phones, approved by `approver`."""
    now = clock.now()
    asked = grants.propose(
        actor=register.world.actor(who),
        purpose=SALES,
        fields=["mobile", "person_name", "contact_mobile"],
        daily_limit=limit,
        until=now + timedelta(days=30),
        reason="日常联系客户",
        now=now,
    )
    grants.approve(actor=register.world.actor(approver), grant=asked.id, now=now)
    return asked.id


def refusal(world: World, purpose: str, customer: UUID) -> str:
    """Why the phone is not opened, masked, to the clerk for this purpose; nothing where it is."""
    try:
        gate.open_sealed(
            actor=world.actor("clerk"),
            purpose=purpose,
            customers=[customer],
            fields=["mobile"],
            action=Action.VIEW,
            reason="",
            now=clock.now(),
        )
    except gate.Refused as refused:
        return refused.refusal.code
    return ""
