"""Consents in a table: which page each person agreed to, when and by which way. Without them a purpose that rests on
consent takes no row.

The page is named by its SHA-256 or the first eight characters of it; only pages that were once shown here count.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from shouxin.core.identifiers.dates import parse_date
from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.customers.consents import ages, pages, rules
from shouxin.customers.consents.models import Channel, Consent, Shown, State
from shouxin.customers.consents.pages import Page
from shouxin.customers.consents.services import How, Ticked
from shouxin.gate.limits import ZONE
from shouxin.rulebook.catalogue import jurisdictions

PAGE, DAY, WAY = "consent:page", "consent:day", "consent:way"
KEYS = (PAGE, DAY, WAY)
NAMES: Mapping[str, Text] = {
    PAGE: Text("同意的页面（哈希或前 8 位）", "Page agreed to (hash, or its first 8)"),
    DAY: Text("同意的日期", "Day of the consent"),
    WAY: Text("同意的方式", "How it was given"),
}
SHORT = 8
WAYS: Mapping[str, Channel] = {
    **{
        one.value: one
        for one in (Channel.FORM, Channel.COUNTER, Channel.PHONE, Channel.PAPER, Channel.PORTAL)
    },
    "公开表单": Channel.FORM,
    "表单": Channel.FORM,
    "当面": Channel.COUNTER,
    "电话": Channel.PHONE,
    "纸质": Channel.PAPER,
    "客户门户": Channel.PORTAL,
    "门户": Channel.PORTAL,
}
PROBLEMS: Mapping[str, Text] = {
    "consent.no-page": Text(
        "没有写明同意了哪个页面：没有同意依据的不入库。",
        "It does not say which page was agreed to: without a consent nothing is stored.",
    ),
    "consent.unknown-page": Text(
        "没有向本目的展示过这样的页面：请核对哈希或前 8 位。",
        "No such page was ever shown for this purpose: check the hash or its first 8 characters.",
    ),
    "consent.no-day": Text("没有写明同意的日期，或日期看不懂。", "The day of the consent is missing or no date."),
    "consent.wrong-day": Text(
        "同意的日期在页面首次展示之前，或在将来。",
        "The day of the consent lies before the page was first shown, or ahead.",
    ),
    "consent.over": Text(
        "这次同意已经到期：须重新征求同意。",
        "This consent has run out: the person has to be asked anew.",
    ),
    "consent.no-way": Text(
        "没有写明怎样同意的：请写当面、电话、纸质、公开表单或门户。",
        "It does not say how the consent was given: in person (counter), phone, paper, form or portal.",
    ),
    "consent.not-asked": Text(
        "同意的页面没有征求这一项，或者它须单独同意：不能随表格入库。",
        "The page agreed to did not ask for this, or it needs a separate consent: it cannot come with a table.",
    ),
    "consent.child": Text(
        "本人未到可以自己同意的年龄：请由监护人当面办理。",
        "The person is too young to agree: their guardian has to do it in person.",
    ),
    "consent.taken-back": Text(
        "本人在当天或之后撤回或拒绝过：以最后的表示为准，不入库。",
        "The person took it back or refused on that day or since: the last word holds, nothing is stored.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """What a row says of a consent, checked."""

    page: Page
    on: date
    way: Channel

    @property
    def fields(self) -> frozenset[str]:
        return self.page.fields(frozenset({rules.GENERAL}))


@dataclass(frozen=True)
class Brought(Ticked):
    """A consent that was given elsewhere and comes with its day: it stands as of that day."""

    on: date = date.min

    def record(self, *, actor: Actor, customers: Sequence[UUID], now: datetime) -> None:
        super().record(actor=actor, customers=customers, now=moment(self.on, now))


def moment(on: date, now: datetime) -> datetime:
    """Noon of the day, and never ahead."""
    return min(_noon(on), now)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE)


def agreement(given: Given) -> Brought:
    # A table tells of the purpose alone: of what is agreed to separately it says neither yes nor no.
    apart = frozenset(box.key for box in given.page.boxes if box.kind != rules.GENERAL)
    return Brought(given.page, frozenset({rules.GENERAL}), How(given.way), apart, on=given.on)


def known_pages(purpose: str) -> dict[str, Page]:
    """The pages once shown for the purpose, by hash and by what begins it; a beginning of several names none."""
    found: dict[str, Page] = {}
    twice: set[str] = set()
    for shown in Shown.objects.filter(purpose=purpose):
        page = pages.again(shown)
        found[shown.sha256] = page
        short = shown.sha256[:SHORT]
        if short in found:
            twice.add(short)
        found[short] = page
    return {key: page for key, page in found.items() if key not in twice}


def first_days(purpose: str) -> dict[str, date]:
    """Since which day each page was shown."""
    rows = Shown.objects.filter(purpose=purpose).values_list("sha256", "first_at")
    return {key: at.astimezone(ZONE).date() for key, at in rows}


@dataclass(frozen=True, slots=True)
class Book:
    """What rows are checked against: the pages of the purpose, since when each was shown, and today."""

    pages: Mapping[str, Page]
    since: Mapping[str, date]
    today: date

    @classmethod
    def of(cls, purpose: str, today: date) -> "Book":
        return cls(known_pages(purpose), first_days(purpose), today)

    def read(self, texts: Mapping[str, str]) -> tuple[Given | None, list[tuple[str, str]]]:
        """The consent of a row, or what is wrong with it: (column's key, code) one by one."""
        named = texts.get(PAGE, "").strip().lower().removeprefix("sha256:")
        page, wrong = self.pages.get(named), []
        if page is None:
            wrong.append((PAGE, "consent.unknown-page" if named else "consent.no-page"))
        on = parse_date(texts.get(DAY, "").strip())
        if on is None:
            wrong.append((DAY, "consent.no-day"))
        elif on > self.today or (page is not None and on < self.since[page.sha256]):
            wrong.append((DAY, "consent.wrong-day"))
        elif page is not None and _is_over(page, on, self.today):
            wrong.append((DAY, "consent.over"))
        way = WAYS.get(texts.get(WAY, "").strip().lower())
        if way is None:
            wrong.append((WAY, "consent.no-way"))
        if wrong or page is None or on is None or way is None:
            return None, wrong
        return Given(page, on, way), []


def _is_over(page: Page, on: date, today: date) -> bool:
    """Whether what was agreed to on that day has run out by now, by what its page said."""
    over = rules.ends(_noon(on), page.months, None)
    return over is not None and over <= rules.end_of(today - timedelta(days=1))


def is_child(profile: Mapping[str, str], today: date) -> bool:
    """Whether what a row says of somebody's birth makes them too young to agree, by the law at home."""
    day = ages.born(profile.get(ages.BIRTH, ""), profile.get(ages.NUMBER, ""))
    return day is not None and rules.is_under(day, ages.age_of_consent(jurisdictions.HOME, ()), today)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the people who are there already last said to the purpose, and who of them is a child."""

    said: Mapping[UUID, Consent]
    young: Collection[UUID]
    now: datetime

    @classmethod
    def of(cls, purpose: str, customers: Sequence[UUID], now: datetime) -> "Standing":
        if not customers:
            return cls({}, (), now)
        rows = Consent.objects.filter(purpose=purpose, kind=rules.GENERAL, customer_id__in=list(customers))
        return cls({row.customer_id: row for row in rows}, ages.under_age(customers, now), now)

    def obstacle(self, customer: UUID, given: Given) -> str:
        """Why this consent cannot stand for them, by code; "" when it can."""
        if customer in self.young:
            return "consent.child"
        last = self.said.get(customer)
        if last is None:
            return ""
        if last.state != State.GIVEN:
            # A table tells the day alone: who said no on that very day is taken to have said it last.
            return "consent.taken-back" if last.since.astimezone(ZONE).date() >= given.on else ""
        if last.since <= moment(given.on, self.now):
            return ""
        return "consent.over" if last.until is not None and last.until <= self.now else ""

    def is_newer(self, customer: UUID, given: Given) -> bool:
        """Whether they agreed since, so that nothing is to be written down."""
        last = self.said.get(customer)
        return last is not None and last.since > moment(given.on, self.now)


class Planned(Protocol):
    """A sheet as far as it says what its columns are."""

    @property
    def used(self) -> bool | None: ...
    @property
    def columns(self) -> tuple[str | None, ...]: ...


def told(sheets: Sequence[Planned]) -> bool:
    """Whether every sheet that is used has the columns of a consent."""
    return all(set(KEYS) <= set(sheet.columns) for sheet in sheets if sheet.used)
