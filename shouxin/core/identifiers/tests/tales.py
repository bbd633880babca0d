"""Generated notes of clerks with names and addresses in them, and the truth; invented people and places alone.

One name in five has a character that is not common in names; one in twelve is of another people or in Latin letters;
one mention in three stands without a title or a word that announces a name.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable

from shouxin.core.identifiers.narrating import PERSON, PLACE, tell
from shouxin.core.identifiers.recognising import Found

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华玉萍红建国志梅鹏飞婷浩宇轩子涵欣怡佳慧琳"
    "雪晨旭东海波文斌瑞思远嘉俊凯丹倩颖洁莹玲燕云龙峰林"
)
UNUSUAL = "谦骁翊祎窈笙澈弈韬堃翀茜莎卉喆骞桓矜稷槿苒绮蔚芮菁滢锦钰铮霖霏昀"
COMPOUND = ["欧阳", "司马", "上官", "诸葛", "慕容", "尉迟"]
OTHERS = ["买买提·艾力", "古丽娜尔·阿不都热合曼", "阿依夏木·吐尔逊", "巴特尔·孟和", "卡德尔·依明"]
LATIN = ["John Smith", "Maria Garcia", "Jürgen Müller", "Anna Kowalska"]
STREETS = [
    "中山路",
    "人民大街",
    "解放路",
    "文三路",
    "科苑路",
    "张杨路",
    "长江大道",
    "学院路",
    "和平里",
    "建设巷",
]
ESTATES = ["阳光花园", "万科城", "锦绣小区", "华星时代广场", "绿地公寓", "星河苑"]
TOWNS = [
    "北京市海淀区",
    "上海市浦东新区",
    "广东省深圳市南山区",
    "浙江省杭州市西湖区",
    "四川省成都市武侯区",
    "江苏省南京市鼓楼区",
    "湖北省武汉市洪山区",
    "杭州市余杭区",
    "",
]

TOLD_NAMES = [
    "{}先生来电，说沙发有异味。",
    "{}女士要求周末送货，",
    "联系人：{}，",
    "收货人{}，",
    "客户{}反映抽屉卡住。",
    "已告知{}，明天上门。",
    "我叫{}，想退货。",
    "{}经理催促报价，",
    "请转告{}。",
    "和{}约好周三安装，",
    "陪同{}看样，",
    "{}咨询发票抬头，",
    "本单由{}签收，",
    "回访{}，表示满意。",
    "{}已付定金，",
    "她爱人{}也在场，",
    "车主{}同意，",
    "担保人为{}，",
    "今天下午{}到店，",
    "据{}说门坏了。",
]
TOLD_PLACES = [
    "送到{}，",
    "收货地址：{}，",
    "她住在{}，",
    "安装在{}。",
    "地址改为{}，",
    "从{}搬走了，",
    "上门到{}，",
    "{}这边没有电梯，",
    "寄到{}。",
]
TALK = [
    "周一上午安装，客户很高兴。",
    "黄色沙发一张，单价1200元，",
    "白色书柜有划痕，",
    "方便的话马上安排，",
    "金额3500元已到账，",
    "张贴的说明看不清，",
    "万一下雨就改期，",
    "于是改约下周，",
    "订单{}已发货，",
    "楼层较高，共18层，",
    "第3组货柜5号抵达，",
    "成品尺寸1200*600，",
    "石材台面要另算，",
    "程序已走完，",
    "温州产的面料，",
    "常用配件备齐，",
    "关于退款还在走流程，",
    "时间另行通知，",
    "毛利不高，",
    "向上级反映，",
    "严重磨损的已更换，",
    "2号线附近好停车，",
    "共3箱2件，",
    "全国统一售价，",
    "路上堵车晚到半小时，",
    "任何问题随时联系，",
    "解释了保修条款，",
    "单独开票，",
]


def name(r: random.Random) -> str:
    chance = r.random()
    if chance < 0.05:
        return r.choice(OTHERS)
    surname = r.choice(COMPOUND) if chance < 0.08 else r.choice(SURNAMES)
    given = "".join(r.choice(GIVEN) for _ in range(1 if r.random() < 0.25 else 2))
    if r.random() < 0.2:
        given = given[:-1] + r.choice(UNUSUAL)
    return surname + given


def place(r: random.Random) -> str:
    if r.random() < 0.15:  # told without a number, as people do who know the way
        estate, road = r.choice(ESTATES), r.choice(STREETS)
        return r.choice(
            [
                f"{estate}{r.choice('二三四')}期",
                f"{road}和{r.choice(STREETS)}路口",
                f"{r.choice(TOWNS)}{road}西头",
                f"{estate}北门",
            ]
        )
    road = f"{r.choice(STREETS)}{r.randint(1, 999)}{r.choice(['号', '号', '弄'])}"
    estate = r.choice(["", "", r.choice(ESTATES)])
    door = r.choice(
        [
            f"{r.randint(1, 30)}号楼{r.randint(1, 30)}0{r.randint(1, 4)}",
            f"{r.randint(1, 20)}栋{r.randint(1, 4)}单元{r.randint(101, 3004)}室",
            f"{r.choice('ABC')}座{r.randint(101, 2999)}",
            f"{r.randint(101, 2404)}室",
            "",
        ]
    )
    return f"{r.choice(TOWNS)}{road}{estate}{door}"


def _latin(r: random.Random) -> tuple[str, str]:
    return r.choice(["Mr. {} 来电，", "Contact: {}，", "联系人：{}，"]), r.choice(LATIN)


def tale_with_truth(r: random.Random) -> tuple[str, set[Found]]:
    text, truth = "", set()
    for _ in range(r.randint(3, 6)):
        chance = r.random()
        if chance < 0.4:
            text += r.choice(TALK).replace("{}", f"SO{r.randint(10**6, 10**7)}")
            continue
        kind: str = PERSON if chance < 0.75 else PLACE
        if kind == PERSON and r.random() < 0.04:
            told, value = _latin(r)
        else:
            told, value = (
                r.choice(TOLD_NAMES if kind == PERSON else TOLD_PLACES),
                (name if kind == PERSON else place)(r),
            )
        before, after = told.split("{}")
        truth.add(Found(kind, len(text + before), len(text + before + value)))
        text += before + value + after
    return text, truth


def measured(
    tales: Iterable[tuple[str, set[Found]]], judge: Callable[[str], list[Found]] = tell
) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of each kind; right is what begins and ends where the truth does.

    `hidden` is the share of its characters that lie within something found, of whatever kind: what a mask covers.
    """
    right, missed, wrong, all_, hidden = (Counter[str]() for _ in range(5))
    for text, truth in tales:
        found = set(judge(text))
        covered = {place for one in found for place in range(one.start, one.end)}
        for one in truth:
            all_[one.kind] += one.end - one.start
            hidden[one.kind] += len(covered.intersection(range(one.start, one.end)))
        for counted, those in ((right, found & truth), (missed, truth - found), (wrong, found - truth)):
            counted.update(one.kind for one in those)
    return {
        kind: {
            "precision": right[kind] / max(right[kind] + wrong[kind], 1),
            "recall": right[kind] / max(right[kind] + missed[kind], 1),
            "hidden": hidden[kind] / max(all_[kind], 1),
            "f1": 2 * right[kind] / max(2 * right[kind] + missed[kind] + wrong[kind], 1),
        }
        for kind in (PERSON, PLACE)
    }
