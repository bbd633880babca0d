"""Every screen as people meet it: on a phone, dark and in English, with what axe finds; then wide and light.

In Chinese, wide and light, the days and the other journeys look at them while they work there."""

import re
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import pytest
from playwright.sync_api import Page

from shouxin.access.emergency import services as emergency
from shouxin.access.reviews import services as reviews
from shouxin.core.policy import Role
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.thresholds import services as thresholds
from shouxin.portal.choosing.tests.test_choose_purposes import agree, browser
from shouxin.portal.entering import doors
from shouxin.rights.cases import services as rights
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Channel, Kind
from shouxin.rights.satisfaction.tests.cast import contact
from tests.journeys.conftest import DESKTOP, PHONE, Visitor
from tests.register import SALES, Register, grant
from tests.world import CAST, DEPARTMENTS, ORGANISATION

ADDRESSES = {
    "workbench": "/",
    "customers": "/customers/",
    "find": "/customers/find/",
    "new-person": "/customers/new/",
    "new-organisation": "/customers/new/?kind=organisation",
    "person": "/customers/{li}/",
    "organisation": "/customers/{huaxin}/",
    "edit": "/customers/{li}/edit/",
    "history": "/customers/{li}/history/",
    "assign": "/customers/{li}/assign/",
    "lines": "/customers/{huaxin}/records/{order}/lines/",
    "consents": "/customers/{li}/consents/",
    "consent": "/customers/{li}/consents/marketing/",
    "limits": "/customers/{li}/limits/",
    "invitation": "/portal/invite/{li}/",
    "messages": "/customers/messages/",
    "requests": "/rights/",
    "request-new": "/rights/customers/{li}/new/",
    "request": "/rights/{case}/",
    "new-order": "/customers/{huaxin}/order/new/",
    "new-contact": "/customers/{huaxin}/contact/new/",
    "grants": "/access/grants/",
    "grants-none": "/access/grants/?state=refused",
    "grant": "/access/grants/{grant}/",
    "propose": "/access/grants/propose/?purpose=sales_contract",
    "explain": "/gate/explain/?customer={li}",
    "password": "/password/",
    "forbidden": "/people/staff/new/",
    "missing": "/nowhere/",
}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What axe can find at a desk and not on a phone: colours are others, and so is what scrolls.
LIGHT = ("color-contrast", "scrollable-region-focusable")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CALLED = [ORGANISATION, *DEPARTMENTS.values(), *(member.name for member in CAST.values())]
REASON, COMPLAINT = "客户在医院，须马上联系", "送货员当着邻居念了电话"
TYPED = [
    REASON,
    COMPLAINT,
    "李小明-10001",
    "李小明",
    "李",
    "张",
    "陈",
    "王",
    "华信家具有限公司",
    "北京市海淀区",
    "消费者",
    "办公椅",
    "会议桌",
]
TYPED += [
    "日常联系客户",
    "简体中文",
    "1万以下",
    "1–2万",
]  # a language is named in itself, a masked amount by its band
OWN_WORDS = re.compile("|".join(map(re.escape, CALLED + TYPED)))


class Tour:
    """Goes through screens, looks at each on a phone and at a desk, and collects what is wrong."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.page.context.add_cookies([{"name": "django_language", "value": "en", "url": visitor.base}])
        self.wrong: list[str] = []
        self.turn("dark", PHONE)

    def turn(self, colours: str, size: dict[str, int]) -> None:
        self.page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        self.page.set_viewport_size(size)  # type: ignore[arg-type]

    def see(self, name: str, address: str = "") -> Page:
        if address:
            self.page.goto(address)
        self.look(f"{name} on a phone")
        if left := self.untranslated():
            self.wrong.append(f"{name}: still Chinese: {left}")
        self.turn("light", DESKTOP)
        self.look(f"{name} at a desk", LIGHT)
        self.turn("dark", PHONE)
        return self.page

    def look(self, name: str, rules: Sequence[str] = ()) -> None:
        self.visitor.screenshot(name.replace(" ", "-"))
        try:
            self.visitor.check_axe(rules)
        except AssertionError as problem:
            self.wrong.append(f"{name}: {problem}")
        if (wide := self.page.evaluate(WIDER)) > 0:
            self.wrong.append(f"{name}: {wide} px wider than the window")

    def untranslated(self) -> list[str]:
        """Chinese lines of an English page, without what people and organisations are called."""
        text = self.page.locator("body").inner_text()
        hints = self.page.evaluate(
            "[...document.querySelectorAll('[placeholder],[title],[aria-label]')].map("
            "each => each.placeholder || each.title || each.ariaLabel || '')"
        )
        lines = {OWN_WORDS.sub("", line).strip() for line in [*text.splitlines(), *hints, self.page.title()]}
        return sorted(line for line in lines if CHINESE.search(line))


def complaint(register: Register, customer: UUID, text: str = COMPLAINT) -> UUID:
    """A request of the customer's that the clerk took down and takes care of."""
    asked = rights.Asked(Kind.COMPLAINT, Channel.PHONE, Words(text), customer)
    clerk, now = register.world.actor("clerk"), clock.now()
    return rights.take(actor=clerk, case=rights.file(actor=clerk, asked=asked, now=now).case.id, now=now).id


@pytest.fixture
def tour(visitor: Visitor) -> Iterator[Tour]:
    found = Tour(visitor)
    yield found
    assert not found.wrong, "\n".join(found.wrong)


def test_screens_of_a_clerk(tour: Tour, register: Register, sign_in: Callable[[str], Page]) -> None:
    places = {
        **register.ids,
        **register.records,
        "grant": grant(register),
        "case": complaint(register, register["li"]),
    }
    tour.see("sign-in", "/sign-in/")
    sign_in("clerk")
    tour.see("workbench-first")
    tour.see("no-purpose", "/customers/")
    tour.visitor.work_for(SALES)
    for name, address in ADDRESSES.items():
        tour.see(name, address.format(**places))


def test_screens_of_a_contact(tour: Tour, register: Register, sign_in: Callable[[str], Page]) -> None:
    grant(register)
    page = sign_in("clerk")
    tour.visitor.work_for(SALES)
    page.goto("/customers/find/")
    page.fill("#id_term", "李小明")
    page.press("#id_term", "Enter")
    tour.see("found")
    page.fill("#id_term", "没有这个人")
    page.press("#id_term", "Enter")
    tour.see("found-nobody")
    page.goto(f"/customers/{register['li']}/")
    page.select_option("#reason_class", index=1)
    page.press("#note", "Enter")
    tour.see("contact-open")
    page.locator("form.sx-inline:has([value=mobile]) button").first.click()
    tour.see("revealed")
    page.goto(f"/customers/{register['li']}/")
    page.locator("form.sx-inline:has([value=id_number]) button").first.click()
    tour.see("refused")
    page.goto(f"/customers/{register['li']}/")
    tour.see("timeline")
    page.goto(f"/gate/explain/?customer={register['li']}")
    page.locator(".sx-form .sx-btn-primary").click()
    tour.see("explained")
    page.goto("/customers/new/")
    page.fill("#id_person_name", "王小波")
    page.locator(".sx-form-actions .sx-btn-primary").click()
    tour.see("new-person-answer")


def test_screens_of_administrators(tour: Tour, register: Register, sign_in: Callable[[str], Page]) -> None:
    world = register.world
    granted = people.grant_role(
        actor=world.actor("security_admin"), staff_id=world.people["newcomer"].id, role=Role.CLERK
    )
    sign_in("sales_head")
    tour.see("head-workbench", "/")
    tour.see("head-staff-detail", f"/people/staff/{granted.staff_id}/")
    sign_in("system_admin")
    tour.see("admin-workbench", "/")
    tour.see("staff", "/people/staff/")
    tour.see("staff-new", "/people/staff/new/")
    tour.see("staff-detail", f"/people/staff/{world.people['clerk'].id}/")
    tour.see("staff-end", f"/people/staff/{world.people['clerk'].id}/end/")
    tour.see("staff-reset", f"/people/staff/{world.people['clerk'].id}/reset/")
    tour.see("departments", "/people/departments/")
    tour.see("department-new", "/people/departments/new/")
    sign_in("security_admin")
    tour.see("roles-staff-detail", f"/people/staff/{world.people['clerk'].id}/")
    sign_in("officer")
    tour.see("officer-workbench", "/")
    tour.see("officer-grants", "/access/grants/")


# The customers' own door: what anybody reads, and what one of them does once in.
OUTSIDE = {
    "sign-in": "/my/sign-in/",
    "invitation": "/my/invitation/",
    "anyone": "/my/anyone/",
    "follow": "/my/follow/",
    "feedback": "/my/feedback/",
    "collected": "/my/lists/collected/",
    "shared": "/my/lists/shared/",
    "earlier": "/my/lists/shared/earlier/",
    "notice": "/my/notices/customers/",
    "not-me": "/my/not-me/none/",
}
INSIDE = {
    "held": "/my/",
    "reads": "/my/reads/",
    "story": "/my/story/",
    "changes": "/my/changes/",
    "corrections": "/my/correct/",
    "choices": "/my/choices/",
    "purpose": "/my/choices/marketing/",
    "lists": "/my/lists/mine/",
    "contact": "/my/contact/",
    "served": "/my/served/",
    "requests": "/my/requests/",
    "request": "/my/requests/{case}/",
    "news": "/my/news/",
}


def test_screens_of_a_customer(tour: Tour, register: Register) -> None:
    me, page = browser(register), tour.page
    me.cookies["django_language"] = "en"
    agree(me)
    contact(register, clock.now(), register["li"])
    case = complaint(register, register["li"])
    for name, address in OUTSIDE.items():
        tour.see(f"my-{name}", address)
    token = me.cookies[doors.SESSION].value
    page.context.add_cookies([{"name": doors.SESSION, "value": token, "url": f"{tour.visitor.base}/my/"}])
    for name, address in INSIDE.items():
        tour.see(f"my-{name}", address.format(case=case))


# What the rooms of people and of access show besides, by who works there.
ROOMS = {
    "officer": {
        "departments": "/people/departments/",
        "requests-counted": "/rights/statistics/",
        "duties": "/people/duties/",
        "duties-table": "/access/duties/",
        "emergency": "/access/emergency/?state=awaiting",
        "reviews": "/access/reviews/",
        "risk": "/access/risk/",
        "scope": "/access/scope/",
        "thresholds": "/people/thresholds/",
        "threshold": "/people/thresholds/list-rows/",
        "who-needs-a-factor": "/people/second-factor/",
        "views": "/people/sights/",
    },
    "security_admin": {
        "connections": "/people/connections/",
        "guard": "/people/guard/",
        "named": "/access/secrets/",
        "resets": "/people/second-factor/resets/",
        "threshold-to-ask": "/people/thresholds/review-months/",
        "view-to-set": "/people/staff/{clerk}/sight/",
    },
    "sales_head": {
        "clients": "/access/clients/",
        "client": "/access/clients/propose/?purposes=sales_contract&department={sales}",
        "delegations": "/people/delegations/",
        "departure": "/people/staff/{clerk}/departure/",
        "departures": "/people/departures/",
        "handover": "/customers/handover/",
        "review": "/access/reviews/?state=awaiting",
        "sync": "/access/sync/",
        "webhooks": "/access/webhooks/",
    },
    "system_admin": {"join": "/people/join/", "system": "/system/"},
}


def test_screens_of_people_and_access(tour: Tour, register: Register, sign_in: Callable[[str], Page]) -> None:
    world, now = register.world, clock.now()
    reviews.open_now(actor=world.actor("officer"), now=now)
    thresholds.ask(actor=world.actor("security_admin"), key="list-rows", value=500, reason=REASON, now=now)
    emergency.open_access(
        actor=world.actor("clerk"),
        customer=register["li"],
        purpose=SALES,
        fields=["mobile"],
        reason=REASON,
        reason_class="order",
        minutes=10,
        now=now,
    )
    places = {"clerk": world.people["clerk"].id, "sales": world.departments["sales"].id}
    for who, pages in ROOMS.items():
        sign_in(who)
        for name, address in pages.items():
            tour.see(f"{who}-{name}", address.format(**places))
