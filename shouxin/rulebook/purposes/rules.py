"""Pure decisions about purposes: the order of states, what a complete record says, the digest of what was approved."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from shouxin.core.policy import PurposeStatus
from shouxin.core.text import Text
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.secret import DUTIES

PIPL = "个人信息保护法"
S = PurposeStatus
# Besides what must be there, a way to reach somebody and the number of an organisation: the product's proposal.
COUNTED = frozenset({"mobile", "uscc", "contact_mobile"})
LONGEST_AGE = 120  # months
DISCLOSING = "individual_rights"  # under it people see what is held about them


@dataclass(frozen=True, slots=True)
class Verb:
    """A step of a purpose: from which states to which, and whether a reason must be given."""

    name: Text
    allowed_from: frozenset[PurposeStatus]
    to: PurposeStatus
    event: str
    reasoned: bool = False


VERBS: Mapping[str, Verb] = {
    "submit": Verb(Text("提交审批", "Submit"), frozenset({S.DRAFT}), S.SUBMITTED, "purpose.submitted"),
    "return": Verb(
        Text("退回补充", "Return"), frozenset({S.SUBMITTED}), S.DRAFT, "purpose.returned", reasoned=True
    ),
    "approve": Verb(Text("批准", "Approve"), frozenset({S.SUBMITTED}), S.APPROVED, "purpose.approved"),
    "activate": Verb(Text("启用", "Activate"), frozenset({S.APPROVED}), S.ACTIVE, "purpose.activated"),
    "revise": Verb(
        Text("停下修订", "Revise"),
        frozenset({S.APPROVED, S.ACTIVE}),
        S.DRAFT,
        "purpose.revised",
        reasoned=True,
    ),
    "retire": Verb(
        Text("停用", "Retire"), frozenset({S.APPROVED, S.ACTIVE}), S.RETIRED, "purpose.retired", reasoned=True
    ),
}
STATUS_NAMES: Mapping[PurposeStatus, Text] = {
    S.DRAFT: Text("草稿", "Draft"),
    S.SUBMITTED: Text("待审批", "Awaiting approval"),
    S.APPROVED: Text("已批准", "Approved"),
    S.ACTIVE: Text("已启用", "Active"),
    S.RETIRED: Text("已停用", "Retired"),
}
STATUS_KINDS: Mapping[PurposeStatus, str] = {
    S.DRAFT: "muted",
    S.SUBMITTED: "warn",
    S.APPROVED: "info",
    S.ACTIVE: "ok",
    S.RETIRED: "muted",
}


def check_step(verb: str, status: PurposeStatus) -> None:
    """Raises:
    Refused: `verb` is not possible in `status`."""
    step = VERBS[verb]
    if status not in step.allowed_from:
        now = STATUS_NAMES[status]
        raise Refused(
            "purpose.wrong_state",
            Text(
                f"目的现为“{now.zh}”，不能“{step.name.zh}”。",
                f"The purpose is “{now.en}”; it cannot “{step.name.en}”.",
            ),
        )


@dataclass(frozen=True, slots=True)
class Need:
    """One row of the field × necessity table with what must be known about its field."""

    key: str
    name: Text
    necessity: str  # required | optional | not_needed
    reason: str
    sensitive_reason: str
    sensitive: bool
    forbidden: bool
    uses: frozenset[str]


def problems(
    *,
    purpose: str,
    basis: str | None,
    article: str | None,
    description: str,
    actors: int,
    use: str,
    needs: Sequence[Need],
) -> list[Refused]:
    """Everything a record of processing lacks before it may be submitted; empty when it is complete."""
    found: list[Refused] = []
    if not basis:
        found.append(_lack("basis", "没有选定合法性基础。", "No lawful basis is chosen.", "第13条"))
    if not article:
        found.append(
            _lack("article", "没有挂接法律条文。", "No article of the legal register is attached.", "第13条")
        )
    if not description.strip():
        found.append(_lack("description", "没有说明处理活动。", "The processing is not described.", "第6条"))
    if not actors:
        found.append(
            _lack("actors", "没有指定可用的角色或服务程序。", "No role or service may act for it.", "第51条")
        )
    needed = [need for need in needs if need.necessity != "not_needed"]
    if not needed:
        found.append(_lack("fields", "没有列出所需字段。", "No field is listed.", "第6条"))
    for need in needs:
        found.extend(problems_of_need(purpose, need, use))
    return found


def problems_of_need(purpose: str, need: Need, use: str) -> list[Refused]:
    """What one row of the table lacks or must not say."""
    found = []
    zh, en = need.name.zh, need.name.en
    if purpose == DISCLOSING and need.key in DUTIES and need.necessity != "not_needed":
        text_zh = f"“{zh}”依法对本人保密，不能列入本人可以查阅的信息。"
        text_en = f"“{en}” is kept from the person concerned by law: it cannot be listed among what people are told."
        found.append(Refused("purpose.secret_field", Text(text_zh, text_en), DUTIES[need.key].zh))
    if not need.reason.strip():
        found.append(_lack("reason", f"字段“{zh}”没有必要性理由。", f"“{en}” has no reason.", "第6条"))
    if need.necessity == "not_needed":
        return found
    if need.forbidden:
        found.append(_lack("forbidden", f"字段“{zh}”不得存储。", f"“{en}” may not be stored.", "第28条"))
    if use and use not in need.uses:
        text_zh = f"字段“{zh}”的用途类别不含此目的的用途。"
        found.append(_lack("use", text_zh, f"“{en}” is not for this purpose's use class.", "第6条"))
    if need.sensitive and not need.sensitive_reason.strip():
        text_zh = f"“{zh}”是敏感个人信息，须单独写明充分的必要性。"
        text_en = f"“{en}” is sensitive: state separately why it is sufficiently necessary."
        found.append(_lack("sensitive_reason", text_zh, text_en, "第28条第2款"))
    return found


def counted_by_default(field: str, necessity: str) -> bool:
    """Whether completeness asks for `field` where nobody has said so."""
    return necessity == "required" or (necessity == "optional" and field in COUNTED)


def _lack(code: str, zh: str, en: str, article: str) -> Refused:
    return Refused(f"purpose.{code}", Text(zh, en), f"{PIPL} {article}")


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256, hexadecimal, of canonical JSON: what was approved is recognised by it later."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()
