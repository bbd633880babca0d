"""Whether a message may go to one person now: every rule of it, and that nothing taken away ever opens it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.customers.messages import rules
from shouxin.customers.messages.rules import Content, Known, Word
from shouxin.customers.preferences.rules import Limits
from shouxin.rulebook.regions.rules import Hours

NOON = datetime(2026, 12, 2, 4, 0, tzinfo=UTC)
UNTIL = NOON + rules.LASTS
FINE = Known(exists=True, agreed=True, address="ok")
OFFER = Content(
    "commercial", "email", "marketing", "守信", "年末优惠", "本月八折。", "2026-12-31 前有效", "ab" * 32
)


def verdict(
    known: Known = FINE,
    kind: str = "commercial",
    channel: str = "email",
    now: datetime = NOON,
    until: datetime = UNTIL,
) -> str:
    found = rules.judge(kind, channel, known, until=until, now=now)
    return found.code or found.word.value


@pytest.mark.parametrize(
    ("change", "commercial", "service", "statutory"),
    [
        ({}, "send", "send", "send"),
        ({"exists": False}, *["customer.unknown"] * 3),
        ({"merged": True}, *["customer.merged"] * 3),
        ({"closed": "purpose.refused"}, *["purpose.refused"] * 3),
        ({"agreed": False}, "consent.missing", "send", "send"),
        ({"restricted": True}, "customer.restricted", "customer.restricted", "send"),
        ({"suppressed": True}, "suppressed", "suppressed", "send"),
        ({"wishes": [Limits(frozenset({"email"}))]}, "limits.refused", "limits.refused", "send"),
        ({"wishes": [Limits(unclear=True)]}, "limits.unclear", "limits.unclear", "send"),
        ({"wishes": [Limits(hours=(time(18), time(19)))]}, "limits.hours", "limits.hours", "send"),
        ({"wishes": [Limits(frozenset({"sms"}))]}, "send", "send", "send"),  # another channel
        ({"address": "address.none"}, *["address.none"] * 3),
        ({"repeated": True}, *["address.repeated"] * 3),
    ],
)
def test_each_rule_holds_for_the_kinds_it_is_for(
    change: dict[str, object], commercial: str, service: str, statutory: str
) -> None:
    known = replace(FINE, **change)  # type: ignore[arg-type]
    assert [verdict(known, kind) for kind in ("commercial", "service", "statutory")] == [
        commercial,
        service,
        statutory,
    ]


@pytest.mark.parametrize(
    ("countries", "now", "commercial", "service"),
    [
        ({"CN"}, datetime(2026, 12, 2, 15, tzinfo=UTC), "quiet.hours", "quiet.hours"),  # 23:00 in Shanghai
        ({"CN"}, datetime(2026, 12, 2, 12, 30, tzinfo=UTC), "quiet.hours", "send"),  # 20:30
        ({"CN"}, datetime(2026, 10, 1, 4, tzinfo=UTC), "quiet.holiday", "send"),  # National Day, at noon
        ({"CN"}, datetime(2026, 10, 10, 4, tzinfo=UTC), "send", "send"),  # a Saturday worked in exchange
        ({"DE"}, NOON, "quiet.hours", "quiet.hours"),  # 05:00 in Berlin
        ({"DE"}, datetime(2026, 12, 6, 11, tzinfo=UTC), "quiet.holiday", "send"),  # a Sunday at noon there
        ({"DE"}, datetime(2026, 5, 14, 10, tzinfo=UTC), "quiet.holiday", "send"),  # Ascension Day, a Thursday
        ({"US-CA"}, datetime(2026, 11, 26, 20, tzinfo=UTC), "quiet.holiday", "send"),  # Thanksgiving, at noon
        (
            {"JP"},
            datetime(2026, 5, 6, 3, tzinfo=UTC),
            "quiet.holiday",
            "send",
        ),  # a day off for the Sunday before
        ({"JP"}, datetime(2026, 5, 7, 3, tzinfo=UTC), "send", "send"),
        ({"CN", "GB"}, NOON, "quiet.hours", "quiet.hours"),  # wherever they may be
        ({"XX"}, NOON, "send", "send"),  # nobody knows that country: the organisation's own clock
    ],
)
def test_the_clock_is_the_recipients(
    countries: set[str], now: datetime, commercial: str, service: str
) -> None:
    known = replace(FINE, countries=frozenset(countries))
    for kind, expected in (("commercial", commercial), ("service", service), ("incident", "send")):
        found = rules.judge(kind, "sms", known, until=now + rules.LASTS, now=now)
        assert (found.code or found.word.value) == expected
        if found.word is Word.LATER:
            assert found.at
            assert rules.judge(kind, "sms", known, until=now + rules.LASTS, now=found.at).word is Word.SEND


def test_whoever_cannot_be_reached_before_the_end_is_left_out() -> None:
    assert verdict(now=UNTIL) == "deadline"
    never = replace(FINE, wishes=[Limits(hours=(time(1), time(2)))])
    assert verdict(never) == "deadline"  # asked for one hour of the night, in which nothing may arrive


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda one: one.replace(tzinfo=UTC)),  # noqa: DTZ001
    country=st.sampled_from(["CN", "US", "JP", "GB"]),
    channel=st.sampled_from(["email", "sms", "call"]),
    taken=st.sampled_from(["exists", "agreed", "address", "suppressed", "restricted", "closed"]),
)
def test_nothing_is_sent_without_its_footing_at_any_hour(
    now: datetime, country: str, channel: str, taken: str
) -> None:
    gone = {
        "exists": False,
        "agreed": False,
        "address": "",
        "suppressed": True,
        "restricted": True,
        "closed": "x",
    }
    known = replace(FINE, countries=frozenset({country}), **{taken: gone[taken]})  # type: ignore[arg-type]
    found = rules.judge("commercial", channel, known, until=now + timedelta(days=14), now=now)
    assert found.word is Word.NEVER


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"sender": " "}, ["sender"]),
        ({"terms": ""}, ["terms"]),
        ({"proof": ""}, ["proof"]),
        ({"body": "全网 最 低 价，最佳选择"}, ["absolute"]),
        ({"body": "THE CHEAPEST chairs"}, ["absolute"]),
        ({"body": "请在第一季度内到店，第一时间答复。"}, []),
        ({"body": "请联系小王 13812345678"}, ["personal"]),
        ({"body": "请致电 010-62345678 或写信到 a@shouxin.example"}, []),
        ({"kind": "incident"}, ["purpose.not-statutory", "commercial"]),
        ({"kind": "service", "subject": "通知", "terms": "", "proof": "", "body": "最好的一天"}, []),
        ({"kind": "service", "subject": "通知", "body": "全网最低价，8 折优 惠"}, ["commercial"]),
        ({"kind": "service", "subject": "通知", "body": "A Special  Offer for you"}, ["commercial"]),
    ],
)
def test_what_is_lacking_is_named(change: dict[str, str], codes: list[str]) -> None:
    content = replace(OFFER, **change)
    found = rules.lacks(content, consent_based=True, basis="CN-13-1-1")
    assert [one.code for one in found] == codes
    assert not [one for one in found if one.code == "absolute" and "产品默认" not in "".join(one.named)]
    assert change == {} or content.digest() != OFFER.digest()


def test_an_offer_needs_a_purpose_that_people_agreed_to() -> None:
    assert [one.code for one in rules.lacks(OFFER, consent_based=False, basis="CN-13-1-2")] == [
        "purpose.not-on-consent"
    ]


@pytest.mark.clause("D18.3")
@pytest.mark.parametrize(
    ("local", "marketing", "service"),
    [
        ((2, 10, 0), "send", "send"),  # a Wednesday
        ((2, 18, 30), "quiet.hours", "quiet.hours"),  # after the profile's end
        ((5, 10, 0), "quiet.hours", "quiet.hours"),  # a Saturday
        ((25, 10, 0), "quiet.holiday", "quiet.holiday"),  # listed
    ],
)
def test_the_hours_and_holidays_of_a_region_hold_calls_and_messages_back_and_nothing_that_goes_at_once(
    local: tuple[int, int, int], marketing: str, service: str
) -> None:
    brussels = Hours("Europe/Brussels", (1, 2, 3, 4, 5), time(9), time(18), (date(2026, 12, 25),))
    known = replace(FINE, countries=frozenset({"BE"}), regions=[brussels])
    now = datetime(2026, 12, *local, tzinfo=ZoneInfo("Europe/Brussels"))
    until = now + rules.LASTS
    for channel in ("email", "sms"):
        assert verdict(known, "commercial", channel, now, until) == marketing
        assert verdict(known, "service", channel, now, until) == service
        assert verdict(known, "statutory", channel, now, until) == "send"
        assert verdict(known, "incident", channel, now, until) == "send"
    dialled = rules.judge("service", "call", known, until=until, now=now, dialled=True)
    assert (dialled.code or dialled.word.value) == service


def test_what_a_region_holds_back_goes_when_it_opens_again() -> None:
    brussels = Hours("Europe/Brussels", (1, 2, 3, 4, 5), time(9), time(18))
    known = replace(FINE, countries=frozenset({"BE"}), regions=[brussels])
    saturday = datetime(2026, 12, 5, 10, 0, tzinfo=ZoneInfo("Europe/Brussels"))
    found = rules.judge("service", "email", known, until=UNTIL, now=saturday)
    assert found.word is Word.LATER
    assert found.at == datetime(2026, 12, 7, 9, 0, tzinfo=ZoneInfo("Europe/Brussels"))
