"""Everybody reads what is collected and with whom it is shared, from the records as they stand."""

import csv
import io

import pytest
from django.test import Client
from django.utils.translation import override

from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.purposes import published
from shouxin.rulebook.purposes import services as purposes
from tests.register import Register


@pytest.mark.django_db(transaction=True)
def test_lists_follow_the_records_and_name_nothing_secret(register: Register, client: Client) -> None:
    page = client.get("/my/lists/collected/")
    text = page.content.decode()
    for said in ("个人基本资料", "手机号码", "销售跟进/履行合同", "第13条"):
        assert said in text
    told = client.get("/my/lists/collected.json")
    body = told.json()
    assert body["sha256"] in text
    named = {name for row in body["rows"] for name in (*row["fields"], *row["optional"])}
    hidden = set(Field.objects.filter(key__in=published.nameable()).values_list("name_zh", flat=True))
    assert named <= hidden
    held_back = Field.objects.filter(active=True).exclude(key__in=published.nameable())
    assert not named & set(held_back.values_list("name_zh", flat=True))
    assert all(row["scenes"] and row["basis"] and row["retention"] for row in body["rows"])

    again = client.get("/my/lists/collected.json", headers={"If-None-Match": told.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    rows = list(csv.reader(io.StringIO(client.get("/my/lists/shared.csv").content.decode("utf-8-sig"))))
    assert rows[0][0] == "第三方"
    assert "承运人" in {row[0] for row in rows}
    assert all(row[5] for row in rows[1:])  # whom to ask

    purposes.retire_purpose(register.world.actor("officer"), key="leasing", reason="不再开展")
    changed = client.get("/my/lists/collected.json", headers={"If-None-Match": told.headers["ETag"]})
    assert changed.status_code == 200
    assert "租赁业务" not in {row["purpose"] for row in changed.json()["rows"]}
    assert client.get("/my/lists/none/").status_code == 404
    with override("en"):
        english = client.get("/my/lists/shared.json", headers={"Accept-Language": "en"}).json()
    assert "Carriers" in {row["recipient"] for row in english["rows"]}


@pytest.mark.django_db(transaction=True)
def test_a_customer_sees_the_part_that_is_about_them(register: Register) -> None:
    li, zhang = browser(register), browser(register, "zhang")
    mine = li.get("/my/lists/mine/").content.decode()
    assert "身份证号码" in mine or "证件号码" in mine
    theirs = zhang.get("/my/lists/mine/").content.decode()
    assert "手机号码" in theirs
    assert "证件号码" not in theirs
    assert "身份证号码" not in theirs
    assert Client().get("/my/lists/mine/").status_code == 302
