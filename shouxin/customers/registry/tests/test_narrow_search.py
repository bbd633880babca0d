"""A search is narrowed as lists are, turned page by page, and says so when too little or too much was typed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from shouxin.customers.registry import results, search, services
from shouxin.customers.registry.models import Customer, SearchResult
from shouxin.customers.registry.queries import Filters
from shouxin.customers.registry.search import Found, turn
from shouxin.customers.registry.tests.test_search_names import store
from shouxin.journal.models import Entry
from shouxin.kit import clock
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db


def looked(register: Register, term: str, who: str = "clerk", **narrow: Any) -> Found:
    actor = register.world.actor(who)
    return search.search(
        actor=actor, purpose=SALES, term=term, now=clock.now(), filters=replace(Filters(), **narrow)
    )


def ids(found: Found | None) -> list[UUID]:
    assert found is not None
    return [view.row.id for view in found.customers]


def test_filters_narrow_what_is_opened_at_all(register: Register) -> None:
    many = list(store(register, ["高小松"] * 5))
    Customer.objects.filter(id=many[0]).update(segment="会员", province="福建省")
    Customer.objects.filter(id=many[1]).update(responsible=register.world.actor("clerk").id)
    assert len(ids(looked(register, "小松"))) == 5
    assert ids(looked(register, "小松", segment="会员")) == [many[0]]
    assert ids(looked(register, "小松", province="福建省")) == [many[0]]
    assert ids(looked(register, "小松", mine=True)) == [many[1]]
    assert ids(looked(register, "小松", kind="organisation")) == []
    opened = Entry.objects.filter(event="maintenance.opened").order_by("-id").first()
    assert opened is not None
    assert b'"count":1' in bytes(
        opened.body
    )  # the filter came first: one was opened, and none by the last search


def test_pages_show_every_hit_once_and_keep_nothing_that_was_typed(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 3)
    many = set(store(register, ["高小松"] * 7))
    before = Entry.objects.filter(event="list.searched").count()
    page: Found | None = looked(register, "gaoxiaosong")
    seen = ids(page)
    while page and page.following:
        place = page.following
        page = turn(
            actor=register.world.actor("clerk"), token=place.token, after=place.after, now=clock.now()
        )
        seen += ids(page)
    assert len(seen) == 7
    assert set(seen) == many
    assert seen == sorted(seen, reverse=True)
    assert Entry.objects.filter(event="list.searched").count() == before + 3
    kept = repr(list(SearchResult.objects.values()))
    assert "gaoxiaosong" not in kept
    assert "高小松" not in kept


def test_a_search_is_turned_by_its_reader_alone_and_for_a_while(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    store(register, ["高小松"] * 3)
    place = looked(register, "小松").following
    assert place is not None
    clerk, now = register.world.actor("clerk"), clock.now()
    assert turn(actor=register.world.actor("sales_head"), token=place.token, after=None, now=now) is None
    assert turn(actor=clerk, token="x" + place.token, after=None, now=now) is None
    assert turn(actor=clerk, token=place.token, after=None, now=now + results.LIFE) is None
    assert turn(actor=clerk, token=place.token, after=place.after, now=now) is not None
    results.forget(now + results.LIFE + timedelta(seconds=1))
    assert not SearchResult.objects.exists()


def test_whoever_may_not_see_a_hit_by_now_is_not_shown_it_on_a_later_page(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    first, second, *_ = sorted(store(register, ["高小松"] * 2), reverse=True)
    place = looked(register, "小松").following
    Customer.objects.filter(id=second).update(owner_department=register.world.departments["service"])
    assert place is not None
    assert place.after == first
    page = turn(actor=register.world.actor("clerk"), token=place.token, after=place.after, now=clock.now())
    assert ids(page) == []


def test_too_many_candidates_are_cut_and_said(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    many = sorted(store(register, ["高小松"] * 5), reverse=True)
    monkeypatch.setattr(search, "CANDIDATES", 2)
    found = looked(register, "高小松")
    assert found.crowd
    assert ids(found) == many[:2]
    assert not looked(register, "13700000001").crowd


@pytest.mark.parametrize("term", ["高", "欧阳", "x", "gao", "Zhang", "zeng", "lv", "ouyang"])
def test_a_surname_or_one_character_alone_is_not_searched(register: Register, term: str) -> None:
    store(register, ["高小松", "张小松"])
    found = looked(register, term)
    assert ids(found) == []
    assert found.little


def test_a_surname_in_pinyin_still_finds_whose_foreign_name_begins_so(register: Register) -> None:
    gao, na = store(register, ["Gaoler Smith", "李娜"])
    found = looked(register, "gao")
    assert (ids(found), found.little) == ([gao], False)
    assert ids(looked(register, "li na")) == ids(looked(register, "lina")) == [na]


def test_an_e_mail_domain_finds_its_addresses(register: Register) -> None:
    store(register, ["高小松"])
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["zhang"],
        revision=1,
        values=kept({"email": "zhang.wei@Example-Mail.cn"}),
        now=clock.now(),
    )
    assert ids(looked(register, "@example-mail.cn")) == [register["zhang"]]
    assert ids(looked(register, "zhang.wei@example-mail.cn")) == [register["zhang"]]
    assert ids(looked(register, "@mail.cn")) == []


def test_the_screen_searches_narrows_and_turns_by_post_alone(
    register: Register, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 2)
    store(register, ["高小松"] * 5)
    browser = register.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    first = browser.post("/customers/find/", {"term": "小松", "kind": "person"})
    page = first.content.decode()
    assert "共找到 5 位客户" in page
    place = first.context["found"].following
    assert place.token in page
    second = browser.post("/customers/find/", {"token": place.token, "after": str(place.after)})
    assert len(second.context["rows"]) == 2
    assert "小松" not in second.content.decode()
    over = browser.post("/customers/find/", {"token": "gone", "after": ""})
    assert "已过期" in over.content.decode()
    little = browser.post("/customers/find/", {"term": "高"})
    assert "只凭一个姓" in little.content.decode()
    none = browser.post("/customers/find/", {"term": "小松", "kind": "organisation"})
    assert "没有找到" in none.content.decode()
