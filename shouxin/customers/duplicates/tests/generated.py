"""A register with duplicates whose truth is known: Chinese names as people get them wrong, seeded.

Originals carry name, ID number, birth date, mobile, e-mail and address, each of them missing now and then. Of a part of
them there are one to three other entries with the mistakes below. Beside them stand people who must not be taken for
duplicates: namesakes, families at one address with one telephone, twins.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.cn import ric

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"  # noqa: E501
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟")
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲建华红玉国志海云飞鹏浩宇晨欣怡佳琪梦思雨子涵俊杰博雅婷雪莹慧琳珊凯翔旭东升宁安康乐天宏远达成信义德福祥瑞春夏秋冬"  # noqa: E501
RARE = "喆犇昇堃淼垚燚赟翀玥珺翯旻昉頔玎祎粲彧烜"
HOMOPHONES = (
    "伟炜玮纬", "芳方坊", "静婧靖", "丽莉俐", "强蔷", "磊蕾垒", "军君钧均", "洋阳扬杨", "勇永咏", "杰洁婕", "涛韬滔", "明鸣铭",  # noqa: E501
    "兰岚蓝", "霞侠", "平萍苹", "刚钢纲", "文雯", "辉晖徽", "玲铃灵", "建健剑", "华花骅", "红宏鸿虹", "玉钰煜", "国帼", "志智致",  # noqa: E501
    "海亥", "云芸耘", "飞菲妃", "浩昊皓", "宇羽雨禹", "晨辰臣", "欣鑫馨心", "怡仪宜", "佳嘉家", "琪琦祺", "思丝斯", "涵晗函",  # noqa: E501
    "俊峻骏", "婷庭亭", "莹盈颖", "慧惠蕙", "琳霖麟林", "凯恺铠", "旭绪序", "喆哲", "堃坤昆", "赟晕", "玥月越", "珺俊", "祎伊衣",  # noqa: E501
)  # fmt: skip
UYGHUR = (
    "买买提",
    "阿依古丽",
    "古丽娜尔",
    "艾力",
    "吐尔逊",
    "阿卜杜拉",
    "热合曼",
    "迪丽努尔",
    "玛依拉",
    "库尔班",
    "阿不都",
    "艾合买提",
    "帕提古丽",
)
TIBETAN = ("扎西", "卓玛", "次仁", "多吉", "央金", "格桑", "丹增", "尼玛", "拉姆", "平措")
PLACES = (
    ("110108", "北京市海淀区"), ("310115", "上海市浦东新区"), ("440106", "广东省广州市天河区"), ("440305", "广东省深圳市南山区"),  # noqa: E501
    ("330106", "浙江省杭州市西湖区"), ("510107", "四川省成都市武侯区"), ("420106", "湖北省武汉市武昌区"), ("320106", "江苏省南京市鼓楼区"),  # noqa: E501
    ("610113", "陕西省西安市雁塔区"), ("650102", "新疆维吾尔自治区乌鲁木齐市天山区"), ("540102", "西藏自治区拉萨市城关区"), ("350203", "福建省厦门市思明区"),  # noqa: E501
)  # fmt: skip
ROADS = (
    "中山",
    "人民",
    "解放",
    "建设",
    "和平",
    "新华",
    "文化",
    "学院",
    "长江",
    "黄河",
    "朝阳",
    "光明",
    "南京",
    "北京",
    "迎宾",
    "滨河",
    "花园",
    "科技",
)
NAME, MOBILE, ID, BIRTH, EMAIL, ADDRESS = (
    "person_name",
    "mobile",
    "id_number",
    "birth_date",
    "email",
    "home_address",
)
Person = dict[str, str]
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


def _name(r: random.Random) -> str:
    kind = r.random()
    if kind < 0.04:
        return f"{r.choice(UYGHUR)}·{r.choice(UYGHUR)}"
    if kind < 0.06:
        return r.choice(TIBETAN) + r.choice(TIBETAN)
    surname = r.choice(COMPOUND) if kind < 0.08 else r.choice(SURNAMES)
    given = [r.choice(RARE if r.random() < 0.06 else GIVEN) for _ in range(r.choice((1, 2, 2, 2)))]
    return surname + "".join(given)


def _id(r: random.Random, region: str, born: str) -> str:
    body = f"{region}{born.replace('-', '')}{r.randint(1, 999):03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def _mobile(r: random.Random) -> str:
    return f"1{r.choice('3578')}{r.randint(0, 999_999_999):09d}"


def _person(r: random.Random) -> Person:
    region, place = r.choice(PLACES)
    born = f"{r.randint(1945, 2005)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}"
    return {
        NAME: _name(r),
        MOBILE: _mobile(r),
        ID: _id(r, region, born),
        BIRTH: born,
        EMAIL: f"u{r.randint(10**6, 10**8)}@{r.choice(('qq.com', '163.com', 'example.cn'))}",
        ADDRESS: f"{place}{r.choice(ROADS)}路{r.randint(1, 400)}号{r.randint(1, 30)}号楼{r.randint(1, 30)}0{r.randint(1, 6)}室",  # noqa: E501
    }


def _homophone(r: random.Random, p: Person) -> None:
    name = list(p[NAME])
    places = [n for n, one in enumerate(name) if n and one in _HOMOPHONES]
    if places:
        n = r.choice(places)
        name[n] = r.choice([one for one in _HOMOPHONES[name[n]] if one != name[n]])
        p[NAME] = "".join(name)


def _dots(r: random.Random, p: Person) -> None:
    p[NAME] = p[NAME].replace("·", r.choice(("•", ".", "・", "")))


def _rare_lost(_r: random.Random, p: Person) -> None:
    p[NAME] = "".join("?" if one in RARE else one for one in p[NAME])


def _swapped(_r: random.Random, p: Person) -> None:
    if "·" in p[NAME]:
        first, rest = p[NAME].split("·", 1)
        p[NAME] = f"{rest}·{first}"


def _new_mobile(r: random.Random, p: Person) -> None:
    p[MOBILE] = _mobile(r)


def _slipped_mobile(r: random.Random, p: Person) -> None:
    n = r.randint(3, 10)
    p[MOBILE] = p[MOBILE].removeprefix("+86 ").replace("-", "")
    p[MOBILE] = p[MOBILE][:n] + str((int(p[MOBILE][n]) + r.randint(1, 9)) % 10) + p[MOBILE][n + 1 :]


def _legacy_id(_r: random.Random, p: Person) -> None:
    if p[ID] and p[ID][6:8] == "19":
        p[ID] = p[ID][:6] + p[ID][8:17]


def _moved(r: random.Random, p: Person) -> None:
    p[ADDRESS] = _person(r)[ADDRESS]


def _written_otherwise(r: random.Random, p: Person) -> None:
    figures = str.maketrans("123456789", "一二三四五六七八九")
    address = p[ADDRESS].replace("号楼", r.choice(("栋", "号楼", "幢"))).replace("室", "")
    p[ADDRESS] = address.translate(figures) if r.random() < 0.2 else address.replace("市", "", 1)


def _typo(r: random.Random, p: Person) -> None:
    n = r.randint(6, max(6, len(p[ADDRESS]) - 2))
    p[ADDRESS] = p[ADDRESS][:n] + p[ADDRESS][n + 1 :]


def _spelling(r: random.Random, p: Person) -> None:
    p[MOBILE] = f"+86 {p[MOBILE][:3]}-{p[MOBILE][3:7]}-{p[MOBILE][7:]}" if p[MOBILE] else ""
    p[NAME] = " ".join(p[NAME]) if r.random() < 0.5 and "·" not in p[NAME] else p[NAME]


MISTAKES: tuple[Callable[[random.Random, Person], None], ...] = (
    _homophone, _homophone, _dots, _rare_lost, _swapped, _new_mobile, _new_mobile, _slipped_mobile, _legacy_id, _legacy_id,  # noqa: E501
    _moved, _written_otherwise, _typo, _spelling,
)  # fmt: skip
MISSING = {ID: 0.35, BIRTH: 0.5, EMAIL: 0.5, ADDRESS: 0.2, MOBILE: 0.05}


def _with_gaps(r: random.Random, person: Person) -> Person:
    return {key: "" if r.random() < MISSING.get(key, 0) else text for key, text in person.items()}


def _relative(r: random.Random, person: Person) -> Person:
    """Somebody else at the same address, mostly with the same surname, now and then with the same telephone."""
    other = _person(r)
    if r.random() < 0.6:
        other[NAME] = person[NAME][:1] + other[NAME][1:]
    other[ADDRESS] = person[ADDRESS]
    if r.random() < 0.4:
        other[MOBILE] = person[MOBILE]
    return other


def _namesake(r: random.Random, person: Person) -> Person:
    return {**_person(r), NAME: person[NAME]}


def _twin(r: random.Random, person: Person) -> Person:
    other = _person(r)
    other[BIRTH], other[ADDRESS] = person[BIRTH], person[ADDRESS]
    other[ID] = _id(r, person[ID][:6], person[BIRTH])
    other[NAME] = person[NAME][:-1] + r.choice([one for one in GIVEN if one != person[NAME][-1]])
    return other


def generate(size: int, seed: int) -> Generated:
    """About `size` entries: a tenth are other entries of somebody, a twentieth are others easily taken for somebody."""
    r = random.Random(seed)
    people: list[Person] = []
    who: list[int] = []
    number = 0
    while len(people) < size:
        person = _person(r)
        people.append(_with_gaps(r, person))
        who.append(number)
        for _ in range(r.choice((1, 1, 1, 2, 3)) if r.random() < 0.08 else 0):
            other = dict(person)
            for mistake in r.sample(MISTAKES, r.choice((1, 1, 2, 2, 3))):
                mistake(r, other)
            people.append(_with_gaps(r, other))
            who.append(number)
        number += 1
        if r.random() < 0.06:
            make = r.choice((_relative, _relative, _namesake, _twin))
            people.append(_with_gaps(r, make(r, person)))
            who.append(number)
            number += 1
    return Generated(people, who)
