"""Tokens of public forms: what was signed comes back, what anybody altered does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.kit.bots import rules
from shouxin.kit.bots.rules import BadToken, Token

KEY = rules.key_of("one installation")
AT = datetime(2026, 11, 26, 10, tzinfo=UTC)
tokens = st.builds(
    Token,
    form=st.from_regex(rules.FORM, fullmatch=True),
    at=st.integers(0, 10**9).map(lambda passed: AT + timedelta(milliseconds=passed)),
    bits=st.integers(rules.EASIEST, rules.HARDEST),
    nonce=st.binary(min_size=16, max_size=16),
    answer=st.binary(min_size=16, max_size=16),
)


@given(tokens)
def test_a_token_comes_back_as_it_was_written(token: Token) -> None:
    assert rules.read(rules.written(token, KEY), KEY) == token


@given(tokens, st.data())
def test_a_token_with_one_character_changed_is_none(token: Token, data: st.DataObject) -> None:
    text = rules.written(token, KEY)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=0x9FFF).filter(lambda c: c != text[at]))
    with pytest.raises(BadToken):
        rules.read(text[:at] + other + text[at + 1 :], KEY)


@given(tokens)
def test_a_token_of_another_installation_is_none(token: Token) -> None:
    with pytest.raises(BadToken):
        rules.read(rules.written(token, rules.key_of("another")), KEY)


@given(st.text(max_size=500))
def test_whatever_is_sent_in_its_place_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(BadToken):
        rules.read(text, KEY)


@given(st.text(max_size=20))
def test_no_text_passes_for_the_work_but_figures_that_were_looked_for(text: str) -> None:
    nonce = bytes(16)
    right = rules.work(nonce, 8)
    assert rules.is_work(nonce, 8, right)
    if text.isascii() and text.isdigit():
        return
    assert not rules.is_work(nonce, 8, text)


def test_the_work_gets_harder_with_what_came_lately_and_never_too_hard() -> None:
    asked = [rules.bits_for(recent) for recent in range(0, 5000, 10)]
    assert asked[0] == rules.EASIEST
    assert asked[-1] == rules.HARDEST
    assert asked == sorted(asked)


@pytest.mark.parametrize("typed", ["8", "８", " 8 ", "八", "Eight", "eight.", "八。", "08"])
def test_an_answer_counts_however_it_is_typed(typed: str) -> None:
    assert rules.tidied(typed) == "8"


def test_a_source_cannot_be_followed_from_day_to_day() -> None:
    first, again, next_day, other = (
        rules.digest_of_source(*which, KEY)
        for which in (
            ("203.0.113.7", "2026-11-26"),
            ("203.0.113.7", "2026-11-26"),
            ("203.0.113.7", "2026-11-27"),
            ("203.0.113.8", "2026-11-26"),
        )
    )
    assert first == again
    assert len({first, next_day, other}) == 3
