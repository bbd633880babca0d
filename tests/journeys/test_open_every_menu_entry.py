"""Every page of the menu is opened once by somebody who has it: nothing serious for axe, nothing too wide."""

from collections.abc import Iterator

from django.test import Client

from shouxin.kit import menu
from tests.journeys.conftest import PHONE, Visitor
from tests.journeys.test_see_screens import ADDRESSES, ROOMS
from tests.register import SALES, Register

ROLES = ("audit_admin", "supervisor", "security_admin", "system_admin", "officer", "clerk", "sales_head")
AT_WORK = ("clerk", "sales_head")  # may work for the purpose that pages of customers ask for
# What test_see_screens looks at, in more looks than one.
SEEN = {*ADDRESSES.values(), "/people/staff/", *(one for pages in ROOMS.values() for one in pages.values())}


def _shares(register: Register) -> dict[str, list[str]]:
    """Who opens what: the workbench each, and every address of the menu that is seen nowhere else, shared out."""
    shares: dict[str, list[str]] = {who: ["/"] for who in ROLES}
    having: dict[str, list[str]] = {}
    for who in ROLES:
        may = frozenset(one.value for one in register.world.actor(who).permissions)
        for _group, entries in menu.visible(may):
            for entry in entries:
                having.setdefault(entry.address() or "/", []).append(who)
    for address, people in sorted(having.items(), key=lambda one: len(one[1])):
        if address not in SEEN:
            asks = address.startswith("/customers/")
            who = min(people, key=lambda who: (asks and who not in AT_WORK, len(shares[who])))
            shares[who].append(address)
    return shares


def test_every_page_of_the_menu_is_sound_in_the_dark_and_on_a_phone(
    visitor: Visitor, register: Register
) -> None:
    page, wrong = visitor.page, list[str]()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    for who, addresses in _shares(register).items():
        client = register.world.signed_in(Client(), who)
        client.post("/purpose/", {"purpose": SALES})
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": visitor.base}])
        wrong += [f"{who} {address}: {one}" for address in addresses for one in _wrong(visitor, address)]
    assert not wrong, "\n".join(wrong)


def _wrong(visitor: Visitor, address: str) -> Iterator[str]:
    answer = visitor.page.goto(address)
    if answer is None or answer.status != 200:
        yield f"answers {answer and answer.status}"
    try:
        visitor.check_axe()
    except AssertionError as problem:
        yield str(problem)
    root = "document.documentElement"
    if over := visitor.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"):
        yield f"{over} px wider than the window"
