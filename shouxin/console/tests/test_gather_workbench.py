"""The workbench says who waits for what until when, names no customer, and shows each role what its day needs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shouxin.access.grants import services as grants
from shouxin.access.grants.models import StandingGrant, State
from shouxin.console import bench
from shouxin.customers.promises import services as promises
from shouxin.customers.promises.models import Kind
from shouxin.gate import services as gate
from shouxin.gate.models import ReadDay
from shouxin.kit import clock, workbench
from shouxin.kit.workbench import Section
from tests.register import SALES, Register
from tests.world import World

pytestmark = pytest.mark.django_db


def page(register: Register, who: str, address: str = "/") -> str:
    answer = register.world.signed_in(Client(), who).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def gathered(world: World, who: str, *, team: bool = False) -> bench.Bench:
    return bench.gather(world.actor(who), team=team, now=clock.now())


def card(found: bench.Bench, key: str) -> bench.Counter:
    return next(one for one in found.counters if one.card.key == key)


def ask(register: Register, who: str = "clerk", days: int = 5) -> StandingGrant:
    now = clock.now()
    return grants.propose(
        actor=register.world.actor(who),
        purpose=SALES,
        fields=["mobile"],
        daily_limit=5,
        until=now + timedelta(days=days, minutes=1),
        reason="联系客户",
        now=now,
    )


def promise(register: Register, who: str, days: int) -> None:
    promises.make(
        actor=register.world.actor(who),
        purpose=SALES,
        customer=register["li"],
        kind=Kind.PROMISE,
        text="回电",
        owner=register.world.people[who].id,
        due_on=timezone.localdate() + timedelta(days=days),
        now=clock.now(),
    )


def test_what_waits_says_who_asks_for_what_and_leads_to_the_decision(register: Register) -> None:
    asked = ask(register)
    shown = card(gathered(register.world, "sales_head"), "grants-awaiting")
    assert shown.card.section is Section.APPROVE
    (line,) = shown.lines
    assert (line.who, line.left) == ("王芳", "刚刚")
    assert line.what.endswith("1 个字段")
    assert line.address == f"/access/grants/{asked.id}/"
    assert f'href="{line.address}"' in page(register, "sales_head")


def test_who_asked_finds_it_among_their_own_until_it_is_decided(register: Register) -> None:
    asked = ask(register)
    mine = card(gathered(register.world, "clerk"), "grants-mine")
    assert (mine.card.section, mine.lines[0].who) == (Section.MINE, "")
    grants.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=clock.now())
    found = gathered(register.world, "clerk")
    assert "grants-mine" not in {one.card.key for one in found.counters}
    assert card(found, "grants-ending").lines[0].left == "还剩 5 天"


def test_more_than_anybody_counts_is_shown_as_999_plus(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "MOST", 3)
    monkeypatch.setattr(bench, "MOST", 3)
    now = clock.now()
    StandingGrant.objects.bulk_create(
        StandingGrant(
            staff=register.world.people["clerk"],
            purpose=SALES,
            fields=["mobile"],
            reason="x",
            proposed_by=register.world.people["clerk"],
            proposed_at=now,
            until=now + timedelta(days=9),
        )
        for _ in range(7)
    )
    waiting = card(gathered(register.world, "sales_head"), "grants-awaiting")
    assert (waiting.number, waiting.count, len(waiting.lines)) == (4, "3+", 3)
    assert StandingGrant.objects.filter(state=State.PENDING).count() == 7


def test_recent_contacts_are_pseudonymous_and_open_the_customer(register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    for name in ("zhang", "li"):
        gate.open_contact(
            actor=clerk,
            customer=register[name],
            purpose=SALES,
            reason_class="order",
            note="",
            now=now,
        )
    shown = page(register, "clerk")
    assert f'href="/customers/{register["li"]}/"' in shown
    assert f"客户 {register['li'].hex[-8:]}" in shown
    assert "sx-watermark" in shown
    assert "李小明" not in shown
    assert "张伟" not in shown
    (recent,) = gathered(register.world, "clerk").recents
    assert [line.left for line in recent.lines] == ["还剩 29 分钟"] * 2
    # A customer that goes out of sight is gone from the list.
    other = gathered(register.world, "marketer")
    assert other.recents == []


def test_a_page_that_shows_no_customer_bears_no_name(register: Register) -> None:
    assert "sx-watermark" not in page(register, "system_admin")


def test_a_head_looks_at_the_own_day_or_at_the_whole_team(register: Register) -> None:
    promise(register, "clerk", 0)
    promise(register, "sales_head", 0)
    own = card(gathered(register.world, "sales_head"), "promises-today")
    team = card(gathered(register.world, "sales_head", team=True), "promises-today")
    assert (own.number, own.address) == (1, "/customers/promises/?show=today")
    assert (team.number, team.address) == (2, "/customers/promises/?show=today&team=1")
    assert "/?whose=team" in page(register, "sales_head")
    # Nobody else is offered a team, and asking for one shows no more than one's own.
    assert "/?whose=team" not in page(register, "clerk")
    assert card(gathered(register.world, "clerk", team=True), "promises-today").number == 1


def test_with_nothing_waiting_it_says_what_to_do_next(register: Register) -> None:
    shown = page(register, "agent")
    assert "现在没有等您处理的事项" in shown
    assert "请从上面选一项" in shown


@pytest.mark.parametrize(
    ("who", "title"),
    [
        ("clerk", "今天接待"),
        ("sales_head", "今天已看列表"),
        ("officer", "已封存的日志"),
        ("audit_admin", "已封存的日志"),
        ("supervisor", "等待封存"),
        ("security_admin", "正被限制的来源"),
        ("system_admin", "系统体检"),
    ],
)
def test_each_role_has_its_own_figures(register: Register, who: str, title: str) -> None:
    assert title in {str(one.title) for one in gathered(register.world, who).figures}


def test_charts_have_words_and_a_table_and_no_inline_style(register: Register) -> None:
    promise(register, "clerk", 2)
    shown = page(register, "clerk")
    start = shown.index('aria-labelledby="ch-promises"')
    chart = shown[start : shown.index("</section>", start)]
    assert "合计 1" in chart
    assert '<title id="ct-promises">' in chart
    assert "<summary>以表格查看</summary>" in chart
    assert "style=" not in shown[shown.index("<main") : shown.index("</main>")]


def test_reads_are_drawn_by_purpose_with_the_moment_of_counting(register: Register) -> None:
    assert "reads" not in {one.chart.key for one in gathered(register.world, "officer").charts}
    ReadDay.objects.create(
        day=timezone.localdate(),
        reader=register.world.people["clerk"].pseudonym,
        kind=ReadDay.Kind.CLEAR,
        purpose=SALES,
        count=4,
        at=clock.now(),
    )
    for who, sees in (("officer", True), ("sales_head", True), ("clerk", True), ("service_head", False)):
        drawn = {one.chart.key: one for one in gathered(register.world, who).charts}
        assert ("reads" in drawn) is sees, who
    assert drawn.get("reads") is None
    officer = {one.chart.key: one for one in gathered(register.world, "officer").charts}["reads"]
    assert officer.total == 4
    assert officer.address == "/journal/"
