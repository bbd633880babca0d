"""Values of workbook cells as the text a person means: dates in ISO 8601, numbers as Excel shows them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from shouxin.customers.intake.reading.model import Flag

_PLAIN: frozenset[Flag] = frozenset()
_LOST = frozenset({Flag.PRECISION_LOST})
_NUL = frozenset({Flag.CONTROL_REMOVED})
_LAST = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - spreadsheets know no zones
_EXACT = 10**15  # IEEE 754 doubles, as Excel shows them: 15 significant digits


def as_text(value: object) -> tuple[str, frozenset[Flag]]:
    """The text of a cell's value and what must be known about it."""
    if isinstance(value, str):
        return (value, _PLAIN) if "\0" not in value else (value.replace("\0", ""), _NUL)
    if value is None:
        return "", _PLAIN
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), _PLAIN
    if isinstance(value, int | float):
        return number_text(value), (_LOST if abs(value) >= _EXACT else _PLAIN)
    return _moment(value), _PLAIN


def number_text(value: float) -> str:
    """Up to 15 significant digits, never an exponent, never a trailing `.0`."""
    if isinstance(value, int):
        return str(value)
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN is unlike itself
        return ""
    text = f"{value:.15g}"
    if "e" in text:
        text = format(Decimal(text), "f")
    return "0" if text == "-0" else text


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        value = _whole_second(value)
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(value)


def _whole_second(value: datetime) -> datetime:
    """Serial numbers carry rounding noise far below a second."""
    noise = timedelta(microseconds=500_000 if value < _LAST else 0)
    return (value + noise).replace(microsecond=0)
