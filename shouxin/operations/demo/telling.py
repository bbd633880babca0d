"""What people are told of: a new purpose, the notice in its next version with first receipts, offers picked by
agreement, and a purpose that fell away although something was kept for it."""

from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, customer_actor
from shouxin.customers.consents import pages
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel as Door
from shouxin.customers.consents.models import Consent
from shouxin.customers.consents.services import How
from shouxin.customers.informing import services as informing
from shouxin.customers.informing.models import Receipt
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Kind, Method, Visibility
from shouxin.customers.registry.rules import WELL_FORMED, Kept
from shouxin.customers.segments.rules import PERSONAL
from shouxin.kit import clock
from shouxin.operations.demo import partners
from shouxin.operations.demo.founding import OFFICER, Organisation
from shouxin.people.models import Department
from shouxin.rulebook.purposes import noticing
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.recipients import services as recipients

HEAD, SERVICE, SALES = "songtao", "service", "sales_contract"
LOYALTY, FAIR = "loyalty", "autumn_fair"
NEW = (LOYALTY, FAIR, partners.ALLIANCE)
COMPANIES: tuple[dict[str, Any], ...] = (
    {
        "name_zh": "示例迅达物流有限公司",
        "name_en": "Xunda Logistics (example)",
        "part": "entrusted",
        "contact": "privacy@xunda.example.com",
        "way_zh": "下单时通过加密接口逐单提供",
        "way_en": "Order by order over an encrypted interface",
        "kinds": ["个人基本资料", "个人财产信息"],
    },
    {
        "name_zh": "示例安居安装服务有限公司",
        "name_en": "Anju Fitters (example)",
        "part": "entrusted",
        "contact": "service@anju.example.com",
        "way_zh": "安装前一天以派工单提供",
        "way_en": "With the work order, the day before",
        "kinds": ["个人基本资料"],
    },
)
LIKE = ("basis_id", "article_id", "handler", "retention_rule_id", "notice_id", "subjects_zh", "subjects_en")
WORDS = {
    LOYALTY: {
        "name_zh": "会员积分",
        "name_en": "Loyalty points",
        "description_zh": "按订单记录会员积分，兑换礼品。",
        "description_en": "Keep points for orders and exchange them for gifts.",
    },
    FAIR: {
        "name_zh": "秋季展销抽奖",
        "name_en": "Prize draw of the autumn fair",
        "description_zh": "登记参加秋季展销抽奖的人，通知中奖结果。",
        "description_en": "Register who takes part in the prize draw of the autumn fair and tell the winners.",
    },
}


@transaction.atomic
def change_notice(organisation: Organisation) -> None:
    """Three purposes more, and the notice that tells of them; whoever was a customer before is told again."""
    if Purpose.objects.filter(key=LOYALTY).exists():
        return
    head, officer = organisation.actor(HEAD), organisation.actor(OFFICER)
    _name_recipients(head, officer)
    _draft(organisation, LOYALTY)
    _draft(organisation, FAIR)
    partners.draft(head)
    for key in NEW:
        purposes.submit_purpose(head, key=key)
        purposes.approve_purpose(officer, key=key)
    for language in NoticeVersion.Language.values:
        standing = NoticeVersion.objects.filter(notice="customers", language=language)
        if not standing.exists():
            continue
        latest = standing.latest("number")
        version = noticing.draft_notice(
            head,
            key="customers",
            language=language,
            template=latest.template,
            contact=latest.contact,
            effective_on=clock.today(),
        )
        noticing.approve_notice(officer, version_id=version.id)
    for key in (*NEW, SALES):
        purposes.activate_purpose(officer, key=key)


def _name_recipients(head: Actor, officer: Actor) -> None:
    """Two companies are entered; contracts of sale name both."""
    named = [recipients.enter_recipient(head, **content) for content in COMPANIES]
    purposes.revise_purpose(officer, key=SALES, reason="逐家列明承运和安装服务商")
    purposes.edit_purpose(head, key=SALES, named=named)
    purposes.submit_purpose(head, key=SALES)
    purposes.approve_purpose(officer, key=SALES)


def _draft(organisation: Organisation, key: str) -> None:
    model = Purpose.objects.get(key=SERVICE)
    mine = [organisation.departments[one] for one in ("sales", "marketing")]
    purposes.draft_purpose(
        organisation.actor(HEAD),
        key=key,
        departments=Department.objects.filter(id__in=mine),
        named=(),
        needs_of=SERVICE,
        roles=["clerk", "head"],
        use=model.use,
        **WORDS[key],
        **{name: getattr(model, name) for name in LIKE},
    )


@transaction.atomic
def give_receipts(organisation: Organisation) -> None:
    """Five read the new version at their own door, two were told in the showroom; the others are still to be told."""
    if Receipt.objects.exists():
        return
    now = clock.now()
    version = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number")
    found = _people(organisation.people["yuanfei"], 7)
    for customer in found[:5]:
        informing.acknowledge(actor=customer_actor(customer), sha256=version.sha256, now=now)
    for customer in found[5:]:
        informing.tell_at_counter(
            actor=organisation.actor("yuanfei"), customer=customer, sha256=version.sha256, now=now
        )


@transaction.atomic
def pick_offers(organisation: Organisation) -> None:
    """Three agree to offers picked for them; one of them thinks better of it."""
    if Consent.objects.filter(purpose=PERSONAL).exists():
        return
    now = clock.now()
    page = pages.present(purpose=PERSONAL, language="zh-Hans", now=now)
    found = _people(organisation.people["yuanfei"], 3)
    for customer in found:
        consents.decide(
            actor=customer_actor(customer),
            customer=customer,
            shown=page.sha256,
            ticked=frozenset({"general"}),
            how=How(Door.PORTAL),
            now=now,
        )
    for customer in found[2:]:
        herself = customer_actor(customer)
        consents.withdraw(actor=herself, customer=customer, purpose=PERSONAL, how=How(Door.PORTAL), now=now)


@transaction.atomic
def end_purpose(organisation: Organisation) -> None:
    """The prize draw is over and its purpose retired; what was written down for it is now kept for nothing."""
    if Purpose.objects.filter(key=FAIR, retired_at__isnull=False).exists():
        return
    clerk, now = organisation.actor("panli"), clock.now()
    for number, customer in enumerate(_people(clerk.id, 3)):
        row = Customer.objects.get(id=customer)
        registry.edit(
            actor=clerk,
            footing=Footing(FAIR, Channel.SALES, Method.HAND),
            customer=row.id,
            revision=row.revision,
            values={"mobile": Kept(f"1540000{9310 + number}", WELL_FORMED)},
            now=now,
        )
    officer = organisation.actor(OFFICER)
    purposes.retire_purpose(officer, key=FAIR, reason="展销已结束，奖品已全部发放")


def _people(staff: UUID, count: int) -> list[UUID]:
    """Some of this clerk's people, the newest first."""
    found = Customer.objects.filter(
        responsible_id=staff, kind=Kind.PERSON, visibility=Visibility.OPEN, absorbed_by__isnull=True
    )
    return list(found.order_by("-id").values_list("id", flat=True)[:count])
