"""Whoever reads a list page by page, on or back, sees each row once, whatever becomes of those already seen."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from shouxin.customers.quality import queries as quality
from shouxin.customers.quality.models import Standing
from shouxin.customers.quality.queries import Whose
from shouxin.customers.registry import listing
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.queries import Filters
from shouxin.customers.registry.tests.test_list_customers import many
from shouxin.kit import clock, lists
from shouxin.kit.lists import Place, Sort, Window
from shouxin.people.notices.models import Notice
from tests.many_rows import Many
from tests.register import SALES, Register
from tests.test_count_list_statements import FULL, LISTS, browsers
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = clock.now()
Ask = Callable[[Place], tuple[list[UUID], Window[Any]]]


def walked(
    ask: Ask, size: int, *, between: Callable[[Sequence[UUID]], None] = lambda _: None
) -> list[list[UUID]]:
    """Every page from the beginning on; `between` two of them something becomes of the rows seen so far."""
    pages, place = list[list[UUID]](), Place(size=size)
    while True:
        rows, page = ask(place)
        pages.append(rows)
        if page.following is None:
            return pages
        assert len(pages) < 100, "it goes round"
        between([one for rows in pages for one in rows])
        place = Place(after=page.following, size=size)


def back(ask: Ask, size: int, last: Sequence[UUID]) -> list[list[UUID]]:
    """Every page from before `last` to the beginning."""
    pages, place = list[list[UUID]](), Place(before=last[0], size=size)
    while True:
        rows, page = ask(place)
        pages.append(rows)
        if page.preceding is None:
            return pages
        assert len(pages) < 100, "it goes round"
        place = Place(before=page.preceding, size=size)


def notices(world: World, chance: random.Random, count: int) -> None:
    """With few moments among them, so that many are equal."""
    Notice.objects.bulk_create(
        Notice(
            recipient=world.people["clerk"],
            kind="grants.awaiting",
            thing=uuid4(),
            step="new",
            path="/",
            count=chance.randint(1, 3),
            at=NOW + timedelta(days=chance.randint(0, 5)),
        )
        for _ in range(count)
    )


def of_notices(found: QuerySet[Notice], sort: Sort) -> Ask:
    def ask(place: Place) -> tuple[list[UUID], Window[Any]]:
        page = lists.window(found, sort, place)
        return [row.pk for row in page.rows], page

    return ask


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("column", ["", "at", "count"])
def test_every_page_of_a_list_on_and_back(world: World, seed: int, column: str) -> None:
    chance = random.Random(seed)
    notices(world, chance, 30)
    found = Notice.objects.filter(count__lte=2)
    for descending in (False, True):
        sort, size = Sort("x", "", column, descending), chance.randint(1, 12)
        rows = sorted(found.values_list(column or "id", "id"), key=lambda row: row, reverse=descending)
        model = [one for _value, one in rows]
        pages = walked(of_notices(found, sort), size)
        assert [one for page in pages for one in page] == model
        if len(pages) > 1:
            again = back(of_notices(found, sort), size, pages[-1])
            assert again[-1] == model[:size]
            whole = [one for page in again[::-1] for one in page]
            assert list(dict.fromkeys(whole)) == [one for page in pages[:-1] for one in page]
        assert lists.count(found).number == len(model)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("column", ["", "at", "count"])
def test_what_becomes_of_the_rows_already_seen_hides_no_other(world: World, seed: int, column: str) -> None:
    chance = random.Random(seed)
    notices(world, chance, 30)
    found = Notice.objects.filter(path="/")
    changed = set[UUID]()

    def between(seen: Sequence[UUID]) -> None:
        """Always the last of the page and some others: put off, brought forward, dealt with, deleted."""
        for one in {seen[-1], *chance.sample(list(seen), min(2, len(seen)))} - changed:
            changed.add(one)
            row = Notice.objects.filter(pk=one)
            what = chance.randint(0, 3)
            if what == 3:
                row.delete()
            elif what == 2:
                row.update(path="/elsewhere/")
            else:
                row.update(at=NOW + timedelta(days=what * 20 - 10), count=what * 1000)

    for descending in (False, True):
        before = set(found.values_list("id", flat=True))
        changed.clear()
        pages = walked(
            of_notices(found, Sort("x", "", column, descending)), chance.randint(1, 9), between=between
        )
        seen = [one for page in pages for one in page if one not in changed]
        assert len(seen) == len(set(seen))
        assert set(seen) == before - changed


@pytest.mark.parametrize("sort", listing.SORTS, ids=lambda sort: sort.key)
@pytest.mark.parametrize("filters", [Filters(), Filters(segment="消费者"), Filters(mine=True)], ids=str)
def test_customers_changed_on_the_way_hide_no_others(
    register: Register, sort: Sort, filters: Filters
) -> None:
    chance, actor = random.Random(1), register.world.actor("clerk")
    many(register, 24)
    for one in Customer.objects.all():
        Customer.objects.filter(id=one.id).update(
            segment="消费者",
            responsible=actor.id,
            updated_at=NOW - timedelta(days=chance.randint(1, 4)),
        )

    def ask(place: Place) -> tuple[list[UUID], Window[Any]]:
        page = listing.page(
            actor=actor, purpose=SALES, filters=filters, now=clock.now(), place=place, sort=sort
        )
        return [view.row.id for view in page.customers], Window([], page.following, page.preceding)

    touched = set[UUID]()

    def between(seen: Sequence[UUID]) -> None:
        """It is the last of those longest untouched by then, and may be seen there once more."""
        touched.add(seen[-1])
        Customer.objects.filter(id=seen[-1]).update(updated_at=clock.now())

    everybody = set(listing.ids(actor, filters, most=100))
    assert len(everybody) > 20
    for size in (3, 7):
        pages = walked(ask, size, between=between)
        seen = [one for page in pages for one in page]
        assert set(seen) == everybody
        assert all(seen.count(one) == 1 for one in everybody - touched)
        pages = walked(ask, size)
        again = back(ask, size, pages[-1])
        whole = [one for page in again[::-1] for one in page]
        assert list(dict.fromkeys(whole)) == [one for page in pages[:-1] for one in page]
        assert listing.count(actor, filters).number == len(everybody)


@pytest.mark.parametrize("latest", [False, True])
@pytest.mark.parametrize("whose", [Whose.MINE, Whose.DEPARTMENT])
def test_what_is_verified_on_the_way_hides_nothing_that_is_due(
    register: Register, whose: Whose, *, latest: bool
) -> None:
    chance, actor = random.Random(2), register.world.actor("sales_head")
    many(register, 24)
    old = clock.today() - timedelta(days=9)
    for one in Standing.objects.all():
        due: date = old + timedelta(days=chance.randint(0, 2))
        Standing.objects.filter(id=one.id).update(
            due_on=due, responsible_id=actor.id, department_id=register.world.departments["sales"].id
        )

    def ask(place: Place) -> tuple[list[UUID], Window[Any]]:
        page = quality.due(actor=actor, whose=whose, now=clock.now(), place=place, latest=latest)
        return [line.record for line in page.lines], page.window

    everybody = {one for page in walked(ask, 100) for one in page}
    assert len(everybody) > 20
    pages = walked(ask, 4)
    again = back(ask, 4, pages[-1])
    assert {one for page in again for one in page} == {one for page in pages[:-1] for one in page}

    def between(seen: Sequence[UUID]) -> None:
        """All of the page are verified."""
        Standing.objects.filter(id__in=seen).update(due_on=clock.today() + timedelta(days=365))

    seen = [one for page in walked(ask, 4, between=between) for one in page]
    assert len(seen) == len(set(seen))
    assert set(seen) == everybody


def test_every_list_of_the_console_shows_each_row_once(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each of its orders, as its pages lead on; as many as it counts."""
    Many(register, clock.now()).more(22)
    readers, asked = browsers(register.world), list[tuple[QuerySet[Any], Window[Any]]]()
    plain = lists.window

    def watched(found: QuerySet[Any], sort: Sort, place: Place) -> Window[Any]:
        asked.append((found, plain(found, sort, place)))
        return asked[-1][1]

    monkeypatch.setattr(lists, "window", watched)
    wrong, walks = list[tuple[str, str]](), 0
    for address, who in {**LISTS, **FULL}.items():
        home = address.split("?", maxsplit=1)[0]
        sorts = next((one.sorts for one in lists.known.values() if reverse(one.url_name) == home), ())
        for key in [sort.key for sort in sorts] or [""]:
            asked.clear()
            counted = follow(
                readers[who],
                f"{address}{'&' if '?' in address else '?'}size={50 if address in FULL else 20}&sort={key}",
            )
            if not asked:
                continue  # it has its own way, and its own test
            shown = [row.pk for _found, page in asked for row in page.rows]
            there = list(asked[0][0].order_by().values_list("pk", flat=True))
            walks += len(asked) > 1
            if sorted(map(str, shown)) != sorted(map(str, there)) or len(set(there)) != len(there):
                wrong.append((address, key))
            if counted is not None and counted.number != len(there):
                wrong.append((address, f"{key}: counts {counted.number} of {len(there)}"))
    assert not wrong, wrong
    assert walks > 40


def follow(reader: Client, address: str) -> lists.Count | None:
    """Opens the list and every page behind; how many it counts."""
    home, counted = address.split("?", maxsplit=1)[0], None
    while True:
        context = reader.get(address).context
        counted = context.get("counted") if counted is None else counted
        if not context.get("next_href"):
            return counted
        address = home + context["next_href"]
