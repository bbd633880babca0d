"""Papers of persons: resident ID numbers, passports, travel and residence permits."""

import re
from datetime import date

from stdnum.cn import ric

from shouxin.core.identifiers import divisions
from shouxin.core.identifiers.characters import compact
from shouxin.core.identifiers.problem import Problem, error, warning

_ID18 = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}[0-9]{4}[0-9]{3}[0-9X]").fullmatch
_ID15 = re.compile(r"[1-9][0-9]{14}").fullmatch
_RESIDENCE = re.compile(r"(?:810000|820000|830000)[0-9]{11}[0-9X]").fullmatch
_FOREIGN_RESIDENT = re.compile(r"(?:9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12})").fullmatch
_PASSPORT_CN = re.compile(
    r"(?:[EK][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[DSP][0-9]{8}|[DSP]E[0-9]{7}|G[0-9]{8}|[GM]A?[0-9]{7,8}|MA[0-9]{7})"
).fullmatch
_PASSPORT_ANY = re.compile(r"(?=[A-Z]*[0-9])[A-Z0-9]{6,12}").fullmatch
_HKMTP = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?").fullmatch
_TWTP = re.compile(r"[0-9]{8}|[0-9]{10}\([A-Z]\)").fullmatch
_OLDEST = 130

ID_FORM = error(
    "id.form",
    "居民身份证号应为 18 位：前 17 位数字，末位数字或 X。请对照证件重新填写。",
    "A resident ID number has 18 characters: 17 digits, then a digit or X. Compare it with the document.",
)
ID_DATE = error(
    "id.date",
    "号码第 7–14 位不是真实存在的出生日期。请对照证件检查这几位。",
    "Digits 7–14 are not a date that exists. Check them against the document.",
)
ID_FUTURE = error(
    "id.future",
    "号码中的出生日期晚于今天。请对照证件检查第 7–14 位。",
    "The birth date inside the number lies in the future. Check digits 7–14 against the document.",
)
ID_CHECK_DIGIT = error(
    "id.check_digit",
    "末位校验码与前 17 位不符（GB 11643），通常是抄错或颠倒了某一位。请对照证件重新填写。",
    "The last character does not fit the first 17 (GB 11643): a digit is mistyped or two are swapped."
    " Compare with the document.",
)
ID_REGION = warning(
    "id.region",
    "前 6 位不是已知的行政区划代码（含已撤销的）。请核对证件。",
    "The first six digits are no known division code, past ones included. Compare with the document.",
)
ID_OLD = warning(
    "id.old",
    "按号码推算年龄超过 130 岁。请核对证件。",
    "By this number the person is older than 130. Compare with the document.",
)
ID_LEGACY = warning(
    "id.legacy",
    "这是 15 位旧号码，2013 年起不能作为有效证件。请向客户补充 18 位号码。",
    "This is a 15-digit number, not valid as a document since 2013. Ask the customer for the 18-digit one.",
)
ID15_FORM = error(
    "id15.form",
    "15 位旧身份证号应为 15 位数字，其中第 7–12 位是出生年月日。请对照原件检查。",
    "A legacy ID number has 15 digits, 7–12 being year, month and day of birth. Compare with the original.",
)
PERMIT_FORM = error(
    "respermit.form",
    "港澳台居民居住证号应为 18 位，以 810000、820000 或 830000 开头。请对照证件检查。",
    "A residence permit of Hong Kong, Macao or Taiwan residents has 18 characters starting 810000, 820000 or 830000.",
)
PASSPORT_CN_FORM = error(
    "passport.form",
    "不是中国护照号码的格式（如 E12345678）。请对照护照资料页；外国护照请选择“其他国家护照”。",
    "Not in the form of a PRC passport number (such as E12345678). Compare with the data page;"
    " for a foreign passport choose that kind.",
)
PASSPORT_ANY_FORM = error(
    "passport.form",
    "护照号码应为 6–12 位字母或数字，且至少有一位数字。请对照护照资料页检查。",
    "A passport number has 6–12 letters or digits, at least one digit. Compare with the data page.",
)
HKMTP_FORM = error(
    "hkmtp.form",
    "回乡证号应为 H 或 M 加 8 位数字（旧证另加 2 位换证次数）。请对照证件检查。",
    "A Hong Kong or Macao travel permit is H or M and 8 digits (old cards add 2). Compare with the document.",
)
TWTP_FORM = error(
    "twtp.form",
    "台胞证号应为 8 位数字。请对照证件检查。",
    "A Taiwan travel permit has 8 digits. Compare with the document.",
)
OTHER_ID_FORM = error(
    "otherid.form",
    "证件号码应为 4–40 位字母、数字或常用符号。请对照证件检查。",
    "A document number has 4–40 letters, digits or common signs. Compare with the document.",
)


def birth_date(number: str) -> date | None:
    """The birth date inside a resident ID number of 18 or 15 characters; None when there is none."""
    number = compact(number)
    digits = f"19{number[6:12]}" if len(number) == 15 else number[6:14]  # noqa: PLR2004 - the legacy length
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _check_eighteen(number: str, today: date) -> Problem | None:
    born = birth_date(number)
    if born is None:
        return ID_DATE
    if ric.calc_check_digit(number) != number[-1]:
        return ID_CHECK_DIGIT
    if born > today:
        return ID_FUTURE
    if today.year - born.year > _OLDEST:
        return ID_OLD
    return None


def check_id18(value: str, today: date) -> Problem | None:
    """GB 11643-1999: region, real birth date not in the future, sequence, check character by ISO 7064 MOD 11-2."""
    number = compact(value)
    if not _ID18(number):
        return ID_FORM
    problem = _check_eighteen(number, today)
    return problem or (None if divisions.is_known(number[:6]) else ID_REGION)


def check_id15(value: str, _today: date) -> Problem | None:
    """The number of before 1999: six digits of region, YYMMDD of 19YY, three of sequence; no check digit."""
    number = compact(value)
    if not _ID15(number) or birth_date(number) is None:
        return ID15_FORM
    return None if divisions.is_known(number[:6]) else ID_REGION


def check_id(value: str, today: date) -> Problem | None:
    """A resident ID number of either length; the legacy one draws a warning."""
    if len(compact(value)) == 15:  # noqa: PLR2004 - the legacy length
        return check_id15(value, today) or ID_LEGACY
    return check_id18(value, today)


def check_residence_permit(value: str, today: date) -> Problem | None:
    """Residence permit of Hong Kong, Macao and Taiwan residents: built as the resident ID number."""
    number = compact(value)
    return _check_eighteen(number, today) if _RESIDENCE(number) else PERMIT_FORM


def check_any_residence_permit(value: str, today: date) -> Problem | None:
    """As above, or the permanent residence card of foreigners (ABC + 12 digits, since 2023 18 digits from 9)."""
    number = compact(value)
    if not _FOREIGN_RESIDENT(number):
        return check_residence_permit(value, today)
    return _check_eighteen(number, today) if number[0] == "9" else None


def check_passport_cn(value: str, _today: date) -> Problem | None:
    return None if _PASSPORT_CN(compact(value)) else PASSPORT_CN_FORM


def check_passport(value: str, _today: date) -> Problem | None:
    """A passport of any country: ICAO 9303 has room for nine characters, papers show up to twelve."""
    return None if _PASSPORT_ANY(compact(value)) else PASSPORT_ANY_FORM


def check_hkmtp(value: str, _today: date) -> Problem | None:
    return None if _HKMTP(compact(value)) else HKMTP_FORM


def check_twtp(value: str, _today: date) -> Problem | None:
    return None if _TWTP(compact(value)) else TWTP_FORM


_OTHER = re.compile(r"[^\W_](?:[\w/().#-]{2,38})[\w)]").fullmatch


def check_other_id(value: str, _today: date) -> Problem | None:
    """Any other document (officer's card, driving licence, social security card): only a plausible shape."""
    return None if _OTHER(compact(value)) else OTHER_ID_FORM
