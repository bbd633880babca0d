"""Identifiers are found in the sentences clerks write, and digits that are none are left alone."""

import random
import string
from collections.abc import Callable
from itertools import pairwise

import pytest

from shouxin.core.identifiers import Found, mask, recognise
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


def test_generated_text_is_read_almost_without_fault() -> None:
    r = random.Random(20261121)
    right = missed = wrong = 0
    for _ in range(4000):
        text, truth = text_with_truth(r)
        found = set(recognise(text))
        right += len(found & truth)
        missed += len(truth - found)
        wrong += len(found - truth)
    assert 2 * right / (2 * right + missed + wrong) >= 0.995, (right, missed, wrong)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("１３８１２３４１２３４", ["MOBILE"]),
        ("13812341234 13912341234", ["MOBILE", "MOBILE"]),
        ("138.1234.1234", ["MOBILE"]),
        ("(+86)13812341234", ["MOBILE"]),
        ("香港 +852 9123 4567", ["PHONE"]),
        ("010-62345678转801", ["LANDLINE"]),
        ("台胞证12345678", ["TWTP"]),
        ("编号12345678", []),
        ("S20240506", []),
        ("护照S20240506", ["PASSPORT-CN"]),
        ("身份证110105194912310021", ["ID-CN18"]),  # one digit mistyped is a person's number still
        ("123456789012345678", []),
        ("3.13812341234", []),
        ("113812341234", []),
        ("1380 1380 13800", []),
        ("a@b", []),
        ("@example.com", []),
        ("", []),
    ],
)
def test_odd_spellings(text: str, kinds: list[str]) -> None:
    assert [found.kind for found in recognise(text)] == kinds


def test_found_places_are_in_order_and_apart() -> None:
    text = "张三13812341234，李四110105194912310 02X，邮箱li.si@example.com，京A12348"
    places = [(found.start, found.end) for found in recognise(text)]
    assert places == sorted(places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_masked_text_holds_no_identifier() -> None:
    r = random.Random(7)
    for _ in range(500):
        text, truth = text_with_truth(r)
        shown, labelled = mask("M-TEXT", text), mask("M-TEXT", text, profile="strict")
        for found in truth:
            value = text[found.start : found.end]
            assert value not in labelled
            assert value not in shown or found.kind == "USCC"  # public company data
