"""How names are typed by whoever looks for them."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.identifiers import normalise, spelling

HAN = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.characters(min_codepoint=0x20000, max_codepoint=0x2A6D0),
)
PARTS = st.lists(st.text(HAN, min_size=1, max_size=4), min_size=1, max_size=3)


@given(PARTS, st.sampled_from(["·", "•", " ", ""]), st.data())
def test_any_two_neighbouring_characters_are_among_the_windows(
    parts: list[str], dot: str, data: st.DataObject
) -> None:
    name = normalise("NAME", dot.join(parts))
    text = "".join(parts)
    windows = spelling.windows(name)
    if len(text) > 1:
        start = data.draw(st.integers(0, len(text) - 2))
        assert normalise("NAME", text[start : start + 2]) in windows
    assert len(set(windows)) == len(windows) < max(2, len(text))


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("张伟", "zhangwei", True),
        ("张伟", "zhang wei", True),
        ("张伟明", "weiming", True),
        ("单雄信", "shanxiong", True),
        ("单雄信", "danxiong", True),
        ("尉迟恭", "yuchigong", True),
        ("尉迟恭", "weichi", False),
        ("任天行", "tianxing", True),
        ("任天行", "tianhang", True),
        ("吕丽", "lvli", True),
        ("吕丽", "lüli", True),
        ("吕丽", "lyuli", True),
        ("西安", "xian", True),
        ("张伟", "weizhang", False),
        ("张伟", "zhang", False),
    ],
)
def test_syllables_are_read_as_people_read_them(name: str, typed: str, found: bool) -> None:  # noqa: FBT001
    assert any(spelling.reads(name, way) for way in spelling.spelled(typed)) is found


def test_one_syllable_is_no_name_and_letters_that_spell_nothing_are_none() -> None:
    assert spelling.spelled("zhang") == []
    assert spelling.spelled("xqz") == []
    assert spelling.spelled("zhang3") == []
    assert spelling.spelled("fangan") == [("fang", "an"), ("fan", "gan")]


def test_very_many_readings_stay_few() -> None:
    assert len(spelling.spelled("a" * 30)) <= 16
    assert len(spelling.initials("曾乐行重长朝")) <= 4


@pytest.mark.parametrize("letters", ["zw", "lxm", "oynn", "ZW"])
def test_initials_are_told_from_words(letters: str) -> None:
    assert spelling.is_initials(letters)


@pytest.mark.parametrize("letters", ["z", "wu", "li", "z1", "张w", "abcdefghk"])
def test_what_cannot_be_initials_is_not_taken_for_them(letters: str) -> None:
    assert not spelling.is_initials(letters)


def test_foreign_words_are_found_by_their_beginnings_without_accents() -> None:
    assert spelling.prefixes("José Ñandú de la Cruz") == ["jos", "nan", "cru"]
    assert spelling.has_words("José García López", ["gar", "jose"])
    assert not spelling.has_words("José García López", ["cia"])
    assert spelling.prefixes("王Alex") == ["ale"]


def test_readings_are_those_of_the_library() -> None:
    """Its table is read without its phrases; another version of it must not go unnoticed."""
    from pypinyin.constants import PINYIN_DICT

    assert {int(number): marked for number, marked in spelling._marked().items()} == PINYIN_DICT


def test_spelling_a_name_loads_no_phrases() -> None:
    told = "import sys; from shouxin.core.identifiers.spelling import syllables; print(syllables('乐毅'))"
    done = subprocess.run(
        [sys.executable, "-c", f"{told}; print('pypinyin.phrases_dict' in sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["[('yue', 'le'), ('yi',)]", "False"]
