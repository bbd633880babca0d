"""Which separator, quote and escape a text table uses: the pair under which most records are equally wide."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2

_DELIMITERS = (",", "\t", ";", "|", "，", "^", "~")
_SEPARATOR_LINE = re.compile(r"^\ufeff?sep=(.)\r?\n?$", re.IGNORECASE)
_MAX_ROWS = 300
_EVEN = 1.25  # quotes open about as many cells as they close, if cells hold some themselves
# The last two columns of a file of refused rows (export.py). Where both stand, the file is one of ours: its quotes need
# no guess, and a spreadsheet program that saved it anew can have changed nothing but the separator.
ROW_COLUMN = "原行号 / Row"
REASON_COLUMN = "拒绝原因 / Reason"
_OURS = re.compile(rf'{re.escape(ROW_COLUMN)}"?([^"])"?{re.escape(REASON_COLUMN)}')


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart. `quote` None: quotes mean nothing."""

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    width: int = 0  # the commonest number of cells in a record; 0: not known

    def reader_options(self) -> dict[str, object]:
        """Arguments of csv.reader."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote,
            "escapechar": self.escape,
            "doublequote": self.quote is not None,
            "quoting": csv.QUOTE_NONE if self.quote is None else csv.QUOTE_MINIMAL,
        }


def sniff(lines: Sequence[str]) -> Dialect:
    """The dialect of a sample of complete lines; a first line `sep=;`, as Excel knows it, decides the separator."""
    forced = _SEPARATOR_LINE.match(lines[0]) if lines else None
    body = lines[1:] if forced else lines
    text = "".join(body)
    if ours := _OURS.search(text):
        return measured(body, Dialect(ours.group(1)))
    quote = _quote(text)
    delimiters = (forced.group(1),) if forced else tuple(d for d in _DELIMITERS if d in text)
    candidates = [Dialect(d, quote, _escape(text, d, quote)) for d in delimiters] or [Dialect(quote=quote)]
    best = max(candidates, key=lambda dialect: _score(_widths(body, dialect)))
    return measured(body, best)


def measured(lines: Sequence[str], dialect: Dialect) -> Dialect:
    """The dialect with the commonest width of the sample's records."""
    widths = _widths(lines, dialect)
    widths.pop(0, None)
    return replace(dialect, width=max(widths, key=lambda width: (widths[width], width), default=0))


def _quote(text: str) -> str:
    """The quote that more often opens or closes a cell. An apostrophe that opens and does not close is none: it
    stands before numbers that a spreadsheet keeps as text."""
    double = len(re.findall(r'(?:^|[,;\t|])"|"(?=[,;\t|\r\n]|$)', text, re.MULTILINE))
    opened = len(re.findall(r"(?:^|[,;\t|])'", text, re.MULTILINE))
    closed = len(re.findall(r"'(?=[,;\t|\r\n]|$)", text, re.MULTILINE))
    paired = min(opened, closed) * _EVEN >= max(opened, closed)
    return "'" if paired and opened + closed > max(double * 2, 1) else '"'


def _escape(text: str, delimiter: str, quote: str) -> str | None:
    """A backslash, when it stands before quotes that would otherwise end a cell too early, more often than such
    quotes are doubled or left bare."""
    escaped = len(re.findall(rf"\\{quote}(?!\s*(?:{re.escape(delimiter)}|[\r\n]|$))", text))
    doubled = len(re.findall(rf"[^{re.escape(delimiter)}\r\n\\]{quote}{quote}", text))
    bare = len(
        re.findall(
            rf"[^{re.escape(delimiter)}\r\n\\{quote}]{quote}[^{re.escape(delimiter)}\r\n{quote}]", text
        )
    )
    return "\\" if escaped > doubled + bare else None


def _widths(lines: Sequence[str], dialect: Dialect) -> Counter[int]:
    """How many records have how many cells; unreadable ones stand under 0, blank ones nowhere."""
    widths: Counter[int] = Counter()
    reader = csv.reader(iter(lines), strict=True, **dialect.reader_options())  # type: ignore[arg-type]
    for _ in range(_MAX_ROWS):
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error:
            widths[0] += 1
            continue
        if any(record):
            widths[len(record)] += 1
    return widths


def _score(widths: Counter[int]) -> float:
    """Share of records of the commonest width, weighted by that width."""
    total = sum(widths.values())
    wide = [(count * (1 - 1 / (1 + log2(width))), width) for width, count in widths.items() if width > 1]
    return max(wide)[0] / total if wide else 0.0
