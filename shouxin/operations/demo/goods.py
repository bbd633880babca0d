"""What the demonstration organisation sells: office furniture, supplies and equipment."""

from random import Random
from typing import NamedTuple

# category, subcategory, code, things, list price in yuan from – to
_RANGE = (
    ("家具", "椅子", "JJ-YZ", ("人体工学椅", "会议椅", "员工椅", "主管椅", "培训椅"), 180, 2600),
    ("家具", "桌子", "JJ-ZZ", ("升降桌", "会议桌", "员工位", "主管桌", "洽谈桌"), 600, 9800),
    ("家具", "书柜", "JJ-SG", ("文件柜", "玻璃书柜", "活动柜", "储物柜"), 320, 3600),
    ("家具", "用具", "JJ-YJ", ("台灯", "衣帽架", "屏风", "白板"), 60, 900),
    ("办公用品", "纸张", "BG-ZZ", ("复印纸", "便签", "信封", "标签纸"), 12, 260),
    ("办公用品", "收纳", "BG-SN", ("收纳盒", "文件架", "抽屉柜"), 25, 420),
    ("办公用品", "装订", "BG-ZD", ("订书机", "装订机", "活页夹"), 18, 980),
    ("办公用品", "器具", "BG-QJ", ("饮水机", "微波炉", "咖啡机"), 260, 4200),
    ("技术", "打印机", "JS-DY", ("激光打印机", "复合机", "标签打印机"), 900, 12800),
    ("技术", "电话", "JS-DH", ("办公电话", "会议电话", "无线座机"), 120, 5600),
    ("技术", "配件", "JS-PJ", ("键盘", "鼠标", "扩展坞", "耳机"), 40, 1500),
)
_MAKERS = ("云岭", "北辰", "松涛", "海棠", "竹溪", "锦程", "方木", "青禾")
_COLOURS = ("黑色", "白色", "灰色", "胡桃色", "橡木色", "蓝色")


class Product(NamedTuple):
    """An article: number, category, subcategory, name, price in fen."""

    number: str
    category: str
    subcategory: str
    name: str
    price: int


def catalogue(r: Random) -> tuple[Product, ...]:
    """Some hundred articles with prices."""
    found = []
    for category, subcategory, code, things, low, high in _RANGE:
        for index, (thing, maker) in enumerate((t, m) for t in things for m in r.sample(_MAKERS, 3)):
            price = r.randrange(low * 10, high * 10) * 10
            name = f"{maker} {thing}，{r.choice(_COLOURS)}"
            found.append(Product(f"{code}-{10000 + index * 37}", category, subcategory, name, price))
    return tuple(found)
