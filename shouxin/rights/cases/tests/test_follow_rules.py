"""The pure rules of requests: steps, proof in proportion, days by jurisdiction."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouxin.rights.cases import rules
from shouxin.rights.cases.models import CLOSED, Check, Kind, Outcome, Requester, State

P = rules.Period
CN = rules.clock_of(P(15, "working day"), "PIPL 45-50", "PRODUCT DEFAULT", stop=P(30, "day"))
EU = rules.clock_of(P(1, "month"), "GDPR 12(3)", "VERIFIED", extended=P(3, "month"))
CA = rules.clock_of(P(45, "day"), "1798.130", "VERIFIED", extended=P(90, "day"))


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(sorted(rules.STEPS)), max_size=25))
def test_whatever_is_tried_nothing_is_granted_unproved_and_the_end_is_the_end(verbs: list[str]) -> None:
    state, proved, reopened = State.RECEIVED, False, 0
    for verb in verbs:
        to = rules.follows(verb, state, known=proved)
        if to is None:
            continue
        if state in CLOSED:
            assert (verb[:6], state) in {("reopen", State.ANSWERED), ("hear", State.DUPLICATE)}
            reopened += 1
        proved = proved or verb == "prove"
        if to in {State.ANSWERED, State.WATCHING} and not proved:
            # The one way to an answer without proof is to refuse because nobody knows who asks.
            assert verb == "approve"
        if to is State.HANDLING:
            assert proved
        state = to
    assert state in CLOSED or any(rules.follows(verb, state, known=proved) for verb in rules.STEPS)


@given(
    st.sampled_from(Kind.values),
    st.integers(0, 5),
    st.sampled_from(Requester.values),
    st.lists(st.sampled_from(Check.Method.values), unique=True),
)
def test_more_is_asked_of_whoever_asks_for_more(
    kind: str, grade: int, requester: str, methods: list[str]
) -> None:
    level = rules.level_needed(kind, grade, requester)
    assert level >= rules.level_needed(kind, max(0, grade - 1), requester)
    assert level >= rules.level_needed(kind, grade, Requester.SELF)
    lacking = rules.missing(level, requester, methods)
    assert lacking <= rules.missing(level, requester, methods[1:])
    assert not rules.missing(level, requester, rules.suitable(level, requester))
    if level and requester != Requester.SELF:
        assert lacking >= rules.STANDING_OF[Requester(requester)] - set(methods)


def test_proof_is_in_proportion() -> None:
    assert rules.level_needed(Kind.WITHDRAW, 5, Requester.SELF) == rules.ON_FILE
    assert rules.level_needed(Kind.ACCESS, 2, Requester.SELF) == rules.BY_DOCUMENT
    assert rules.level_needed(Kind.ACCESS, 4, Requester.SELF) == rules.STRONG
    assert rules.missing(rules.STRONG, Requester.SELF, [Check.Method.DOCUMENT]) == {"identity"}
    both = [Check.Method.DEATH, Check.Method.IN_PERSON]
    assert rules.missing(rules.STRONG, Requester.RELATIVE, both) == {Check.Method.KINSHIP}
    assert rules.missing(rules.NOBODY, Requester.SELF, []) == frozenset()


@pytest.mark.parametrize(
    ("clock", "child", "due", "stop", "extended"),
    [
        # From 2026-09-25, before the holidays of October, with one worked Saturday in exchange.
        (CN, False, date(2026, 10, 22), date(2026, 10, 25), date(2026, 10, 25)),
        (EU, False, date(2026, 10, 25), date(2026, 10, 25), date(2026, 12, 25)),
        (CA, False, date(2026, 11, 9), date(2026, 11, 9), date(2026, 12, 24)),
        (CA, True, date(2026, 10, 22), date(2026, 10, 22), date(2026, 12, 24)),
    ],
)
def test_days_by_jurisdiction(
    *, clock: rules.Clock, child: bool, due: date, stop: date, extended: date
) -> None:
    begun = date(2026, 9, 25)
    assert rules.deadlines(clock, begun, child=child) == (due, stop)
    assert clock.extended.after(begun) == extended


def test_a_month_ends_where_it_is_shorter_and_a_pause_moves_the_day() -> None:
    assert rules.Period(1, "month").after(date(2027, 1, 31)) == date(2027, 2, 28)
    assert rules.Period(3, "month").after(date(2026, 11, 30)) == date(2027, 2, 28)
    friday = date(2026, 11, 27)
    assert rules.shifted(friday, date(2026, 11, 2), date(2026, 11, 2)) == friday
    assert rules.shifted(friday, date(2026, 11, 2), date(2026, 11, 3)) == date(2026, 11, 30)


def test_every_refusal_has_a_law_and_a_second_person() -> None:
    for kind in Kind.values:
        for reason in rules.reasons_for(kind).values():
            assert reason.text.zh
            assert reason.article.en
        assert rules.needs_second(kind, Outcome.REFUSED, escalated=False)
        assert rules.reasons_for(kind)
    assert not rules.needs_second(Kind.WITHDRAW, Outcome.GRANTED, escalated=False)
    assert rules.needs_second(Kind.DELETE, Outcome.GRANTED, escalated=True)
    assert not rules.needs_second(Kind.COMPLAINT, Outcome.REFUSED, escalated=True)


def test_working_days_are_those_where_the_person_lives() -> None:
    """A child's fifteen working days, from the eve of the national holiday in China: at home the week is off."""
    begin, clock = date(2026, 9, 30), rules.clock_of(rules.Period(1, "month"), "GDPR 12(3)", "VERIFIED")
    at_home = rules.deadlines(clock, begin, child=True)[1]
    in_japan = rules.deadlines(clock, begin, child=True, place="JP")[1]
    assert (at_home, in_japan) == (date(2026, 10, 27), date(2026, 10, 22))  # Japan has the 12th off
    assert rules.deadlines(clock, begin, child=False, place="DE")[1] == date(2026, 10, 30)
    # The clock stood until the eve of Thanksgiving: never a day off there.
    assert rules.shifted(date(2026, 11, 25), date(2026, 11, 1), date(2026, 11, 2), "US") == date(2026, 11, 27)
    assert rules.shifted(date(2026, 11, 25), date(2026, 11, 1), date(2026, 11, 2)) == date(2026, 11, 26)
