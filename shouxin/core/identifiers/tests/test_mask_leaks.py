"""A mask reveals nothing but the positions its rule keeps: whatever the value, whatever the profile."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.identifiers import HIDDEN, MASKS, PROFILES, mask
from shouxin.core.identifiers.characters import compact

# Rule and profile → how many characters may be seen at the head and at the tail of a value.
KEEPS = {
    ("M-BANK-LIST", "list"): (0, 4),
    ("M-BANK-LIST", "detail"): (6, 4),
    ("M-CORPACCT", "list"): (0, 4),
    ("M-HKMTP", "list"): (1, 2),
    ("M-ID-LIST", "list"): (1, 1),
    ("M-ID-LIST", "detail"): (3, 4),
    ("M-ID-LIST", "verify"): (6, 4),
    ("M-OTHERID", "list"): (1, 2),
    ("M-PASSPORT", "list"): (1, 3),
    ("M-PHONE", "list"): (3, 4),
    ("M-PHONE", "strict"): (0, 2),
    ("M-PLATE", "list"): (2, 1),
    ("M-TWTP", "list"): (0, 3),
    ("M-VIN", "list"): (3, 4),
}
CODES = st.text(alphabet=string.digits + "ABEGHMXabx京ZＡ１ -", max_size=24) | st.text(max_size=24)
SPELLED = {
    "M-PHONE": st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    "M-ID-LIST": st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True),
    "M-BANK-LIST": st.from_regex(r"[0-9]{13,19}", fullmatch=True),
    "M-PASSPORT": st.from_regex(r"E[0-9]{8}", fullmatch=True),
    "M-VIN": st.from_regex(r"[A-HJ-NPR-Z0-9]{17}", fullmatch=True),
    "M-CORPACCT": st.from_regex(r"[0-9]{8,32}", fullmatch=True),
}


@pytest.mark.parametrize(("rule", "profile"), sorted(KEEPS))
@given(data=st.data())
def test_only_kept_positions_are_seen(rule: str, profile: str, data: st.DataObject) -> None:
    value = data.draw(SPELLED[rule] | CODES if rule in SPELLED else CODES)
    shown = mask(rule, value, profile=profile)
    if shown in {"", HIDDEN} or shown.startswith("+"):
        return
    head, tail = KEEPS[rule, profile]
    before, after = shown.split("*")[0], shown.split("*")[-1]
    assert set(shown[len(before) : len(shown) - len(after)]) == {"*"}
    assert len(before) <= head
    assert len(after) <= tail
    assert len(before) + len(after) < len(compact(value))


@given(st.from_regex(r"(\+|00)(1415|4420|49301|8190)[0-9]{7,8}", fullmatch=True))
def test_a_number_abroad_shows_its_country_and_the_last_two(number: str) -> None:
    shown = mask("M-PHONE", number)
    assert shown[-2:] == number[-2:]
    assert set(shown.rpartition(" ")[2][:-2]) == {"*"}


@pytest.mark.parametrize("rule", sorted(SPELLED))
@given(data=st.data())
def test_hidden_positions_do_not_matter(rule: str, data: st.DataObject) -> None:
    """Two values that agree where the rule keeps have the same mask."""
    head, tail = KEEPS[rule, "list"]
    one = data.draw(SPELLED[rule])
    other = data.draw(
        SPELLED[rule].filter(lambda v: len(v) == len(one))
        if rule not in {"M-BANK-LIST", "M-CORPACCT"}
        else st.just(one[::-1])
    )
    mixed = one[:head] + other[head : len(one) - tail] + one[len(one) - tail :]
    assert mask(rule, mixed) == mask(rule, one)


HAN = st.text(alphabet="张王李小明芳娜𠮷㳇欧阳", min_size=2, max_size=20)


@given(HAN, HAN)
def test_two_names_of_one_surname_and_length_look_alike(one: str, other: str) -> None:
    other = one[0] + (other * 20)[: len(one) - 1]
    assert mask("M-NAME", one) == mask("M-NAME", other) == one[0] + "*" * (len(one) - 1)


@given(
    st.lists(st.text(alphabet=string.ascii_letters + "éßЖ", min_size=2, max_size=12), min_size=1, max_size=4)
)
def test_a_name_of_words_shows_initials_only(words: list[str]) -> None:
    shown = mask("M-NAME", " ".join(words))
    assert shown == HIDDEN or shown.replace("***", "").split() == [word[0] for word in words]


@given(st.from_regex(r"[a-z0-9]{2,20}", fullmatch=True), st.from_regex(r"[a-z0-9]{2,20}", fullmatch=True))
def test_email_hides_all_but_the_first_letter(one: str, other: str) -> None:
    shown = mask("M-EMAIL", f"{one}@example.com")
    assert shown == mask("M-EMAIL", f"{one[0]}{other}@example.com") == f"{one[0]}***@example.com"


@given(st.integers(0, 9_999_999), st.integers(0, 99))
def test_amount_shows_a_band_that_holds_it(amount: int, cents: int) -> None:
    shown = mask("M-AMOUNT", f"{amount}.{cents:02d}")
    low, _, high = shown.removesuffix("万").partition("–")
    if high:
        assert int(low) * 10_000 <= amount < int(high) * 10_000
    else:
        assert shown == "1万以下"
        assert amount < 10_000


@given(
    st.sampled_from(sorted(MASKS - {"M-NONE", "M-TEXT"})),
    st.sampled_from(sorted(PROFILES)),
    st.text(min_size=4),
)
def test_nothing_raises_and_the_whole_never_shows(rule: str, profile: str, value: str) -> None:
    shown = mask(rule, value, profile=profile)
    assert shown
    if rule not in {
        "M-ADDR",
        "M-AGE",
        "M-GEO",
        "M-AMOUNT",
    }:  # bands and divisions may hold what they generalise
        assert value.strip() not in shown or set(value) <= set("*- ")


def test_length_of_an_odd_value_is_not_told() -> None:
    assert mask("M-PHONE", "x" * 5) == mask("M-PHONE", "y" * 40_000) == HIDDEN
    assert mask("M-NAME", "张" * 40_000) == HIDDEN


PLAIN = {
    "M-ADDR": st.from_regex(
        r"(湖北省黄冈市罗田县|上海市|北京市海淀区|某地)[\u4e00-\u9fff0-9A-Za-z-]{0,12}", fullmatch=True
    ),
    "M-EMAIL": st.from_regex(r"[A-Za-z0-9_.-]{1,70}@[A-Za-z0-9.-]{1,70}\.[a-z]{1,26}", fullmatch=True),
    "M-NAME": st.from_regex(r"[\u4e00-\u9fff]{1,22}", fullmatch=True),
    "M-OTHERID": st.from_regex(r"[A-Za-z0-9_-]{1,44}", fullmatch=True),
    "M-PHONE": st.from_regex(r"1[0-9]{9,11}", fullmatch=True),
    "M-TEL": st.from_regex(r"0[0-9]{2,3}-?[0-9]{5,9}", fullmatch=True),
}


@pytest.mark.parametrize("rule", sorted(PLAIN))
@given(data=st.data())
def test_a_value_as_usually_written_is_masked_as_one_that_has_to_be_tidied(
    rule: str, data: st.DataObject
) -> None:
    """The usual spelling is told by a shorter way, which must not show another part than the thorough one."""
    value = data.draw(PLAIN[rule])
    assert mask(rule, value) == mask(rule, f"{value}\u3000")
