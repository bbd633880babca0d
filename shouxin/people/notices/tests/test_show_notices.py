"""The bell, the page, the settings and the administrator's page show what they should, to whom they should."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.journal.models import Entry
from shouxin.kit import clock, ids
from shouxin.people.notices import choosing, kinds, looking, queries
from shouxin.people.notices.kinds import Group
from shouxin.people.notices.models import Address, Notice
from shouxin.people.notices.tests.conftest import Mailbox, Reach, Tried
from shouxin.people.thresholds.rules import thresholds
from shouxin.people.thresholds.services import ask
from tests.world import World

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
SETTINGS = {
    "digest_hour": "7",
    "quiet_from": "22",
    "quiet_until": "6",
    "language": "en",
}


def fill(world: World, who: str, count: int) -> list[Notice]:
    return Notice.objects.bulk_create(
        Notice(
            recipient=world.people[who],
            kind="tried",
            thing=ids.new(),
            step="new",
            path="/notices/settings/",
            at=clock.now(),
        )
        for _ in range(count)
    )


@pytest.mark.parametrize(("unread", "shown"), [(0, "0"), (99, "99"), (100, "99+"), (150, "99+")])
def test_the_bell_counts_in_one_statement_up_to_ninety_nine(
    world: World, tried: Tried, unread: int, shown: str
) -> None:
    fill(world, "clerk", unread)
    fill(world, "agent", 3)
    with CaptureQueriesContext(connection) as asked:
        bell = queries.bell(world.people["clerk"].id)
    assert f"{bell.count}{'+' * bell.more}" == shown
    assert len(asked) == 1


def test_every_page_has_the_bell_with_the_latest(client: Client, world: World, tried: Tried) -> None:
    fill(world, "clerk", 3)
    page = world.signed_in(client, "clerk").get("/").content.decode()
    assert "通知，未读 3 条" in page
    assert page.count("有事待您审批") == 3


def test_two_things_of_one_kind_are_told_apart_by_name(client: Client, world: World) -> None:
    asker, keys = world.actor("security_admin"), list(thresholds)[:2]
    for key in keys:
        limit = thresholds[key]
        value = next(n for n in range(limit.least, limit.most + 1) if limit.allows(n) and n != limit.default)
        ask(actor=asker, key=key, value=value, reason="试行", now=clock.now())
    kind = kinds.kinds["thresholds.confirm"]
    assert looking.look_for(kind, now=clock.now()) > 1
    page = world.signed_in(client, "officer").get("/notices/").content.decode()
    for key in keys:
        assert f"有限额或期限的变更待您确认：{thresholds[key].name.zh}" in page


def test_opening_one_marks_it_read_and_leads_to_its_thing(client: Client, world: World, tried: Tried) -> None:
    one, _other = fill(world, "sales_head", 2)
    answer = world.signed_in(client, "sales_head").get(f"/notices/{one.id}/")
    assert (answer.status_code, answer["Location"]) == (302, "/notices/settings/")
    assert queries.bell(world.people["sales_head"].id).count == 1


def test_nobody_opens_or_reads_another_persons_notice(client: Client, world: World, tried: Tried) -> None:
    [one] = fill(world, "clerk", 1)
    client = world.signed_in(client, "agent")
    assert client.get(f"/notices/{one.id}/").status_code == 404
    assert client.post(f"/notices/{one.id}/read/").status_code == 404
    client.post("/notices/read/")
    assert Notice.objects.get().read_at is None


def test_all_are_marked_read_and_the_page_still_lists_them(
    client: Client, world: World, tried: Tried
) -> None:
    fill(world, "clerk", 31)
    client = world.signed_in(client, "clerk")
    assert "after=" in client.get("/notices/?size=20").content.decode()  # the second page
    client.post("/notices/read/")
    assert "没有未读通知" in client.get("/notices/").content.decode()
    assert client.get("/notices/?show=all").content.decode().count("sx-notice-main") == 31


def test_a_mails_link_leads_through_signing_in_to_its_thing(
    client: Client, world: World, tried: Tried
) -> None:
    [one] = fill(world, "clerk", 1)
    answer = client.get(f"/notices/{one.id}/")
    assert answer["Location"] == f"/sign-in/?next=/notices/{one.id}/"


def test_settings_are_kept_and_leave_one_entry(client: Client, world: World, tried: Tried) -> None:
    client = world.signed_in(client, "clerk")
    answer = client.post("/notices/settings/", SETTINGS | {"shown-tried": "on", "robot-tried": "on"})
    assert answer.status_code == 302
    wish = choosing.wish_of(world.people["clerk"].id)
    assert (wish.language, wish.digest_hour) == ("en", 7)
    assert choosing.all_ways(world.people["clerk"].id)["tried"] == choosing.Ways(
        shown=True, mail=False, robot=True
    )
    assert b'"kinds":1' in bytes(Entry.objects.get(event="notice.settings_changed").body)


def test_quiet_hours_with_one_end_are_refused_where_they_stand(
    client: Client, world: World, tried: Tried
) -> None:
    answer = world.signed_in(client, "clerk").post("/notices/settings/", SETTINGS | {"quiet_until": ""})
    assert answer.status_code == 422
    assert "请同时填写开始和结束" in answer.content.decode()


def test_what_is_urgent_stands_in_the_console_whatever_was_chosen(
    client: Client, world: World, tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = kinds.kinds["tried"]
    urgent = type(usual)("tried", Group.SECURITY, usual.title, usual.find)
    monkeypatch.setattr(kinds.kinds, "_entries", {"tried": urgent})
    world.signed_in(client, "clerk").post("/notices/settings/", SETTINGS)
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert queries.bell(world.people["clerk"].id).count == 1


def test_the_administrators_page_names_who_cannot_be_told_and_no_address(
    client: Client, world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    address = reach("clerk")
    Address.objects.update(failures=3, outcome="address", failed_at=clock.now())
    page = world.signed_in(client, "system_admin").get("/notices/channels/").content.decode()
    assert world.people["clerk"].display_name in page
    assert "对方邮箱不存在或拒收" in page
    assert address not in page
    mine = world.signed_in(client, "clerk").get("/notices/settings/").content.decode()
    assert "对方邮箱不存在或拒收" in mine
    assert address not in mine  # masked to its owner, too


def test_the_mail_server_is_tried_by_a_button(client: Client, world: World, mailbox: Mailbox) -> None:
    client = world.signed_in(client, "system_admin")
    page = client.post("/notices/channels/try/", follow=True).content.decode()
    assert "邮件服务器可以连接" in page
    assert mailbox.letters == []


def test_days_left_are_said_in_words(client: Client, world: World, tried: Tried) -> None:
    now = clock.now()
    tried.put(world.people["clerk"].id, due=now + timedelta(days=7), since=now - timedelta(days=90))
    looking.look(now=now)
    assert "还有 7 天" in world.signed_in(client, "clerk").get("/notices/").content.decode()
