"""Finding a customer by what is known of them, within one's scope and purpose."""

import pytest
from django.test import Client

from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.search import search
from shouxin.gate.services import Refused
from shouxin.journal.models import Entry
from shouxin.kit import clock
from tests.register import ID_NUMBER, PHONE, SALES, Register

pytestmark = pytest.mark.django_db


def found(register: Register, term: str, who: str = "clerk") -> set[str]:
    names = {customer: name for name, customer in register.ids.items()}
    result = search(actor=register.world.actor(who), purpose=SALES, term=term, now=clock.now())
    return {names[view.row.id] for view in result.customers}


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("李小明", {"li"}),
        (PHONE, {"li"}),
        ("138 1234 5678", {"li"}),
        ("+86 13812345678", {"li"}),
        ("5678", {"li"}),
        ("李小明-10001", {"li"}),
        (ID_NUMBER.lower(), {"li"}),
        ("002X", {"li"}),
        ("华信家具有限公司", {"huaxin"}),
        ("91350100M000100Y43", {"huaxin"}),
        ("陈静", {"huaxin"}),
        ("CN-2026-0001", {"huaxin"}),
        ("李小", {"li"}),
        ("小明", {"li"}),
        ("李明", set()),
        ("lixiaoming", {"li"}),
        ("xiao ming", {"li"}),
        ("lxm", {"li"}),
        ("zhangwei", {"zhang"}),
        ("李 5678", {"li"}),
        ("李小明5678", {"li"}),
        ("li 5678", {"li"}),
        ("李，002x", {"li"}),
        ("张 5678", set()),
        ("陈 2222", {"huaxin"}),
        ("李 2222", set()),
        ("华信", {"huaxin"}),
        ("家具有限", {"huaxin"}),
        ("huaxin", {"huaxin"}),
        ("家具华信", set()),
        ("中关村大街1号", {"li"}),
        ("海淀区中关村大街１号院 2栋", {"li"}),
        ("中关村大街11号", set()),
        ("上海市中关村大街1号", set()),
        ("中关村大街", set()),
        ("海淀区", set()),
        ("李", set()),
        ("13800000000", set()),
        ("' OR 1=1 --", set()),
    ],
)
def test_search_finds_by_every_known_identifier(register: Register, term: str, expected: set[str]) -> None:
    assert found(register, term) == expected


def test_search_does_not_find_what_is_out_of_scope(register: Register) -> None:
    assert found(register, "赵云") == set()
    assert found(register, "孙悦") == set()
    assert found(register, "李小明", "agent") == set()
    assert found(register, "赵云", "sales_head") == {"secret"}


def test_search_hits_are_masked_and_journalled_without_the_term(register: Register) -> None:
    result = search(actor=register.world.actor("clerk"), purpose=SALES, term=PHONE, now=clock.now())
    cells = result.customers[0].cells
    assert cells["person_name"].text == "李**"
    assert cells["mobile"].text == "138****5678"
    bodies = [bytes(entry.body) for entry in Entry.objects.all()]
    assert not any(PHONE.encode() in body or "李小明".encode() in body for body in bodies)
    assert Entry.objects.filter(event="list.searched").count() == 1


def test_search_for_a_purpose_of_another_role_is_refused(register: Register) -> None:
    with pytest.raises(Refused) as problem:
        search(actor=register.world.actor("clerk"), purpose="legal_obligation", term=PHONE, now=clock.now())
    assert problem.value.refusal.code == "purpose.role"


@pytest.mark.parametrize(
    ("text", "expected", "pasted"),
    [
        ("你好，我是小李，电话 138 1234 5678，沙发什么时候送到？", {"li"}, 1),
        ("１３８１２３４５６７８ 和 13987654321 都打不通", {"li", "zhang"}, 2),
        ("身份证1101O5 1949 1231 002X 麻烦查一下", {"li"}, 1),
        ("开票：91350100M000100Y43，联系人13511112222", {"huaxin"}, 2),
        ("别的部门的 13611112222", set(), 1),
        ("订单 2026-1101 的沙发什么时候送到？", set(), 0),
    ],
)
def test_pasted_text_is_searched_by_what_identifies_somebody_in_it(
    register: Register, text: str, expected: set[str], pasted: int
) -> None:
    assert found(register, text) == expected
    clerk = register.world.actor("clerk")
    assert search(actor=clerk, purpose=SALES, term=text, now=clock.now()).pasted == pasted


def test_pasted_text_stands_nowhere_afterwards(register: Register) -> None:
    text = f"王姐你好，{PHONE} 这个客户说沙发有划痕"
    search(actor=register.world.actor("clerk"), purpose=SALES, term=text, now=clock.now())
    entries = Entry.objects.filter(event="list.searched")
    assert entries.count() == 1
    assert not any(
        word.encode() in bytes(entry.body) for entry in entries for word in (PHONE, "划痕", "王姐")
    )


def test_whoever_restricted_all_processing_is_not_found_and_counted(register: Register) -> None:
    """No error where somebody looks for them, alone or among others; no value of theirs shows."""
    Customer.objects.filter(id=register["li"]).update(restricted=True)
    clerk, now = register.world.actor("clerk"), clock.now()
    alone = search(actor=clerk, purpose=SALES, term=PHONE, now=now)
    assert (alone.customers, alone.left_out) == ([], {"customer.restricted": 1})
    among = search(actor=clerk, purpose=SALES, term=f"{PHONE} 和 13987654321 都打不通", now=now)
    assert [view.row.id for view in among.customers] == [register["zhang"]]
    assert among.left_out == {"customer.restricted": 1}
    entry = Entry.objects.filter(event="list.searched").order_by("-id").first()
    assert entry is not None
    assert b'"customer_restricted":1' in bytes(entry.body).replace(b" ", b"")
    client = register.world.signed_in(Client(), "clerk")
    client.post("/purpose/", {"purpose": SALES})
    page = client.post("/customers/find/", {"term": PHONE, "rows": 20})
    assert page.status_code == 200
    assert "限制处理 1 位" in page.content.decode()
    assert "李" not in page.content.decode().split("<main")[1]
    Customer.objects.filter(id=register["zhang"]).update(restricted=True)
    nobody = search(actor=clerk, purpose=SALES, term=f"{PHONE} 和 13987654321 都打不通", now=now)
    assert (nobody.customers, nobody.left_out) == ([], {"customer.restricted": 2})
