"""The whole story on one page: with names for whoever may know them, without for the person; nobody else's."""

from collections import Counter
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client

from shouxin.customers.informing.tests.test_tell_again import new_purpose
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.journal.sealer import Sealer
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.held.queries import disclosed
from shouxin.rights.cases.models import Kind
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.rights.tracing import exporting
from shouxin.rulebook.catalogue.categories import category_of
from shouxin.rulebook.catalogue.models import Field
from tests.register import SALES, Register


@pytest.mark.django_db(transaction=True)
def test_staff_and_the_person_see_the_story_and_take_it_along(
    register: Register,
    settings: LazySettings,
    superuser: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_hand(register, Kind.KNOW)
    head, clerk, me = Client(), Client(), browser(register)
    register.world.signed_in(head, "sales_head")
    register.world.signed_in(clerk, "clerk")
    address = f"/rights/customers/{register['li']}/story/"
    named, unnamed = (client.get(address).content.decode() for client in (head, clerk))
    for page in (named, unnamed):
        assert "受理申请" in page
    cell = '<td data-label="由谁">王芳</td>'
    assert cell in named
    assert cell not in unnamed
    assert clerk.get(f"/rights/customers/{register['secret']}/story/").status_code == 404
    mine = me.get("/my/story/").content.decode()
    assert "受理申请" in mine
    assert "王芳" not in mine
    settings.DATA = tmp_path  # a ledger of this test's own
    monkeypatch.setattr(exporting, "PATIENCE", 1)
    monkeypatch.setattr(exporting, "wait", lambda: None)
    assert "还没有封存" in me.post("/my/story/export/").content.decode()
    assert head.post(f"{address}export/", {"version": "staff"})["Location"] == address
    sealer = Sealer(superuser, tmp_path)
    sealer.round()
    monkeypatch.setattr(exporting, "PATIENCE", 2)
    monkeypatch.setattr(exporting, "wait", sealer.round)
    theirs = me.post("/my/story/export/")
    assert theirs["Content-Disposition"] == 'attachment; filename="story-person.html"'
    assert "王芳" not in theirs.content.decode()
    assert "王芳" in head.post(f"{address}export/", {"version": "staff"}).content.decode()
    assert "王芳" not in head.post(f"{address}export/", {"version": "person"}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_sentence_of_many_fields_says_how_many_and_lists_them_by_category(register: Register) -> None:
    clerk = register.world.actor("clerk")
    known = rulebooks["rulebook"].fields()
    category = dict(Field.objects.values_list("key", "category"))
    keys = [key for key in category if key in disclosed()][:12]
    data = {"purpose": SALES, "fields": [*keys, "aml_risk_rating"]}
    with transaction.atomic():
        journal.append(
            actor=clerk, event="customer.changed", customer=register["li"], purpose=SALES, data=data
        )
    page = browser(register).get("/my/story/").content.decode()
    line = page[page.rindex("更新客户信息") :]
    assert "字段 12 项</p>" in line  # the thirteenth is a secret, and its absence does not show
    assert "洗钱" not in page
    groups = Counter(category_of(category[key]) for key in keys)
    assert len(groups) > 1
    for name, count in groups.items():
        assert f"{name}（{count}）：" in line
    for key in keys:
        assert known[key].name.zh in line
    english = browser(register)
    english.cookies["django_language"] = "en"
    assert "Changed 12 items" in english.get("/my/story/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_the_person_did_themselves_is_told_to_staff_as_theirs(register: Register) -> None:
    version, me, clerk = new_purpose(register.world), browser(register), Client()
    assert me.post("/my/news/", {"told": version.sha256}).status_code == 302
    register.world.signed_in(clerk, "clerk")
    told = clerk.get(f"/rights/customers/{register['li']}/story/").content.decode()
    assert '<td data-label="由谁">本人</td>' in told
    assert "您本人" not in told
    mine = me.get("/my/story/").content.decode()
    assert '<p class="my-who">您本人</p>' in mine
    for page in (told, mine):  # the notice by its title, not by our key for it
        assert f"本人读过告知 《{version.notice.title_zh}》 第 {version.number} 版" in page
