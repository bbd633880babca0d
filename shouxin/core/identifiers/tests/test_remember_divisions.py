"""How far an address names divisions does not depend on which addresses were read before it."""

import random
from collections.abc import Iterator

import pytest

from shouxin.core.identifiers import divisions, mask

TAILS = ("", "中山路1号", "区委大院", "县前街2号", "市场路3号", "新区", "城关镇人民路", "1", " ", "𠮷路")


@pytest.fixture(autouse=True)
def nothing_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divisions, "_met", {})
    monkeypatch.setattr(divisions, "_lengths_met", {})


def afresh(address: str) -> int:
    """Name by name, as when no other address was read before."""
    heads, starts, inside = divisions._prefixes()
    china = 2 if address.startswith("中国") else 0
    bare = address[china:]
    end = starts.longest_match(bare, 0)
    if not end:
        return 0
    for names in [inside[heads[bare[:end]]]] * 2:
        end += names.longest_match(bare, end)
    return china + end


def addresses(chance: random.Random) -> Iterator[str]:
    """Every county under its city, with and without the province; and names in any order, cut anywhere."""
    every: list[str] = []
    for province in divisions.provinces().values():
        for code, names in province.counties.items():
            city = province.cities.get(code[:4], "")
            every += names
            for head in (province.name + city, province.short, city, province.short + city):
                yield head + names[-1] + chance.choice(TAILS)
        every += [province.name, province.short, *province.cities.values()]
    for _ in range(20_000):
        mixed = "".join(chance.choices(every, k=chance.randint(1, 4))) + chance.choice(TAILS)
        yield mixed
        yield "中国" * chance.randint(0, 1) + mixed[: chance.randint(0, len(mixed))]


def test_the_end_of_the_divisions_is_the_same_whatever_was_read_before() -> None:
    chance = random.Random(20261127)
    every = list(addresses(chance))
    for _ in range(2):
        chance.shuffle(every)
        assert [one for one in every if divisions.district_end(one) != afresh(one)] == []
    assert divisions._met  # something was remembered


def test_a_name_that_another_goes_on_from_is_not_taken_for_the_longer_one() -> None:
    """阿拉善左旗 beside 阿拉善盟; 吉林省吉林市 beside 吉林: the longest name counts, whichever came first."""
    short, long = "内蒙古自治区阿拉善盟", "内蒙古自治区阿拉善盟阿拉善左旗"
    for address in (short + "1号", long + "2号", short + "3号", long[:-1]):
        assert divisions.district_end(address) == afresh(address)


def test_only_names_of_divisions_are_remembered() -> None:
    for number in range(200):
        mask("M-ADDR", f"湖南省长沙市长沙县滨河中路{number}号李小明家", profile="list")
        mask("M-ADDR", f"北京市海淀区中关村大街{number}号", profile="list")
    assert set(divisions._met) == {"湖南省长沙市长沙县", "北京市海淀区"}
    assert set(divisions._lengths_met) == {"湖南省长沙", "北京市海淀"}


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divisions, "_MOST_MET", 10)
    for one in addresses(random.Random(1)):
        assert divisions.district_end(one) == afresh(one)
    assert len(divisions._met) == 10
