"""A purpose whose information leaves: partners of a member alliance, one of them abroad, and a wall of thanks. Each is
agreed to by itself, so the people of the demonstration differ in what they chose."""

from typing import Any

from django.db import transaction

from shouxin.core.policy import Actor, customer_actor
from shouxin.customers.consents import pages
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel, Consent
from shouxin.customers.consents.services import How
from shouxin.customers.registry.models import Customer, Kind, Visibility
from shouxin.kit import clock
from shouxin.operations.demo.founding import Organisation
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import Purpose
from shouxin.rulebook.recipients import services as recipients
from shouxin.rulebook.recipients.models import Recipient

ALLIANCE, MARKETING = "member_alliance", "marketing"
COMPANIES: tuple[dict[str, Any], ...] = (
    {
        "name_zh": "示例佳居家装有限公司",
        "name_en": "Jiaju Interiors (example)",
        "part": "other",
        "contact": "privacy@jiaju.example.com",
        "way_zh": "每周一次加密文件",
        "way_en": "An encrypted file once a week",
        "kinds": ["个人基本资料"],
    },
    {
        "name_zh": "示例狮城家居有限公司",
        "name_en": "Lion City Homes (example)",
        "part": "other",
        "contact": "privacy@lioncity.example.com",
        "way_zh": "本人到新加坡门店时逐人提供",
        "way_en": "Person by person, when they visit the showroom in Singapore",
        "kinds": ["个人基本资料"],
        "country": "SG",
        "redress_zh": "写信到 privacy@lioncity.example.com，30 天内答复",
        "redress_en": "Write to privacy@lioncity.example.com, answered within 30 days",
    },
)
SAID: dict[str, Any] = {
    "name_zh": "会员联盟",
    "name_en": "Member alliance",
    "description_zh": "会员凭身份在联盟商家享受优惠，评价可以上感谢墙。",
    "description_en": "Members get better prices at partners of the alliance; reviews may stand on a wall of thanks.",
    "publishes_zh": "官网感谢墙显示姓氏和评价",
    "publishes_en": "Family name and review on the wall of thanks of the web site",
}
NEEDS = {
    "person_name": ("required", "称呼会员", "Addresses the member"),
    "mobile": ("optional", "商家核对会员身份", "Lets partners recognise the member"),
    "member_no": ("optional", "商家核对会员身份", "Lets partners recognise the member"),
}
LIKE = (
    "basis_id", "article_id", "handler", "retention_rule_id", "notice_id", "subjects_zh", "subjects_en", "roles", "use",
)  # fmt: skip


def draft(head: Actor) -> None:
    """The purpose with whom it names and what it publishes, not yet approved."""
    model = Purpose.objects.get(key=MARKETING)
    purposes.draft_purpose(
        head,
        key=ALLIANCE,
        named=[recipients.enter_recipient(head, **one) for one in COMPANIES],
        **SAID,
        **{name: getattr(model, name) for name in LIKE},
    )
    for field, (necessity, reason_zh, reason_en) in NEEDS.items():
        purposes.set_need(
            head, key=ALLIANCE, field=field, necessity=necessity, reason_zh=reason_zh, reason_en=reason_en
        )


@transaction.atomic
def choose(organisation: Organisation) -> None:
    """Five at their own door: all of it, one company, none of them, no at all, and a company taken back."""
    if Consent.objects.filter(purpose=ALLIANCE).exists():
        return
    now = clock.now()
    page = pages.present(purpose=ALLIANCE, language="zh-Hans", now=now)
    at_home, abroad = (Recipient.objects.get(name_zh=one["name_zh"]).id for one in COMPANIES)
    home, lion = f"provision:{at_home}", f"abroad:{abroad}"
    ticked = (
        {"general", home, lion, "publication"},
        {"general", home},
        {"general"},
        set[str](),
        {"general", home, lion},
    )
    found = Customer.objects.filter(
        responsible=organisation.people["panli"],
        kind=Kind.PERSON,
        visibility=Visibility.OPEN,
        absorbed_by__isnull=True,
    ).order_by("id")[: len(ticked)]
    everybody = list(found.values_list("id", flat=True))
    how = How(Channel.PORTAL)
    for customer, boxes in zip(everybody, ticked, strict=False):
        consents.decide(
            actor=customer_actor(customer),
            customer=customer,
            shown=page.sha256,
            ticked=frozenset(boxes),
            how=how,
            now=now,
        )
    if len(everybody) == len(ticked):
        last = everybody[-1]
        consents.withdraw(
            actor=customer_actor(last), customer=last, purpose=ALLIANCE, how=how, now=now, box=lion
        )
