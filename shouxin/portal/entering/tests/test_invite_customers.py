"""An invitation opens once, with something only the person knows besides; whoever finds the paper gets nowhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.portal.entering import channels, invitations, rules
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.models import Invitation, Session
from shouxin.portal.entering.tests.conftest import LAST_OF_ID
from tests.register import PHONE, Register
from tests.world import ORGANISATION

pytestmark = pytest.mark.django_db


def invited(client: Client, register: Register) -> str:
    register.world.signed_in(client, "clerk")
    page = client.post(f"/portal/invite/{register['li']}/", {"verb": "make"}).content.decode()
    found = re.search(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", page)
    assert found
    return found[0]


def use(code: str, detail: str) -> Any:
    return Client().post("/my/invitation/", {"invitation": code, "detail": detail})


def test_nobody_is_sent_to_codes_that_are_not_sent(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no code can leave, the door with the invitation is the only one, and its page says no other."""
    page = "/my/invitation/"
    monkeypatch.setattr(channels, "offered", list)
    assert "用验证码登录" not in Client().get(page).content.decode()
    assert "没有开通验证码发送" in Client().get("/my/sign-in/").content.decode()
    monkeypatch.setattr(channels, "offered", lambda: [*channels.channels.values()])
    assert "用验证码登录" in Client().get(page).content.decode()


def test_an_invitation_opens_once_with_a_second_detail(register: Register, client: Client) -> None:
    code = invited(client, register)
    assert code not in client.get(f"/portal/invite/{register['li']}/").content.decode()
    assert use(code, "9999").status_code == 422
    assert use(code.lower().replace("-", " "), PHONE[-4:]).url == "/my/"
    assert Session.objects.get().customer_id == register["li"]
    assert use(code, PHONE[-4:]).status_code == 422
    bodies = b"".join(bytes(body) for body in Entry.objects.values_list("body", flat=True))
    assert code.encode() not in bodies
    assert rules.bare(code).encode() not in bytes(Invitation.objects.get().code_digest)


def test_the_paper_carries_the_code_in_a_link_that_no_server_sees(register: Register, client: Client) -> None:
    register.world.signed_in(client, "clerk")
    page = client.post(f"/portal/invite/{register['li']}/", {"verb": "make"}).content.decode()
    link = re.search(r"http://testserver/my/invitation/#([2-9A-Z-]{19})", page)
    assert link
    assert f'<dd class="sx-code">{link[1]}</dd>' in page, "the link opens with the code that is printed"
    assert page.count('class="sx-qr"') == 1
    assert 'href="data:image/svg+xml' in page
    clause = page[page.index("<textarea") : page.index("</textarea>")]
    for said in (link[0], ORGANISATION, "只能用一次"):
        assert said in clause
    again = client.get(f"/portal/invite/{register['li']}/").content.decode()
    assert link[1] not in again
    assert "sx-qr" not in again


def test_wrong_paper_and_wrong_detail_are_told_alike_and_five_end_it(
    register: Register, client: Client
) -> None:
    code = invited(client, register)
    said = set()
    for _ in range(rules.TRIES):
        said.add(re.sub(rb'value="[^"]*"', b"", use(code, "9999").content))
    said.add(re.sub(rb'value="[^"]*"', b"", use("AAAA-BBBB-CCCC-DDDD", "9999").content))
    said.add(re.sub(rb'value="[^"]*"', b"", use(code, LAST_OF_ID).content))
    assert len(said) == 1
    assert not Session.objects.exists()


def test_a_new_one_ends_the_old_one_and_staff_end_it_at_will(register: Register, client: Client) -> None:
    first, second = invited(client, register), invited(client, register)
    assert use(first, LAST_OF_ID).status_code == 422
    client.post(f"/portal/invite/{register['li']}/", {"verb": "end"})
    assert use(second, LAST_OF_ID).status_code == 422
    third = invited(client, register)
    later = clock.now() + timedelta(days=30)
    with pytest.raises(EntryProblem, match=r"invitation\.wrong"):
        invitations.use(code=third, typed=LAST_OF_ID, address="", now=later)


def test_nobody_invites_for_customers_they_do_not_see(register: Register, client: Client) -> None:
    register.world.signed_in(client, "agent")
    assert client.post(f"/portal/invite/{register['li']}/", {"verb": "make"}).status_code == 404
    assert not Invitation.objects.exists()
