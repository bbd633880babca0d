"""The articles that the handbook's chapters cite stand in the legal register that the product ships, read in full."""

import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HANDBOOK = ROOT / "docs" / "handbook"
REGISTER = ROOT / "shouxin" / "rulebook" / "packs" / "cn-2026.11" / "law-register.csv"
CITED = {
    "zh": re.compile(r"《(?P<law>[^》]+法)》|第(?P<article>[〇一二三四五六七八九十百]+)条"),
    "en": re.compile(r"\b(?P<law>PIPL|Cybersecurity Law)\b|\barticle (?P<article>\d+)"),
}
LAWS = {"PIPL": "个人信息保护法", "Cybersecurity Law": "网络安全法"}
FORMER = "原"  # an article's number before the law was amended
DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}


def number(text: str) -> int:
    """五十一 → 51."""
    if text.isdecimal():
        return int(text)
    tens, has_tens, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) if has_tens else 0) * 10 + DIGITS.get(ones or "〇", 0)


def register() -> dict[tuple[str, int], str]:
    """(law, number of the article) → mark of verification."""
    with REGISTER.open(encoding="utf-8") as file:
        return {
            (re.split(r"[(（]", row["instrument"])[0], int(found.group(1))): row["verification"]
            for row in csv.DictReader(file)
            if (found := re.match(r"第(\d+)条", row["article"]))
        }


def cited(language: str) -> list[tuple[str, str, int]]:
    """(chapter, law, number of the article), each article with the law named last before it on its line."""
    found = []
    for chapter in sorted((HANDBOOK / language).glob("*.md")):
        for line in chapter.read_text(encoding="utf-8").splitlines():
            law = ""
            for match in CITED[language].finditer(line):
                if match["law"]:
                    law = LAWS.get(match["law"], match["law"])
                elif law and line[match.start() - 1] != FORMER:
                    found.append((chapter.stem, law, number(match["article"])))
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_article_cited_is_in_the_register_and_was_read(language: str) -> None:
    known = register()
    assert len(cited(language)) > 15
    for chapter, law, article in cited(language):
        assert known.get((law, article)) == "VERIFIED", f"{chapter}: {law} {article}"


def test_both_languages_cite_the_same() -> None:
    assert sorted(cited("zh")) == sorted(cited("en"))


STANDARD = re.compile(r"GB(?:/[TZ] ?| )(\d[\d.]*)(?:[-—](\d{4}))?")


def standards(text: str) -> set[tuple[str, str]]:
    """(number, year or nothing) of each national standard that a text names."""
    return {(found[1].rstrip("."), found[2] or "") for found in STANDARD.finditer(text)}


def test_every_standard_cited_is_in_the_register() -> None:
    """By its number and, where the handbook says a year, by that edition."""
    with REGISTER.open(encoding="utf-8") as file:
        known = {one for row in csv.DictReader(file) for one in standards(row["instrument"])}
    numbers = {number for number, _year in known}
    named = {
        (chapter.relative_to(HANDBOOK).as_posix(), *one)
        for chapter in HANDBOOK.glob("*/*.md")
        for one in standards(chapter.read_text(encoding="utf-8"))
    }
    assert named
    for chapter, standard, year in named:
        assert (standard, year) in known if year else standard in numbers, (
            f"{chapter}: GB/T {standard} {year}"
        )
