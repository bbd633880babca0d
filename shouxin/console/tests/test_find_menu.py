"""The menu: daily entries first, the rest in a few groups, nothing that would not open, every entry explained."""

import re

import pytest
from django.test import Client
from django.utils.translation import override

from shouxin.console.menu import DAILY, GROUP_TITLES, Menu, words_of
from shouxin.core.policy import Role
from shouxin.kit import menu
from tests.world import CAST, World

pytestmark = pytest.mark.django_db

# 常用 stands beside the groups; beyond nine headings nobody finds anything at a glance.
MOST_GROUPS = 8
SIGNED_IN = [who for who, member in CAST.items() if member.roles and who != "outsider"]


def seen(text: str) -> str:
    return text[text.index('id="sx-side"') : text.index("</nav>", text.index('id="sx-side"'))]


def test_every_entry_has_a_group_a_sentence_and_a_page() -> None:
    assert set(GROUP_TITLES) == set(menu.GROUPS)
    for entry in menu.entries.values():
        assert entry.address(), entry.url_name
        with override("en"):
            assert str(entry.text).strip(), entry.url_name
            assert re.search(r"[.:…]$", str(entry.text)), entry.url_name
        if entry.under:
            assert menu.entries[entry.under].group == entry.group
            assert not menu.entries[entry.under].under
    assert {name for names in DAILY.values() for name in names} <= set(menu.entries)


@pytest.mark.parametrize("who", SIGNED_IN)
def test_nobody_sees_an_entry_that_does_not_open(world: World, client: Client, who: str) -> None:
    world.signed_in(client, who)
    shown = Menu(world.actor(who), "/")
    for group in shown.everything:
        for line in group.lines:
            # A page may first ask for something (a purpose, a second factor), but the door is open.
            assert client.get(line.address).status_code in {200, 302, 409}, line.address
    assert len(shown.groups) <= MOST_GROUPS
    assert 0 < len(shown.daily) <= 6


@pytest.mark.parametrize("who", SIGNED_IN)
def test_the_page_of_the_menu_lists_all_entries_with_their_sentences(
    world: World, client: Client, who: str
) -> None:
    text = world.signed_in(client, who).get("/menu/").content.decode()
    for _group, lines in menu.visible(frozenset(p.value for p in world.actor(who).permissions)):
        for entry in lines:
            assert f'href="{entry.address()}" data-words="{words_of(entry.url_name)}"' in text
            assert str(entry.text) in text


def test_a_right_that_is_missing_hides_its_entry(world: World, client: Client) -> None:
    text = world.signed_in(client, "system_admin").get("/menu/").content.decode()
    assert "/people/staff/" in text
    assert "/customers/" not in text
    assert "/journal/" not in text


def test_the_group_of_the_open_page_is_open_and_the_others_are_not(world: World, client: Client) -> None:
    world.signed_in(client, "sales_head")
    side = seen(client.get("/people/departments/").content.decode())
    opened = re.findall(r'data-group="(\w+)" open', side)
    assert opened == ["people"]
    assert re.search(r'href="/people/departments/" aria-current="page"', side)
    assert not re.findall(r'data-group="\w+" open', seen(client.get("/").content.decode()))


def test_the_open_page_is_marked_once_though_it_stands_twice(world: World, client: Client) -> None:
    side = seen(world.signed_in(client, "sales_head").get("/access/grants/").content.decode())
    assert side.count('href="/access/grants/" aria-current="page"') == 1
    assert side.count('href="/access/grants/" class="sx-here"') == 1


def test_pages_of_one_line_stand_as_tabs_and_only_those_that_open(world: World, client: Client) -> None:
    head = world.signed_in(client, "sales_head").get("/access/webhooks/").content.decode()
    tabs = re.search(r'<nav class="sx-family".*?</nav>', head, re.DOTALL)
    assert tabs
    assert re.findall(r'href="([^"]+)"', tabs[0]) == [
        "/access/clients/",
        "/access/webhooks/",
        "/access/sync/",
    ]
    assert "/access/webhooks/" not in seen(head)
    assert 'href="/access/clients/" aria-current="page"' in seen(head)
    alone = world.signed_in(client, "system_admin").get("/people/second-factor/resets/").content.decode()
    assert "sx-family" not in alone


def test_an_entry_is_found_by_chinese_english_and_pinyin(world: World) -> None:
    words = words_of("customers:duplicates")
    assert {"疑似重复", "yisichongfu", "yscf"} <= set(words.split())
    assert "duplicates" in words
    assert Role.CLERK in world.actor("clerk").roles
