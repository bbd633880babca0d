"""A price list is a trade secret for business use: sales works with it, marketing does not even see that it exists."""

from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import expect

from shouxin.access.clients import services as clients
from shouxin.access.clients.rules import Wanted
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import services as purposes
from tests.journeys.conftest import PHONE, Visitor
from tests.register import SALES, Register, told_of_anew

pytestmark = pytest.mark.django_db(transaction=True)

STUDY, STUDY_NAME = "market_study", "市场研究"
PRICES = ("销售额", "折扣", "报价与折扣")


@pytest.fixture
def studied(register: Register) -> Register:
    """Marketing has a purpose of its own, sales keeps its own to itself; 华信家具 may be seen by everybody, masked."""
    world = register.world
    head, officer = world.actor("sales_head"), world.actor("officer")
    purposes.revise_purpose(officer, key=SALES, reason="仅限销售部")
    purposes.edit_purpose(head, key=SALES, departments=[world.departments["sales"]])
    purposes.draft_purpose(
        world.actor("marketing_head"),
        key=STUDY,
        name_zh=STUDY_NAME,
        name_en="Market study",
        description_zh="了解单位客户的行业分布。",
        subjects_zh="单位客户",
        handler="守信示例公司",
        basis_id="CN-13-1-2",
        article_id="PIPL-013",
        notice_id="customers",
        use="marketing",
        roles=["clerk", "head"],
        retention_rule_id="R-PROSPECT",
    )
    for field in ("company_name", "business_scope", "contact_name"):
        purposes.set_need(
            world.actor("marketing_head"), key=STUDY, field=field, necessity="optional", reason_zh="行业分布"
        )
    told_of_anew(world)
    for key, who in ((SALES, head), (STUDY, world.actor("marketing_head"))):
        purposes.submit_purpose(who, key=key)
        purposes.approve_purpose(officer, key=key)
        purposes.activate_purpose(officer, key=key)
    Customer.objects.filter(id=register["huaxin"]).update(scope="organisation")
    return register


def test_a_price_list_is_kept_from_marketing(studied: Register, visitor: Visitor) -> None:
    address = f"/customers/{studied['huaxin']}/"
    page = visitor.sign_in("officer")
    page.goto("/rules/fields/line_sales/")
    facts = page.get_by_role("main")
    expect(facts).to_contain_text("商业秘密是")
    expect(facts).to_contain_text("用途类别业务")
    visitor.screenshot("field")

    page = visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.goto(address)
    for label in PRICES[:2]:
        expect(page.get_by_role("main")).to_contain_text(label)
    expect(page.get_by_role("main")).not_to_contain_text("15800.00")
    visitor.screenshot("sales")

    page = visitor.sign_in("marketer")
    visitor.work_for(STUDY)
    page.goto(address)
    seen = page.get_by_role("main")
    expect(seen).to_contain_text("华信家具有限公司")
    for label in (*PRICES, "15800", "2999"):
        expect(seen).not_to_contain_text(label)
    visitor.screenshot("marketing")
    visitor.check_axe()
    page.goto("/customers/")
    expect(page.get_by_role("main")).to_contain_text("华信家具有限公司")
    for label in PRICES:
        expect(page.get_by_role("main")).not_to_contain_text(label)
    page.goto("/customers/find/")
    page.get_by_label("查找客户").fill("CN-2026-0001")  # an order number is of business use as well
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.get_by_role("main")).not_to_contain_text("华信家具有限公司")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(address)
    expect(page.get_by_role("main")).not_to_contain_text("折扣")
    visitor.screenshot("marketing-phone")


def test_no_purpose_of_marketing_takes_it_in_and_no_program_gets_it(
    studied: Register, visitor: Visitor
) -> None:
    world, now = studied.world, clock.now()
    head = world.actor("marketing_head")
    purposes.revise_purpose(world.actor("officer"), key=STUDY, reason="想加价格")
    with pytest.raises(Refused, match=r"purpose\.use"):
        purposes.set_need(head, key=STUDY, field="line_sales", necessity="optional", reason_zh="想知道")
    purposes.submit_purpose(head, key=STUDY)
    purposes.approve_purpose(world.actor("officer"), key=STUDY)
    purposes.activate_purpose(world.actor("officer"), key=STUDY)
    wanted = Wanted(
        name="报表",
        purposes=(STUDY,),
        readable=("company_name",),
        clear=(),
        writable=(),
        addresses=("127.0.0.1",),
        per_minute=60,
        daily_rows=1000,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        reason="核对",
    )
    asked = clients.propose(
        actor=head,
        owner=world.people["marketing_head"].id,
        department=world.departments["marketing"].id,
        wanted=wanted,
        now=now,
    )
    token = clients.approve(actor=world.actor("officer"), client=asked.id, now=now)[1]

    def read(*fields: str) -> httpx.Response:
        body = {
            "purpose": STUDY,
            "reason": "order",
            "fields": list(fields),
            "ids": [str(studied["huaxin"])],
        }
        sent = {"Authorization": f"Bearer {token}"}
        return httpx.post(f"{visitor.base}/api/v1/customers:read", headers=sent, json=body)

    refused = read("company_name", "line_sales")
    assert refused.status_code in {403, 422}
    assert refused.json()["code"] == "field.not-for-purpose"
    found = read("company_name").json()["results"][0]
    assert found["values"]["company_name"]["text"] == "华信家具有限公司"
    assert "15800" not in str(found)
