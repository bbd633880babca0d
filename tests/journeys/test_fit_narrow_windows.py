"""The longest that people write on the narrowest screen: 320 px, which is 1280 px at 400 %. Nothing runs out of the
window sideways, whatever is written, and the whole of it can be read."""

import pytest

from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import Kept
from shouxin.customers.timeline import services as timeline
from shouxin.customers.timeline.rules import MOST_TEXT
from shouxin.customers.timeline.services import Said
from shouxin.kit import clock
from shouxin.people.models import Department, Staff
from tests.journeys.conftest import Visitor
from tests.journeys.test_see_screens import ADDRESSES, ROOMS, complaint
from tests.register import FOOTING, SALES, Register, grant

pytestmark = pytest.mark.django_db(transaction=True)
NARROW = {"width": 320, "height": 640}
LONG_ZH = "守信办公家具租赁与售后服务第一分公司华北大客户与政府采购事业部客户关系维护与数据治理管理处"
LONG_EN = "Customer-Relationship-and-Government-Procurement-Division-of-B"
UNBROKEN = "w" * 200
WIDER = """() => {
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return "";
  const far = [...document.body.querySelectorAll("*")].filter(
    (e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".sx-watermark"));
  const told = (e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 20)}`;
  return `${over} px: ` + far.slice(-3).map(told).join(" | ");
}"""


@pytest.fixture
def long(register: Register) -> Register:
    """People, departments and a customer with the longest names; a note as long as a note can be."""
    world, now = register.world, clock.now()
    Department.objects.filter(id=world.departments["sales"].id).update(name=(LONG_ZH * 2)[:60])
    Staff.objects.filter(id=world.people["clerk"].id).update(display_name=LONG_EN[:60])
    Staff.objects.filter(id=world.people["newcomer"].id).update(display_name=(LONG_ZH * 2)[:60])
    values = {"person_name": LONG_EN[:60], "home_address": UNBROKEN, "customer_no": "N" * 60}
    registry.edit(
        actor=world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        values={key: Kept(text, 1) for key, text in values.items()},
        now=now,
    )
    text = (UNBROKEN + LONG_ZH * 3) * 100
    timeline.note(
        actor=world.actor("clerk"),
        purpose=SALES,
        customer=register["li"],
        said=Said(channel="phone", direction="in", text=text[:MOST_TEXT]),
        end_contact=False,
        now=now,
    )
    return register


def test_nothing_runs_out_of_a_narrow_window(visitor: Visitor, long: Register) -> None:
    """A clerk in Chinese, the others in English, whose words are the longer ones."""
    page, wrong = visitor.page, []
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    places = {**long.ids, **long.records, "grant": grant(long)}
    places["case"] = complaint(long, long["li"], UNBROKEN + LONG_ZH)
    places |= {"clerk": long.world.people["clerk"].id, "sales": long.world.departments["sales"].id}
    clerk = {**ADDRESSES, "timeline": "/customers/{li}/timeline/"}
    for who, pages in {"clerk": clerk, **ROOMS}.items():
        visitor.sign_in(who)
        if who == "clerk":
            visitor.work_for(SALES)
        spoken = {"name": "django_language", "value": "zh-hans" if who == "clerk" else "en"}
        page.context.add_cookies([{**spoken, "url": visitor.base}])  # type: ignore[typeddict-item]
        for name, address in pages.items():
            page.goto(address.format(**places))
            if wider := page.evaluate(WIDER):
                wrong.append(f"{who} {name}: {wider}")
    assert not wrong, "\n".join(wrong)


def test_a_note_of_ten_thousand_characters_is_all_there(visitor: Visitor, long: Register) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"/customers/{long['li']}/timeline/")
    shown = page.get_by_role("main").inner_text().replace("\n", "")
    assert UNBROKEN + LONG_ZH * 3 in shown
    assert page.evaluate(WIDER) == ""
