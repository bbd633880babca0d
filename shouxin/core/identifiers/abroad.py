"""Identity documents and accounts of other countries that prove themselves by a check digit or a rare shape.

`FORMS` gives for each its name, what people call it, its shape, and the judge of a candidate written without gaps.
Kinds of many digits without a letter (the German tax number, the Indian Aadhaar, the Brazilian CPF in bare digits) are
taken only in the spelling that belongs to them: bare, they look like order numbers too often.
"""

import re
from collections.abc import Callable
from types import ModuleType

from stdnum import iban
from stdnum.br import cpf
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.us import ssn

Judge = Callable[[str], bool]


def _by(module: ModuleType) -> Judge:
    return lambda number: bool(module.is_valid(number))


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HK_ID = re.compile(r"([A-Z]{1,2})([0-9]{6})\(?([0-9A])\)?").fullmatch
_TAIWAN = {letter: number for number, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", 10)}
_SINGAPORE = {
    "S": (0, "JZIHGFEDCBA"),
    "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"),
    "G": (4, "XWUTRQPNMLK"),
}
_NOT_IN_NINO = {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}


def is_hong_kong_id(number: str) -> bool:
    """The identity card of Hong Kong: one or two letters, six digits, a check character from a sum modulo 11."""
    found = _HK_ID(number)
    if found is None:
        return False
    letters, digits, check = found.groups()
    values = [36] * (2 - len(letters)) + [_LETTERS.index(one) + 10 for one in letters]
    values += [*map(int, digits), 10 if check == "A" else int(check)]
    return sum(value * weight for value, weight in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


def is_taiwan_id(number: str) -> bool:
    """The national identity number of Taiwan: a letter, nine digits, weighted sum a multiple of ten."""
    head = _TAIWAN[number[0]]
    values = [head // 10, head % 10, *map(int, number[1:])]
    return (
        sum(value * weight for value, weight in zip(values, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True))
        % 10
        == 0
    )


def is_singapore_id(number: str) -> bool:
    """The NRIC or FIN of Singapore: a letter, seven digits, a check letter from a table of the series."""
    offset, table = _SINGAPORE[number[0]]
    total = sum(int(digit) * weight for digit, weight in zip(number[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    return table[(total + offset) % 11] == number[8]


def _is_nino(number: str) -> bool:
    return number[:2] not in _NOT_IN_NINO


# name, what people call it, first character, the rest, judge
FORMS: tuple[tuple[str, str, str, str, Judge], ...] = (
    ("IBAN", "国际银行账号", "[A-Z]", r"[A-Z][0-9]{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?", _by(iban)),
    (
        "CODICE-FISCALE", "意大利税号", "[A-Z]",
        "[A-Z]{5}[0-9]{2}[ABCDEHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]", _by(codicefiscale),
    ),
    ("NIR", "法国社会保险号", "[12]",
     r"[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{3}[ ]?[0-9]{3}[ ][0-9]{2}", _by(nir)),
    ("HK-ID", "香港身份证号", "[A-Z]", r"[A-Z]?[0-9]{6}\([0-9A]\)", is_hong_kong_id),
    ("TW-ID", "台湾居民身份证号", "[A-Z]", "[12][0-9]{8}", is_taiwan_id),
    ("SG-ID", "新加坡身份证号", "[STFG]", "[0-9]{7}[A-Z]", is_singapore_id),
    ("ES-ID", "西班牙身份证号", "[0-9XYZ]", "[0-9]{7}-?[A-Z]", lambda n: bool(dni.is_valid(n) or nie.is_valid(n))),
    ("IN-PAN", "印度税号", "[A-Z]", "[A-Z]{2}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]", _by(pan)),
    ("AADHAAR", "印度身份证号", "[2-9]", r"[0-9]{3} [0-9]{4} [0-9]{4}", _by(aadhaar)),
    ("NINO", "英国国民保险号", "[A-CEGHJ-PR-TW-Z]",
     r"[A-CEGHJ-NPR-TW-Z][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[A-D]", _is_nino),
    ("RRN", "韩国居民登录号", "[0-9]", "[0-9]{5}-[0-9]{7}", _by(rrn)),
    ("CPF", "巴西税号", "[0-9]", r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", _by(cpf)),
    ("SSN", "美国社会保障号", "[0-8]", "[0-9]{2}-[0-9]{2}-[0-9]{4}", _by(ssn)),
)  # fmt: skip
