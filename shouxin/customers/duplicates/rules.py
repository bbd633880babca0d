"""Pure rules of duplicates: what is suspected, how two values of a field agree, and what a merge takes by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from shouxin.core import identifiers
from shouxin.core.identifiers import comparing
from shouxin.core.policy import FieldRule
from shouxin.core.text import Text

ALIKE = 0.8  # of the longest common parts of two texts


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How probably two customers are one, and what agrees."""

    score: float
    reasons: tuple[str, ...]


class Agreement(StrEnum):
    """How the values of one field of two customers stand to each other."""

    SAME = "same"
    ALIKE = "alike"
    DIFFERENT = "different"
    ONE = "one"  # only one of them has it


REASONS: Mapping[str, Text] = {
    "number:same": Text("证件号码或统一社会信用代码相同", "Same ID number or credit code"),
    "number:alike": Text("证件号码仅差一位", "ID numbers differ by one character"),
    "phone:same": Text("电话相同", "Same telephone"),
    "phone:alike": Text("电话仅差一位", "Telephones differ by one digit"),
    "email:same": Text("邮箱相同", "Same e-mail"),
    "name:same": Text("名称相同", "Same name"),
    "name:sound": Text("名称同音", "Name sounds the same"),
    "name:swapped": Text("姓与名对调", "Family and given name swapped"),
    "name:alike": Text("名称相近", "Similar name"),
    "name:given": Text("名相同、姓不同", "Same given name"),
    "name:family": Text("姓相同", "Same family name"),
    "born:same": Text("出生日期相同", "Same date of birth"),
    "born:alike": Text("出生日期仅差一位", "Dates of birth differ by one digit"),
    "born:year": Text("出生年份相同", "Same year of birth"),
    "address:same": Text("地址相同", "Same address"),
    "address:alike": Text("地址相近", "Similar address"),
    "address:near": Text("地址部分相同", "Address partly the same"),
    "place:same": Text("所在地区相同", "Same district"),
    "place:alike": Text("所在地区相近", "Similar district"),
}


def reasons_of(levels: Mapping[str, str]) -> tuple[str, ...]:
    """What speaks for two customers being one, of how their comparisons came out."""
    told = (f"{name}:{level}" for name, level in levels.items() if level)
    return tuple(code for code in told if code in REASONS)


def agreement(rule: FieldRule, one: str | None, other: str | None) -> Agreement:
    """How two values of a field agree, told by their coarse forms."""
    if not one or not other:
        return Agreement.ONE
    if identifiers.normalise(rule.validator, one) == identifiers.normalise(rule.validator, other):
        return Agreement.SAME
    mine, theirs = _coarse(rule, one), _coarse(rule, other)
    if mine == theirs or SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= ALIKE:
        return Agreement.ALIKE
    return Agreement.DIFFERENT


def _coarse(rule: FieldRule, text: str) -> str:
    if rule.key.endswith("_name"):
        return str(comparing.company(text) if rule.key == "company_name" else comparing.sound(text))
    if rule.key == "id_number":
        return comparing.id_number(text)
    if rule.key.endswith("_address"):
        return "".join(comparing.address(text))
    return identifiers.normalise(rule.validator, text)


def taken(
    fields: Iterable[FieldRule], survivor: Iterable[str], absorbed: Iterable[str], chosen: Iterable[str]
) -> tuple[str, ...]:
    """The profile's fields whose value comes from the absorbed customer: those chosen, and those only it has.

    A number that is unique stays where it is: it goes on finding the customer it was given to.
    """
    here, there, wanted = set(survivor), set(absorbed), set(chosen)
    return tuple(
        sorted(
            rule.key
            for rule in fields
            if rule.record == "profile"
            and rule.key in there
            and not {"unique", "unique_in_customer"} & set(rule.indexes)
            and (rule.key not in here or rule.key in wanted)
        )
    )
