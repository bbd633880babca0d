"""How well duplicates are found, against sets whose truth is known: FEBRL 3, and generated Chinese people."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from shouxin.core.identifiers import comparing
from shouxin.customers.duplicates import probable
from shouxin.customers.duplicates.features import Features, of_values, person
from shouxin.operations.demo.doubles import generate
from shouxin.operations.demo.generation import generate as organisation

pytestmark = pytest.mark.skipif(not probable.is_available(), reason="the extra dedupe is not installed")


def matched(rows: Iterable[Features]) -> set[tuple[int, int]]:
    given = probable.Rows()
    given.add(list(rows))
    return {(pair.first, pair.second) for pair in probable.pairs(given)}


def f1(found: set[tuple[int, int]], truth: set[tuple[int, int]]) -> float:
    return 2 * len(found & truth) / (len(found) + len(truth))


def febrl(folder: Path, number: int) -> tuple[list[Features], set[tuple[int, int]]]:
    """The Australian persons of one FEBRL set, as rows to compare, and which rows are one person."""
    with (folder / f"febrl{number}.csv").open(encoding="ascii") as file:
        rows = [{key.strip(): text.strip() for key, text in row.items()} for row in csv.DictReader(file)]
    place = {row["rec_id"]: n for n, row in enumerate(rows)}
    with (folder / f"febrl{number}_true_pairs.csv").open(encoding="ascii") as file:
        pairs = [sorted((place[a], place[b])) for a, b in list(csv.reader(file))[1:]]
    features = [
        person(
            (row["surname"], row["given_name"]),
            row["date_of_birth"],
            kind="person",
            number=row["soc_sec_id"],
            place=row["suburb"],
            address=f"{row['street_number']} {row['address_1']}".strip(),
        )
        for row in rows
    ]
    return features, {(a, b) for a, b in pairs}


@pytest.mark.data
def test_febrl_3_is_matched_at_95_percent_and_better() -> None:
    folder = os.environ.get("SHOUXIN_TESTDATA")
    if not folder:
        pytest.skip("SHOUXIN_TESTDATA names no folder")
    rows, truth = febrl(Path(folder) / "febrl", 3)
    assert f1(matched(rows), truth) >= 0.95


def test_chinese_people_are_matched_through_their_mistakes() -> None:
    made = generate(4000, 20261126)
    found, truth = matched(of_values("person", one) for one in made.people), made.truth()
    assert f1(found, truth) >= 0.93
    assert (
        len(found & truth) / len(found) >= 0.92
    )  # of ten pairs suggested at most one is a family or a namesake


def test_people_whom_the_demonstration_has_twice_are_found_and_nobody_else_is() -> None:
    people = [one for one in organisation(20261121).customers if one.kind == "person"]
    row = {one.number: n for n, one in enumerate(people)}
    truth = {(row[one.same_as], n) for n, one in enumerate(people) if one.same_as}
    found = matched(of_values("person", one.values) for one in people)
    assert f1(found, truth) >= 0.95


LI = {"person_name": "李小明", "mobile": "13812345678", "id_number": "11010519491231002X"}
NIECE = {
    "person_name": "李小红",
    "mobile": "13812345678",
    "home_address": "北京市海淀区中关村大街1号院2号楼301",
}


@pytest.mark.parametrize(
    ("name", "one", "other", "same"),
    [
        ("同音字", LI, {**LI, "person_name": "李晓明", "id_number": ""}, True),
        ("15 → 18", LI, {"person_name": "李小明", "id_number": "110105491231002"}, True),
        (
            "·",
            {**LI, "person_name": "买买提·艾力"},
            {"person_name": "买买提.艾力", "mobile": LI["mobile"]},
            True,
        ),
        (
            "swapped",
            {**LI, "person_name": "艾力·买买提"},
            {"person_name": "买买提·艾力", "mobile": LI["mobile"]},
            True,
        ),
        ("生僻字", {**LI, "person_name": "赵䶮"}, {"person_name": "赵?", "id_number": LI["id_number"]}, True),
        ("changed number", LI, {**LI, "mobile": "13500000000"}, True),
        ("family at one telephone", {**LI, "home_address": NIECE["home_address"]}, NIECE, False),
        ("namesakes", LI, {"person_name": "李小明", "mobile": "13500000000"}, False),
        ("twins", LI, {"person_name": "李小亮", "id_number": "110105194912310054"}, False),
    ],
)
def test_mistakes_are_told_from_other_people(
    name: str,
    one: dict[str, str],
    other: dict[str, str],
    same: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    others = [of_values("person", row) for row in generate(1000, 3).people]
    pair = [of_values("person", one), of_values("person", other)]
    assert ((0, 1) in matched([*pair, *others])) is same, name


def test_forms_in_which_spellings_meet() -> None:
    assert comparing.id_number("110105491231002") == "11010519491231002X"
    assert comparing.sound("李晓明") == comparing.sound("李小鸣")
    assert comparing.name_parts("欧阳娜娜") == ("欧阳", "娜娜")
    assert comparing.name_parts("买买提·艾力") == comparing.name_parts("买买提.艾力") == ("买买提", "艾力")
    assert comparing.company("华信家具有限公司") == comparing.company("华信家具股份有限公司")
    written = {
        comparing.address(f"北京市海淀区中关村大街{rest}")
        for rest in ("1号2栋301室", "一号二号楼301", "1号 2幢 301")
    }
    assert len(written) == 1
