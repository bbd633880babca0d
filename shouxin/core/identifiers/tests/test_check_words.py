"""Names, addresses and text: every script survives, damage is named."""

from datetime import date

import pytest

from shouxin.core.identifiers import Severity, UnknownValidatorError, check

TODAY = date(2026, 11, 21)


def code(kind: str, value: str) -> str | None:
    problem = check(kind, value, today=TODAY)
    return problem.code if problem else None


@pytest.mark.parametrize(
    "name",
    [
        *("张小明", "欧阳娜娜", "买买提·吐尔逊", "尼玛•次仁", "𠮷野", "㳇水", "李〇", "山田 太郎", "김민준"),
        *(
            "Zhang Xiaoming",
            "O'Brien",
            "Jean-Luc Picard",
            "José María",
            "Łukasz",
            "Ng",
            "Nguyễn Văn A",
            "Björk",
        ),
        *("Жанна", "أحمد محمد", "محمد\u200cرضا", "བསྟན་འཛིན", "ئابدۇللا", "สมชาย ใจดี"),
    ],
)
def test_names_of_any_script_stand(name: str) -> None:
    assert code("NAME", name) is None


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("张" * 40_000, "name.too_long"),
        ("张\x00明", "text.control"),
        ("张\n明", "text.lines"),
        ("张\ufffd", "text.broken"),
        ("锟斤拷", "text.broken"),
        ("张\ue863", "text.private_use"),
        ("<script>alert(1)</script>", "text.markup"),
        ("张三13812341234", "name.digits"),
        ("12345", "name.letters"),
        ("——", "name.letters"),
        ("张", "name.short"),
    ],
)
def test_damaged_name_is_named(name: str, broken: str) -> None:
    assert code("NAME", name) == broken


def test_the_limit_stands_in_the_sentence() -> None:
    problem = check("NAME", "x" * 40_000, today=TODAY)
    assert problem is not None
    assert "100" in problem.text.zh
    assert "100" in problem.text.en
    assert problem.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("kind", "value", "broken"),
    [
        ("ORGANISATION", "3M中国有限公司", None),
        ("ORGANISATION", "第一中学", None),
        ("ORGANISATION", "()", "name.letters"),
        ("ADDRESS", "北京市海淀区中关村大街1号院2号楼301", None),
        ("ADDRESS", "221B Baker Street\nLondon NW1 6XE", None),
        ("ADDRESS", "東京都千代田区永田町1-7-1", None),
        ("ADDRESS", "无", "address.short"),
        ("ADDRESS", "x" * 501, "address.too_long"),
        ("TEXT", "第一行\n第二行", None),
        ("LINE", "第一行\n第二行", "text.lines"),
    ],
)
def test_other_words(kind: str, value: str, broken: str | None) -> None:
    assert code(kind, value) == broken


def test_nothing_is_not_wrong() -> None:
    assert check("ID-CN18", "", today=TODAY) is None
    assert check("NAME", " \u3000", today=TODAY) is None


def test_unknown_validator_is_an_error_of_the_catalogue() -> None:
    with pytest.raises(UnknownValidatorError):
        check("ID-MARS", "x", today=TODAY)
