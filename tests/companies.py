"""Companies that get something, and purposes that name them: entered, approved and told of as the product does it."""

from collections.abc import Iterable
from typing import Any

from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.recipients import services
from shouxin.rulebook.recipients.models import Recipient
from tests.register import told_of_anew
from tests.world import World

PARTNER: dict[str, Any] = {
    "name_zh": "佳居家装有限公司",
    "name_en": "Jiaju Interiors",
    "part": "other",
    "contact": "privacy@jiaju.example",
    "way_zh": "每周一次加密文件",
    "way_en": "An encrypted file once a week",
    "kinds": ["个人基本资料"],
}
MALL: dict[str, Any] = {**PARTNER, "name_zh": "万家商场有限公司", "name_en": "Wanjia Mall"}
PRINTER: dict[str, Any] = {
    **PARTNER,
    "name_zh": "快印服务有限公司",
    "name_en": "Kuaiyin Print",
    "part": "entrusted",
}
ABROAD: dict[str, Any] = {
    **PARTNER,
    "name_zh": "狮城家居有限公司",
    "name_en": "Lion City Homes",
    "country": "SG",
    "redress_zh": "写信到 privacy@lion.example，30 天内答复",
    "redress_en": "Write to privacy@lion.example, answered within 30 days",
}


def entered(world: World, *companies: dict[str, Any]) -> list[Recipient]:
    head = world.actor("sales_head")
    return [services.enter_recipient(head, **one) for one in companies]


def revised(
    world: World,
    purpose: str,
    *,
    named: Iterable[Recipient] = (),
    needs: Iterable[dict[str, Any]] = (),
    **changes: Any,
) -> None:
    """Stop the purpose, write it anew, and take it through approval, notice and activation."""
    head, officer = world.actor("sales_head"), world.actor("officer")
    purposes.revise_purpose(officer, key=purpose, reason="修订")
    purposes.edit_purpose(head, key=purpose, named=list(named), **changes)
    for need in needs:
        purposes.set_need(head, key=purpose, **need)
    purposes.submit_purpose(head, key=purpose)
    purposes.approve_purpose(officer, key=purpose)
    told_of_anew(world)
    purposes.activate_purpose(officer, key=purpose)
