"""Which catalogue field a column of a table holds, judged by its header and a few of its values.

Words decide first (the synonyms of `columns.csv`), values confirm or contradict. Values alone are enough only
where they prove themselves by a check digit or an unmistakable form. A proposal is a suggestion to a person:
its reason names what it rests on, never a value.
"""

import csv
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from importlib import resources

from shouxin.core.identifiers.checking import check
from shouxin.core.identifiers.problem import Severity
from shouxin.core.text import Text

EXACT, SUFFIX, SIMILAR, BY_VALUES = 0.9, 0.7, 0.65, 0.6
LEAST = 0.3
_SAMPLES = 50
_LONGEST_HEADER = 100
_MOST = 0.8
_FEW = 0.2
_ALIKE = 0.84
_PROPOSALS = 5
_LATEST = date(9999, 12, 31)

_NOTES = re.compile(r"[(\[【][^)\]】]*[)\]】]")
_BARE = re.compile(r"[\W_]+")
_ORGANISATION = re.compile(
    r"公司|集团|厂$|中心$|医院|学校|大学|银行|事务所|合作社|商行|工作室|酒店|研究院|协会"
    r"|\b(?:inc|ltd|llc|gmbh|corp|company|group|co|plc|bank|university)\b",
    re.IGNORECASE,
).search
# Kinds whose values prove themselves; in the order of strength. Other kinds accept too much to be told by values.
_PROVING = ("ID-CN", "USCC", "EMAIL", "VIN", "PLATE", "MOBILE", "BANKCARD", "LANDLINE", "HKMTP", "IP")
_FOR_KIND = {
    "ID-CN": "id_number", "USCC": "uscc", "EMAIL": "email", "VIN": "vin", "PLATE": "vehicle_plate",
    "MOBILE": "mobile", "BANKCARD": "bank_card_no", "LANDLINE": "landline", "HKMTP": "hkmo_permit_no",
    "IP": "ip_address",
}  # fmt: skip
# Kinds whose values, when they fail, speak against the header.
_TELLING = frozenset(_PROVING) | {
    "AMOUNT", "DATE", "GENDER", "OPEN-DATE", "PASSPORT", "PAST-DATE", "QUANTITY", "RATE", "RESIDENCE", "TWTP",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field that a column may hold: how sure (0–1) and why."""

    field_key: str
    confidence: float
    reason: Text


@dataclass(frozen=True, slots=True)
class Column:
    """A row of the table of synonyms."""

    key: str
    kind: str
    name: str
    synonyms: tuple[str, ...]


def bare(header: str) -> str:
    """A header without what differs between tables: width, case, separators, notes in brackets, a mark for required."""
    header = unicodedata.normalize("NFKC", header[:_LONGEST_HEADER]).casefold()
    return _BARE.sub("", _NOTES.sub("", header)) or _BARE.sub("", header)


@cache
def columns() -> Mapping[str, Column]:
    """The table of synonyms by field key."""
    table = resources.files(__package__).joinpath("columns.csv").read_text(encoding="utf-8")
    return {row["field_key"]: _column(row) for row in csv.DictReader(table.splitlines())}


def _column(row: Mapping[str, str]) -> Column:
    synonyms = row["synonyms"].split("|")
    return Column(row["field_key"], row["kind"], synonyms[0], tuple(map(bare, synonyms)))


def propose(header: str, samples: Sequence[str], *, keys: Collection[str]) -> list[Proposal]:
    """Fields among `keys` that a column may hold, the most likely first; empty when nothing speaks for any.

    Args:
        header: the column's header as it stands in the table, in Chinese or English.
        samples: some of its values; the first fifty that are not blank are looked at.
        keys: the field keys that may be proposed.
    """
    values = [value.strip() for value in samples if value and not value.isspace()][:_SAMPLES]
    words = bare(header)
    known = [column for column in columns().values() if column.key in keys]
    scores = {column: score for column in known if (score := _likeness(words, column.synonyms))}
    # Beside a word that is known, mere resemblance (Region, religion) says nothing.
    floor = LEAST if max(scores.values(), default=0.0) < EXACT else SIMILAR
    proposals = [_by_words(column, score, values) for column, score in scores.items() if score >= floor]
    if not any(p.confidence >= SUFFIX for p in proposals):
        proposals += _by_values(values, keys, {p.field_key for p in proposals})
    ranked = sorted(proposals, key=lambda p: -p.confidence)  # stable: equals stay in the order of the table
    return [p for p in ranked if p.confidence >= LEAST][:_PROPOSALS]


def _by_words(column: Column, score: float, values: Sequence[str]) -> Proposal:
    name = column.name
    if score >= EXACT:
        why = Text(f"表头是“{name}”的常见写法", f"The header is a usual name of “{name}”")
    else:
        why = Text(f"表头与“{name}”相近", f"The header resembles “{name}”")
    factor, remark = _evidence(column, values)
    confidence = min(0.99, round(score * factor, 3))
    return Proposal(column.key, confidence, Text(f"{why.zh}{remark.zh}。", f"{why.en}{remark.en}."))


def _likeness(words: str, synonyms: Iterable[str]) -> float:
    """How well a header fits: the same word; a word ending in it (both languages put the head last); a misspelling."""
    if not words:
        return 0.0
    best = 0.0
    for synonym in synonyms:
        if words == synonym:
            return EXACT
        if len(synonym) > 1 and words.endswith(synonym) and len(words) <= 3 * len(synonym):
            best = max(best, SUFFIX * (0.8 + 0.2 * len(synonym) / len(words)))
        elif len(words) >= 4 and abs(len(words) - len(synonym)) <= 2:  # noqa: PLR2004 - shorter words are all alike
            ratio = SequenceMatcher(None, words, synonym).ratio()
            best = max(best, SIMILAR * ratio if ratio >= _ALIKE else 0.0)
    return best


def _evidence(column: Column, values: Sequence[str]) -> tuple[float, Text]:
    """By what the values multiply a score, and the half-sentence that says so."""
    if not values:
        return 1.0, Text("", "")
    if column.kind in {"NAME", "ORGANISATION"}:
        share = sum(_ORGANISATION(value) is not None for value in values) / len(values)
        fits = share if column.kind == "ORGANISATION" else 1 - share
        return 0.7 + 0.35 * fits, Text("", "")
    if column.kind not in _TELLING:
        return 1.0, Text("", "")
    share = _share(column.kind, values)
    if share >= _MOST:
        return 1.1, Text("，样本值也符合", ", and the sample values agree")
    if share <= _FEW:
        return 0.6, Text("，但样本值大多不符合", ", but most sample values do not fit")
    return 0.9, Text("，部分样本值不符合", ", though some sample values do not fit")


def _share(kind: str, values: Sequence[str]) -> float:
    """The share of values that pass as `kind` (a warning about a checked digit counts as failing)."""
    passed = 0
    for value in values:
        problem = check(kind, value, today=_LATEST)
        passed += problem is None or (
            problem.severity is Severity.WARNING and not problem.code.endswith(("luhn", "digit"))
        )
        # A date that may be read in two ways is still a date: it fits the column, and the row says what is wrong.
        passed += problem is not None and problem.code == "date.ambiguous"
    return passed / len(values)


def _by_values(values: Sequence[str], keys: Collection[str], taken: Collection[str]) -> list[Proposal]:
    if not values:
        return []
    for kind in _PROVING:
        key = _FOR_KIND[kind]
        if key in keys and key not in taken and (share := _share(kind, values)) >= _MOST:
            name = columns()[key].name
            reason = Text(
                f"表头认不出，但样本值大多是“{name}”。",
                f"The header is unknown, but most values look like “{name}”.",
            )
            return [Proposal(key, round(BY_VALUES * share, 3), reason)]
    return []
