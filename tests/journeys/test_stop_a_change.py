"""A customer on their phone finds a change they never asked for, stops it, corrects another value, and states wishes;
staff look into it. Every new page is shown narrow, light and dark, and is accessible."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect

from shouxin.kit import clock
from shouxin.portal.changes import rules
from shouxin.portal.changes.models import Freeze
from shouxin.portal.changes.tests.test_tell_changes import OTHER, change, settled, tell
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering import doors
from shouxin.portal.entering.models import Session
from shouxin.portal.entering.tests.conftest import ADDRESS, Post, known, post
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Check
from shouxin.rulebook.purposes.models import Purpose
from tests.journeys.conftest import PHONE, Visitor
from tests.register import PHONE as MOBILE
from tests.register import SALES, Register

__all__ = ["known", "post"]


@pytest.fixture
def look(
    visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> Callable[[str, str], None]:
    """Open a page, light and dark: it fits, and axe finds nothing serious."""

    def one(address: str, name: str) -> None:
        for scheme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=scheme)
            visitor.page.goto(address)
            check_axe()
            screenshot(f"{name}-{scheme}")
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address

    return one


def test_a_change_is_stopped_corrected_and_looked_into(
    known: Register,
    post: Post,
    visitor: Visitor,
    settings: LazySettings,
    look: Callable[[str, str], None],
) -> None:
    settings.PUBLIC_ADDRESS = "https://my.example"
    settled()
    change(known, mobile=OTHER)
    assert tell(clock.now() + rules.SETTLES + timedelta(seconds=1)) == 1
    link = post.letters[-1][1].split("https://my.example")[1].split()[0]
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    look(link, "not-me")
    page.get_by_role("button", name="不是我要求的").click()
    expect(page.get_by_role("main")).to_contain_text("已经停用；更改前的内容仍然保留")

    token = browser(known).cookies[doors.SESSION].value
    page.context.add_cookies([{"name": doors.SESSION, "value": token, "url": f"{visitor.base}/my/"}])
    look("/my/", "home")
    expect(page.get_by_role("main")).to_contain_text("已停用或封存的")
    look("/my/changes/", "changes")
    expect(page.get_by_role("main")).to_contain_text("已停用，核实中")
    look("/my/correct/", "correct-closed")
    Session.objects.filter(ended_at=None).update(second_factor_at=clock.now())
    look("/my/correct/", "correct")
    expect(page.get_by_role("main")).to_contain_text(ADDRESS)
    expect(page.get_by_role("main")).not_to_contain_text(OTHER)  # it is out of use, for themselves too
    look("/my/correct/home_address/", "correction")
    look("/my/contact/", "wishes")
    look("/my/reads/", "reads")
    looked_into(known, visitor, look)


def looked_into(known: Register, visitor: Visitor, look: Callable[[str, str], None]) -> None:
    """Staff settle it, and see what the portal tells them."""
    page = visitor.page
    freeze = Freeze.objects.get()
    assert freeze.case_id
    clerk = known.world.actor("clerk")
    cases.take(actor=clerk, case=freeze.case_id, now=clock.now())
    freeze.refresh_from_db()
    if freeze.case and freeze.case.state == "identity":
        cases.check(actor=clerk, case=freeze.case_id, method=Check.Method.IN_PERSON, now=clock.now())
    visitor.sign_in("clerk")
    visitor.work_for(SALES)
    look(f"/customers/{known['li']}/", "customer")
    expect(page.get_by_role("main")).to_contain_text("否认了更改")
    look(f"/rights/{freeze.case_id}/", "case")
    page.get_by_role("button", name="恢复更改以前的内容").click()
    expect(page.get_by_role("main")).to_contain_text("已恢复更改以前的内容")
    expect(page.get_by_role("main")).not_to_contain_text(MOBILE)

    Purpose.objects.filter(key=SALES).update(status=Purpose.Status.RETIRED, retired_at=clock.now())
    visitor.sign_in("officer")
    look("/portal/unstated/", "unstated")
    look("/portal/wishes/", "shared-wishes")
    visitor.sign_in("system_admin")
    look("/portal/stored/", "stored")
