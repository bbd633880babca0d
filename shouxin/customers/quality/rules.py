"""Pure rules of data quality: how old a value is, when it is due, how complete and fresh a customer is for whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

from shouxin.core.policy import FieldRule, PurposeRule, PurposeStatus
from shouxin.core.text import Text
from shouxin.customers.registry.rules import stands_with

KINDS = frozenset({"profile", "contact"})
EPOCH = date(1970, 1, 1)
DAYS_IN_MONTHS = 30.4375  # of a long run of months; nobody is reproached for a day
MOST_LATER = 90  # days a verification may be put off
CODE = "code"
DOUBTED = "doubted"  # in the place of a method: a review found it wrong, so it is due whatever its age


@dataclass(frozen=True, slots=True)
class Method:
    """A way of verifying. `compares`: the value itself is held against something, so it is looked at first."""

    name: Text
    compares: bool = False
    by_hand: bool = True  # chosen by a person; a code proves itself


METHODS: Mapping[str, Method] = {
    "own_statement": Method(Text("客户本人确认", "the customer's own statement")),
    "called_back": Method(Text("电话回访", "called back")),
    "visit": Method(Text("上门核对", "visited")),
    "document_seen": Method(Text("核对证件或材料原件", "original document seen"), compares=True),
    "register": Method(Text("官方登记查询", "official register"), compares=True),
    CODE: Method(Text("验证码", "code sent and read back"), by_hand=False),
}
# For several customers at once only what needs no look at their values.
IN_BULK = tuple(key for key, method in METHODS.items() if method.by_hand and not method.compares)


class Known(NamedTuple):
    """What stands in clear about one value; days count from 1970-01-01."""

    collected: int
    outside: int
    mark: int
    verified: int | None = None
    method: str | None = None

    @property
    def last(self) -> int:
        """The day from which its age counts: when it was verified last, or else collected."""
        return max(self.collected, self.verified) if self.verified is not None else self.collected


Values = Mapping[str, Known]


def day(on: date) -> int:
    return (on - EPOCH).days


def on(number: int) -> date:
    return EPOCH + timedelta(days=number)


def read(values: Mapping[str, Sequence[int | str | None]]) -> dict[str, Known]:
    """The column as it is stored."""
    return {key: Known(*value) for key, value in values.items()}  # type: ignore[arg-type] # as written below


def verified_among(
    values: Mapping[str, Sequence[int | str | None]],
) -> dict[str, Sequence[int | str | None]]:
    """Of the column those values that were verified; what never was has three places (`stored`)."""
    place = Known._fields.index("verified")
    return {key: value for key, value in values.items() if len(value) > place and value[place] is not None}


def stored(values: Values) -> dict[str, list[int | str | None]]:
    """As the column holds it: what was never verified needs no more than three places."""
    return {
        key: list(known if known.verified is not None or known.method else known[:3])
        for key, known in values.items()
    }


def days_of(months: int) -> int:
    return round(months * DAYS_IN_MONTHS)


def after_write(
    before: Values, marks: Mapping[str, int | None], *, outside: bool, today: date
) -> dict[str, Known]:
    """A written value is a new one: collected today, verified by nobody yet; None takes it away."""
    after = dict(before)
    for key, mark in marks.items():
        if mark is None:
            after.pop(key, None)
        else:
            after[key] = Known(day(today), int(outside), min(mark, 1))
    return after


def after_verification(
    before: Values, fields: Iterable[str], *, method: str, today: date
) -> dict[str, Known]:
    return {
        key: known._replace(verified=day(today), method=method) if key in set(fields) else known
        for key, known in before.items()
    }


def intervals(fields: Mapping[str, FieldRule], purposes: Iterable[PurposeRule]) -> dict[str, int]:
    """For each reviewed field the days after which a value is due: the field's own interval, or the stricter one of
    a purpose in use."""
    found = {
        key: days_of(rule.review_months)
        for key, rule in fields.items()
        if rule.active and rule.record in KINDS and rule.review_months
    }
    for purpose in purposes:
        if purpose.status is PurposeStatus.ACTIVE:
            for key, months in purpose.max_ages.items():
                if key in found:
                    found[key] = min(found[key], days_of(months))
    return found


def digest(chosen: Mapping[str, int]) -> str:
    return sha256(repr(sorted(chosen.items())).encode()).hexdigest()


def due_on(values: Values, chosen: Mapping[str, int], later: date | None = None) -> date | None:
    """The first day on which one of the values is too old; none before `later`, to which somebody put it off."""
    days = [_due(key, known, chosen) for key, known in values.items() if key in chosen]
    if not days:
        return None
    first = on(min(days))
    return max(first, later) if later else first


def overdue(values: Values, chosen: Mapping[str, int], today: date) -> list[str]:
    """The fields whose value is too old today."""
    return [key for key, known in values.items() if is_old(key, known, chosen, today)]


def is_old(key: str, known: Known, chosen: Mapping[str, int], today: date) -> bool:
    return key in chosen and _due(key, known, chosen) <= day(today)


def _due(key: str, known: Known, chosen: Mapping[str, int]) -> int:
    return known.collected if known.method == DOUBTED else known.last + chosen[key]


def after_doubt(before: Values, field: str) -> dict[str, Known]:
    """A value that a review found wrong: it stays, unverified, and is due at once."""
    return {
        key: Known(known.collected, known.outside, 0, None, DOUBTED) if key == field else known
        for key, known in before.items()
    }


class Asked(NamedTuple):
    """One field as a purpose uses it: of whom, how old it may be (0: as old as it likes), whether it must be there."""

    key: str
    record: str
    person: bool
    organisation: bool
    days: int
    needed: bool


def asked_of(purpose: PurposeRule, fields: Mapping[str, FieldRule]) -> list[Asked]:
    """What completeness and freshness ask for `purpose`."""
    found = []
    for key in sorted(purpose.fields.keys() | purpose.counted):
        rule = fields.get(key)
        if rule is None or not rule.active or rule.record not in KINDS:
            continue
        months = min(purpose.max_ages.get(key, rule.review_months), rule.review_months)
        contact = rule.record == "contact"
        person = not contact and stands_with(rule, "person")
        organisation = contact or stands_with(rule, "organisation")
        needed = key in purpose.counted
        found.append(Asked(key, rule.record, person, organisation, days_of(months), needed))
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """How good one customer's information is for one purpose."""

    asked: int
    missing: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    present: int = 0

    @property
    def completeness(self) -> int:
        """Of a hundred; what is asked nothing of lacks nothing."""
        return 100 if not self.asked else 100 * (self.asked - len(self.missing)) // self.asked

    @property
    def freshness(self) -> int:
        return 100 if not self.present else 100 * (self.present - len(self.old)) // self.present


def score(kind: str, standings: Collection[tuple[str, Values]], asked: Sequence[Asked], today: date) -> Score:
    """The same in Python as the statement of `scoring.scores` says it: for a customer of `kind` with these records."""
    count, present = 0, 0
    missing: list[str] = []
    old: list[str] = []
    for record, values in standings:
        for one in asked:
            if one.record != record or not (one.person if kind == "person" else one.organisation):
                continue
            count += one.needed
            known = values.get(one.key)
            if known is None:
                missing += [one.key] if one.needed else []
                continue
            present += bool(one.days)
            if one.days and is_old(one.key, known, {one.key: one.days}, today):
                old.append(one.key)
    return Score(count, tuple(sorted(missing)), tuple(sorted(old)), present)
