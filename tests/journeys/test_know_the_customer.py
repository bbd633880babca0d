"""Before calling anybody 王芳 looks at the customer: dealings, complaint, wishes in one timeline; a list heeds them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from shouxin.customers.messages.models import Channel, Kind
from shouxin.customers.messages.tests.cast import drafted, with_mail
from shouxin.customers.preferences import services as preferences
from shouxin.customers.registry.models import Customer
from shouxin.customers.timeline import services as timeline
from shouxin.kit import clock
from shouxin.rights.cases.models import Kind as Request
from shouxin.rights.cases.tests.cast import filed
from tests.journeys.conftest import Visitor
from tests.register import SALES, Register

REFUSED = "客户谢绝用这种方式联系"
SPOKEN = "问了办公椅的交货期，答应周五前回复"


def dealings(register: Register) -> None:
    """李小明 talked to us, complained, and wants neither calls nor mails."""
    clerk, now = register.world.actor("clerk"), clock.now()
    timeline.note(
        actor=clerk,
        purpose=SALES,
        customer=register["li"],
        said=timeline.Said(text=SPOKEN, channel="phone", direction="in"),
        end_contact=False,
        now=now,
    )
    filed(register, Request.COMPLAINT, text="送货晚了三天")
    preferences.set_limits(
        actor=clerk,
        purpose=SALES,
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        refused=["phone", "email"],
        hours=None,
        language="",
        now=clock.now(),
    )


@pytest.mark.clause("A1.4", "D19.1")
def test_one_timeline_tells_all_and_lists_leave_out_who_refused(
    register: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    with_mail(register, "li", "zhang")
    dealings(register)
    written: dict[str, Any] = {"kind": Kind.SERVICE, "purpose": SALES, "terms": "", "proof": None}
    sent = drafted(register, "li", "zhang", **written)
    calls = drafted(register, "li", "zhang", **written, channel=Channel.CALL)
    assert [row.counted["limits.refused"] for row in (sent, calls) if row.counted] == [1, 1]

    page = visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.goto(f"/customers/{register['li']}/timeline/")
    told = page.get_by_role("main")
    for said in (SPOKEN, "登记个人申请：投诉", "登记联系限制"):
        expect(told).to_contain_text(said)
    check_axe()
    screenshot("timeline")
    page.get_by_role("link", name="投诉和申请", exact=True).click()
    expect(told).to_contain_text("登记个人申请：投诉")
    expect(told).not_to_contain_text(SPOKEN)

    for message in (sent, calls):
        page.goto(f"/customers/messages/{message.id}/")
        left_out = page.locator("dt", has_text=REFUSED).locator("xpath=following-sibling::dd[1]")
        expect(left_out).to_have_text("1")
    check_axe()
    screenshot("left-out")
