"""What a validator answers: which rule a value breaks, and what the person in front of it can do.

A problem never contains the value it is about, so it may be shown, logged and counted.
"""

from dataclasses import dataclass
from enum import StrEnum

from shouxin.core.text import Text


class Severity(StrEnum):
    """ERROR: the value is not what it claims to be; it stays 未核验. WARNING: usable, but worth a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """The rule that is broken (`code`, stable, "<kind>.<rule>"), the sentence for a person, and how bad it is."""

    code: str
    text: Text
    severity: Severity


def error(code: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), Severity.ERROR)


def warning(code: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), Severity.WARNING)
