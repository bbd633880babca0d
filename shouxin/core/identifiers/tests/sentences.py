"""Generated sentences of clerks, with the truth about what stands in them: plain ones, and ones that were made hard.

Made hard: digits in full width, gaps between any two characters, letters that a scanner takes for digits, numbers that
run into a longer number, and order numbers that look like something else.
"""

import random
import string
from collections import Counter
from collections.abc import Callable, Iterable

from shouxin.core.identifiers import Found, recognise
from shouxin.core.identifiers.companies import organisation_check_character
from shouxin.core.identifiers.vehicles import vin_check_character

CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REGIONS = ["110105", "310115", "440305", "510104", "330106", "650102"]


def digits(r: random.Random, count: int) -> str:
    return "".join(r.choices(string.digits, k=count))


def mobile(r: random.Random) -> str:
    n = f"1{r.choice('3456789')}{digits(r, 9)}"
    spelled = [n, f"{n[:3]}-{n[3:7]}-{n[7:]}", f"{n[:3]} {n[3:7]} {n[7:]}", f"+86 {n}", f"86{n}"]
    return r.choice([*spelled, f"+86-{n[:3]}-{n[3:7]}-{n[7:]}"])


def resident_id(r: random.Random) -> str:
    born = f"{r.randint(1945, 2015)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}"
    body = f"{r.choice(REGIONS)}{born}{digits(r, 3)}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    last = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    return r.choice([body + last, (body + last).lower(), f"{body[:6]} {body[6:14]} {body[14:]}{last}"])


def card(r: random.Random) -> str:
    body = f"62{digits(r, 16)}"
    total = sum(
        (d * 2 - 9 if d > 4 else d * 2) if i % 2 == 0 else d for i, d in enumerate(map(int, reversed(body)))
    )
    n = body + str(-total % 10)
    return r.choice([n, f"{n[:4]} {n[4:8]} {n[8:12]} {n[12:16]} {n[16:]}"])


def credit_code(r: random.Random) -> str:
    organisation = "MA" + "".join(r.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6))
    body = f"91{r.choice(REGIONS)}{organisation}{organisation_check_character(organisation)}"
    total = sum(CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + CREDIT[-total % 31]


def vin(r: random.Random) -> str:
    body = list("LSV" + "".join(r.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=8)) + digits(r, 6))
    body[8] = vin_check_character("".join(body))
    return "".join(body)


def landline(r: random.Random) -> str:
    area = r.choice(["010", "021", "0755", "0571", "028"])
    return f"{r.choice([area + '-', f'({area})', area + ' '])}{r.randint(2, 8)}{digits(r, 7)}"


def email(r: random.Random) -> str:
    name = "".join(r.choices(string.ascii_lowercase, k=6))
    return f"{name}.{digits(r, 2)}@{r.choice(['example.com', 'mail.example.cn'])}"


def plate(r: random.Random) -> str:
    head = r.choice("京沪粤川浙") + r.choice("ABCDE")
    return r.choice([f"{head}{digits(r, 5)}", f"{head}·{digits(r, 4)}K", f"{head}D{digits(r, 5)}"])


POSITIVES: dict[str, tuple[Callable[[random.Random], str], list[str]]] = {
    "MOBILE": (mobile, ["手机{}，", "请拨打{}联系", "联系电话：{}。", "tel:{} ", "客户{}要求回电"]),
    "ID-CN18": (resident_id, ["身份证号{}，", "证件：{}。", "身份证{}已核对"]),
    "BANKCARD": (card, ["卡号{}，", "打款到{}即可", "工行 {} 张"]),
    "USCC": (credit_code, ["信用代码{}，", "税号：{} ", "公司({})开票"]),
    "VIN": (vin, ["车架号{}，", "VIN: {} "]),
    "LANDLINE": (landline, ["座机{}，", "固定电话 {}。", "办公室{}找王经理"]),
    "EMAIL": (email, ["邮箱{}，", "发到{}即可", "邮件 {}。"]),
    "PLATE": (plate, ["车牌{}，", "开{}来的", "车辆：{}。"]),
    "PASSPORT-CN": (lambda r: f"E{digits(r, 8)}", ["护照{}，", "护照号码：{}。"]),
    "HKMTP": (lambda r: f"{r.choice('HM')}{digits(r, 8)}", ["回乡证{}，", "通行证号：{}。"]),
}
NEGATIVES: list[Callable[[random.Random], str]] = [
    lambda r: f"订单US-{r.randint(2020, 2026)}-{digits(r, 7)}已发货，",
    lambda r: f"合同编号HT{r.randint(2020, 2026)}{digits(r, 4)}，",
    lambda r: f"金额{r.randint(1, 999_999)}.{digits(r, 2)}元，",
    lambda r: f"共{r.randint(1, 300)}张办公椅，单价{r.randint(100, 9000)}，",
    lambda r: f"于{r.randint(2020, 2026)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d} 14:05 拜访，",
    lambda r: f"流水号{r.randint(2020, 2026)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}{digits(r, 2)}，",
    lambda r: f"型号FUR-BO-1000{digits(r, 4)}，",
    lambda r: f"3.{digits(r, 12)}的比例，",
    lambda r: (
        f"批次{''.join(r.choices('0123456789abcdef', k=8))}-{''.join(r.choices('0123456789abcdef', k=4))}，"
    ),
    lambda _: "新增A类客户川菜馆，电话会议改期，",
    lambda r: f"楼层{r.randint(1, 40)}室{digits(r, 4)}，邮编{digits(r, 6)}，",
]


def text_with_truth(r: random.Random) -> tuple[str, set[Found]]:
    text, truth = "", set()
    for _ in range(r.randint(2, 5)):
        if r.random() < 0.5:
            text += r.choice(NEGATIVES)(r)
            continue
        kind = r.choice(list(POSITIVES))
        make, sentences = POSITIVES[kind]
        value = make(r)
        before, after = r.choice(sentences).split("{}")
        truth.add(Found(kind, len(text + before), len(text + before + value)))
        text += before + value + after
    return text, truth


CHECKED = (
    "ID-CN18",
    "USCC",
    "BANKCARD",
)  # kinds with a check digit, of which a spoilt spelling can still be proved
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_LOOKALIKES = {"0": "OoQ", "1": "Il|", "2": "Zz", "5": "Ss"}


def wide(_r: random.Random, value: str) -> str:
    return value.translate(_WIDE)


def _bare(value: str) -> str:
    return value.replace(" ", "").replace("-", "")


def spread(r: random.Random, value: str) -> str:
    gap = r.choice([" ", "-", ".", "  "])
    return gap.join(_bare(value))


def parted(r: random.Random, value: str) -> str:
    bare = _bare(value)
    cuts = sorted(r.sample(range(1, len(bare)), 3))
    return " ".join(bare[a:b] for a, b in zip([0, *cuts], [*cuts, len(bare)], strict=True))


def misread(r: random.Random, value: str) -> str:
    """One or two characters as a scanner may give them."""
    bare = list(_bare(value))
    places = [n for n, one in enumerate(bare) if one in _LOOKALIKES]
    for place in r.sample(places, min(len(places), r.randint(1, 2))):
        bare[place] = r.choice(_LOOKALIKES[bare[place]])
    return "".join(bare)


SPELLINGS: tuple[Callable[[random.Random, str], str], ...] = (wide, spread, parted, misread)
HARD_NEGATIVES: list[Callable[[random.Random], str]] = [
    *NEGATIVES,
    lambda r: f"快递单{r.choice('123456789')}{digits(r, 21)}，",  # longer than anything of ours
    lambda r: (
        f"流水9{digits(r, 10)}{resident_id(r).replace(' ', '')}{digits(r, 3)}，"
    ),  # an ID within a longer number
    lambda r: f"单号 {r.randint(2020, 2026)} {digits(r, 4)} {digits(r, 4)} {digits(r, 3)}，",
    lambda r: f"型号SO{digits(r, 9)}B，",
    lambda r: f"尺寸{r.randint(100, 240)} {r.randint(10, 99)} {r.randint(10, 99)} {r.randint(10, 99)}，",
    lambda r: f"第{r.randint(1, 9)} {r.randint(10, 99)} {r.randint(10, 99)}排，",
]


def hard_text_with_truth(r: random.Random, kinds: Iterable[str] = CHECKED) -> tuple[str, set[Found]]:
    """Sentences with identifiers of these kinds spelled hard, between what looks like them and is none."""
    text, truth = "", set()
    for _ in range(r.randint(2, 5)):
        if r.random() < 0.5:
            text += r.choice(HARD_NEGATIVES)(r)
            continue
        kind = r.choice(list(kinds))
        make, sentences = POSITIVES[kind]
        value = r.choice(SPELLINGS)(r, make(r))
        before, after = r.choice(sentences).split("{}")
        truth.add(Found(kind, len(text + before), len(text + before + value)))
        text += before + value + after
    return text, truth


def score(texts: Iterable[tuple[str, set[Found]]]) -> dict[str, float]:
    """The F1 of each kind that stands in the texts or was found there, and of "all" together."""
    right, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    for text, truth in texts:
        found = set(recognise(text))
        for counted, those in ((right, found & truth), (missed, truth - found), (wrong, found - truth)):
            for one in those:
                counted.update([one.kind, "all"])
    return {
        kind: 2 * right[kind] / (2 * right[kind] + missed[kind] + wrong[kind])
        for kind in {*right, *missed, *wrong}
    }
