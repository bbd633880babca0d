"""Those who oversee read the journal in sentences, narrow it, and see the proof of each entry."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from shouxin.journal.models import Entry
from tests.register import PHONE, Register

pytestmark = pytest.mark.django_db
ENTRIES = "/journal/"


def read(register: Register, client: Client, who: str = "audit_admin", **asked: str) -> str:
    answer = register.world.signed_in(client, who).get(ENTRIES, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_auditor_reads_who_did_what(register: Register, client: Client) -> None:
    shown = read(register, client)
    assert "王芳" in shown
    assert "销售跟进/履行合同" in shown
    for value in (PHONE, "李小明", "华信家具有限公司"):
        assert value not in shown
    assert reverse("journal:entries") in client.get("/").content.decode()


def test_a_clerk_is_not_let_in(register: Register, client: Client) -> None:
    assert register.world.signed_in(client, "clerk").get(ENTRIES).status_code == 403
    one = Entry.objects.first()
    assert one is not None
    assert client.get(f"{ENTRIES}{one.id}/").status_code == 403


def test_it_is_narrowed_by_event_person_and_day(register: Register, client: Client) -> None:
    shown = read(register, client, event="customer.created")
    assert shown.count("/journal/") >= len(register.ids)
    assert "载入" not in re.sub(r"<select.*?</select>", "", shown, flags=re.DOTALL)
    officer = str(register.world.people["officer"].id)
    rows = re.findall(r'data-label="谁"[^>]*>([^<]*)<', read(register, client, staff=officer))
    assert set(rows) == {"周正"}
    assert "没有符合条件的记录" in read(register, client, until="2020-01-01")


def test_nonsense_in_the_address_is_left_out(register: Register, client: Client) -> None:
    assert "王芳" in read(register, client, event="no.such", staff="nobody", since="yesterday", before="x")


def test_long_journals_come_in_pages(register: Register, client: Client) -> None:
    shown = read(register, client)
    following = re.search(r'rel="next" href="\?([^"]+)"', shown)
    assert (following is not None) == (Entry.objects.count() > 50)
    if following:
        seen = set(re.findall(r"/journal/([0-9a-f-]{36})/", shown))
        after = client.get(f"{ENTRIES}?{following[1].replace('&amp;', '&')}").content.decode()
        assert not seen & set(re.findall(r"/journal/([0-9a-f-]{36})/", after))


def test_one_entry_says_that_it_waits_to_be_sealed(register: Register, client: Client) -> None:
    one = Entry.objects.filter(event="customer.created").first()
    assert one is not None
    page = register.world.signed_in(client, "supervisor").get(f"{ENTRIES}{one.id}/").content.decode()
    assert "customer.created" in page
    assert "等待封存" in page
    assert PHONE not in page
