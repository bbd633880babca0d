"""Entries of people who are in the register already, with the mistakes by which they are not known again; and people
who must not be taken for them: namesakes, families at one address with one telephone, twins. Who is who is known.

The demonstration has some (`another_entry`); tests and measurements of the search for duplicates have whole registers
of them (`generate`), in which name, ID number, birth date, mobile, e-mail and address are each missing now and then.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from shouxin.operations.demo import names, numbers, places
from shouxin.operations.demo.shapes import DemoCustomer

HOMOPHONES = (
    "伟炜玮纬", "芳方坊", "静婧靖", "丽莉俐", "强蔷", "磊蕾垒", "军君钧均", "洋阳扬杨", "勇永咏", "杰洁婕", "涛韬滔", "明鸣铭",  # noqa: E501
    "兰岚蓝", "霞侠", "平萍苹", "刚钢纲", "文雯", "辉晖徽", "玲铃灵", "建健剑", "华花骅", "红宏鸿虹", "玉钰煜", "国帼", "志智致",  # noqa: E501
    "海亥", "云芸耘", "飞菲妃", "浩昊皓", "宇羽雨禹", "晨辰臣", "欣鑫馨心", "怡仪宜", "佳嘉家", "琪琦祺", "思丝斯", "涵晗函",  # noqa: E501
    "俊峻骏", "婷庭亭", "莹盈颖", "慧惠蕙", "琳霖麟林", "凯恺铠", "旭绪序", "喆哲", "堃坤昆", "赟晕", "玥月越", "珺俊", "祎伊衣",  # noqa: E501
)  # fmt: skip
NAME, MOBILE, ID, BIRTH, EMAIL, ADDRESS = (
    "person_name",
    "mobile",
    "id_number",
    "birth_date",
    "email",
    "home_address",
)
Person = dict[str, str]
_LAST = "".join(group[0] for group in HOMOPHONES)
_HOMOPHONES = {one: group for group in HOMOPHONES for one in group}


@dataclass(frozen=True)
class Generated:
    """People with their truth: rows of one `who` are one person."""

    people: list[Person]
    who: list[int]

    def truth(self) -> set[tuple[int, int]]:
        """The pairs of rows that are one person."""
        rows: dict[int, list[int]] = {}
        for row, who in enumerate(self.who):
            rows.setdefault(who, []).append(row)
        return {(a, b) for found in rows.values() for n, a in enumerate(found) for b in found[n + 1 :]}


def _person(r: Random) -> Person:
    who, where = names.person(r), places.place(r)
    born = numbers.day(r, date(1945, 1, 1), date(2005, 12, 31))
    return {
        NAME: who.name,
        MOBILE: numbers.mobile(r),
        ID: numbers.resident_id(r, where.code[:2], born, who.sex),
        BIRTH: born.isoformat(),
        EMAIL: numbers.email(r, who.account + numbers.digits(r, 4)),
        ADDRESS: places.home(r, where),
    }


def _homophone(r: Random, p: Person) -> None:
    name = list(p[NAME])
    sounding = [n for n, one in enumerate(name) if n and one in _HOMOPHONES]
    if sounding:
        n = r.choice(sounding)
        name[n] = r.choice([one for one in _HOMOPHONES[name[n]] if one != name[n]])
        p[NAME] = "".join(name)


def _dots(r: Random, p: Person) -> None:
    p[NAME] = p[NAME].replace("·", r.choice(("•", ".", "・", "")))


def _rare_lost(_r: Random, p: Person) -> None:
    p[NAME] = "".join("?" if one in names.RARE else one for one in p[NAME])


def _swapped(_r: Random, p: Person) -> None:
    if "·" in p[NAME]:
        first, rest = p[NAME].split("·", 1)
        p[NAME] = f"{rest}·{first}"


def _new_mobile(r: Random, p: Person) -> None:
    p[MOBILE] = numbers.mobile(r)


def _slipped_mobile(r: Random, p: Person) -> None:
    n = r.randint(3, 10)
    p[MOBILE] = p[MOBILE].removeprefix("+86 ").replace("-", "")
    p[MOBILE] = p[MOBILE][:n] + str((int(p[MOBILE][n]) + r.randint(1, 9)) % 10) + p[MOBILE][n + 1 :]


def _legacy_id(_r: Random, p: Person) -> None:
    if p[ID] and p[ID][6:8] == "19":
        p[ID] = p[ID][:6] + p[ID][8:17]


def _moved(r: Random, p: Person) -> None:
    p[ADDRESS] = _person(r)[ADDRESS]


def _written_otherwise(r: Random, p: Person) -> None:
    figures = str.maketrans("123456789", "一二三四五六七八九")
    address = p[ADDRESS].replace("栋", r.choice(("栋", "号楼", "幢"))).replace("室", "")
    p[ADDRESS] = address.translate(figures) if numbers.happens(r, 0.2) else address.replace("市", "", 1)


def _typo(r: Random, p: Person) -> None:
    n = r.randint(6, max(6, len(p[ADDRESS]) - 2))
    p[ADDRESS] = p[ADDRESS][:n] + p[ADDRESS][n + 1 :]


def _spelling(r: Random, p: Person) -> None:
    p[MOBILE] = f"+86 {p[MOBILE][:3]}-{p[MOBILE][3:7]}-{p[MOBILE][7:]}" if p[MOBILE] else ""
    spaced = numbers.happens(r, 0.5) and not p[NAME].isascii() and "·" not in p[NAME]
    p[NAME] = " ".join(p[NAME]) if spaced else p[NAME]


MISTAKES: tuple[Callable[[Random, Person], None], ...] = (
    _homophone, _homophone, _dots, _rare_lost, _swapped, _new_mobile, _new_mobile, _slipped_mobile, _legacy_id, _legacy_id,  # noqa: E501
    _moved, _written_otherwise, _typo, _spelling,
)  # fmt: skip
MISSING = {ID: 0.35, BIRTH: 0.5, EMAIL: 0.5, ADDRESS: 0.2, MOBILE: 0.05}


def _with_gaps(r: Random, person: Person) -> Person:
    return {key: "" if numbers.happens(r, MISSING.get(key, 0)) else text for key, text in person.items()}


def _relative(r: Random, person: Person) -> Person:
    """Somebody else at the same address, mostly with the same surname, now and then with the same telephone."""
    other = _person(r)
    if numbers.happens(r, 0.6):
        other[NAME] = person[NAME][:1] + other[NAME][1:]
    other[ADDRESS] = person[ADDRESS]
    if numbers.happens(r, 0.4):
        other[MOBILE] = person[MOBILE]
    return other


def _namesake(r: Random, person: Person) -> Person:
    return {**_person(r), NAME: person[NAME]}


def _twin(r: Random, person: Person) -> Person:
    other = _person(r)
    other[BIRTH], other[ADDRESS] = person[BIRTH], person[ADDRESS]
    sex = "2" if int(other[ID][16]) % 2 == 0 else "1"
    other[ID] = numbers.resident_id(r, person[ID][:2], date.fromisoformat(person[BIRTH]), sex)
    other[NAME] = person[NAME][:-1] + r.choice([one for one in _LAST if one != person[NAME][-1]])
    return other


def generate(size: int, seed: int) -> Generated:
    """About `size` entries: a tenth are other entries of somebody, a twentieth are others easily taken for somebody."""
    r = Random(seed)  # noqa: S311 - reproducible on purpose; nothing secret comes of it
    people: list[Person] = []
    who: list[int] = []
    number = 0
    while len(people) < size:
        person = _person(r)
        people.append(_with_gaps(r, person))
        who.append(number)
        for _ in range(r.choice((1, 1, 1, 2, 3)) if numbers.happens(r, 0.08) else 0):
            other = dict(person)
            for mistake in r.sample(MISTAKES, r.choice((1, 1, 2, 2, 3))):
                mistake(r, other)
            people.append(_with_gaps(r, other))
            who.append(number)
        number += 1
        if numbers.happens(r, 0.06):
            make = r.choice((_relative, _relative, _namesake, _twin))
            people.append(_with_gaps(r, make(r, person)))
            who.append(number)
            number += 1
    return Generated(people, who)


_PLAUSIBLE = (_homophone, _new_mobile, _moved, _written_otherwise)  # after which every value passes its check
_OF_ONE = (NAME, "gender", MOBILE, ADDRESS, "postal_code", EMAIL, "id_type", ID)


def another_entry(r: Random, made: DemoCustomer, earlier: DemoCustomer) -> DemoCustomer:
    """`made`, with its own orders and clerk, as another entry of the person that `earlier` is."""
    values = {key: text for key, text in made.values.items() if key not in {*_OF_ONE, "wechat_id"}}
    values |= {key: earlier.values[key] for key in _OF_ONE if key in earlier.values}
    r.choice(_PLAUSIBLE)(r, values)
    return replace(made, province=earlier.province, values=values, same_as=earlier.number)
