"""Pure rules of requests: which step follows which, what proof is enough, by which day, what may be answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shouxin.core.text import Text
from shouxin.kit.abroad import HOME, is_working_day, next_working_day
from shouxin.kit.clock import months_later
from shouxin.people.thresholds.rules import Threshold, declare
from shouxin.rights.cases.models import Check, Kind, Outcome, Requester, State

ZONE = ZoneInfo("Asia/Shanghai")
MOST_TEXT = 4000
TOLD = frozenset({State.ANSWERED.value, State.WATCHING.value})  # the person has the answer
LOW = 2  # a score up to this opens what was answered again, for the supervisor
MOST_REMARK = 500
SCORES = 5

S, K, M = State, Kind, Check.Method

# verb → from which states it leads where. The database's trigger holds the pairs.
STEPS: Mapping[str, Mapping[State, State]] = MappingProxyType(
    {
        "take": {S.RECEIVED: S.IDENTITY},
        "prove": {S.RECEIVED: S.HANDLING, S.IDENTITY: S.HANDLING},
        "refuse_unknown": {S.IDENTITY: S.DECIDING},
        "propose": {S.HANDLING: S.DECIDING},
        "answer": {S.HANDLING: S.ANSWERED},
        "lock": {S.HANDLING: S.WATCHING, S.DECIDING: S.WATCHING},
        "approve": {S.DECIDING: S.ANSWERED},
        "send_back": {S.DECIDING: S.HANDLING},
        "send_back_unknown": {S.DECIDING: S.IDENTITY},
        "finish": {S.WATCHING: S.ANSWERED},
        "withdraw": dict.fromkeys((S.RECEIVED, S.IDENTITY, S.HANDLING, S.DECIDING), S.WITHDRAWN),
        "merge": dict.fromkeys((S.RECEIVED, S.IDENTITY, S.HANDLING), S.DUPLICATE),
        "hear": {S.DUPLICATE: S.RECEIVED},
        "reopen": {S.ANSWERED: S.HANDLING},
        "reopen_unknown": {S.ANSWERED: S.IDENTITY},
    }
)  # fmt: skip
PAIRS = frozenset((before.value, after.value) for step in STEPS.values() for before, after in step.items())

FOR_THE_KNOWN = frozenset(
    {"lock", "send_back", "reopen"}
)  # the same states are reached unknown, to be refused for it


def follows(verb: str, state: str, *, known: bool) -> State | None:
    """Where `verb` leads from `state`; None where it is no step of it.

    `known`: whoever asks is known as well as their request needs.
    """
    return STEPS[verb].get(State(state)) if known or verb not in FOR_THE_KNOWN else None


# Who must be known how well: 0 nobody asks, 1 reached as on file, 2 by a document, 3 by more than a copy of one.
NOBODY, ON_FILE, BY_DOCUMENT, STRONG = range(4)
LEVELS: Mapping[Kind, int] = MappingProxyType(
    {
        K.KNOW: ON_FILE,
        K.ACCESS: BY_DOCUMENT,
        K.COPY: BY_DOCUMENT,
        K.PORT: BY_DOCUMENT,
        K.CORRECT: ON_FILE,
        K.SUPPLEMENT: ON_FILE,
        K.DELETE: BY_DOCUMENT,
        K.RESTRICT: ON_FILE,
        K.WITHDRAW: ON_FILE,
        K.OBJECT: ON_FILE,
        K.EXPLAIN_RULES: NOBODY,
        K.EXPLAIN_DECISION: BY_DOCUMENT,
        K.HUMAN_REVIEW: ON_FILE,
        K.CANCEL: BY_DOCUMENT,
        K.DECEASED: BY_DOCUMENT,
        K.COMPLAINT: NOBODY,
        K.INQUIRY: BY_DOCUMENT,
    }
)
HANDS_OUT = frozenset(
    {K.ACCESS, K.COPY, K.PORT, K.DECEASED}
)  # whoever is mistaken for the person sees values
HANDED_OVER = frozenset({K.ACCESS, K.COPY, K.PORT})  # answered with everything that is kept
CORRECTS = frozenset({K.CORRECT, K.SUPPLEMENT})
CHANGES = CORRECTS | {K.DELETE, K.CANCEL}
CLOSE_GRADE = 3  # from here on a change needs a document
HIGH_GRADE = 4  # from here on handing out needs more than a copy of one
_STRENGTH: Mapping[str, int] = MappingProxyType(
    {
        M.CALLBACK: ON_FILE,
        M.PORTAL: ON_FILE,
        M.LINK: ON_FILE,
        M.PORTAL_TWICE: STRONG,
        M.DOCUMENT: BY_DOCUMENT,
        M.IN_PERSON: STRONG,
        M.OFFICIAL: STRONG,
    }
)
# What shows that somebody may act for the person; each of these, besides who they are themselves.
STANDING_OF: Mapping[Requester, frozenset[str]] = MappingProxyType(
    {
        Requester.SELF: frozenset(),
        Requester.GUARDIAN: frozenset({M.GUARDIANSHIP.value}),
        Requester.AGENT: frozenset({M.MANDATE.value}),
        Requester.RELATIVE: frozenset({M.DEATH.value, M.KINSHIP.value}),
        Requester.AUTHORITY: frozenset({M.OFFICIAL.value}),
    }
)


def level_needed(kind: str, grade: int, requester: str) -> int:
    """How well whoever asks must be known: by what they ask for and by the highest grade of it (GB/T 35273 8.7)."""
    level = LEVELS[Kind(kind)]
    if kind in HANDS_OUT and grade >= HIGH_GRADE:
        level = STRONG
    if kind in CHANGES and grade >= CLOSE_GRADE:
        level = max(level, BY_DOCUMENT)
    if requester != Requester.SELF and level:
        level = max(level, BY_DOCUMENT)
    return level


def missing(level: int, requester: str, methods: Collection[str]) -> frozenset[str]:
    """The proofs of standing that are not there yet, and "identity" while nobody knows well enough who asks."""
    if level == NOBODY:
        return frozenset()
    lacking = STANDING_OF[Requester(requester)] - frozenset(methods)
    if max((_STRENGTH.get(one, NOBODY) for one in methods), default=NOBODY) < level:
        lacking |= {"identity"}
    return lacking


def suitable(level: int, requester: str) -> list[str]:
    """The methods that help here, the lightest that is enough first."""
    enough = sorted((m for m, strength in _STRENGTH.items() if strength >= level), key=lambda m: _STRENGTH[m])
    if requester != Requester.AUTHORITY:
        enough = [one for one in enough if one != M.OFFICIAL]
    return [*sorted(STANDING_OF[Requester(requester)] - {M.OFFICIAL.value}), *enough]


@dataclass(frozen=True, slots=True)
class Period:
    """So many days, working days or months."""

    amount: int
    unit: str  # "day", "working day", "month"

    def after(self, begin: date, place: str = HOME) -> date:
        """The last day of the period that begins on `begin`, which itself does not count; working days are those of
        `place`."""
        if self.unit == "working day":
            day = begin
            for _n in range(self.amount):
                day = next_working_day(place, day)
            return day
        if self.unit == "month":
            return months_later(begin, self.amount)
        return begin + timedelta(days=self.amount)


@dataclass(frozen=True, slots=True)
class Clock:
    """What holds in a jurisdiction: the target, the last day, and the last day after an extension with notice."""

    target: Period
    stop: Period
    extended: Period
    article: str
    verification: str

    @property
    def is_default(self) -> bool:
        """Chosen by the product, not said by law."""
        return self.verification == "PRODUCT DEFAULT"


PAUSED = declare(
    Threshold(
        "request-paused",
        Text("行权申请暂停计时多少天后提醒", "A stopped clock of a request is told of after"),
        Text(
            "暂停没有期限；超过的提醒受理人、部门负责人和个人信息保护负责人。",
            "A pause has no end of its own; whoever deals with it, the head and the officer are told.",
        ),
        "days",
        default=7,
        least=1,
        most=30,
    )
)
CHILD = Period(15, "working day")
# Why a request may take longer: what GDPR 12(3) names. Where a law names nothing, the same two are the product's own.
EXTENSIONS: Mapping[str, Text] = MappingProxyType(
    {
        "complexity": Text("要求复杂", "the request is complex"),
        "number": Text("申请数量多", "the number of requests"),
    }
)


def clock_of(
    target: Period,
    article: str,
    verification: str,
    *,
    stop: Period | None = None,
    extended: Period | None = None,
) -> Clock:
    """The clock of a jurisdiction; where the rules name no other last day or extension, the target is all there is."""
    last = stop or target
    return Clock(target, last, extended or last, article, verification)


def deadlines(clock: Clock, begin: date, *, child: bool, place: str = HOME) -> tuple[date, date]:
    """The target and the last day of what came on `begin`; a child's request lasts no longer than 15 working days.

    Working days are those of `place`, where the person lives.
    """
    due, stop = clock.target.after(begin, place), clock.stop.after(begin, place)
    if child:
        stop = min(stop, CHILD.after(begin, place))
        due = min(due, stop)
    return min(due, stop), stop


def shifted(day: date, paused: date, resumed: date, place: str = HOME) -> date:
    """`day` after the clock stood still from one day to another, and never on a day off of `place`."""
    moved = day + (resumed - paused)
    if moved != day and not is_working_day(place, moved):
        moved = next_working_day(place, moved)
    return moved


def local(now: datetime) -> date:
    return now.astimezone(ZONE).date()


# Granting these only strengthens the person's position and is undone by their own word: it takes effect at once.
AT_ONCE = frozenset({K.WITHDRAW, K.RESTRICT, K.OBJECT})
EVERY_PURPOSE = "all"  # named instead of purposes: whatever there is when it is carried out
ALONE = AT_ONCE | {K.KNOW, K.EXPLAIN_RULES, K.CORRECT, K.SUPPLEMENT, K.HUMAN_REVIEW}


def needs_second(kind: str, outcome: str, *, escalated: bool, stated: bool = False) -> bool:
    """Whether somebody else has to approve the answer: every refusal, whatever hands out or takes away, and a
    correction that rests on the handler's word."""
    if escalated and kind == Kind.COMPLAINT:
        return False  # it is the second look already
    return outcome != Outcome.GRANTED or kind not in ALONE or stated


# What is answered in somebody's own words: what was done, how it was handed over, what holds.
IN_WORDS = frozenset(
    {
        *(K.KNOW, K.ACCESS, K.COPY, K.PORT, K.DECEASED, K.EXPLAIN_RULES, K.EXPLAIN_DECISION),
        *(K.HUMAN_REVIEW, K.COMPLAINT, K.INQUIRY),
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request is not granted: where the law says so, and for which kinds it can be said."""

    text: Text
    article: Text
    kinds: frozenset[Kind] = frozenset(Kind)


_VALUES = frozenset({K.KNOW, K.ACCESS, K.COPY, K.PORT, K.DECEASED})
_GONE = frozenset({K.DELETE, K.CANCEL})
_STANDARD = Text(
    "GB/T 35273-2020 第8.7条（推荐性标准）；理由依个人信息保护法第50条说明",
    "GB/T 35273-2020, 8.7 (recommended standard); the reason is given under PIPL art. 50",
)
UNKNOWN, ARRANGED, RETENTION = "identity", "arranged", "retention"
# Said of answers before, to nobody any more: that something is kept secret says that it is there.
SECRECY = "secrecy"
REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        UNKNOWN: Reason(
            Text("无法核实申请人的身份或代理权限", "It could not be established who asks, or for whom"),
            Text("个人信息保护法 第51条（防止未经授权的访问）", "PIPL art. 51 (no access without authority)"),
            frozenset(Kind) - {K.EXPLAIN_RULES, K.COMPLAINT},
        ),
        "not_held": Reason(
            Text("本单位没有持有所要求的信息", "We hold none of the information asked for"),
            Text("个人信息保护法 第45条", "PIPL art. 45"),
            frozenset(Kind) - {K.EXPLAIN_RULES, K.COMPLAINT, K.INQUIRY},
        ),
        SECRECY: Reason(
            Text(
                "法律、行政法规规定应当保密或者不需要告知",
                "Laws or administrative regulations demand secrecy or no notice",
            ),
            Text("个人信息保护法 第18条第1款、第45条第1款", "PIPL arts. 18(1), 45(1)"),
            frozenset(),
        ),
        RETENTION: Reason(
            Text(
                "法律、行政法规规定的保存期限未届满，停止除存储和保护之外的处理（封存）",
                "A statutory period has not ended; apart from storage and protection all processing stops",
            ),
            Text("个人信息保护法 第47条第2款", "PIPL art. 47(2)"),
            _GONE,
        ),
        "contract": Reason(
            Text(
                "履行合同或法定义务所必需，须继续处理",
                "Processing goes on: a contract or legal duty needs it",
            ),
            Text("个人信息保护法 第13条第1款第2、3项", "PIPL art. 13(1)(2) and (3)"),
            _GONE | {K.RESTRICT, K.OBJECT},
        ),
        "port_conditions": Reason(
            Text("不符合转移的四项条件", "The four conditions of a transfer are not met"),
            Text("网络数据安全管理条例 第25条", "Network Data Security Regulation art. 25"),
            frozenset({K.PORT}),
        ),
        "others": Reason(
            Text("会损害他人的合法权益", "It would harm rights of others"),
            _STANDARD,
            _VALUES | {K.CORRECT, K.SUPPLEMENT},
        ),
        "excessive": Reason(
            Text(
                "明显没有根据，或在合理期间内反复提出", "Clearly unfounded, or repeated within a short time"
            ),
            _STANDARD,
            frozenset(Kind) - {K.COMPLAINT, K.INQUIRY, K.WITHDRAW},
        ),
        "accurate": Reason(
            Text("经核实，现有信息准确、完整", "What is held was checked and is right and complete"),
            Text("个人信息保护法 第46条第2款", "PIPL art. 46(2)"),
            frozenset({K.CORRECT, K.SUPPLEMENT}),
        ),
        ARRANGED: Reason(
            Text(
                "死者生前另有安排，近亲属不能提出这项要求",
                "The deceased arranged otherwise: relatives may not ask for this",
            ),
            Text("个人信息保护法 第49条", "PIPL art. 49"),
            frozenset({K.DECEASED}),
        ),
        "interest": Reason(
            Text(
                "不是为了申请人自身的合法、正当利益",
                "It serves no lawful and legitimate interest of the relative's own",
            ),
            Text("个人信息保护法 第49条", "PIPL art. 49"),
            frozenset({K.DECEASED}),
        ),
        "unfounded": Reason(
            Text("经调查，投诉反映的情况不属实", "The matter was looked into and not found to be so"),
            Text("个人信息保护法 第50条第1款", "PIPL art. 50(1)"),
            frozenset({K.COMPLAINT}),
        ),
    }
)
REDRESS = (
    Text(
        "向本单位的个人信息保护负责人提出异议。",
        "Object to our officer for the protection of personal information.",
    ),
    Text(
        "向履行个人信息保护职责的部门投诉、举报（个人信息保护法第65条）。",
        "Complain to the authority that protects personal information (PIPL art. 65).",
    ),
    Text(
        "向人民法院提起诉讼（个人信息保护法第50条第2款）。",
        "Sue before a people's court (PIPL art. 50(2)).",
    ),
)


def reasons_for(kind: str, act: str = "") -> dict[str, Reason]:
    """What can be said about a request of this kind; of a relative's, also what can be said of what they wish."""
    return {
        key: reason
        for key, reason in REASONS.items()
        if kind in reason.kinds or (act and act in reason.kinds)
    }


# The four conditions of a transfer to another handler (Network Data Security Regulation art. 25).
CONDITIONS: Mapping[str, Text] = MappingProxyType(
    {
        "identity": Text("能够验证请求人的真实身份", "Whoever asks can be identified"),
        "consented": Text(
            "请求转移的是本人同意提供的或者基于合同收集的个人信息",
            "It is information they consented to give, or collected for a contract",
        ),
        "feasible": Text("转移个人信息具备技术可行性", "The transfer is technically feasible"),
        "harmless": Text(
            "转移个人信息不损害他人合法权益", "The transfer harms no lawful rights or interests of others"
        ),
    }
)
OF_A_PART = frozenset({"harmless"})  # met by leaving out what would harm others


@dataclass(frozen=True, slots=True)
class Kept:
    """What law says about deleting a group: its minimum period, if there is one."""

    article: str
    minimum: Period | None  # None: for good
    begins: str = ""  # from what it counts, by the code of the rule pack
    lasts: str = ""  # number and unit, as the rule says it


def retained(bound: str, value: int, unit: str, article: str, begins: str = "") -> Kept | None:
    """Whether a retention rule is a statutory minimum; None for one that is no reason to keep anything."""
    if not bound.startswith(("statutory minimum", "statutory permanent")) or not value:
        return None
    if value < 0:
        return Kept(article, None)
    if unit == "year":
        return Kept(article, Period(12 * value, "month"), begins, f"{value} year")
    unit = "month" if unit == "month" else "day"
    return Kept(article, Period(value, unit), begins, f"{value} {unit}")
