"""Completeness and freshness: the statement and the rule agree, and both mean what a person would say."""

import random
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shouxin.customers.quality import rules, scoring
from shouxin.customers.quality.models import Standing
from shouxin.customers.quality.rules import Known
from shouxin.customers.quality.tests.conftest import Age
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import Purpose
from tests.register import SALES, Register

KEYS = ("mobile", "email", "person_name", "uscc")
TODAY = date(2026, 11, 26)
days = st.integers(0, rules.day(TODAY))
known = st.builds(Known, days, st.integers(0, 1), st.integers(0, 1), st.none() | days, st.none())
values = st.dictionaries(st.sampled_from(KEYS), known)
paces = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 4000))


@given(values, paces)
def test_due_is_the_day_on_which_something_is_too_old(held: dict[str, Known], chosen: dict[str, int]) -> None:
    first = rules.due_on(held, chosen)
    old = rules.overdue(held, chosen, TODAY)
    assert bool(old) == (first is not None and first <= TODAY)
    if first is not None:
        assert rules.overdue(held, chosen, first)
        assert not rules.overdue(held, chosen, first - timedelta(days=1))


@given(values, paces, st.sets(st.sampled_from(KEYS)))
def test_verifying_what_is_old_leaves_nothing_old(
    held: dict[str, Known], chosen: dict[str, int], others: set[str]
) -> None:
    old = rules.overdue(held, chosen, TODAY)
    after = rules.after_verification(held, {*old, *others}, method="visit", today=TODAY)
    assert after.keys() == held.keys()
    assert rules.overdue(after, chosen, TODAY) == []


@given(values, paces)
def test_a_stricter_interval_is_never_due_later(held: dict[str, Known], chosen: dict[str, int]) -> None:
    first = rules.due_on(held, chosen)
    stricter = {key: max(1, number // 2) for key, number in chosen.items()}
    if first is not None:
        assert (rules.due_on(held, stricter) or date.max) <= first


@given(values)
def test_what_is_stored_is_read_back(held: dict[str, Known]) -> None:
    plain = {key: one if one.verified is not None else one._replace(method=None) for key, one in held.items()}
    assert rules.read(rules.stored(plain)) == plain


def test_the_statement_says_what_the_rule_says(register: Register) -> None:
    purpose, now, chance = rulebooks["rulebook"].purpose(SALES), clock.now(), random.Random(7)
    assert purpose
    asked, today = rules.asked_of(purpose, rulebooks["rulebook"].fields()), timezone.localdate(now)
    fields = ["person_name", "company_name", "mobile", "uscc", "contact_name", "contact_mobile", "email"]
    for _ in range(12):
        for row in Standing.objects.all():
            some = chance.sample(fields, chance.randrange(len(fields)))
            ages = {
                key: Known(
                    rules.day(today) - chance.randrange(2000),
                    0,
                    1,
                    chance.choice([None, rules.day(today) - chance.randrange(2000)]),
                )
                for key in some
            }
            row.values = rules.stored(ages)
            row.save()
        found = scoring.scores(purpose=purpose, customers=list(register.ids.values()), now=now)
        for customer in Customer.objects.all():
            held = [(row.kind, rules.read(row.values)) for row in Standing.objects.filter(customer=customer)]
            assert found[customer.id] == rules.score(customer.kind, held, asked, today)


def test_what_is_missing_or_too_old_for_the_purpose_is_named(
    register: Register, age: Age, client: Client
) -> None:
    age("huaxin", 500)
    Standing.objects.filter(id=register["li"]).update(values={"person_name": [20783, 0, 1]})
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/{register['li']}/").content.decode()
    assert "缺：手机号码" in page
    assert "50%" in page
    page = client.get(f"/customers/{register['huaxin']}/").content.decode()
    assert "已过期：联系人手机" in page


def test_a_purpose_demands_more_than_the_product_proposes(register: Register) -> None:
    head, officer = register.world.actor("sales_head"), register.world.actor("officer")
    before = purposes.content(Purpose.objects.get(key=SALES))
    purposes.revise_purpose(officer, key=SALES, reason="补充质量要求")
    purposes.set_need(
        head,
        key=SALES,
        field="email",
        necessity="optional",
        reason_zh="发送合同",
        counted=True,
        max_age_months=6,
    )
    assert purposes.content(Purpose.objects.get(key=SALES)) != before
    purposes.submit_purpose(head, key=SALES)
    purposes.approve_purpose(officer, key=SALES)
    purposes.activate_purpose(officer, key=SALES)
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose
    assert "email" in purpose.counted
    assert rules.intervals(rulebooks["rulebook"].fields(), [purpose])["email"] == rules.days_of(6)
    score = scoring.scores(purpose=purpose, customers=[register["li"]], now=clock.now())[register["li"]]
    assert score.missing == ("email",)
