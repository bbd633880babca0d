"""Addresses that could exist: real divisions, invented streets, the postal prefix and area code of the province."""

from functools import cache
from random import Random
from typing import NamedTuple

from shouxin.core.identifiers import divisions
from shouxin.operations.demo import numbers

# province: weight (roughly millions of people), area code of its capital, postal prefix, plate, sales region.
_PROVINCES = {
    "11": (22, "010", "10", "京", "华北"), "12": (14, "022", "30", "津", "华北"),
    "13": (74, "0311", "05", "冀", "华北"), "14": (35, "0351", "03", "晋", "华北"),
    "15": (24, "0471", "01", "蒙", "华北"), "21": (42, "024", "11", "辽", "东北"),
    "22": (24, "0431", "13", "吉", "东北"), "23": (31, "0451", "15", "黑", "东北"),
    "31": (25, "021", "20", "沪", "华东"), "32": (85, "025", "21", "苏", "华东"),
    "33": (66, "0571", "31", "浙", "华东"), "34": (61, "0551", "23", "皖", "华东"),
    "35": (42, "0591", "35", "闽", "华东"), "36": (45, "0791", "33", "赣", "华东"),
    "37": (101, "0531", "25", "鲁", "华东"), "41": (98, "0371", "45", "豫", "中南"),
    "42": (58, "027", "43", "鄂", "中南"), "43": (66, "0731", "41", "湘", "中南"),
    "44": (127, "020", "51", "粤", "中南"), "45": (50, "0771", "53", "桂", "中南"),
    "46": (10, "0898", "57", "琼", "中南"), "50": (32, "023", "40", "渝", "西南"),
    "51": (84, "028", "61", "川", "西南"), "52": (39, "0851", "55", "贵", "西南"),
    "53": (47, "0871", "65", "云", "西南"), "54": (4, "0891", "85", "藏", "西南"),
    "61": (40, "029", "71", "陕", "西北"), "62": (25, "0931", "73", "甘", "西北"),
    "63": (6, "0971", "81", "青", "西北"), "64": (7, "0951", "75", "宁", "西北"),
    "65": (26, "0991", "83", "新", "西北"),
}  # fmt: skip
_CODES = tuple(_PROVINCES)
_WEIGHTS = tuple(row[0] for row in _PROVINCES.values())
_MUNICIPALITIES = {"11", "12", "31", "50"}
_ROADS = (
    "人民",
    "建设",
    "解放",
    "中山",
    "和平",
    "新华",
    "文化",
    "长江",
    "黄河",
    "学府",
    "滨河",
    "朝阳",
    "青年",
    "迎宾",
    "科技",
)
_ROAD_ENDINGS = ("路", "路", "大街", "街", "大道", "巷")
_SIDES = ("", "", "", "东", "西", "南", "北", "中")
_ESTATES = ("阳光", "翠湖", "锦绣", "金桂", "书香", "康乐", "云锦", "望江", "天悦", "紫荆", "春晓", "嘉和")
_ESTATE_ENDINGS = ("花园", "小区", "家园", "苑", "里", "名居")


class Place(NamedTuple):
    """A district and what follows from it."""

    code: str
    province: str
    city: str
    district: str
    area_code: str
    postal_prefix: str
    plate: str
    region: str

    @property
    def short_city(self) -> str:
        """As sales tables write it: 杭州, not 杭州市."""
        return self.city.removesuffix("市")


@cache
def _districts(province: str) -> tuple[tuple[str, str, str], ...]:
    """The districts of today whose prefecture has a name: code, city, district."""
    division = divisions.provinces()[province]
    found = []
    for code in sorted(division.current):
        city = division.name if province in _MUNICIPALITIES else division.cities.get(code[:4], "")
        if city.endswith(("市", "州", "盟", "地区")):
            found.append((code, city, division.counties[code][-1]))
    return tuple(found)


def place(r: Random) -> Place:
    """A district somewhere in China, big provinces more often."""
    province = r.choices(_CODES, _WEIGHTS)[0]
    code, city, district = r.choice(_districts(province))
    _, area_code, postal, plate, region = _PROVINCES[province]
    return Place(code, divisions.provinces()[province].name, city, district, area_code, postal, plate, region)


def _district(where: Place) -> str:
    province = "" if where.province == where.city else where.province
    return f"{province}{where.city}{where.district}"


def home(r: Random, where: Place) -> str:
    """A flat in that district."""
    road = f"{r.choice(_ROADS)}{r.choice(_SIDES)}{r.choice(_ROAD_ENDINGS)}{r.randint(1, 399)}号"
    estate = f"{r.choice(_ESTATES)}{r.choice(_ESTATE_ENDINGS)}" if numbers.happens(r, 0.6) else ""
    door = f"{r.randint(1, 28)}栋{r.randint(1, 4)}单元{r.randint(1, 32)}0{r.randint(1, 4)}室"
    return f"{_district(where)}{road}{estate}{door}"


def office(r: Random, where: Place) -> str:
    """An office in that district."""
    road = f"{r.choice(_ROADS)}{r.choice(_SIDES)}{r.choice(_ROAD_ENDINGS)}{r.randint(1, 999)}号"
    return f"{_district(where)}{road}{r.choice(_ESTATES)}大厦{r.choice('ABC')}座{r.randint(2, 28)}层"


def postal_code(r: Random, where: Place) -> str:
    return f"{where.postal_prefix}{r.randrange(100):02d}00"
