"""A customer sees what is held and who saw it; what the law keeps secret is not there, and no gap tells of it."""

import re
from functools import partial

import pytest
from django.db import transaction

from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering.tests.conftest import give
from shouxin.portal.held import queries
from shouxin.rights import secrecy
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.secret import DUTIES
from shouxin.rulebook.purposes import published, services
from shouxin.rulebook.purposes.models import Purpose, PurposeField
from tests.register import SALES, Register

SECRET = "aml_risk_rating"


def read_by_staff(register: Register, *fields: str) -> None:
    """As the gate journals it."""
    with transaction.atomic():
        journal.append(
            actor=register.world.actor("officer"),
            event="field.revealed",
            customer=register["li"],
            purpose=SALES,
            data={"purpose": SALES, "fields": sorted(fields), "reason": "order", "grants": []},
        )


@pytest.mark.django_db(transaction=True)
def test_secret_reads_appear_nowhere_and_leave_no_gap(register: Register) -> None:
    client = browser(register)
    assert SECRET not in queries.disclosed()
    assert "mobile" in queries.disclosed()
    for _ in range(queries.PER_PAGE + 1):  # a whole page of what is not told
        read_by_staff(register, SECRET)
    read_by_staff(register, SECRET, "mobile")
    for _ in range(queries.PER_PAGE + 1):
        read_by_staff(register, SECRET)
    page = client.get("/my/reads/").content.decode()
    assert page.count('<li class="my-card">') == 1
    assert "手机号码" in page
    for said in ("洗钱", "名单", "另 1 个字段", "更早的"):
        assert said not in page


@pytest.mark.django_db
def test_what_is_secret_cannot_be_listed_among_what_people_are_told(register: Register) -> None:
    head = register.world.actor("top_head")
    services.revise_purpose(register.world.actor("officer"), key=queries.PURPOSE, reason="测试修订")
    list_it = partial(services.set_need, head, key=queries.PURPOSE, field=SECRET, reason_zh="误选")
    with pytest.raises(Refused, match="secret_field"):
        list_it(necessity="optional")
    assert list_it(necessity="not_needed")
    PurposeField.objects.filter(purpose=queries.PURPOSE, field=SECRET).update(necessity="optional")
    with pytest.raises(Refused, match="secret_field"):
        services.submit_purpose(head, key=queries.PURPOSE)


@pytest.mark.django_db
def test_what_became_secret_is_told_no_longer_though_the_purpose_lists_it(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "mobile" in published.nameable() & set(queries.disclosed())
    for room in (secrecy, published):
        monkeypatch.setattr(room, "DUTIES", {"mobile": DUTIES[SECRET]})
    assert "mobile" not in queries.disclosed()
    assert "mobile" not in published.nameable()


@pytest.mark.django_db(transaction=True)
def test_each_value_says_why_whence_and_until_when(register: Register) -> None:
    give(register, "li", gender="2")
    client = browser(register)
    page = client.get("/my/").content.decode()
    assert '<p class="my-text">女</p>' in page, "a code is said in words"
    for said in (
        "138****5678",
        "销售跟进/履行合同",
        "销售（人工录入）",
        "客户关系终止后 3 年",
        "个人身份信息",
    ):
        assert said in page
    assert "用途核查中" not in page
    Purpose.objects.filter(key=SALES).update(status=Purpose.Status.RETIRED)
    assert "用途核查中" in client.get("/my/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_who_was_merged_sees_both_and_nobody_else_s(register: Register) -> None:
    Customer.objects.filter(id=register["zhang"]).update(absorbed_by=register["li"])
    page = browser(register).get("/my/").content.decode()
    assert "138****5678" in page
    assert "139****4321" in page
    assert "139****4321" not in browser(register, "service").get("/my/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_ones_own_visits_in_a_row_are_one_line(register: Register) -> None:
    client = browser(register)
    client.get("/my/")
    client.get("/my/")
    page = client.get("/my/reads/").content.decode()
    assert page.count('<p class="my-who">您本人</p>') == 1
    assert re.search(r"(?<!\d)2 次", page)
