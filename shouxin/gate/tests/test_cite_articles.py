"""Articles are cited as the reader's language does."""

import pytest

from shouxin.gate.rules import cite


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("个人信息保护法 第6条、第51条", "PIPL Art. 6, Art. 51"),
        ("个人信息保护法 第13条第1款第2项", "PIPL Art. 13 para. 1 item 2"),
        ("个人信息保护法 第28条; GB/T 45574-2025 5.5", "PIPL Art. 28; GB/T 45574-2025 5.5"),
        ("GB/T 45574-2025 6.5", "GB/T 45574-2025 6.5"),
        ("个人信息保护法19,47; 民法典188", "PIPL 19,47; Civil Code 188"),
        ("电子商务法 第18、24条", "E-Commerce Law (电子商务法) Art. 18, 24"),
        ("第23条(原21条)", "Art. 23 (formerly 21)"),
        ("App认定方法6; GB/T 35273 8.7", "Rules on Unlawful Collection by Apps 6; GB/T 35273 8.7"),
        ("2026-01-01施行；第51、52条", "in force 2026-01-01; Art. 51, 52"),
    ],
)
def test_an_article_is_cited_in_both_languages(chinese: str, english: str) -> None:
    assert cite(chinese, "en") == english
    assert cite(chinese, "zh-hans") == chinese


def test_the_jurisdiction_packs_own_short_name_is_chinese_on_a_chinese_page() -> None:
    assert cite("PIPL 45–50; GB/T 35273 8.7", "zh-hans") == "个人信息保护法45–50; GB/T 35273 8.7"
    assert cite("PIPL 45–50; GB/T 35273 8.7", "en") == "PIPL 45–50; GB/T 35273 8.7"
