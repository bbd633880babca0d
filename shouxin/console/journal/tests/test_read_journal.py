"""Those who oversee read the journal in sentences and narrow it; what they look for is in no address, and recorded."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.lists.models import ListQuery
from tests.register import PHONE, SALES, Register

pytestmark = pytest.mark.django_db
ENTRIES = "/journal/"


def read(register: Register, client: Client, who: str = "audit_admin", **asked: str) -> str:
    signed_in = register.world.signed_in(client, who)
    if not asked:
        return signed_in.get(ENTRIES).content.decode()
    answer = signed_in.post(ENTRIES, asked)
    assert answer.status_code == 302
    address = answer["Location"]
    assert not any(value in address for value in asked.values())
    return signed_in.get(address).content.decode()


def told(event: str) -> dict[str, Any]:
    found = Entry.objects.filter(event=event).order_by("-id").first()
    assert found is not None
    data: dict[str, Any] = json.loads(bytes(found.body)[1:])["data"]
    return data


def whose(page: str) -> set[str]:
    return set(re.findall(r'data-label="谁"[^>]*>([^<]*)<', page))


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


def test_a_person_is_found_by_name_or_log_in(register: Register, client: Client) -> None:
    officer = register.world.people["officer"]
    assert whose(read(register, client, person=officer.display_name)) == {"周正"}
    assert whose(read(register, client, person=officer.user_name.upper())) == {"周正"}
    assert told("journal.searched")["narrowed"] == {"about": str(officer.pseudonym)}


def test_of_two_people_with_one_name_the_log_ins_are_offered(register: Register, client: Client) -> None:
    head, clerk = register.world.people["sales_head"], register.world.people["clerk"]
    head.display_name = clerk.display_name
    head.save()
    answer = register.world.signed_in(client, "audit_admin").post(ENTRIES, {"person": clerk.display_name})
    assert answer.status_code == 422
    assert head.user_name in answer.content.decode()
    answer = client.post(ENTRIES, {"person": "无此人"})
    assert "没有叫这个名字的人员" in answer.content.decode()


def test_a_customers_entries_are_found_by_the_id_or_the_address_of_its_page(
    register: Register, client: Client
) -> None:
    customer = register["li"]
    (other, *_rest) = [one for name, one in register.ids.items() if name != "li"]
    for pasted in (str(customer), f"https://crm.example/customers/{customer}/"):
        shown = read(register, client, customer=pasted)
        listed = set(re.findall(r"/journal/([0-9a-f-]{36})/", shown))
        known = Entry.objects.filter(customer=customer).exclude(event="journal.searched")
        assert listed >= {str(one) for one in known.values_list("id", flat=True)}
        assert str(other) not in shown
    # Who looked into this customer's journal is itself an entry about the customer.
    assert Entry.objects.filter(event="journal.searched", customer=customer).exists()


def test_a_customers_name_is_not_searched_and_not_kept(register: Register, client: Client) -> None:
    answer = register.world.signed_in(client, "audit_admin").post(ENTRIES, {"customer": "李小明"})
    assert answer.status_code == 422
    assert "请粘贴客户档案号" in answer.content.decode()
    assert not ListQuery.objects.exists()


def test_a_search_is_kept_by_name_and_read_from_the_beginning(register: Register, client: Client) -> None:
    officer = register.world.people["officer"]
    register.world.signed_in(client, "audit_admin")
    kept = client.post("/lists/journal/filters/", {"name": "周", "person": str(officer.pseudonym)})[
        "Location"
    ]
    assert whose(client.get(kept).content.decode()) == {"周正"}
    oldest = client.get(f"{kept}&sort=oldest").context["lines"]
    assert [line["at"] for line in oldest] == sorted(line["at"] for line in oldest)
    odd = client.post("/lists/journal/filters/", {"name": "别的", "person": "周正", "since": "昨天"})[
        "Location"
    ]
    assert client.get(odd).status_code == 200


def test_it_is_narrowed_by_event_purpose_and_day(register: Register, client: Client) -> None:
    shown = read(register, client, event="customer.created")
    assert shown.count("/journal/") >= len(register.ids)
    assert "载入" not in re.sub(r"<select.*?</select>", "", shown, flags=re.DOTALL)
    assert 'data-label="处理目的"' not in shown, "the sentences name it; the column is for whoever wants it"
    client.post("/lists/journal/look/", {"column": ["who", "purpose"], "size": "50"})
    shown = read(register, client, purpose=SALES)
    assert set(re.findall(r'data-label="处理目的">([^<]*)<', shown)) == {"销售跟进/履行合同"}
    assert "没有符合条件的记录" in read(register, client, until="2020-01-01")
    answer = client.post(ENTRIES, {"since": "2026-03-02", "until": "2026-03-01"})
    assert "结束日期早于开始日期" in answer.content.decode()


def test_a_button_looks_at_the_last_days(register: Register, client: Client) -> None:
    signed_in, today = register.world.signed_in(client, "audit_admin"), clock.today()
    answer = signed_in.post(ENTRIES, {"last": "7", "event": "customer.created", "since": "2020-01-01"})
    shown = signed_in.get(answer["Location"]).content.decode()
    assert f"自 {today - timedelta(days=6)}，至 {today}" in shown
    assert shown.count("/journal/") >= len(register.ids)


def test_what_was_looked_for_is_said_and_stands_in_the_form_again(register: Register, client: Client) -> None:
    officer = register.world.people["officer"]
    shown = read(register, client, person=officer.display_name, since="2026-01-02")
    assert "查询条件：人员 周正，自 2026-01-02" in shown
    assert f'value="{officer.user_name}"' in shown


def test_a_search_is_its_readers_alone(register: Register, client: Client) -> None:
    signed_in = register.world.signed_in(client, "audit_admin")
    address = signed_in.post(ENTRIES, {"event": "customer.created"})["Location"]
    other = register.world.signed_in(Client(), "supervisor")
    shown = other.get(address).content.decode()
    assert "这次筛选已过期" in shown


def test_each_page_read_is_recorded_before_it_is_shown(register: Register, client: Client) -> None:
    reader = register.world.people["audit_admin"].pseudonym
    before = Entry.objects.filter(event="journal.searched", actor=reader).count()
    read(register, client)
    assert Entry.objects.filter(event="journal.searched", actor=reader).count() == before + 1
    assert told("journal.searched")["narrowed"] == {}
    one = Entry.objects.filter(customer=register["li"], event="customer.created").first()
    assert one is not None
    client.get(f"{ENTRIES}{one.id}/")
    assert told("journal.entry_read") == {"entry": str(one.id)}
    assert Entry.objects.filter(event="journal.entry_read", customer=register["li"]).count() == 1
    shown = read(register, client)
    assert "查阅日志" in shown
    assert "打开一条日志" in shown


def test_long_journals_come_in_pages(register: Register, client: Client) -> None:
    while Entry.objects.count() < 60:
        read(register, client)  # each look is an entry
    shown = read(register, client)
    following = re.search(r'rel="next" href="([^"]+)"', shown)
    assert following
    seen = set(re.findall(r"/journal/([0-9a-f-]{36})/", shown))
    after = client.get(ENTRIES + following[1].replace("&amp;", "&")).content.decode()
    assert 'rel="prev"' in after
    older = set(re.findall(r"/journal/([0-9a-f-]{36})/", after))
    assert older
    assert not seen & older


def test_one_entry_says_that_it_waits_to_be_sealed(register: Register, client: Client) -> None:
    one = Entry.objects.filter(event="customer.created").first()
    assert one is not None
    page = register.world.signed_in(client, "supervisor").get(f"{ENTRIES}{one.id}/").content.decode()
    assert "customer.created" in page
    assert "等待封存" in page
    assert PHONE not in page


def test_the_lines_of_a_page_cost_no_statement_each(
    register: Register, client: Client, django_assert_max_num_queries: Any
) -> None:
    signed_in = register.world.signed_in(client, "audit_admin")
    signed_in.get(ENTRIES)
    with django_assert_max_num_queries(40):
        signed_in.get(ENTRIES)
