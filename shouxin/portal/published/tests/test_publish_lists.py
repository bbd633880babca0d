"""Everybody reads what is collected and with whom it is shared, from the records as they stand."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.translation import override

from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.published import rules, services
from shouxin.portal.published.models import PublishedList
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
    assert "身份证号码" in mine
    theirs = zhang.get("/my/lists/mine/").content.decode()
    assert "手机号码" in theirs
    assert "证件号码" not in theirs
    assert "身份证号码" not in theirs
    assert Client().get("/my/lists/mine/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_every_version_is_kept_and_shows_what_it_changed(register: Register, client: Client) -> None:
    officer = register.world.actor("officer")
    first = client.get("/my/lists/collected.json").json()
    assert client.get("/my/lists/collected/").status_code == 200
    assert PublishedList.objects.filter(kind="collected").count() == 1  # read again it is the same version
    assert client.get("/my/lists/collected.json", headers={"Accept-Language": "en"}).json()["version"] == 1
    purposes.retire_purpose(officer, key="leasing", reason="不再开展")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _turn: _read(), range(4)))
    second = client.get("/my/lists/collected.json").json()
    assert (first["version"], second["version"]) == (1, 2)
    row = PublishedList.objects.get(kind="collected", number=1)
    assert (row.sha256_zh, row.rows_zh) == (first["sha256"], first["rows"])
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedList.objects.filter(id=row.id).update(rows_zh=[])

    earlier = client.get("/my/lists/collected/earlier/").content.decode()
    assert first["sha256"] in earlier
    assert second["sha256"] in earlier
    old = client.get("/my/lists/collected/earlier/1/").content.decode()
    assert "租赁业务" in old
    assert "现在的内容已有改变" in old
    assert client.get("/my/lists/collected/earlier/9/").status_code == 404

    staff = register.world.signed_in(Client(), "officer")
    assert second["sha256"][:16] in staff.get("/portal/lists/").content.decode()
    shown = staff.get("/portal/lists/collected/2/")
    assert {one["what"] for one in shown.context["changes"]} == {"移除"}
    assert all("租赁业务" in one["name"] for one in shown.context["changes"])


def _read() -> None:
    try:
        assert Client().get("/my/lists/collected/").status_code == 200
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_nobody_read_is_kept_once_a_day(register: Register) -> None:
    now = clock.now()
    assert services.keep_all(now=now) == 2
    assert services.keep_all(now=now) == 0
    purposes.retire_purpose(register.world.actor("officer"), key="marketing", reason="不再开展")
    assert services.keep_all(now=now) == 2
    told = of_events(["portal.list_published"], limit=9)
    assert [line.data["number"] for line in told] == [2, 2, 1, 1]


def test_differences_name_what_came_went_and_changed() -> None:
    def row(recipient: str, contact: str) -> dict[str, str]:
        return {"recipient": recipient, "direction": "提供", "purpose": "销售", "contact": contact}

    before, after = [row("甲", "1"), row("乙", "2")], [row("丙", "3"), row("乙", "4")]
    found = rules.differences("shared", before, after)
    assert [(one.what, (one.after or one.before or {})["recipient"], list(one.columns)) for one in found] == [
        ("added", "丙", []),
        ("changed", "乙", ["contact"]),
        ("removed", "甲", []),
    ]
    assert rules.differences("shared", after, after) == []
    twice = [row("甲", "1"), row("甲", "2")]
    assert len(rules.differences("shared", twice, twice[:1])) == 1
