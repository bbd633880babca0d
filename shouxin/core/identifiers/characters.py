"""Characters: which script they belong to, and the two ways of cleaning a value before it is judged.

`compact` is for identifiers (numbers, codes), whose separators mean nothing; `tidy` is for words (names,
addresses), whose every letter means something. Digits are always asked for as 0-9, since
the regular expression for a digit would also take those of thirty other scripts.
"""

import re
import unicodedata

# Every Han block in use, including the supplementary planes where rare surnames and given names live,
# the compatibility ideographs and 〇, which is a digit to Unicode and a given name to people.
HAN = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebef\U0002ebf0-\U0002ee5d\U0002f800-\U0002fa1f\U00030000-\U000323af"
)
# Ways in which the dot of a minority or transliterated name (买买提·吐尔逊) is typed.
DOTS = "\u00b7\u2022\u2027\u30fb\uff65\u2219\u22c5\u0387\uff0e"

_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_SPACES = re.compile(r"\s+")
_DOTS = re.compile(f"[{DOTS}]")
_BETWEEN_HAN = re.compile(f"(?<=[{HAN}·]) +(?=[{HAN}·])")
# Format characters without meaning in a word. Zero-width (non-)joiners stay: Persian and Indic names need them.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")

_han_only = re.compile(f"[{HAN}]+(?:·[{HAN}]+)*").fullmatch


def compact(value: str) -> str:
    """An identifier as its issuer writes it: half width, upper case, without spaces, hyphens and invisible marks."""
    if value.isascii():
        return value.upper() if value.isalnum() else _SEPARATORS.sub("", value).upper()
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", value)).upper()


def tidy(value: str) -> str:
    """Words as a careful typist leaves them: composed (NFC), no invisible marks, one space where there were several."""
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
        if not value.isprintable():  # no invisible mark is printable, nor any space but one
            value = _INVISIBLE.sub("", value)
    if value.isprintable() and "  " not in value:
        return value.strip()
    return _SPACES.sub(" ", value).strip()


def tidy_name(value: str) -> str:
    """A name ready to be compared or masked: tidy, half width, one kind of dot, no space between Han characters.

    Width folding is done character by character on the full-width forms alone: whole-string NFKC would also
    replace characters that a person's papers do show.
    """
    value = tidy("".join(map(_half_width, value)) if not value.isascii() else value)
    return _BETWEEN_HAN.sub("", _DOTS.sub("·", value)) if not value.isascii() else value


def _half_width(character: str) -> str:
    if "\uff01" <= character <= "\uff5e" and character not in DOTS:
        return chr(ord(character) - 0xFEE0)
    return " " if character == "\u3000" else character


def without_variations(value: str) -> str:
    """Without variation selectors: the same character drawn in another style is the same name."""
    return value if value.isascii() else _VARIATION.sub("", value)


def is_han(value: str) -> bool:
    """Nothing but Han characters, in parts joined by the middle dot."""
    return _han_only(value) is not None


def has_control(value: str) -> bool:
    """Holds a control character (other than tab and line ends), a lone surrogate or a noncharacter."""
    # What is printable to Python has none of them; of the rest some have (a tab has not).
    return not value.isprintable() and _CONTROL.search(value) is not None


def has_private(value: str) -> bool:
    """Holds a private-use character: one that only the system it came from can draw."""
    return not value.isprintable() and _PRIVATE.search(value) is not None
