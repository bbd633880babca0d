"""Numbers of organisations: social credit code, organisation code, taxpayer number, bank codes and accounts."""

import re
from datetime import date

from stdnum import luhn
from stdnum.cn import uscc

from shouxin.core.identifiers import divisions
from shouxin.core.identifiers.characters import compact
from shouxin.core.identifiers.problem import Problem, error, warning

_ALPHABET = "0-9A-HJ-NPQRTUWXY"
_USCC = re.compile(rf"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}").fullmatch
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]").fullmatch
_TAX = re.compile(rf"[{_ALPHABET}]{{15,20}}").fullmatch
_CARD = re.compile(r"[0-9]{13,19}").fullmatch
_ACCOUNT = re.compile(r"[0-9A-Z]{6,34}").fullmatch
_CNAPS = re.compile(r"[0-9]{12}").fullmatch
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_CODE_LENGTH = 18

USCC_FORM = error(
    "uscc.form",
    "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）。请对照营业执照检查。",
    "A unified social credit code has 18 digits or capitals (never I, O, S, V, Z). Compare with the licence.",
)
USCC_CHECK = error(
    "uscc.check_digit",
    "末位校验码不符（GB 32100）。请对照营业执照重新填写，或到国家企业信用信息公示系统核对。",
    "The check character does not fit (GB 32100). Compare with the licence or the public company register.",
)
USCC_ORGANISATION = warning(
    "uscc.organisation_code",
    "第 9–17 位所含组织机构代码的校验码不符（GB 11714）。请对照营业执照核对。",
    "Characters 9–17 hold an organisation code whose own check digit does not fit (GB 11714). Compare it.",
)
USCC_REGION = warning(
    "uscc.region",
    "第 3–8 位不是已知的行政区划代码。请对照营业执照核对。",
    "Characters 3–8 are no known division code. Compare with the licence.",
)
ORGCODE_FORM = error(
    "orgcode.form",
    "组织机构代码应为 8 位数字或大写字母加 1 位校验码。请对照证书检查。",
    "An organisation code is 8 digits or capitals and a check character. Compare with the certificate.",
)
ORGCODE_CHECK = error(
    "orgcode.check_digit",
    "组织机构代码的校验码不符（GB 11714）。请对照证书重新填写。",
    "The check character of the organisation code does not fit (GB 11714). Compare with the certificate.",
)
TAX_FORM = error(
    "taxid.form",
    "纳税人识别号应为 15–20 位数字或大写字母（现行为 18 位信用代码）。请对照开票资料检查。",
    "A taxpayer number has 15–20 digits or capitals (today the 18-character credit code). Check the invoice data.",
)
CARD_FORM = error(
    "bankcard.form",
    "银行卡号应为 13–19 位数字。请对照银行卡检查。",
    "A bank card number has 13–19 digits. Compare with the card.",
)
CARD_LUHN = warning(
    "bankcard.luhn",
    "卡号未通过校验（Luhn），可能抄错一位；少数老卡本来如此。请与客户核对。",
    "The number fails the Luhn check: a digit may be mistyped, though some old cards never passed. Ask the customer.",
)
ACCOUNT_FORM = error(
    "account.form",
    "银行账号应为 6–34 位数字或字母。请对照开户资料检查。",
    "A bank account has 6–34 digits or letters. Compare with the account papers.",
)
CNAPS_FORM = error(
    "cnaps.form",
    "联行号应为 12 位数字。请向开户行核对。",
    "A CNAPS bank code has 12 digits. Ask the bank.",
)


def organisation_check_character(body: str) -> str:
    """GB 11714: the check character for eight characters 0-9A-Z (letters count 10 to 35)."""
    rest = 11 - sum(int(c, 36) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def check_uscc(value: str, _today: date) -> Problem | None:
    """GB 32100-2015: MOD 31 check character; the embedded organisation code and region draw warnings.

    The embedded code's own check is only advice: early codes of individual traders were issued without it.
    """
    code = compact(value)
    if not _USCC(code):
        return USCC_FORM
    if uscc.calc_check_digit(code[:17]) != code[17]:
        return USCC_CHECK
    if organisation_check_character(code[8:16]) != code[16]:
        return USCC_ORGANISATION
    return None if divisions.is_known(code[2:8]) else USCC_REGION


def check_orgcode(value: str, _today: date) -> Problem | None:
    code = compact(value)
    if not _ORGANISATION(code):
        return ORGCODE_FORM
    return None if organisation_check_character(code[:8]) == code[8] else ORGCODE_CHECK


def check_taxid(value: str, today: date) -> Problem | None:
    """A taxpayer number; one of 18 characters is the social credit code or a resident ID number."""
    code = compact(value)
    if not _TAX(code):
        return TAX_FORM
    if len(code) == _CREDIT_CODE_LENGTH and _USCC(code):
        return check_uscc(code, today)
    return None


def check_bankcard(value: str, _today: date) -> Problem | None:
    number = compact(value)
    if not _CARD(number):
        return CARD_FORM
    return None if luhn.checksum(number) == 0 else CARD_LUHN


def check_account(value: str, _today: date) -> Problem | None:
    """A bank account of an organisation: no check digit is common to all banks."""
    return None if _ACCOUNT(compact(value)) else ACCOUNT_FORM


def check_cnaps(value: str, _today: date) -> Problem | None:
    return None if _CNAPS(compact(value)) else CNAPS_FORM
