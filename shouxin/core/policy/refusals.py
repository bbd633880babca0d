"""Why a request was refused, by which rule and article, and what would work instead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from uuid import UUID

from shouxin.core.text import Text

PIPL = "个人信息保护法"


@dataclass(frozen=True, slots=True)
class WayOut:
    """One thing that would work now; `code` tells a screen which button to offer."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision against, with its rule (`code`), its article and the ways out."""

    code: str
    reason: Text
    article: str
    ways_out: tuple[WayOut, ...] = field(default=())
    fields: tuple[str, ...] = ()  # keys of the fields it turns on, if any
    # Of a question that was refused because each of its customers was: why each of them, this being the first's.
    each: Mapping[UUID, "Refusal"] = field(default_factory=dict, compare=False, repr=False)

    def about(self, fields: Iterable[str]) -> "Refusal":
        """The same refusal, naming the keys of the fields it turns on."""
        return replace(self, fields=tuple(fields))


WAYS = MappingProxyType(
    {
        "view_masked": Text("查看脱敏值。", "Look at the masked value."),
        "choose_purpose": Text("改用目的“{purposes}”再试。", "Try again for the purpose “{purposes}”."),
        "open_contact": Text(
            "先说明目的和事由，开始一次接待。", "State purpose and reason and open a customer contact first."
        ),
        "propose_grant": Text(
            "提交常设用数授权申请，由他人批准。", "Propose a standing grant; another person approves it."
        ),
        "ask_head": Text(
            "请部门负责人或个人信息保护负责人处理。",
            "Ask the department head or the personal information officer.",
        ),
        "emergency": Text(
            "情况紧急、等不及审批：发起应急访问，立即告警，次日由他人复核。",
            "Too urgent to wait for an approval: emergency access alerts at once and is reviewed the next working day.",
        ),
        "ask_owner": Text(
            "请该客户的负责人办理。", "Ask the colleague who is responsible for this customer."
        ),
        "tomorrow": Text("明天额度恢复后再试。", "Try again tomorrow, when the number starts anew."),
        "get_ready": Text("办好所缺的事项后再打开。", "Do what is missing, then open it again."),
        "give_reason": Text("填写事由后再试。", "Give a reason and try again."),
        "drop_field": Text("去掉字段：{fields}。", "Leave out: {fields}."),
        "extend_client": Text(
            "请接口负责人为此客户端重新申请用数授权。",
            "Have the owner of this client propose a grant that covers it.",
        ),
        "prove_again": Text(
            "完成二次认证后再试（10 分钟内有效）。",
            "Prove your second factor and try again; it holds for ten minutes.",
        ),
        "search_one": Text(
            "按完整号码或姓名查找您要办理的那位客户，不受此限。",
            "Search the one customer you need by number or name; that is not limited.",
        ),
        "plain_list": Text(
            "查看不含商业秘密列的列表。", "Look at the list without the columns of trade secrets."
        ),
        "ask_consent": Text(
            "先向本人告知并取得同意，再办理。", "Inform the person and obtain their consent first."
        ),
        "choose_other": Text(
            "改用本人没有拒绝的目的；法律要求的处理不受此限。",
            "Use a purpose the person has not refused; what the law demands goes on.",
        ),
        "activate_purpose": Text(
            "请个人信息保护负责人启用该目的。",
            "Ask the personal information officer to activate the purpose.",
        ),
    }
)

# code -> (reason, article). Sentences are the product's own; articles come from the legal register.
RULES = MappingProxyType(
    {
        "role.not-allowed": (
            Text("您的岗位没有此项操作权限。", "Your role does not include this right."),
            f"{PIPL} 第51条",
        ),
        "readiness.missing": (
            Text("开始前还缺：{missing}。", "Still missing before you may begin: {missing}."),
            f"{PIPL} 第51条",
        ),
        "purpose.unknown": (
            Text("没有说明有效的处理目的。", "No valid purpose was stated."),
            f"{PIPL} 第6条",
        ),
        "purpose.inactive": (
            Text("目的“{purpose}”未启用。", "The purpose “{purpose}” is not active."),
            f"{PIPL} 第6条",
        ),
        "purpose.role": (
            Text("您的岗位不能用于目的“{purpose}”。", "Your role may not act for the purpose “{purpose}”."),
            f"{PIPL} 第6条、第51条",
        ),
        "client.purpose": (
            Text(
                "此令牌没有绑定目的“{purpose}”。",
                "This token is not bound to the purpose “{purpose}”.",
            ),
            f"{PIPL} 第6条、第51条",
        ),
        "client.field": (
            Text("此令牌不包括字段：{fields}。", "This token does not include: {fields}."),
            f"{PIPL} 第6条、第51条",
        ),
        "purpose.no-notice": (
            Text(
                "目的“{purpose}”没有有效的告知版本。",
                "The purpose “{purpose}” has no notice version in force.",
            ),
            f"{PIPL} 第17条",
        ),
        "purpose.fact-absent": (
            Text(
                "目的“{purpose}”依赖“{fact}”，系统目前无法核实，因此拒绝。",
                "The purpose “{purpose}” rests on “{fact}”, which cannot be verified at present.",
            ),
            f"{PIPL} 第13条、第14条",
        ),
        "reason.missing": (
            Text("没有填写事由。", "No reason was given."),
            f"{PIPL} 第6条、第51条",
        ),
        "field.unknown": (
            Text("没有这个字段：{fields}。", "There is no such field: {fields}."),
            f"{PIPL} 第6条",
        ),
        "field.not-for-purpose": (
            Text(
                "目的“{purpose}”不需要字段：{fields}。",
                "The purpose “{purpose}” does not need: {fields}.",
            ),
            f"{PIPL} 第6条",
        ),
        "field.forbidden": (
            Text("字段不得存储：{fields}。", "May not be stored: {fields}."),
            "GB/T 45574-2025 6.5",
        ),
        "customer.unknown": (
            Text("没有找到该客户，或不在您的范围内。", "No such customer, or not within your scope."),
            f"{PIPL} 第51条",
        ),
        "customer.restricted": (
            Text("该客户限制了对其信息的处理。", "This person has restricted the processing."),
            f"{PIPL} 第44条",
        ),
        "state.locked": (
            Text("这些信息已封存，只能存储和保护。", "These data are locked: storage and protection only."),
            f"{PIPL} 第47条",
        ),
        "state.destroyed": (
            Text("这些信息已删除。", "These data have been destroyed."),
            f"{PIPL} 第47条",
        ),
        "consent.missing": (
            Text(
                "没有该客户对此目的的有效同意。", "There is no live consent of this person for the purpose."
            ),
            f"{PIPL} 第13条、第14条",
        ),
        "purpose.refused": (
            Text(
                "本人已拒绝或限制为此目的处理其信息。",
                "This person has refused or restricted processing for this purpose.",
            ),
            f"{PIPL} 第44条",
        ),
        "own.second-factor": (
            Text(
                "查看完整内容前，请再验证一次身份。", "Prove once more who you are to see the full content."
            ),
            f"{PIPL} 第45条、第51条",
        ),
        "contact.missing": (
            Text("还没有为此客户开始接待。", "No customer contact is open for this customer."),
            f"{PIPL} 第6条、第51条",
        ),
        "grant.missing": (
            Text("没有覆盖“{fields}”的用数授权。", "No grant covers: {fields}."),
            f"{PIPL} 第51条; GB/T 45574-2025 5.5",
        ),
        "grant.sensitive": (
            Text(
                "“{fields}”是敏感个人信息，常设授权不覆盖，须单独申请。",
                "{fields}: sensitive personal information needs an application of its own.",
            ),
            f"{PIPL} 第28条; GB/T 45574-2025 5.5",
        ),
        "rules.changed": (
            Text(
                "字段的规则刚刚改严，没有保存。请重新打开后再保存。",
                "The rules of a field became stricter just now; nothing was stored. Open it again and save.",
            ),
            f"{PIPL} 第51条",
        ),
        "grant.secret": (
            Text(
                "“{fields}”是商业秘密，常设授权不覆盖，须单独申请。",
                "{fields}: a trade secret needs an application of its own; no standing grant reaches it.",
            ),
            "民法典 第501条",
        ),
        "grant.region": (
            Text(
                "因客户所在地区的规则，“{fields}”从严处理，现有授权不覆盖，须单独申请。",
                "By the rules of the customer's region {fields} is handled more strictly; the grants there are do not "
                "reach it, it needs an application of its own.",
            ),
            f"{PIPL} 第51条",
        ),
        "grant.level": (
            Text(
                "“{fields}”为 {level} 级，常设授权不覆盖，须单独申请；5 级不向程序提供明文。",
                "{fields} is of level {level}: no standing grant reaches it, it needs an application of its own; "
                "at level 5 programs get no clear values.",
            ),
            f"{PIPL} 第51条",
        ),
        "sight.masked-only": (
            Text(
                "您只因可见范围包括全单位而看到该客户，只看脱敏，不能查看明文或接待。",
                "You see this customer only because your view covers all of them: masked, never in clear.",
            ),
            f"{PIPL} 第51条",
        ),
        "grant.not-own": (
            Text("常设授权只适用于您自己的客户。", "A standing grant covers your own customers only."),
            f"{PIPL} 第51条",
        ),
        "grant.daily-limit": (
            Text("今天的查看次数已用完（{limit} 次）。", "Today's number of reveals is used up ({limit})."),
            f"{PIPL} 第6条、第51条",
        ),
        "risk.grant": (
            Text(
                "“{fields}”属于高风险信息，须有两人批准、最长 7 天、每天至多 5 次的授权。",
                "{fields}: of high risk; it needs a grant approved by two people, for at most seven days "
                "and five reads a day.",
            ),
            f"{PIPL} 第28条、第51条; GB/T 45574-2025 5.5",
        ),
        "risk.second-factor": (
            Text(
                "查看高风险信息须先完成二次认证。",
                "High-risk information opens to a fresh second factor only.",
            ),
            f"{PIPL} 第51条; GB/T 45574-2025 5.5",
        ),
        "risk.no-export": (
            Text(
                "高风险信息不提供给程序，也不导出。",
                "High-risk information is neither exported nor given to programs.",
            ),
            f"{PIPL} 第51条; GB/T 45574-2025 5.5",
        ),
        "rows.daily-limit": (
            Text(
                "今天的列表行数已用完（{limit} 行）。",
                "Today's number of rows in lists is used up ({limit}).",
            ),
            f"{PIPL} 第6条、第51条",
        ),
        "secret.not-named": (
            Text(
                "批量查看商业秘密只限登记列名的岗位。",
                "Trade secrets of many at once are for those named in the register.",
            ),
            "民法典 第501条、第558条",
        ),
        "secret.daily-limit": (
            Text(
                "今天批量查看商业秘密的行数已用完（{limit} 行）。",
                "Today's number of rows with trade secrets is used up ({limit}).",
            ),
            "民法典 第501条、第558条",
        ),
        "dial.no-number": (
            Text(
                "“{fields}”不是电话号码，不能拨号。",
                "{fields}: not a telephone number, so it cannot be dialled.",
            ),
            f"{PIPL} 第6条",
        ),
        "grant.bulk": (
            Text(
                "一次查看多位客户的明文须单独申请。",
                "Clear values of several customers at once need an application.",
            ),
            "GB/T 45574-2025 5.5",
        ),
    }
)


def refuse(code: str, *ways: tuple[str, dict[str, object]] | str, **values: object) -> Refusal:
    """The refusal `code` with its sentence filled in.

    Values that are `Text` are taken in the matching language.
    """
    reason, article = RULES[code]
    outs = [way if isinstance(way, tuple) else (way, {}) for way in ways]
    return Refusal(
        code,
        _fill(reason, values),
        article,
        tuple(WayOut(name, _fill(WAYS[name], filling)) for name, filling in outs),
    )


def _fill(text: Text, values: dict[str, object]) -> Text:
    zh = {k: v.zh if isinstance(v, Text) else v for k, v in values.items()}
    en = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
    return Text(text.zh.format_map(zh), text.en.format_map(en))


# Who is left out of a list or batch for these, and counted, instead of being refused one by one: it is what they chose.
LEFT_OUT = frozenset({"consent.missing", "purpose.refused", "customer.restricted"})


def left_out(refused: Mapping[UUID, Refusal]) -> dict[str, int]:
    """How many of a batch were left out, by reason."""
    codes = [refusal.code for refusal in refused.values() if refusal.code in LEFT_OUT]
    return {code: codes.count(code) for code in sorted(set(codes))}


def all_left_out(refused: Mapping[UUID, Refusal]) -> bool:
    """Whether nobody of a batch of several is to be had, and by their own choice alone: a list of none, no refusal."""
    return len(refused) > 1 and all(refusal.code in LEFT_OUT for refusal in refused.values())


def nobody(refused: Mapping[UUID, Refusal]) -> Refusal:
    """The refusal of a question each of whose customers was refused: the first's, which knows why each of them was."""
    return replace(next(iter(refused.values())), each=refused)
