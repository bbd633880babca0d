"""Pure rules of surveys: kinds of questions, what answers they take, how often somebody is asked, what is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

MOST_QUESTIONS, LEAST_OPTIONS, MOST_OPTIONS, MOST_TEXT = 6, 2, 8, 500
SCORES = 5
MONTHS = declare(
    Threshold(
        "survey-months",
        Text("同一客户至少隔多久才能再收到满意度调查", "A customer is asked in a survey again after"),
        Text(
            "期限内的不发送，消息记录里写明原因。", "Within it nothing is sent; the message's log says why."
        ),
        "months",
        default=6,
        least=1,
        most=24,
    )
)


class Kind(StrEnum):
    SCORE = "score"
    CHOICE = "choice"
    TEXT = "text"


KINDS: Mapping[Kind, Text] = {
    Kind.SCORE: Text("打分（1 到 5）", "Score (1 to 5)"),
    Kind.CHOICE: Text("选一项", "One of several"),
    Kind.TEXT: Text("自己写", "In one's own words"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `options` only where one is chosen."""

    kind: Kind
    text: str
    options: Sequence[str] = ()

    def kept(self) -> dict[str, Any]:
        return {"kind": self.kind.value, "text": self.text, "options": list(self.options)}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Question":
        return cls(Kind(kept["kind"]), kept["text"], tuple(kept["options"]))

    def takes(self, given: str) -> bool:
        """Whether this may be answered so; nothing always may."""
        if not given:
            return True
        if self.kind is Kind.SCORE:
            return given in {str(n) for n in range(1, SCORES + 1)}
        if self.kind is Kind.CHOICE:
            return given in self.options
        return len(given) <= MOST_TEXT


def suited(questions: Sequence[Question]) -> bool:
    """Whether these can be asked: few, each with words, a choice with several different options."""
    if not 0 < len(questions) <= MOST_QUESTIONS:
        return False
    for one in questions:
        several = LEAST_OPTIONS <= len(one.options) <= MOST_OPTIONS and len(set(one.options)) == len(
            one.options
        )
        if not one.text.strip() or (one.kind is Kind.CHOICE and not several):
            return False
        if one.kind is not Kind.CHOICE and one.options:
            return False
    return True


def is_too_soon(last: datetime, months: int, now: datetime) -> bool:
    """Whether somebody asked at `last` is asked again too soon."""
    whole = (now.year - last.year) * 12 + now.month - last.month
    return whole < months or (whole == months and (now.day, now.time()) < (last.day, last.time()))


@dataclass(frozen=True, slots=True)
class Result:
    """What one group answered to one question."""

    count: int
    average: float | None = None
    chosen: Sequence[tuple[str, int]] = ()


def result(question: Question, given: Sequence[str]) -> Result:
    """The answers to a question in numbers; of words only how many there are."""
    if question.kind is Kind.SCORE and given:
        return Result(len(given), sum(map(int, given)) / len(given))
    if question.kind is Kind.CHOICE:
        return Result(len(given), None, [(one, given.count(one)) for one in question.options])
    return Result(len(given))
