"""A table may bring customers under a purpose that rests on consent: with who agreed to which page, when and how.

Rows without it, or against what the person said since, are refused at their cell."""

from datetime import timedelta

import pytest
from django.db import transaction

from shouxin.core.policy import customer_actor
from shouxin.customers.consents import pages, queries, services
from shouxin.customers.consents.models import Channel, Decision
from shouxin.customers.consents.services import How
from shouxin.customers.intake import agreeing, drafts
from shouxin.customers.intake.mapping import gaps
from shouxin.customers.intake.services import IntakeProblem
from shouxin.customers.intake.tests import cast
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from tests.register import Register

MARKETING = "marketing"
COLUMNS = ["person_name", "mobile", "customer_no", agreeing.PAGE, agreeing.DAY, agreeing.WAY]
HEAD = ("姓名", "手机", "客户编号", "同意页面", "同意日期", "方式")


@pytest.mark.django_db(transaction=True)
def test_rows_come_with_their_consent_or_not_at_all(register: Register) -> None:
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-hans", now=now)
    today = f"{clock.today(now):%Y-%m-%d}"
    li = customer_actor(register["li"])
    how = How(Channel.PORTAL)
    services.decide(actor=li, customer=li.id, shown=page.sha256, ticked=frozenset(), how=how, now=clock.now())
    short = page.sha256[:8]
    rows = (
        HEAD,
        ("欧阳春", "13811110001", "M-1", page.sha256, today, "当面"),
        ("欧阳夏", "13811110002", "M-2", short, today, "paper"),
        ("欧阳秋", "13811110003", "M-3", "", today, "当面"),
        ("欧阳冬", "13811110004", "M-4", "0" * 64, today, "当面"),
        ("司马一", "13811110005", "M-5", short, f"{clock.today(now) + timedelta(days=2):%Y-%m-%d}", "当面"),
        ("司马二", "13811110006", "M-6", short, today, "飞鸽"),
    )
    batch = cast.upload(register, cast.table(*rows), "m.csv")
    sheet = drafts.opened(batch).sheets[0]
    purpose = rulebooks["rulebook"].purpose(MARKETING)
    bare = sheet.columns[:3] + ("",) * 3
    with pytest.raises(IntakeProblem, match=r"declaration\.consent"):
        cast.decide(register, batch.id, columns={sheet.name: bare}, purpose=MARKETING)
    batch.refresh_from_db()
    cast.decide(register, batch.id, columns={sheet.name: COLUMNS}, purpose=MARKETING)
    plans = drafts.opened(type(batch).objects.get(id=batch.id)).sheets
    assert gaps(plans, rulebooks["rulebook"].fields(), purpose) == []
    cast.check(register, batch.id)
    done = cast.run(register, batch.id)

    assert (done.created_count, done.refused_count) == (2, 4)
    assert done.findings["consents"] == 2
    told = cast.reasons(done)
    assert "which page" in told[4]
    assert "No such page" in told[5]
    assert "before the page was first shown, or ahead" in told[6]
    assert "counter" in told[7]
    kept = cast.kept(batch=batch.id)
    first = Decision.objects.get(customer=kept["M-1"].id, kind="general")
    assert (first.shown_id, first.channel, first.decided) == (page.sha256, Channel.COUNTER, "given")
    assert clock.today(first.at) == clock.today(now)
    assert queries.consenting(MARKETING, [kept["M-2"].id], clock.now())
    assert kept["M-1"].values["mobile"] == "13811110001"
    # Of what is agreed to separately a table says neither yes nor no.
    brought = Decision.objects.filter(customer_id__in=[one.id for one in kept.values()])
    assert set(brought.values_list("kind", flat=True)) == {"general"}


@pytest.mark.django_db(transaction=True)
def test_the_last_word_of_the_person_holds_before_the_table(register: Register) -> None:
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-hans", now=now)
    me = customer_actor(register["li"])
    services.decide(
        actor=me, customer=me.id, shown=page.sha256, ticked=frozenset(), how=How(Channel.PORTAL), now=now
    )
    given = agreeing.Given(page, clock.today(now) - timedelta(days=3), Channel.PAPER)
    with transaction.atomic():
        said = agreeing.Standing.of(MARKETING, [me.id], now)
    assert said.obstacle(me.id, given) == "consent.taken-back"
    same_day = agreeing.Given(page, clock.today(now), Channel.PAPER)
    assert said.obstacle(me.id, same_day) == "consent.taken-back"  # at whatever hour the file comes
    later = agreeing.Standing(said.said, (), now + timedelta(days=2))
    assert (
        later.obstacle(me.id, agreeing.Given(page, clock.today(now) + timedelta(days=1), Channel.PAPER)) == ""
    )
    assert not agreeing.is_child({"birth_date": "1990-01-01"}, clock.today(now))
    assert agreeing.is_child({"birth_date": f"{clock.today(now).year - 5}-01-01"}, clock.today(now))


@pytest.mark.django_db(transaction=True)
def test_whoever_took_it_back_meanwhile_costs_their_own_row_alone(register: Register) -> None:
    """They agreed at the counter, the file was checked, they took it back at their own door, the file runs."""
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-hans", now=now)
    today, zhang = f"{clock.today(now):%Y-%m-%d}", customer_actor(register["zhang"])
    how, ticked = How(Channel.COUNTER), frozenset({"general"})
    services.decide(actor=zhang, customer=zhang.id, shown=page.sha256, ticked=ticked, how=how, now=now)
    rows = (
        ("张伟", "13811110009", "张伟-10002", page.sha256, today, "当面"),
        ("欧阳春", "13811110001", "M-1", page.sha256, today, "当面"),
    )
    batch = cast.upload(register, cast.table(HEAD, *rows), "m.csv")
    sheet = drafts.opened(batch).sheets[0].name
    cast.decide(register, batch.id, columns={sheet: COLUMNS}, purpose=MARKETING)
    assert cast.check(register, batch.id).findings["refused"] == 0
    services.withdraw(
        actor=zhang, customer=zhang.id, purpose=MARKETING, how=How(Channel.PORTAL), now=clock.now()
    )
    done = cast.run(register, batch.id)
    assert (done.created_count, done.updated_count, done.refused_count) == (1, 0, 1)
    assert "took it back" in cast.reasons(done)[2]
    assert done.findings["consents"] == 1
    assert not queries.consenting(MARKETING, [zhang.id], clock.now())


@pytest.mark.django_db(transaction=True)
def test_of_a_refused_row_no_consent_is_written_down(register: Register) -> None:
    """Another person's row under the same customer number is refused, and does not prolong the first one's consent."""
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-hans", now=now - timedelta(days=9))
    days = [f"{clock.today(now) - timedelta(days=ago):%Y-%m-%d}" for ago in (5, 1)]
    rows = (
        ("欧阳春", "13811110001", "M-1", page.sha256, days[0], "当面"),
        ("欧阳冬", "13811110002", "M-1", page.sha256, days[1], "纸质"),
    )
    batch = cast.upload(register, cast.table(HEAD, *rows), "m.csv")
    sheet = drafts.opened(batch).sheets[0].name
    cast.decide(register, batch.id, columns={sheet: COLUMNS}, purpose=MARKETING)
    cast.check(register, batch.id)
    done = cast.run(register, batch.id)
    assert (done.created_count, done.refused_count, done.findings["consents"]) == (1, 1, 1)
    [given] = Decision.objects.filter(customer=cast.kept(batch=batch.id)["M-1"].id, kind="general")
    assert (f"{clock.today(given.at):%Y-%m-%d}", given.channel) == (days[0], Channel.COUNTER)


@pytest.mark.django_db(transaction=True)
def test_the_check_foretells_the_rows_of_whoever_took_it_back(register: Register) -> None:
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-hans", now=now)
    zhang = customer_actor(register["zhang"])
    services.decide(
        actor=zhang,
        customer=zhang.id,
        shown=page.sha256,
        ticked=frozenset(),
        how=How(Channel.PORTAL),
        now=now,
    )
    row = ("张伟", "13811110009", "张伟-10002", page.sha256, f"{clock.today(now):%Y-%m-%d}", "当面")
    batch = cast.upload(register, cast.table(HEAD, row), "m.csv")
    sheet = drafts.opened(batch).sheets[0].name
    cast.decide(register, batch.id, columns={sheet: COLUMNS}, purpose=MARKETING)
    found = cast.check(register, batch.id).findings
    assert (found["refused"], [one["code"] for one in found["problems"]]) == (1, ["consent.taken-back"])
    assert [place[2] for place in found["whole"]] == ["consent.taken-back"]  # by which its row is told why
    assert cast.run(register, batch.id).refused_count == 1
