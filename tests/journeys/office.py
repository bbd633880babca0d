"""An office for a whole file of journeys: one server, one database, each member of the cast at a desk of their own.

A journey of its own costs a database that is filled and emptied, a sign-in and a browser whose memory is empty. Where
many short journeys disturb each other no further than in a real office, they share all three:

    office = Office(...)        the cast's rules are in force; `office.people` are customers of 王芳's, one per name
    office.desk("clerk")        the page of 王芳, signed in, working for her purpose; a context of its own, kept
    office.door(customer)       a phone before the portal, signed in as this customer
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.kit import clock
from shouxin.portal.entering import services as entering
from shouxin.portal.entering.doors import SESSION
from shouxin.portal.entering.models import Way
from tests.journeys.conftest import DESKTOP, PATIENCE, PHONE, Visitor, _folder
from tests.register import FOOTING, Register, kept

SALES_NAME = "销售跟进/履行合同"
ERROR = 500


@contextmanager
def serving() -> Iterator[str]:
    """The product, served from this process; gives its address."""
    server = LiveServer("localhost")
    server._live_server_modified_settings.enable()
    try:
        yield server.url
    finally:
        server._live_server_modified_settings.disable()
        server.stop()


@dataclass
class Office:
    register: Register
    browser: Browser
    base: str
    file: str
    visitors: dict[str, Visitor] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)

    def desk(self, who: str, purpose: str = SALES_NAME) -> Page:
        """Where `who` sits, signed in once."""
        if who not in self.visitors:
            visitor = self._visitor(DESKTOP)
            self.visitors[who] = visitor
            visitor.sign_in(who)
            if visitor.page.locator("#sx-purpose option", has_text=purpose).count():
                visitor.work_for(purpose)
        return self.visitors[who].page

    def door(self, customer: UUID) -> Page:
        """A phone at the customers' door, whose owner is in."""
        with transaction.atomic():
            token = entering.begin(customer, Way.INVITATION, clock.now())
        page = self._visitor(PHONE).page
        page.context.add_cookies([{"name": SESSION, "value": token, "url": f"{self.base}/my/"}])
        return page

    def look(self, who: str, name: str) -> None:
        """Keep a picture of what `who` sees; the first of each kind is also judged by axe."""
        self.visitors[who].screenshot(name)
        if name not in self.judged:
            self.judged.add(name)
            self.visitors[who].check_axe()

    def _visitor(self, size: dict[str, int]) -> Visitor:
        context = self.browser.new_context(
            base_url=self.base,
            viewport=size,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        found = Visitor(context.new_page(), self.base, _folder() / self.file, self.register.world)
        found.watch()
        found.page.on("response", self._answered)
        return found

    def _answered(self, response: Any) -> None:
        if response.status >= ERROR:
            self.failed.append(f"{response.status} {urlsplit(response.url).path}")

    def check(self) -> None:
        """What must not have happened on anybody's way here; forgotten with the asking."""
        wrong = [error for one in self.visitors.values() for error in one.errors] + self.failed
        wrong += [address for one in self.visitors.values() for address in one.left_the_machine()]
        for one in self.visitors.values():
            one.errors.clear()
            one.addresses.clear()
        self.failed.clear()
        assert not wrong

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def arrived(register: Register, values: Sequence[dict[str, str]]) -> list[UUID]:
    """Customers of 王芳's with these values, stored in one go."""
    clerk, sales = register.world.actor("clerk"), register.world.departments["sales"].id
    entries = [CustomerEntry(Kind.PERSON, kept(one), sales, Scope.DEPARTMENT, clerk.id) for one in values]
    stored = services.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())
    return [done.customer for done in stored]
