"""What the law wants a notice to say (PIPL 17, 23, 25, 30, 39; Network Data Security Regulation 21), and what lacks.

Each part names the duties of the legal register that ask for it: their articles are cited in refusals, their marks of
verification stand beside them where staff read what a notice has to say.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shouxin.core.text import Text
from shouxin.rulebook import wording
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import LegalArticle, RetentionRule
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose, PurposeField

PIPL_17, PIPL_23, PIPL_25, PIPL_30 = "PIPL-017", "PIPL-023", "PIPL-025", "PIPL-030"
PIPL_39, NDSR_21 = "PIPL-039", "NDSR-021"
_CITED: Mapping[str, str] = {
    PIPL_17: "个人信息保护法 第17条",
    PIPL_23: "个人信息保护法 第23条",
    PIPL_25: "个人信息保护法 第25条",
    PIPL_30: "个人信息保护法 第30条",
    PIPL_39: "个人信息保护法 第39条",
    NDSR_21: "网络数据安全管理条例 第21条",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Something a notice must say. `duties`: codes of the legal register, each with the paragraph where one is known.

    `place`: what a template writes in braces to hold its place; several parts may be said in one.
    """

    name: Text
    place: str
    duties: Mapping[str, str]
    always: bool = True  # False: only where there is something to say

    @property
    def article(self) -> str:
        """The articles that ask for it."""
        return "；".join(f"{_CITED[code]}{paragraph}" for code, paragraph in self.duties.items())


def _in_17(item: int) -> dict[str, str]:
    return {PIPL_17: f"第1款第{item}项", NDSR_21: ""}


PARTS: Mapping[str, Part] = {
    "organisation": Part(Text("处理者名称", "the handler's name"), "organisation", _in_17(1)),
    "contact": Part(Text("联系方式", "how to reach the handler"), "contact", _in_17(1)),
    "purposes": Part(Text("处理目的和方式", "purposes and means"), "purposes", _in_17(2)),
    "categories": Part(Text("个人信息种类", "kinds of information"), "categories", _in_17(2)),
    "sensitive": Part(
        Text("敏感个人信息的必要性及影响", "why sensitive information is needed, and its effect"),
        "sensitive",
        {PIPL_30: "", NDSR_21: ""},
        always=False,
    ),
    "retention": Part(Text("保存期限", "how long"), "retention", _in_17(2)),
    "begin": Part(Text("保存期限从何时起算", "from when the period counts"), "retention", {NDSR_21: ""}),
    "expiry": Part(
        Text("期限届满后怎样处理", "what is done when the period is over"), "retention", {NDSR_21: ""}
    ),
    "recipients": Part(Text("接收方", "recipients"), "recipients", {PIPL_23: "", NDSR_21: ""}),
    "abroad": Part(
        Text("境外接收方及向其行使权利的方式", "recipients abroad and how to use one's rights towards them"),
        "recipients",
        {PIPL_39: ""},
        always=False,
    ),
    "publication": Part(
        Text("公开的信息和去处", "what is published, and where"), "recipients", {PIPL_25: ""}, always=False
    ),
    "rights": Part(Text("行使权利的方式和程序", "rights and how to use them"), "rights", _in_17(3)),
}
PLACES = tuple(dict.fromkeys(part.place for part in PARTS.values()))


def unknown(names: set[str]) -> list[Refused]:
    """The places of a template that nobody fills."""
    wrong = sorted(names - set(PLACES))
    if not wrong:
        return []
    listed = "、".join(f"{{{name}}}" for name in wrong)
    text = Text(f"不认识的占位：{listed}。", f"Unknown places: {listed}.")
    return [Refused("notice.unknown_place", text)]


def left_out(names: set[str], said: Mapping[str, str]) -> list[Refused]:
    """What the law wants said and the template has no place for, or nothing is known about."""
    found = []
    for part in PARTS.values():
        if part.place not in names and (part.always or said[part.place]):
            text = Text(
                f"告知没有写明“{part.name.zh}”：正文里要有 {{{part.place}}}。",
                f"The notice does not tell {part.name.en}: its text needs {{{part.place}}}.",
            )
            found.append(Refused("notice.incomplete", text, part.article))
        elif part.always and not said[part.place]:
            text = Text(f"“{part.name.zh}”还没有内容。", f"Nothing is known yet about {part.name.en}.")
            found.append(Refused("notice.unknown_facts", text, part.article))
    return found


# By part: whether the record of a purpose knows what is to be said of it.
_KNOWN: Mapping[str, Callable[[Purpose, Sequence[PurposeField]], bool]] = {
    "purposes": lambda purpose, _needs: bool(purpose.description_zh.strip()),
    "sensitive": lambda _purpose, needs: all(
        need.sensitive_reason_zh.strip() for need in needs if need.field.is_sensitive
    ),
    "begin": lambda purpose, needs: all(
        rule.clock_start in wording.STARTS for rule in rules_of(purpose, needs)
    ),
    "expiry": lambda purpose, needs: all(
        rule.action_at_expiry in wording.AFTERWARDS for rule in rules_of(purpose, needs)
    ),
}


def needs_of(purpose: Purpose) -> list[PurposeField]:
    """The personal fields that a purpose works with."""
    rows = [row for row in purpose.needs.all() if row.necessity != PurposeField.Needed.NOT_NEEDED]
    return sorted((row for row in rows if row.field.is_personal), key=lambda row: row.field_id)


def rules_of(purpose: Purpose, needs: Iterable[PurposeField]) -> list[RetentionRule]:
    """How long what a purpose works with is kept: by its own rule, and by those of its fields that have another."""
    others = {need.field.retention_rule for need in needs} - {purpose.retention_rule}
    return [purpose.retention_rule, *sorted(others, key=lambda rule: rule.code)]


def unsaid(purpose: Purpose, needs: Sequence[PurposeField]) -> list[Refused]:
    """What the record of one purpose does not know although the notice has to tell it."""
    found = []
    for key, known in _KNOWN.items():
        if not known(purpose, needs):
            part = PARTS[key]
            text = Text(
                f"目的“{purpose.name_zh}”没有写明“{part.name.zh}”。",
                f"The record of “{purpose.name_en or purpose.key}” does not tell {part.name.en}.",
            )
            found.append(Refused("notice.unknown_facts", text, part.article))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One part in the check list of a version: the duties of the register, and whether the version says it."""

    name: Text
    duties: Sequence[LegalArticle]
    told: bool


def check_list(version: NoticeVersion, purposes: Sequence[Purpose]) -> list[Line]:
    """Everything the law wants said, with its articles and marks, and whether `version` says it of all `purposes`."""
    duties = LegalArticle.objects.in_bulk(list(_CITED))
    found = [(purpose, needs_of(purpose)) for purpose in purposes]
    return [
        Line(
            part.name,
            [duties[code] for code in part.duties if code in duties],
            f"{{{part.place}}}" in version.template
            and all(_KNOWN[key](*one) for one in found if key in _KNOWN),
        )
        for key, part in PARTS.items()
    ]
