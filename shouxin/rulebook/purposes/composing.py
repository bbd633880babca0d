"""The text of a notice, put together from the rulebook, so that what people read and what is done cannot differ.

A notice is written as a template; what the law wants said (parts.py) stands in it by name and is filled in from the
purposes that rest on the notice. A template that leaves one out, and facts that are missing, are told apart.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.rulebook import wording
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import naming, parts, reading
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, Purpose, PurposeField
from shouxin.rulebook.purposes.parts import needs_of
from shouxin.rulebook.purposes.rules import digest
from shouxin.rulebook.showing import language

NOBODY = frozenset({"", "无", "None"})  # as a record of processing says that it hands nothing to anybody
NAMED = re.compile(r"\{([a-z_]+)\}")


RIGHTS = Text(
    "您可以查阅、复制、更正、补充、删除您的个人信息，在符合条件时要求转移给您指定的处理者，限制或者拒绝处理，撤回同意，注销账号，"
    "要求解释处理规则。通过上述联系方式或者客户门户提出；"
    "我们核实身份后及时答复，拒绝的说明理由。您也可以向履行个人信息保护职责的部门投诉，或者向人民法院起诉。",
    "You may see, copy, correct, complete and delete your information, have it transferred to a handler you name where"
    " the conditions are met, restrict or refuse its handling, withdraw your consent, close your account and ask for an"
    " explanation of our rules. Write to the contact above or use the"
    " customer portal; we answer promptly after verifying your identity and give reasons for a refusal. You may also"
    " complain to the authority in charge or go to court.",
)
HARM = Text(
    "泄露或者非法使用可能使您的人格尊严受到侵害，或者危及人身、财产安全。",
    "A leak or unlawful use could harm your dignity or endanger your person or property.",
)


@dataclass(frozen=True, slots=True)
class Composed:
    """A notice's text in one language, what stands against publishing it, and which purposes it tells of.

    `covers` gives for each purpose the digest of what was told of it.
    """

    text: str
    lacks: tuple[Refused, ...]
    covers: Mapping[str, str]


def compose(
    *, notice: Notice, template: str, spoken: str, organisation: Callable[[], str], contact: str
) -> Composed:
    """Fill `template` with what the rulebook says now, in the language `spoken`."""
    purposes = told_of(notice)
    handlers = "、".join(dict.fromkeys(p.handler for p in purposes if p.handler)) or organisation()
    with override("en" if spoken == NoticeVersion.Language.EN else "zh-hans"):
        said = {
            "organisation": handlers.strip(),
            "contact": contact.strip(),
            "purposes": _listed(purposes, _purpose),
            "categories": _listed(purposes, lambda p: _categories(p, purposes)),
            "sensitive": _listed([p for p in purposes if _sensitive(p)], _sensitive_text),
            "retention": _listed(purposes, _retention),
            "recipients": _listed(purposes, _recipients),
            "rights": RIGHTS.in_(language()),
        }
    names = set(NAMED.findall(template))
    text = NAMED.sub(lambda found: said.get(found[1], found[0]), template).strip()
    lacks = [*parts.unknown(names), *parts.left_out(names, said), *_untold(purposes, spoken)]
    return Composed(text, tuple(lacks), {purpose.key: facts_digest(purpose) for purpose in purposes})


def told_of(notice: Notice) -> list[Purpose]:
    """The purposes that rest on a notice and may come into use or are in it."""
    return reading.standing(notice.key)


def facts_digest(purpose: Purpose) -> str:
    """SHA-256 of everything a notice tells of a purpose; another one means another text."""
    reading.load([purpose])
    found = needs_of(purpose)
    needs = [
        (need.field_id, need.necessity, need.sensitive_reason_zh, need.sensitive_reason_en) for need in found
    ]
    return digest(
        {
            "names": [purpose.name_zh, purpose.name_en, purpose.description_zh, purpose.description_en],
            "handler": purpose.handler,
            "basis": purpose.basis_id,
            "recipients": [purpose.recipients_zh, purpose.recipients_en],
            **({"consent_months": purpose.consent_months} if purpose.consent_months else {}),
            **({"publishes": said} if any(said := [purpose.publishes_zh, purpose.publishes_en]) else {}),
            "retention": [
                [rule.pk, rule.default_value, rule.default_unit, rule.clock_start, rule.action_at_expiry]
                for rule in parts.rules_of(purpose, found)
            ],
            "kept_by": [(need.field_id, need.field.retention_rule_id) for need in found],
            "needs": sorted(needs),
            **({"named": named} if (named := naming.said_of(purpose, reached=True)) else {}),
        }
    )


def _listed(purposes: Sequence[Purpose], words: Callable[[Purpose], str]) -> str:
    return "\n".join(_say(f"· {one.name}：{words(one)}", f"· {one.name}: {words(one)}") for one in purposes)


def _purpose(purpose: Purpose) -> str:
    basis = purpose.basis.name if purpose.basis else ""
    lasts = purpose.consent_months or 0
    zh = f"；同意自作出起 {lasts} 个月内有效，到期自动失效" if lasts else ""
    en = (
        f"; a consent holds for {lasts} month{'s' if lasts > 1 else ''} and then ends by itself"
        if lasts
        else ""
    )
    return purpose.description + _say(f"（合法性基础：{basis}{zh}）", f" (lawful basis: {basis}{en})")


def _categories(purpose: Purpose, purposes: Sequence[Purpose]) -> str:
    needs = needs_of(purpose)
    # What nobody but services works for collects nothing by itself: it is told of by those who do.
    collected = {need.field_id for one in purposes if one.roles for need in needs_of(one)}
    if not purpose.roles and {need.field_id for need in needs} <= collected:
        return _say("不另行收集，只使用其他目的已收集的信息。", "nothing more than what the others collect.")
    parts = []
    for necessity, word in (
        (PurposeField.Needed.REQUIRED, _say("必需：", "required: ")),
        (PurposeField.Needed.OPTIONAL, _say("可选：", "optional: ")),
    ):
        names = [need.field.name for need in needs if need.necessity == necessity]
        if names:
            parts.append(word + _joined(names))
    return _say("；", "; ").join(parts) + _say("。", ".")


def _sensitive(purpose: Purpose) -> list[PurposeField]:
    return [need for need in needs_of(purpose) if need.field.is_sensitive]


def _sensitive_text(purpose: Purpose) -> str:
    reasons: dict[str, list[str]] = {}
    for need in _sensitive(purpose):
        reasons.setdefault(need.sensitive_reason, []).append(need.field.name)
    told = [_joined(names) + _say("：", ": ") + reason for reason, names in reasons.items()]
    return _say("；", "; ").join(told) + _say("。", ". ") + HARM.in_(language())


def _retention(purpose: Purpose) -> str:
    """The rule of the purpose, then the fields kept by another: from when, how long, what is done then."""
    needs = needs_of(purpose)
    own, *others = parts.rules_of(purpose, needs)
    told = [f"{own.name}{_say('：', ': ')}{wording.kept(own)}"]
    for rule in others:
        names = _joined([need.field.name for need in needs if need.field.retention_rule_id == rule.code])
        told.append(
            _say(
                f"{names}按“{rule.name}”：{wording.kept(rule)}",
                f"{names} ({rule.name}): {wording.kept(rule)}",
            )
        )
    return _say("；", "; ").join(told) + _say("。", ".")


def _recipients(purpose: Purpose) -> str:
    """Those by kind, then each company with what PIPL 23 wants told: name, contact, way, kinds."""
    named = [_company(one) for one in naming.given(purpose, needs_of(purpose))]
    kinds = [purpose.recipients] if purpose.recipients and not (named and not_any(purpose)) else []
    told = [*kinds, *named] or [_say("不向他人提供", "nobody")]
    if purpose.publishes:
        told.append(_say(f"公开：{purpose.publishes}", f"published: {purpose.publishes}"))
    return _say("；", "; ").join(told)


def _company(one: naming.Given) -> str:
    who, kinds = one.recipient, _joined(one.kind_names(language()))
    part = who.get_part_display()
    abroad = _say(
        f"；境外：{who.where}；行使权利：{who.redress}", f"; abroad: {who.where}; your rights: {who.redress}"
    )
    return _say(
        f"{who.name}（{part}；联系方式：{who.contact}；种类：{kinds}；方式：{who.way}{abroad if who.abroad else ''}）",
        f"{who.name} ({part}; contact: {who.contact}; kinds: {kinds}; way: {who.way}{abroad if who.abroad else ''})",
    )


def not_any(purpose: Purpose) -> bool:
    """Whether its record says in words that it hands nothing to anybody."""
    return purpose.recipients_zh.strip() in NOBODY


def _joined(names: Sequence[str]) -> str:
    return _say("、", ", ").join(names)


def _say(zh: str, en: str) -> str:
    return en if language().startswith("en") else zh


def _untold(purposes: Sequence[Purpose], spoken: str) -> list[Refused]:
    """What the records do not know, and what an English text cannot say because nobody wrote it in English."""
    found = [lack for purpose in purposes for lack in parts.unsaid(purpose, needs_of(purpose))]
    if spoken != NoticeVersion.Language.EN:
        return found
    for purpose in purposes:
        told = (
            purpose.name_en
            and purpose.description_en
            and (purpose.recipients_en or not purpose.recipients_zh)
            and (purpose.publishes_en or not purpose.publishes_zh)
        )
        if not told:
            text = Text(
                f"目的“{purpose.name_zh}”缺少英文名称、说明、接收方或公开。",
                f"Purpose “{purpose.key}” lacks its name, description, recipients or what it publishes in English.",
            )
            found.append(Refused("notice.no_english", text))
    return found
