"""Vehicles: number plates (GA 36-2018) and vehicle identification numbers (GB 16735)."""

import re
from datetime import date

from shouxin.core.identifiers.characters import DOTS, compact
from shouxin.core.identifiers.problem import Problem, error, warning

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER, _SIGN = "A-HJ-NP-Z", "A-HJ-NP-Z0-9"
PLATE = (
    rf"[{PROVINCES}][{_LETTER}](?:[DF][{_SIGN}][0-9]{{4}}|[0-9]{{5}}[DF]|[{_SIGN}]{{4}}[{_SIGN}挂学警港澳])"
)
_PLATE = re.compile(PLATE).fullmatch
_DOT = re.compile(f"[{DOTS}.]")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}").fullmatch
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True)
)
_VIN_CHECK_POSITION = 8

PLATE_FORM = error(
    "plate.form",
    "不是车牌号的格式：省份简称、发牌机关字母（不含 I、O），再加 5 位；新能源 6 位。请对照行驶证检查。",
    "Not a number plate: province character, letter (never I or O), then 5 signs, or 6 for new-energy vehicles."
    " Compare with the vehicle licence.",
)
VIN_FORM = error(
    "vin.form",
    "车架号应为 17 位数字或大写字母（不含 I、O、Q）。请对照行驶证检查。",
    "A VIN has 17 digits or capitals (never I, O, Q). Compare with the vehicle licence.",
)
VIN_CHECK = warning(
    "vin.check_digit",
    "第 9 位校验码不符（GB 16735），可能抄错；部分进口车不用校验码。请对照行驶证核对。",
    "The check digit at position 9 does not fit (GB 16735); some imported vehicles have none. Compare it.",
)


def compact_plate(value: str) -> str:
    """A plate without the dot that stands after the issuing letter."""
    return _DOT.sub("", compact(value))


def vin_check_character(vin: str) -> str:
    """GB 16735 annex A: the character that belongs at position 9 of these 17."""
    rest = sum(_VIN_VALUES[c] * w for c, w in zip(vin, _VIN_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004 - Roman ten


def is_plate(plate: str) -> bool:
    """Whether this compact plate has a form of GA 36-2018, new-energy plates included."""
    return _PLATE(plate) is not None


def is_vin(vin: str) -> bool:
    """Whether this compact VIN has the form; its check digit is another matter."""
    return _VIN(vin) is not None


def check_plate(value: str, _today: date) -> Problem | None:
    return None if is_plate(compact_plate(value)) else PLATE_FORM


def check_vin(value: str, _today: date) -> Problem | None:
    vin = compact(value)
    if not _VIN(vin):
        return VIN_FORM
    return None if vin_check_character(vin) == vin[_VIN_CHECK_POSITION] else VIN_CHECK
